/** Fetches the charts of a plan, once, and holds each against the digest that krateo.lock pins. */
import { existsSync } from "node:fs";
import { join } from "node:path";
import { promisify } from "node:util";
import { gunzip } from "node:zlib";
import { debug } from "../configuration/debug.ts";
import { lockFileName } from "../configuration/lock-file.ts";
import { amount } from "../model/amount.ts";
import { withoutLogins } from "../model/describe.ts";
import { ConfigurationError } from "../model/problem.ts";
import type { ChartSource, ChartStep, Settings } from "../model/settings.ts";
import {
  archiveFolder,
  readShared,
  sha256,
  sharedCache,
  store,
  storedDigest,
  writeShared,
} from "./archive-store.ts";
import {
  checking,
  during,
  type Failure,
  FetchError,
  NotPinnedError,
  problemsOf,
  writing,
} from "./fetch-error.ts";
import { hasLock, lockPath, pin, pinnedDigest, readLock } from "./lock.ts";
import { Logins } from "./logins.ts";
import { archiveName, type Location, Locator, mirrorFolder } from "./source.ts";

export interface FetchOptions {
  /** The project's root. */
  readonly directory: string;
  /** A folder or bundle (absolute, or relative to `directory`) or a URL that replaces every source of charts. */
  readonly mirror?: string;
  /** By host: logins of the stack's configuration. */
  readonly logins?: Settings["charts"]["logins"];
  /** Folder of archives that all projects share; default: krateo/charts in the user's cache folder. */
  readonly cache?: string;
  /** Takes a line for the user: which charts were pinned. */
  readonly say?: (line: string) => void;
}

/**
 * Fetches the charts of steps and says where they are.
 *
 * @returns by step id, the archive's path relative to the project's root, starting with `./`
 * @throws ConfigurationError as `fetchPinned` does
 */
export async function fetchCharts(
  steps: readonly ChartStep[],
  options: FetchOptions,
): Promise<Map<string, string>> {
  await fetchPinned(steps, options);
  const folder = archiveFolder(options.directory);
  return new Map(steps.map((step) => [step.id, `./${join(folder, archiveName(step.chart))}`]));
}

/** The same with absolute paths, for programs that are not started in the project's folder. */
export async function fetchArchives(
  steps: readonly ChartStep[],
  options: FetchOptions,
): Promise<Map<string, string>> {
  const charts = await fetchCharts(steps, options);
  return new Map([...charts].map(([id, file]) => [id, join(options.directory, file)]));
}

/**
 * Makes sure that the archive of each step's chart lies in the project, fetching in parallel what is missing, broken
 * or from another source. Pins in krateo.lock what is not pinned yet. When all are there, nothing is asked of the network.
 *
 * @returns by chart, the digest as 64 hexadecimal digits
 * @throws ConfigurationError with every chart that cannot be had, or is another one than krateo.lock pins
 */
export async function fetchPinned(
  steps: readonly ChartStep[],
  options: FetchOptions,
): Promise<Map<ChartSource, string>> {
  const { directory } = options;
  const folder = archiveFolder(directory);
  const lock = readLock(directory);
  const digests = await ofEachChart(steps, options, (chart, locator) => {
    const file = join(directory, folder, archiveName(chart));
    return fetchOne(chart, file, locator, { ...options, pinned: pinnedDigest(lock, chart) });
  });
  await pinMissing(new Map([...digests].filter(([chart]) => !pinnedDigest(lock, chart))), options);
  return digests;
}

/**
 * The digests of what the sources serve now, whatever the project has and pins.
 *
 * @returns by chart, 64 hexadecimal digits
 * @throws ConfigurationError with every chart that cannot be had
 */
export async function digestsAtSources(
  steps: readonly ChartStep[],
  options: FetchOptions,
): Promise<Map<ChartSource, string>> {
  const { mirror, directory, cache = sharedCache() } = options;
  const local = mirrorFolder(mirror, directory);
  return await ofEachChart(steps, options, async (chart, locator) => {
    const location = await locate(chart, locator, options);
    return sha256(await archiveAt(location, { cache: local ? undefined : cache }));
  });
}

/** Does something with each chart of the steps, in parallel. */
async function ofEachChart<T>(
  steps: readonly ChartStep[],
  options: FetchOptions,
  work: (chart: ChartSource, locator: Locator) => Promise<T>,
): Promise<Map<ChartSource, T>> {
  const charts = new Map(steps.map((step) => [archiveName(step.chart), step.chart]));
  refuseNamesakes(steps, charts);
  const locator = new Locator(new Logins(options.logins));
  const failures: Failure[] = [];
  const results = new Map<ChartSource, T>();
  await Promise.all(
    [...charts.values()].map(async (chart) => {
      try {
        results.set(chart, await work(chart, locator));
      } catch (error) {
        if (!(error instanceof FetchError)) throw error;
        failures.push({ chart, error });
      }
    }),
  );
  if (failures.length > 0) throw new ConfigurationError(problemsOf(failures, options));
  return results;
}

/** A folder that cannot be written is no reason to stop: then each run trusts what its sources say. */
async function pinMissing(
  digests: ReadonlyMap<ChartSource, string>,
  { directory, say }: FetchOptions,
): Promise<void> {
  if (digests.size === 0) return;
  const file = lockPath(directory);
  const charts = amount(digests.size, "chart");
  const verb = hasLock(directory) ? "also pins" : "was made and pins";
  try {
    await pin(directory, digests);
    // Nobody commits what pins a rehearsal's stand-ins.
    if (file === lockFileName)
      say?.(`${file} ${verb} ${charts}: commit it, and every later run gets the same archives or stops`);
  } catch (error) {
    if (!(error instanceof ConfigurationError)) throw error;
    say?.(`${error.problems[0]?.what}: ${charts} not pinned`);
  }
}

/** @returns the digest of what now lies in the project, as 64 hexadecimal digits */
async function fetchOne(
  chart: ChartSource,
  file: string,
  locator: Locator,
  options: FetchOptions & { readonly pinned: string | undefined },
): Promise<string> {
  const { mirror, directory, pinned, cache = sharedCache() } = options;
  const local = mirrorFolder(mirror, directory);
  const source = sourceOf(chart, options);
  // What is pinned is the same wherever it came from; as in an image that was made with a mirror.
  const found = await storedDigest(file, pinned === undefined ? source : undefined);
  const stored = pinned === undefined || found === pinned ? found : undefined;
  // A folder costs nothing to look at, and its archives may be rebuilt under the same version.
  if (stored && !(local && existsSync(join(local, archiveName(chart))))) return stored;

  const shared = local || !pinned ? undefined : await readShared(cache, pinned);
  const content =
    shared ??
    (await archiveAt(await locate(chart, locator, options), { cache: local ? undefined : cache, pinned }));
  const digest = sha256(content);
  if (found !== digest) await during(writing, file, () => store(file, content, source));
  return digest;
}

async function locate(
  chart: ChartSource,
  locator: Locator,
  { mirror, directory }: FetchOptions,
): Promise<Location> {
  const local = mirrorFolder(mirror, directory);
  const source = sourceOf(chart, { mirror, directory });
  debug(() => [`asks ${source} for chart ${chart.name} ${chart.version}`]);
  return await during("finding the chart", source, async () => {
    if (local) return await locator.locateInFolder(chart, local);
    return await (mirror ? locator.locateInMirror(chart, mirror) : locator.locate(chart));
  });
}

/** From where the chart comes, as messages and records name it. */
function sourceOf(
  { url }: ChartSource,
  { mirror, directory }: Pick<FetchOptions, "mirror" | "directory">,
): string {
  return mirrorFolder(mirror, directory) ?? withoutLogins(mirror ?? url);
}

/** The archive from the shared cache, else from where it is; whole, and with the digests that it must have. */
async function archiveAt(
  { at, digest, read }: Location,
  { cache, pinned }: { readonly cache: string | undefined; readonly pinned?: string | undefined },
): Promise<Buffer> {
  const refuseOther = async (found: string) => {
    if (pinned && pinned !== found) throw new NotPinnedError({ found, pinned });
  };
  if (digest) await during(checking, at, () => refuseOther(digest));
  const shared = cache && digest ? await readShared(cache, digest) : undefined;
  if (shared) return shared;

  const content = await during("downloading the archive", at, read);
  await during(checking, at, async () => {
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
    await refuseOther(actual);
  });
  if (cache) await writeShared(cache, content);
  return content;
}

const unzip = promisify(gunzip);

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
