/** The goldens: files that show the whole effect of a change. `npm run golden` writes them, a test compares. */
import { readFileSync } from "node:fs";
import path from "node:path";
import { parse } from "yaml";
import { loadSettings } from "../../configuration/load.ts";
import { migrateJson } from "../../migration/commands/migrate-report.ts";
import { readLegacyPlatform } from "../../migration/legacy-platform.ts";
import { migrate } from "../../migration/merge.ts";
import { ConfigurationError } from "../../model/problem.ts";
import { planOf } from "../../plan/plan.ts";
import type { Golden } from "./golden-folder.ts";
import { goldenInputs, legacyObjects } from "./inputs.ts";

const settingsGoldens: readonly Golden[] = goldenInputs.map(({ name, config }) => ({
  file: `settings.${name}.json`,
  // A folder without documents of a user's: the bundle alone.
  content: async () => stableJson(await loadSettings(config, import.meta.dirname)),
}));

/** A line for each thing that is made, in the order of the plan, with what it waits for. */
const planGoldens: readonly Golden[] = goldenInputs.map(({ name, config }) => ({
  file: `plan.${name}.json`,
  content: async () => {
    const plan = planOf(await loadSettings(config, import.meta.dirname));
    return stableJson(
      plan.map(({ id, kind, component, needs }) => {
        const place = component ? `${component}/${id}` : id;
        return `${kind} ${place} after ${needs.map((need) => need.on).join(", ") || "nothing"}`;
      }),
    );
  },
}));

/** What becomes of a Krateo 2.7.0: each object in legacy/, as the command line reports it for scripts. */
const migrationGoldens: readonly Golden[] = legacyObjects.map((name) => ({
  file: `migration.${name}.json`,
  content: async () => {
    const source = `${name}.yaml`;
    const given = parse(readFileSync(path.join(import.meta.dirname, "legacy", source), "utf8"));
    const { platform, problems } = readLegacyPlatform(given, source, "krateo-system");
    if (platform === undefined) throw new ConfigurationError(problems);
    const circumstances = { source, live: true, stackOptions: [], written: [], warnings: [] };
    const report = JSON.parse(migrateJson(migrate(platform), circumstances));
    // A line for each line, so that a difference shows what it is.
    return stableJson({ ...report, overrides: report.overrides.split("\n") });
  },
}));

/** Every golden there is; a file that is not among them is stale. */
export const goldens: readonly Golden[] = [...settingsGoldens, ...planGoldens, ...migrationGoldens];

/** JSON with sorted keys, so that the same value is always the same bytes. */
export function stableJson(value: unknown): string {
  return `${JSON.stringify(value, sortKeys, 2)}\n`;
}

function sortKeys(_key: string, value: unknown): unknown {
  if (typeof value !== "object" || value === null || Array.isArray(value)) return value;
  return Object.fromEntries(Object.entries(value).sort(([a], [b]) => (a < b ? -1 : a > b ? 1 : 0)));
}
