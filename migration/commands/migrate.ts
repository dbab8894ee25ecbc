/** `krateo migrate`: carries over the configuration of a Krateo 2.7.0. */
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { Command, Option } from "commander";
import { type NewFile, writeNewFiles } from "../../commands/new-files.ts";
import { stackOptions, withClusterOptions } from "../../commands/options.ts";
import type { Session } from "../../commands/session.ts";
import { loadSettings } from "../../configuration/load.ts";
import { defaultOverrides } from "../../configuration/override-layers.ts";
import { renderDocument } from "../../configuration/render.ts";
import { ConfigurationError } from "../../model/problem.ts";
import type { Settings } from "../../model/settings.ts";
import { krateoctlDocument } from "../krateoctl-document.ts";
import type { LegacyType } from "../legacy-defaults.ts";
import { legacyTypes } from "../legacy-defaults.ts";
import { legacyVersion } from "../legacy-facts.ts";
import type { LegacyPlatform } from "../legacy-platform.ts";
import { type Migration, migrate } from "../migrate.ts";
import { overridesText } from "../overrides-file.ts";
import { stackValues } from "../stack-configuration.ts";
import { type LegacySourceOptions, readLegacySource } from "./legacy-source.ts";
import { migrateJson, migrateText } from "./migrate-report.ts";

interface MigrateOptions extends LegacySourceOptions {
  readonly type?: LegacyType;
  readonly write?: boolean;
  readonly document?: boolean;
  readonly output?: string;
  readonly force?: boolean;
  readonly format: "overrides" | "krateoctl";
  readonly json?: boolean;
}

/** `krateo migrate`: what a Krateo 2.7.0 has that its defaults have not, carried to 3.0.0. */
export function migrateCommand(session: Session): Command {
  return withClusterOptions(new Command("migrate"))
    .description(
      `Reads the KrateoPlatformOps object of a Krateo ${legacyVersion}, finds what differs from ${legacyVersion}'s own ` +
        "defaults, and says for each difference what becomes of it. Writes a file only with --write, changes nothing in " +
        "the cluster, and shows and writes no secret.",
    )
    .option("--name <name>", "name of the object, if there are several")
    .option("--from <file>", "read the object from a YAML or JSON file instead of the cluster")
    .addOption(
      new Option("--type <type>", "type of the installation, instead of the one that fits best").choices(
        legacyTypes,
      ),
    )
    .option("--write", `write ${defaultOverrides}, if there is anything to override`)
    .option(
      "--document",
      "with --write: also write krateo.TYPE.yaml, the complete document of 3.0.0, for review",
    )
    .option("--output <file>", "with --write: another file")
    .option("--force", "with --write: replace existing files")
    .addOption(
      new Option(
        "--format <format>",
        "krateoctl: instead of overrides, the converted krateo.yaml as upstream's CLI makes it",
      )
        .choices(["overrides", "krateoctl"])
        .default("overrides"),
    )
    .option(
      "--json",
      "print one JSON object {object, type, changes: [{step, key, yours, default, outcome, what}], stackConfiguration, overrides}",
    )
    .addHelpText(
      "after",
      `
Examples:
  npx krateo migrate --namespace krateo-system
  npx krateo migrate --stack production --write --document
  npx krateo migrate --from krateo.yaml --type ingress --json
  npx krateo migrate --format krateoctl > converted.yaml

Exit codes: 0 shown or written, also if some changes cannot be carried; 1 nothing was written: there is no such
installation, it is not ${legacyVersion}, or a file cannot be read or written.`,
    )
    .action(async (options: MigrateOptions, command: Command) => {
      checkOptions(options);
      const read = await readLegacySource(options, session);
      if (options.format === "krateoctl") return convert(read.platform, options, session);
      const migration = migrate(read.platform, options.type);
      const settings = await settingsOf(migration);
      const files = options.write ? filesOf(migration, settings, options, session) : [];
      writeNewFiles(files, { force: options.force ?? false });
      const context = {
        source: read.source,
        live: options.from === undefined,
        stackOptions: stackOptions(command, options),
        written: files.map(({ file }) => file),
        warnings: read.notes,
      };
      session.print((options.json ? migrateJson : migrateText)(migration, context));
    });
}

function checkOptions({ write, document, output, force, format, json }: MigrateOptions): void {
  const without = Object.entries({ "--document": document, "--output": output, "--force": force })
    .filter(([, value]) => value !== undefined && !write)
    .map(([option]) => ({
      what: `${option} says how files are written, and without --write none is`,
      next: "add --write, or leave it out",
    }));
  const krateoctl =
    format === "krateoctl" && (document || json)
      ? [
          {
            what: `--format krateoctl makes one document: ${document ? "--document" : "--json"} has no place beside it`,
          },
        ]
      : [];
  if (without.length + krateoctl.length > 0) throw new ConfigurationError([...without, ...krateoctl]);
}

function convert(platform: LegacyPlatform, options: MigrateOptions, session: Session): void {
  const type = options.type ?? migrate(platform).type;
  const { text, leftOut } = krateoctlDocument(platform, type);
  for (const line of leftOut) session.note(`left out: ${line}`);
  session.note(`type ${type}; the document is still Krateo ${legacyVersion}'s`);
  if (!options.write) {
    session.print(text.trimEnd());
    return;
  }
  const file = resolve(session.directory, options.output ?? "krateo.yaml");
  writeNewFiles([{ file, text }], { force: options.force ?? false });
  session.note(`written: ${file}`);
}

/** What the overrides and the stack configuration add up to, read as the program would read it. */
async function settingsOf(migration: Migration): Promise<Settings> {
  const folder = mkdtempSync(join(tmpdir(), "krateo-migrate-"));
  try {
    writeFileSync(join(folder, defaultOverrides), overridesText(migration) ?? "");
    return await loadSettings({ values: stackValues(migration), secretKeys: [] }, folder);
  } catch (error) {
    if (!(error instanceof ConfigurationError)) throw error;
    const what =
      "what would be written does not load, and nothing was written: the object holds something unforeseen";
    const next = "take the entries below out of a copy of the object, and migrate that with --from";
    throw new ConfigurationError([{ what, next }, ...error.problems]);
  } finally {
    rmSync(folder, { recursive: true });
  }
}

function filesOf(
  migration: Migration,
  settings: Settings,
  { document, output }: MigrateOptions,
  { directory }: Session,
): NewFile[] {
  const overrides = overridesText(migration);
  return [
    ...(overrides === undefined
      ? []
      : [{ file: resolve(directory, output ?? defaultOverrides), text: overrides }]),
    ...(document
      ? [{ file: resolve(directory, `krateo.${migration.type}.yaml`), text: renderDocument(settings) }]
      : []),
  ];
}
