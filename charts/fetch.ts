import { existsSync } from "node:fs";
import { join } from "node:path";
import { promisify } from "node:util";
import { gunzip } from "node:zlib";
import { debug } from "../configuration/debug.ts";
import { withoutLogins } from "../model/describe.ts";
import { fileFault } from "../model/file-fault.ts";
import { ConfigurationError, type Problem } from "../model/problem.ts";
import type { ChartSource, ChartStep } from "../model/settings.ts";
import {
  archiveFolder,
  readShared,
  sha256,
  sharedCache,
  store,
  storedDigest,
  writeShared,
} from "./archive-store.ts";
import { DownloadError } from "./download.ts";
import { NotInIndexError } from "./repository-index.ts";
import { archiveName, type Location, Locator, mirrorFolder } from "./source.ts";

export interface FetchOptions {
  /** The project's root. */
  readonly directory: string;
  /** A folder (absolute, or relative to `directory`) or a URL that replaces every source of charts. */
  readonly mirror?: string;
  /** Folder of archives that all projects share; default: krateo/charts in the user's cache folder. */
  readonly cache?: string;
}

/** What went wrong with one chart, and while doing what. */
class FetchError extends Error {
  readonly step: string;
  readonly at: string;

  constructor(step: string, at: string, cause: unknown) {
    super(fileFault(cause) ?? (cause instanceof Error ? cause.message : String(cause)), { cause });
    this.step = step;
    this.at = at;
  }
}

/**
 * Makes sure that the archive of each step's chart lies in the project, fetching in parallel what is missing, broken
 * or from another source. When all are there, nothing is asked of the network.
 *
 * @returns by step id, the archive's path relative to the project's root, starting with `./`
 * @throws ConfigurationError with every chart that cannot be had
 */
export async function fetchCharts(
  steps: readonly ChartStep[],
  options: FetchOptions,
): Promise<Map<string, string>> {
  const folder = archiveFolder(options.directory);
  const charts = new Map(steps.map((step) => [archiveName(step.chart), step.chart]));
  refuseNamesakes(steps, charts);

  const locator = new Locator();
  const failures: Failure[] = [];
  await Promise.all(
    [...charts].map(async ([name, chart]) => {
      try {
        await fetchOne(chart, join(options.directory, folder, name), locator, options);
      } catch (error) {
        if (!(error instanceof FetchError)) throw error;
        failures.push({ chart, error });
      }
    }),
  );
  if (failures.length > 0) throw new ConfigurationError(problemsOf(failures, options.mirror));
  return new Map(steps.map((step) => [step.id, `./${join(folder, archiveName(step.chart))}`]));
}

async function fetchOne(
  chart: ChartSource,
  file: string,
  locator: Locator,
  options: FetchOptions,
): Promise<void> {
  const { mirror, directory, cache = sharedCache() } = options;
  const local = mirrorFolder(mirror, directory);
  const source = local ?? withoutLogins(mirror ?? chart.url);
  const stored = await storedDigest(file, source);
  // A folder costs nothing to look at, and its archives may be rebuilt under the same version.
  if (stored && !(local && existsSync(join(local, archiveName(chart))))) return;

  const location = await during("finding the chart", source, async () => {
    if (local) return await locator.locateInFolder(chart, local);
    return await (mirror ? locator.locateInMirror(chart, mirror) : locator.locate(chart));
  });
  debug(() => [`fetches chart ${chart.name} ${chart.version} from ${source}`]);
  const content = await archiveAt(location, local ? undefined : cache);
  if (stored !== sha256(content)) {
    await during(writing, file, () => store(file, content, source));
  }
}

/** The archive from the shared cache, else from where it is; with the digest that it must have. */
async function archiveAt(location: Location, cache: string | undefined): Promise<Buffer> {
  const { at, digest } = location;
  const shared = cache && digest ? await readShared(cache, digest) : undefined;
  if (shared) return shared;

  const content = await during("downloading the archive", at, () => location.read());
  await during("checking the archive", at, async () => {
    const actual = sha256(content);
    if (digest && digest !== actual) {
      throw new Error(
        `its sha256 is ${actual}, but the index says ${digest}: it is damaged or not what was published`,
      );
    }
    if (content.length === 0) throw new Error("it is empty");
    if (content[0] !== 0x1f || content[1] !== 0x8b)
      throw new Error("the downloaded file is not a gzip archive");
    await unzip(content).catch(({ message }: Error) => {
      throw new Error(`the gzip archive is cut off or damaged (${message})`);
    });
  });
  if (cache) await writeShared(cache, content);
  return content;
}

async function during<T>(step: string, at: string, work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    if (error instanceof ConfigurationError) throw error;
    throw new FetchError(step, error instanceof DownloadError ? error.url : at, error);
  }
}

const writing = "writing the archive";
const unzip = promisify(gunzip);

interface Failure {
  readonly chart: ChartSource;
  readonly error: FetchError;
}

/** One problem for all charts that failed in the same way: a repository that is away takes all of its charts along. */
function problemsOf(failures: readonly Failure[], mirror: string | undefined): Problem[] {
  const alike = Map.groupBy(failures, ({ chart, error }) => {
    const own = error.cause instanceof NotInIndexError ? chart.name : "";
    return [error.step, error.at, error.message, own].join("\n");
  });
  return [...alike.values()].flatMap(([first, ...others]) => {
    if (!first) return [];
    const names = [first, ...others]
      .map(({ chart }) => [chart.name, chart.version].filter(Boolean).join(" "))
      .sort();
    return [problemOf(`chart${others.length > 0 ? "s" : ""} ${names.join(", ")}`, first.error, mirror)];
  });
}

function problemOf(charts: string, error: FetchError, mirror: string | undefined): Problem {
  const missing = error.cause instanceof NotInIndexError ? error.cause : undefined;
  const inPlace = "let that file be written: remove what is in its way, or correct the rights of its folder";
  const inMirror = "put the archive into the mirror, or correct krateo:chartMirror";
  const elsewhere = "or set krateo:chartMirror to a folder or URL that holds NAME-VERSION.tgz files";
  const first = missing
    ? "correct the chart's name or version in the release document"
    : "run again once the server answers";
  return {
    what: `${charts} cannot be fetched: ${error.step} failed: ${error.message}`,
    file: withoutLogins(error.at),
    allowed: missing?.alternatives,
    next: error.step === writing ? inPlace : mirror ? inMirror : `${first}, ${elsewhere}`,
  };
}

/** Two charts that differ in source but not in name and version would overwrite each other's archive. */
function refuseNamesakes(steps: readonly ChartStep[], charts: ReadonlyMap<string, ChartSource>): void {
  const problems = steps.flatMap(({ id, chart }) => {
    const other = charts.get(archiveName(chart));
    if (!other || other.url === chart.url) return [];
    return [
      {
        what: `step ${id} takes chart ${chart.name} ${chart.version} from another place than another step does`,
        given: `${withoutLogins(chart.url)} and ${withoutLogins(other.url)}`,
        next: "use one source for the same chart and version",
      },
    ];
  });
  if (problems.length > 0) throw new ConfigurationError(problems);
}
