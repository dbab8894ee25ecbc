/** The goldens: files that show the whole effect of a change. `npm run golden` writes them, a test compares. */
import { readFileSync } from "node:fs";
import path from "node:path";
import { parse } from "yaml";
import { loadSettings } from "../../configuration/load.ts";
import { migrateJson } from "../../migration/commands/migrate-report.ts";
import { readLegacyPlatform } from "../../migration/legacy-platform.ts";
import { migrate } from "../../migration/migrate.ts";
import { ConfigurationError } from "../../model/problem.ts";
import type { Settings } from "../../model/settings.ts";
import { differenceOf } from "./difference.ts";
import type { Golden } from "./golden-folder.ts";
import {
  type GoldenInput,
  goldenInput,
  goldenInputs,
  legacyObjects,
  secretsInput,
  typeOf,
} from "./inputs.ts";
import { type Sections, sectionsOf, settingsSections, snapshotSections, textOf } from "./sections.ts";

/** A type in full, or a variant as the difference to its type. */
function goldenOf(input: GoldenInput, kind: string, show: (settings: Settings) => Sections): Golden {
  const named = async ({ name, config }: GoldenInput) => ({
    name: `${kind}${name}`,
    // A folder without documents of a user's: the bundle alone.
    sections: show(await loadSettings(config, import.meta.dirname)),
  });
  const base = goldenInput(typeOf(input.name));
  return base === input
    ? { file: `${kind}${input.name}.yaml`, content: async () => textOf((await named(input)).sections) }
    : {
        file: `${kind}${input.name}.diff`,
        content: async () => differenceOf(await named(base), await named(input)),
      };
}

const settingsGoldens = goldenInputs.map((input) => goldenOf(input, "", settingsSections));

/** One that has everything which is usual, and what secrets, nulls and a component that is off change. */
const snapshotGoldens = [goldenInput("nodeport"), secretsInput].map((input) =>
  goldenOf(input, "snapshot.", ({ snapshot }) => snapshotSections(snapshot)),
);

/** What becomes of a Krateo 2.7.0: each object in legacy/, as the command line reports it for scripts. */
const migrationGoldens: readonly Golden[] = legacyObjects.map((name) => ({
  file: `migration.${name}.yaml`,
  content: async () => {
    const source = `${name}.yaml`;
    const given = parse(readFileSync(path.join(import.meta.dirname, "legacy", source), "utf8"));
    const { platform, problems } = readLegacyPlatform(given, source, "krateo-system");
    if (platform === undefined) throw new ConfigurationError(problems);
    const circumstances = { source, live: true, stackOptions: [], written: [], warnings: [] };
    return textOf(sectionsOf(JSON.parse(migrateJson(migrate(platform), circumstances))));
  },
}));

/** Every golden there is; a file that is not among them is stale. */
export const goldens: readonly Golden[] = [...settingsGoldens, ...snapshotGoldens, ...migrationGoldens];
