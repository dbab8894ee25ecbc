import type { Inventory, LegacyPlatform } from "../model/inventory.ts";
import type { Problem } from "../model/problem.ts";
import type { Settings } from "../model/settings.ts";
import { legacyKind, legacyVersion, platformFinalizer, wayToLegacyVersion } from "./legacy-facts.ts";

/**
 * Reasons not to migrate what is there. A platform that is half migrated is none: its installer stands still, or its
 * object has lost the installer's finalizer, and a further run finishes the job.
 */
export function legacyProblems({ namespace }: Settings, { legacy: { platform } }: Inventory): Problem[] {
  if (!platform) return [];
  return [
    ...versionProblems(platform, namespace),
    ...objectProblems(platform, namespace),
    ...elsewhereProblems(platform, namespace),
  ];
}

function versionProblems({ objects, releases, installers }: LegacyPlatform, namespace: string): Problem[] {
  const installer = releases.find(({ name }) => name === "installer");
  if (!installer && objects.length > 0) {
    return [
      {
        what: "the installed version of Krateo is not known: its object exists, its installer's Helm release does not",
        given: `KrateoPlatformOps ${objects.map(({ name }) => name).join(", ")} in namespace ${namespace}`,
        allowed: `Helm release installer of chart installer ${legacyVersion}`,
        next: `put it back (helm install installer installer --repo https://charts.krateo.io --version ${legacyVersion} -n ${namespace}), or, if nothing of Krateo is in use here, delete the object`,
      },
    ];
  }
  const others = releases.filter(({ chartVersion }) => chartVersion !== legacyVersion);
  if (others.length === 0) return [];
  return [
    {
      what: `only Krateo ${legacyVersion} can be migrated`,
      given: others
        .map(({ name, chart, chartVersion }) => `Helm release ${name} (${chart} ${chartVersion})`)
        .join(", "),
      allowed: legacyVersion,
      next: `${wayToLegacyVersion(namespace)}${installers.length === 0 ? "" : ", then start again"}`,
    },
  ];
}

function objectProblems({ objects, installers }: LegacyPlatform, namespace: string): Problem[] {
  const problems: Problem[] = [];
  if (objects.length > 1) {
    problems.push({
      what: `there are ${objects.length} KrateoPlatformOps objects in namespace ${namespace}, and only one can be the platform`,
      given: objects.map(({ name }) => name).join(", "),
      next:
        "find out which one describes the running platform; scale Deployment installer to 0 before you delete the other, since " +
        "its deletion would uninstall everything that it lists",
    });
  }
  const going = objects.filter(
    ({ deleting, finalizers }) => deleting && finalizers.includes(platformFinalizer),
  );
  for (const { name } of going) {
    const running = installers.some(({ replicas }) => replicas > 0);
    problems.push({
      what: `KrateoPlatformOps ${name} in namespace ${namespace} is being deleted`,
      given: running
        ? "its installer is running, and uninstalls the platform"
        : "its installer is stopped, so the deletion waits",
      next: running
        ? "wait until it is gone, then install anew"
        : "a deletion cannot be taken back; with the installer at 0 nothing is uninstalled: " +
          `kubectl patch ${legacyKind.plural} ${name} -n ${namespace} --type merge -p '{"metadata":{"finalizers":null}}' lets the object go and keeps the platform`,
    });
  }
  return problems;
}

/** Uninstalling installer-crd takes the kind away, and all its objects with it. */
function elsewhereProblems({ elsewhere }: LegacyPlatform, namespace: string): Problem[] {
  if (elsewhere.length === 0) return [];
  return [
    {
      what: "another Krateo is on this cluster, and migrating this one would remove the kind of the other one's object",
      given: `KrateoPlatformOps ${elsewhere.join(", ")}`,
      allowed: `objects in namespace ${namespace} only`,
      next: "migrate or remove the other one first",
    },
  ];
}
