/** Checks whether a Krateo 2.7.0 is healthy enough to migrate. */
import type { CheckedPod } from "../../cluster/checks/preflight/pods.ts";
import { isPodReady } from "../../cluster/diagnose/workload.ts";
import { deprecatedReleases, installerReleases } from "../../components/deprecated.ts";
import type { Check } from "../../model/check.ts";
import { type Inventory, type LegacyPlatform, releaseKey } from "../../model/inventory.ts";
import type { Settings } from "../../model/settings.ts";
import { chartStepsOf } from "../../plan/plan.ts";
import { legacyVersion } from "../legacy-facts.ts";

/**
 * Whether a Krateo 2.7.0 that is there is well enough to be migrated; nothing where there is none. Whether it can be
 * migrated at all (its version, how many there are) is a precondition of every run.
 *
 * @param pods Of the whole cluster; undefined where they may not be read.
 */
export function checkLegacy(settings: Settings, inventory: Inventory, pods?: readonly CheckedPod[]): Check[] {
  const { platform } = inventory.legacy;
  return [
    ...(platform ? platformChecks(settings, inventory, platform, pods) : []),
    ...takenOverChecks(settings, inventory, pods),
    ...deleteHookChecks(settings, inventory),
  ];
}

function platformChecks(
  settings: Settings,
  inventory: Inventory,
  platform: LegacyPlatform,
  pods: readonly CheckedPod[] | undefined,
): Check[] {
  const { namespace } = settings;
  const checks = [
    ...objectChecks(platform, namespace),
    ...installerChecks(platform, namespace),
    ...releaseChecks(settings, inventory),
    ...podChecks(namespace, pods),
  ];
  // Once a migration has stopped the installer, what it found is on its way, and running again must stay possible.
  const begun = platform.installers.every(({ replicas }) => replicas === 0);
  return begun
    ? checks.map((check) => (check.status === "ERROR" ? { ...check, status: "WARNING" as const } : check))
    : checks;
}

/** A 2.7.0 that upstream's CLI runs, so that no installer is there. */
function takenOverChecks(
  settings: Settings,
  inventory: Inventory,
  pods: readonly CheckedPod[] | undefined,
): Check[] {
  const { takenOver } = inventory.legacy;
  if (takenOver === undefined) return [];
  return [
    {
      check: "legacy",
      subject: `Installation ${takenOver}`,
      status: "OK",
      found: `Krateo ${legacyVersion}, run by upstream's CLI: it will be migrated; npx krateo migrate carries its values over`,
      expected: "a platform that can be migrated",
      next: "",
    },
    ...releaseChecks(settings, inventory),
    ...podChecks(settings.namespace, pods),
  ];
}

function objectChecks({ objects }: LegacyPlatform, namespace: string): Check[] {
  return objects.map(({ name, faults = [] }) => {
    const healthy = faults.length === 0;
    return {
      check: "legacy",
      subject: `KrateoPlatformOps ${name}`,
      status: healthy ? "OK" : "ERROR",
      found: healthy ? "no condition is False" : faults.join("; "),
      expected: "a healthy platform to start from",
      next: healthy
        ? ""
        : `kubectl describe krateoplatformops ${name} -n ${namespace}; repair it, then start again`,
    };
  });
}

function installerChecks({ installers }: LegacyPlatform, namespace: string): Check[] {
  return installers.map(({ name, replicas, unready = 0 }) => {
    const stopped = "stopped (scaled to 0): a migration has begun";
    return {
      check: "legacy",
      subject: `Deployment ${name}`,
      status: unready > 0 ? "ERROR" : "OK",
      found: replicas === 0 ? stopped : `${replicas - unready} of ${replicas} pods ready`,
      expected: "its pods ready",
      next:
        unready > 0 ? `kubectl describe deployment ${name} -n ${namespace}; repair it, then start again` : "",
    };
  });
}

/** Releases that the installer left half-done: what they hold is not what its object says. */
function releaseChecks(settings: Settings, { releases }: Inventory): Check[] {
  const { namespace } = settings;
  const names = new Set([
    ...[...installerReleases, ...deprecatedReleases].map(({ name }) => name),
    ...chartStepsOf(settings).map(({ release }) => releaseKey(release, namespace)),
  ]);
  const own = Object.entries(releases).filter(([name]) => names.has(name));
  const faults = own.filter(([, { status }]) => status !== "deployed");
  if (faults.length === 0) {
    const found = `all ${own.length} deployed`;
    return [
      { check: "legacy", subject: "Helm releases", status: "OK", found, expected: "deployed", next: "" },
    ];
  }
  return faults.map(([name, { status }]) => ({
    check: "legacy",
    subject: `Helm release ${name}`,
    status: "ERROR",
    found: status,
    expected: "deployed",
    next: `helm status ${name} -n ${namespace}; repair it, then start again`,
  }));
}

function podChecks(namespace: string, pods: readonly CheckedPod[] | undefined): Check[] {
  const own = pods?.filter(({ metadata }) => metadata?.namespace === namespace);
  if (!own) return [];
  const unready = own.filter((pod) => !isPodReady(pod)).map(({ metadata }) => metadata?.name);
  const base = { check: "legacy", subject: "pods", expected: "all ready" };
  if (unready.length === 0) return [{ ...base, status: "OK", found: `all ${own.length} ready`, next: "" }];
  return [
    {
      ...base,
      status: "WARNING",
      found: `${unready.length} of ${own.length} not ready: ${unready.slice(0, 5).join(", ")}`,
      next: `kubectl get pods -n ${namespace}; what is broken now may stay so`,
    },
  ];
}

/** The one thing that this program cannot do by itself. */
function deleteHookChecks({ namespace }: Settings, { legacy }: Inventory): Check[] {
  return legacy.releases
    .filter(({ deleteHooks }) => deleteHooks !== undefined)
    .map(({ name, deleteHooks = [] }) => ({
      check: "legacy",
      subject: `Helm release ${name}`,
      status: "ERROR",
      found: `it must be removed, and has hooks that only Helm can run: ${deleteHooks.join(", ")}`,
      expected: "no hooks around its removal",
      next: `with helm on the PATH: helm uninstall ${name} -n ${namespace}`,
    }));
}
