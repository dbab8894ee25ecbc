import { type Inventory, isMigration, releaseKey } from "../model/inventory.ts";
import type { Settings } from "../model/settings.ts";
import { secretNamesOf } from "../plan/database-secrets.ts";
import { chartStepsOf } from "../plan/plan.ts";
import { legacyVersion, platformFinalizer } from "./legacy-facts.ts";

/**
 * What a run will do to a live Krateo 2.7.0, one line for each thing, in the order in which it happens; nothing when
 * there is none. Preview shows them, since the resources' own lines say neither what is removed nor from which version
 * something comes.
 */
export function migrationLines(settings: Settings, { legacy, releases, secrets }: Inventory): string[] {
  const { platform, takenOver } = legacy;
  if (!platform && takenOver === undefined) return [];
  const { namespace } = settings;
  const running = (platform?.installers ?? []).filter(({ replicas }) => replicas > 0);
  const removals = [
    ...legacy.releases.map(
      ({ name, chart, chartVersion }) => `Helm release ${name} (${chart} ${chartVersion})`,
    ),
    ...legacy.volumes.map(
      (name) => `PersistentVolumeClaim ${name}${settings.purgeVolumes ? ", and the volume behind it" : ""}`,
    ),
  ];
  const changes = chartStepsOf(settings).map(({ release, chart }): [string, string] => {
    const there = releases[releaseKey(release, namespace)];
    const subject = `Helm release ${release.name}`;
    if (!there) return ["create", `${subject} (${chart.name} ${chart.version})`];
    if (there.chartVersion === chart.version) return ["adopt", `${subject} (${chart.name} ${chart.version})`];
    return ["upgrade", `${subject} (${chart.name} ${there.chartVersion} -> ${chart.version})`];
  });
  const secretLines =
    settings.secrets === "external"
      ? []
      : secretNamesOf(settings).map((name): [string, string] =>
          secrets[name] ? ["adopt", `Secret ${name}, its values as they are`] : ["create", `Secret ${name}`],
        );
  const lines: [string, string][] = [
    ...(removals.length > 0 || running.length > 0
      ? [
          [
            "back up",
            `all Helm releases and Secrets, and the ${platform ? "KrateoPlatformOps object" : "Installation"}`,
          ] as [string, string],
        ]
      : []),
    ...running.map(({ name, replicas }): [string, string] => [
      "stop",
      `Deployment ${name} (${replicas} -> 0)`,
    ]),
    ...removals.map((what): [string, string] => ["remove", what]),
    ...secretLines,
    ...inOrder(changes, ["adopt", "upgrade", "create"]),
    ...(platform?.objects ?? []).map(({ name }): [string, string] => [
      "retire",
      `KrateoPlatformOps ${name}, without its finalizer ${platformFinalizer}: nothing is uninstalled by it`,
    ]),
    ...(platform?.releases ?? []).map(({ name, chart, chartVersion }): [string, string] => [
      "retire",
      `Helm release ${name} (${chart} ${chartVersion})`,
    ]),
    ...(legacy.leftovers ?? []).map(({ kind, name }): [string, string] => ["retire", `${kind} ${name}`]),
  ];
  if (takenOver !== undefined)
    lines.push(["update", `Installation ${takenOver}, which then holds the steps of 3.0.0`]);
  const target = settings.platformVersion === "local" ? "what krateo.yaml holds" : settings.platformVersion;
  const word = Math.max(...lines.map(([verb]) => verb.length));
  return [
    `Krateo ${legacyVersion}${platform ? "" : ", run by upstream's CLI,"} in namespace ${namespace} will be migrated to ${target}:`,
    ...lines.map(([verb, what]) => `  ${verb.padEnd(word)}  ${what}`),
  ];
}

function inOrder(lines: readonly [string, string][], verbs: readonly string[]): [string, string][] {
  return verbs.flatMap((verb) => lines.filter(([other]) => other === verb));
}

/** What earlier installers left on a cluster without a 2.7.0, and this run will take away. */
export function leftoverLines(inventory: Inventory): string[] {
  const { leftovers = [] } = inventory.legacy;
  if (isMigration(inventory)) return [];
  return leftovers.map(({ kind, name }) => `${kind} ${name}, left by an earlier installer, will be removed`);
}
