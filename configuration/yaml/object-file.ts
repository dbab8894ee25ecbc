/**
 * Reads Kubernetes objects as Helm and kubectl read them: YAML 1.1, where `defaultMode: 0644` is octal and `on` a boolean,
 * the last of two equal keys counts, and dates are text. JSON is YAML.
 */
import type { Document } from "yaml";
import type { Problem } from "../../model/problem.ts";
import type { Json } from "../../model/settings.ts";
import { helmTags } from "./go-scalars.ts";
import { contentOf, parseStream, type Reading } from "./yaml-stream.ts";

const reading: Reading = { tags: helmTags, uniqueKeys: false };

/**
 * Every document of a user's file that is not empty.
 *
 * @param file name for messages
 * @returns the documents without problems, in order, and every problem of the others
 */
export function parseObjects(text: string, file: string): { documents: Json[]; problems: Problem[] } {
  const stream = parseStream(text, file, reading);
  const read = stream.documents.map((document) => ({ document, problems: stream.problemsOf(document) }));
  return {
    documents: contents(read.filter(({ problems }) => problems.length === 0).map(({ document }) => document)),
    problems: read.flatMap(({ problems }) => problems),
  };
}

/** The same of a text that Helm or the API server has accepted, whatever this program thinks of it. */
export function acceptedObjects(text: string): Json[] {
  return contents(parseStream(text, "manifest", reading).documents);
}

function contents(documents: readonly Document[]): Json[] {
  return documents
    .map((document) => contentOf(document) as Json)
    .filter((content) => (content ?? null) !== null);
}
