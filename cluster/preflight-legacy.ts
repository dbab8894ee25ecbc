import type { V1Deployment, V1Pod } from "@kubernetes/client-node";
import { legacyVersion } from "../migration/legacy-defaults.ts";
import { wayToLegacyVersion } from "../migration/legacy-version.ts";
import type { Check } from "../profiles/check.ts";
import { deprecatedReleases } from "../profiles/deprecated.ts";
import { type ExistingRelease, type Inventory, releaseKey } from "../profiles/inventory.ts";
import { chartStepsOf } from "../profiles/plan.ts";
import type { Settings } from "../profiles/settings.ts";
import type { KubeObject } from "./api.ts";
import { isPodReady } from "./workload.ts";

/** The object that Krateo 2.7.0's installer works from. */
export interface PlatformOps extends KubeObject {
  readonly status?: {
    readonly conditions?: readonly {
      readonly type: string;
      readonly status: string;
      readonly reason?: string;
      readonly message?: string;
    }[];
  };
}

/** What there is of earlier installations; undefined what may not be read. */
export interface Installations {
  /** In the whole cluster. */
  readonly platformOps?: readonly PlatformOps[];
  /** Installation snapshots of 3.0.0, in the whole cluster. */
  readonly snapshots?: readonly KubeObject[];
  /** Deployment `installer` in the installation's namespace; null: there is none. */
  readonly installer?: V1Deployment | null;
  /** In the whole cluster. */
  readonly pods?: readonly V1Pod[];
}

/** What is installed already, whether it can be gone on from, and whether it is well. */
export function checkInstallations(
  settings: Settings,
  inventory: Inventory,
  installations: Installations,
): Check[] {
  const { namespace } = settings;
  const { platformOps = [], snapshots = [] } = installations;
  const installer = installerRelease(inventory);
  const legacy = platformOps.length > 0 || installer !== undefined;
  const checks = [
    ...elsewhere("KrateoPlatformOps", platformOps, namespace),
    ...elsewhere("Installation", snapshots, namespace),
    ...(platformOps.length > 1 ? [twoOf(platformOps)] : []),
    ...(legacy ? legacyChecks(settings, inventory, installations) : []),
    ...deleteHookChecks(settings, inventory),
  ];
  if (checks.length > 0) return checks;
  const here = snapshots.find(({ metadata }) => metadata.namespace === namespace);
  const version = here?.metadata.annotations?.["krateo.io/installation-version"];
  const releases = Object.keys(inventory.releases).length;
  const found = here
    ? `Krateo ${version ?? "3.0.0"} in namespace ${namespace}: it will be upgraded in place`
    : releases > 0
      ? `${releases} Helm releases in namespace ${namespace}: those of the plan will be taken over`
      : "none: everything will be made anew";
  return [
    {
      check: "installation",
      subject: "earlier installation",
      status: "OK",
      found,
      expected: "none, or one that can be gone on from",
      next: "",
    },
  ];
}

/** Helm release and chart must both bear the name: it may be somebody else's. */
function installerRelease({ releases }: Inventory): ExistingRelease | undefined {
  const release = releases["installer"];
  return release?.chart === "installer" ? release : undefined;
}

function elsewhere(kind: string, objects: readonly KubeObject[], namespace: string): Check[] {
  return objects
    .filter(({ metadata }) => metadata.namespace !== namespace)
    .map(({ metadata }) => ({
      check: "installation",
      subject: `${kind} ${metadata.namespace}/${metadata.name}`,
      status: "ERROR",
      found: `Krateo is installed in namespace ${metadata.namespace}, not in ${namespace}`,
      expected: "one Krateo in a cluster",
      next: `pulumi config set krateo:namespace ${metadata.namespace}, or remove that installation first`,
    }));
}

function twoOf(objects: readonly KubeObject[]): Check {
  const names = objects.map(({ metadata }) => `${metadata.namespace}/${metadata.name}`);
  return {
    check: "legacy",
    subject: "KrateoPlatformOps",
    status: "ERROR",
    found: `${names.length} of them: ${names.join(", ")}`,
    expected: "one",
    next: "decide which is the installation; the other must be taken off its installer first",
  };
}

function legacyChecks(settings: Settings, inventory: Inventory, installations: Installations): Check[] {
  const { namespace } = settings;
  const own = (installations.platformOps ?? []).filter(({ metadata }) => metadata.namespace === namespace);
  const release = installerRelease(inventory);
  const checks = [
    ...own.flatMap(objectChecks),
    ...(release ? [checkVersion(release)] : []),
    ...deploymentChecks(settings, installations, release),
    ...releaseChecks(settings, inventory),
    ...podChecks(namespace, installations),
  ];
  // Once a migration has stopped the installer, what it found is on its way and running again must stay possible.
  const { installer } = installations;
  const begun = installer === null || installer?.spec?.replicas === 0;
  return begun
    ? checks.map((check) => (check.status === "ERROR" ? { ...check, status: "WARNING" as const } : check))
    : checks;
}

function objectChecks({ metadata, status }: PlatformOps): Check[] {
  const base = {
    check: "legacy",
    subject: `KrateoPlatformOps ${metadata.name}`,
    expected: "ready, and not being deleted",
  };
  if (metadata.deletionTimestamp !== undefined) {
    const next =
      "its installer is uninstalling everything: wait until it is gone, then install anew; a deletion that hangs waits for Deployment installer";
    return [{ ...base, status: "ERROR", found: `being deleted since ${metadata.deletionTimestamp}`, next }];
  }
  const failed = (status?.conditions ?? []).filter((condition) => condition.status === "False");
  if (failed.length === 0) return [{ ...base, status: "OK", found: "no condition is False", next: "" }];
  return failed.map(({ type, reason, message }) => ({
    ...base,
    status: "ERROR",
    found: `${type} is False: ${[reason, message].filter(Boolean).join(": ") || "no reason given"}`,
    next: `kubectl describe krateoplatformops ${metadata.name} -n ${metadata.namespace}; it must be healthy before it is migrated`,
  }));
}

function checkVersion({ chartVersion }: ExistingRelease): Check {
  const right = chartVersion === legacyVersion;
  return {
    check: "legacy",
    subject: "Helm release installer",
    status: right ? "OK" : "ERROR",
    found: `Krateo ${chartVersion}`,
    expected: `Krateo ${legacyVersion}`,
    next: right ? "" : wayToLegacyVersion,
  };
}

function deploymentChecks(
  { namespace }: Settings,
  { installer }: Installations,
  release: ExistingRelease | undefined,
): Check[] {
  if (installer === undefined || !release) return [];
  const base = { check: "legacy", subject: "Deployment installer", expected: "its pod ready" };
  const look = `kubectl describe deployment installer -n ${namespace}`;
  if (!installer) return [{ ...base, status: "WARNING", found: "does not exist", next: look }];
  const wanted = installer.spec?.replicas ?? 1;
  const ready = installer.status?.availableReplicas ?? 0;
  if (wanted === 0) {
    return [{ ...base, status: "OK", found: "stopped (scaled to 0): a migration has begun", next: "" }];
  }
  const found = `${ready} of ${wanted} pods ready`;
  return [
    ready >= wanted
      ? { ...base, status: "OK", found, next: "" }
      : { ...base, status: "ERROR", found, next: `${look}; it must be healthy before it is migrated` },
  ];
}

/** Releases that the installer left half-done: what they hold is not what its object says. */
function releaseChecks(settings: Settings, { releases }: Inventory): Check[] {
  const { namespace } = settings;
  const names = new Set([
    "installer",
    "installer-crd",
    ...deprecatedReleases.map(({ name }) => name),
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
    next: `helm status ${name} -n ${namespace}; it must be healthy before it is migrated`,
  }));
}

function podChecks(namespace: string, { pods }: Installations): Check[] {
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
  return legacy.releases.flatMap(({ name, deleteHooks = [] }): Check[] =>
    deleteHooks.length === 0
      ? []
      : [
          {
            check: "legacy",
            subject: `Helm release ${name}`,
            status: "ERROR",
            found: `it has to go, and has hooks that only Helm can run: ${deleteHooks.join(", ")}`,
            expected: "no hooks around its removal",
            next: `with helm on the PATH: helm uninstall ${name} -n ${namespace}`,
          },
        ],
  );
}
