/** `krateo bundle`: writes one file with all that a stack fetches. */
import { existsSync, statSync } from "node:fs";
import { readdir, readFile } from "node:fs/promises";
import { join, relative, resolve } from "node:path";
import { Command } from "commander";
import { knownChart } from "../components/catalogue.ts";
import type { Configuration } from "../configuration/load.ts";
import { versionsFolder } from "../configuration/versions/stored-version.ts";
import { amount } from "../model/amount.ts";
import { fileFault } from "../model/file-fault.ts";
import { ConfigurationError } from "../model/problem.ts";
import { chartStepsOf } from "../plan/plan.ts";
import { copyScript } from "./copy-script.ts";
import { sourcesOf } from "./image-formats.ts";
import { completeList } from "./images.ts";
import { withStackOptions } from "./options.ts";
import { type ClusterOptions, type Session, stackConfigurationOf } from "./session.ts";

/** `krateo bundle`: for a site that fetches nothing. */
export function bundleCommand(session: Session): Command {
  return withStackOptions(new Command("bundle"))
    .description(
      "Writes a tar file with the charts of the stack, its documents, krateo.lock, a list of its images and a script that copies " +
        "them. krateo:chartMirror takes the file as it is. The images are not in it. The same stack makes the same bytes. Needs no cluster.",
    )
    .argument("<file>", "the file to write, NAME.tar; one that is there is replaced")
    .addHelpText(
      "after",
      `
Examples:
  npx krateo bundle krateo.tar --stack production
  npx pulumi config set krateo:chartMirror krateo.tar
  tar -xf krateo.tar copy-images.sh && sh copy-images.sh save images

Exit codes: 0 written, 1 not: a chart cannot be fetched, or the configuration is wrong (nothing is written).`,
    )
    .action(async (name: string, options: ClusterOptions) => {
      const file = resolve(name);
      refuseName(name, file);
      const configuration = await stackConfigurationOf(options, session);
      const { settings } = configuration;
      for (const warning of settings.warnings) session.note(`warning: ${warning}`);
      const charts = await chartFiles(configuration, session);
      const { images } = await completeList(settings, session);
      for (const warning of onlineWarnings(configuration)) session.note(`warning: ${warning}`);
      const documents = await documentFiles(configuration, session.directory);
      const title = `Krateo ${settings.platformVersion}`;
      const sources = sourcesOf(images, settings.images.registry);
      const files = new Map<string, Buffer | string>([
        ...charts,
        ...documents,
        ["images.txt", `${sources.join("\n")}\n`],
        ["copy-images.sh", copyScript(title, sources)],
      ]);
      const { writeBundle } = await import("../charts/bundle-file.ts");
      await writeBundle(file, settings.platformVersion, files).catch((error: unknown) => {
        throw notWritten(name, error);
      });
      session.print(
        `${name} has ${amount(charts.size - 1, "chart")}, ${amount(documents.size, "document")}, and the names of ${amount(sources.length, "image")}; copy-images.sh in it copies those`,
      );
    });
}

function refuseName(name: string, file: string): void {
  const isFolder = statSync(file, { throwIfNoEntry: false })?.isDirectory() ?? false;
  if (name.endsWith(".tar") && !isFolder) return;
  throw new ConfigurationError([
    {
      what: "a bundle is a tar file",
      given: name,
      allowed: "NAME.tar",
      next: "npx krateo bundle krateo.tar",
    },
  ]);
}

/** The archives as krateo.lock pins them, and the lock. */
async function chartFiles(
  { settings }: Configuration,
  { directory, note }: Session,
): Promise<Map<string, Buffer>> {
  const [{ fetchPinned }, { archiveFolder }, { archiveName }, { lockPath }, { chartFolder }] =
    await Promise.all([
      import("../charts/fetch.ts"),
      import("../charts/archive-store.ts"),
      import("../charts/source.ts"),
      import("../charts/lock.ts"),
      import("../charts/bundle-file.ts"),
    ]);
  const steps = chartStepsOf(settings);
  const digests = await fetchPinned(steps, { directory, ...settings.charts, say: note });
  const archives = await Promise.all(
    [...digests.keys()].map(async (chart): Promise<[string, Buffer]> => {
      const name = archiveName(chart);
      return [`${chartFolder}/${name}`, await readFile(join(directory, archiveFolder(directory), name))];
    }),
  );
  const lock = join(directory, lockPath(directory));
  // It may be that it could not be written; that has been said.
  return new Map([
    ...archives,
    ...(existsSync(lock) ? [["krateo.lock", await readFile(lock)] as const] : []),
  ]);
}

/** The user's own documents that the stack reads, and those of an added platform version; the bundled ones are no files of the user's. */
async function documentFiles(
  { settings, layers }: Configuration,
  directory: string,
): Promise<Map<string, Buffer>> {
  const version = join(versionsFolder, settings.platformVersion);
  const added = existsSync(join(directory, version))
    ? (await readdir(join(directory, version), { recursive: true, withFileTypes: true }))
        .filter((entry) => entry.isFile())
        .map((entry) => relative(directory, join(entry.parentPath, entry.name)))
    : [];
  const own = layers
    .map(({ source }) => source.file)
    .filter((file) => !file.startsWith("..") && isFile(join(directory, file)));
  const names = [...new Set([...added, ...own])];
  return new Map(
    await Promise.all(
      names.map(
        async (name) => [`documents/${name}`, await readFile(join(directory, name))] as [string, Buffer],
      ),
    ),
  );
}

function isFile(path: string): boolean {
  return statSync(path, { throwIfNoEntry: false })?.isFile() ?? false;
}

/** Charts whose pods do not work without internet access, whatever is copied. */
function onlineWarnings({ settings }: Configuration): string[] {
  return chartStepsOf(settings).flatMap(({ id, chart, component }) => {
    const why = knownChart(chart.name)?.needsInternet;
    if (why === undefined) return [];
    return [
      `step ${id}: ${why}; without internet access leave it out: components.${component}.enabled: false`,
    ];
  });
}

function notWritten(name: string, error: unknown): unknown {
  const isLost = (error as NodeJS.ErrnoException).code === "ENOENT";
  const fault = isLost ? "its folder is not there" : fileFault(error);
  if (fault === undefined) return error;
  return new ConfigurationError([
    {
      what: `the bundle cannot be written: ${fault}; nothing was written`,
      file: name,
      next: "look at the folder's rights and the space left, or write elsewhere",
    },
  ]);
}
