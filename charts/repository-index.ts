import { closest, distance } from "fastest-levenshtein";
import { parse } from "yaml";

/** One chart version as a repository's index.yaml lists it. */
export interface IndexEntry {
  readonly version: string;
  /** sha256 of the archive in hexadecimal, as Helm writes it; absent in hand-made indexes. */
  readonly digest?: string;
  /** Where the archive is, absolute or relative to the repository; the first one counts. */
  readonly urls?: readonly string[];
}

export type RepositoryIndex = Readonly<Record<string, readonly IndexEntry[]>>;

/** The chart is not in the index. The message says what is there instead. */
export class NotInIndexError extends Error {
  override name = "NotInIndexError";
  /** Nearest first. */
  readonly alternatives: readonly string[];

  constructor(message: string, alternatives: readonly string[]) {
    super(message);
    this.alternatives = alternatives;
  }
}

const shownVersions = 5;

/** @throws Error with a sentence when the text is no repository index */
export function parseIndex(text: string): RepositoryIndex {
  let document: unknown;
  try {
    document = parse(text, { schema: "failsafe" });
  } catch (error) {
    throw new Error(
      `its index.yaml is no YAML: ${String(error instanceof Error ? error.message : error).split("\n")[0]}`,
    );
  }
  const entries = (document as { entries?: unknown } | null)?.entries;
  if (typeof entries !== "object" || entries === null || Array.isArray(entries)) {
    throw new Error("its index.yaml has no map `entries`: this is no Helm repository");
  }
  return entries as RepositoryIndex;
}

/** @throws NotInIndexError */
export function findEntry(index: RepositoryIndex, name: string, version: string): IndexEntry {
  const versions = index[name];
  if (!Array.isArray(versions)) {
    const names = Object.keys(index);
    const nearest = names.length > 0 ? [closest(name, names)] : [];
    throw new NotInIndexError("the repository has no chart of that name", nearest);
  }
  const found = (versions as IndexEntry[]).find((entry) => entry.version === version);
  if (found) return found;
  const available = (versions as IndexEntry[]).map((entry) => entry.version);
  throw new NotInIndexError(
    `the repository has no such version of it (it has ${available.length})`,
    nearestVersions(version, available),
  );
}

/** Those that differ in the fewest characters, at the latest place; then the index's own order, newest first. */
export function nearestVersions(version: string, available: readonly string[]): string[] {
  return available
    .map((candidate) => ({
      candidate,
      far: distance(version, candidate),
      alike: sharedStart(version, candidate),
    }))
    .sort((one, other) => one.far - other.far || other.alike - one.alike)
    .slice(0, shownVersions)
    .map(({ candidate }) => candidate);
}

function sharedStart(one: string, other: string): number {
  const differs = [...one].findIndex((character, index) => character !== other[index]);
  return differs < 0 ? one.length : differs;
}
