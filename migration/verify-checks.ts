import { amount } from "../model/amount.ts";
import type { Check } from "../model/check.ts";
import type { Legacy } from "../model/inventory.ts";
import { legacyVersion } from "./legacy-facts.ts";

const again = "npx pulumi up";

/** What `verify` says of Krateo 2.7.0: everything of it that is left, and whether the migration is done. */
export function migrationChecks(legacy: Legacy): Check[] {
  return [...checkLegacy(legacy), checkMigration(legacy)];
}

function checkLegacy(legacy: Legacy): Check[] {
  const base = { check: "legacy", expected: "none" };
  const { platform, leftovers = [] } = legacy;
  const error = (subject: string, found: string, next: string): Check => ({
    ...base,
    subject,
    status: "ERROR",
    found,
    next,
  });
  return [
    ...legacy.releases.map(({ name, chart, chartVersion }) =>
      error(`Helm release ${name}`, `${chart} ${chartVersion}`, "npx krateo cleanup"),
    ),
    ...legacy.volumes.map((name) =>
      error(`PersistentVolumeClaim ${name}`, "still there", "npx krateo cleanup"),
    ),
    ...(platform?.objects ?? []).map(({ name }) => error(`KrateoPlatformOps ${name}`, "still there", again)),
    ...(platform?.releases ?? []).map(({ name, chart, chartVersion }) =>
      error(`Helm release ${name}`, `${chart} ${chartVersion}`, again),
    ),
    ...leftovers.map(
      ({ kind, name }): Check => ({
        ...base,
        subject: `${kind} ${name}`,
        status: "WARNING",
        found:
          kind === "ClusterRoleBinding"
            ? "cluster-admin for a service account that nothing uses any more"
            : "left by an earlier installer, and not used any more",
        next: again,
      }),
    ),
  ];
}

/**
 * One line that says whether a migration from 2.7.0 is done. A cluster that never had one, and one where it is done, look
 * alike, and so nothing is said of a migration there.
 */
function checkMigration(legacy: Legacy): Check {
  const { platform, leftovers = [] } = legacy;
  const base = { check: "migration", subject: `Krateo ${legacyVersion}`, expected: "nothing of it is left" };
  const left = (items: readonly unknown[], what: string): string[] =>
    items.length > 0 ? [`${amount(items.length, what)} left`] : [];
  const undone = [
    ...(platform?.objects ?? []).map(({ name }) => `KrateoPlatformOps ${name} still there`),
    ...left([...legacy.releases, ...(platform?.releases ?? [])], "old Helm release"),
    ...left(legacy.volumes, "old volume"),
  ];
  const rights = left(leftovers, "old account or binding");
  if (undone.length + rights.length === 0)
    return { ...base, check: "legacy", status: "OK", found: base.expected, next: "" };
  return {
    ...base,
    status: undone.length > 0 ? "ERROR" : "WARNING",
    found: [...undone, ...rights].join(", "),
    next: `${again}: it continues where it stopped`,
  };
}
