/**
 * Reads YAML the way upstream's documents are meant. Only the first document of a file counts. What cannot be kept
 * exactly, or would be lost, is a problem.
 */
import { type Document, isAlias, isMap, isPair, isScalar, isSeq, type Pair, visit } from "yaml";
import { isSensitivePath } from "../../model/describe.ts";
import { pathText } from "../../model/path.ts";
import type { Problem } from "../../model/problem.ts";
import type { JsonObject, Path } from "../../model/settings.ts";
import { documentTags } from "./go-scalars.ts";
import { dateTag } from "./go-yaml.ts";
import { replaceTokens } from "./template.ts";
import { contentOf, parseStream, type Reading } from "./yaml-stream.ts";

/** A parsed file, with the way back from a path to its line. */
export interface SourceFile {
  /** Name as the user knows it. */
  readonly file: string;
  readonly root: JsonObject;
  /** Line of a path, or of the deepest part of it that the file has; undefined when it has none. */
  lineOf(path: Path): number | undefined;
  /** How a number at a path is written, where that is not how it would be written again: 1.10, 0777, 8e1. */
  writtenAt?(path: Path): string | undefined;
  /** Of a document that was put together from several files: the one that a path comes from, with its line. */
  partOf?(path: Path): { readonly file: string; readonly line: number | undefined };
}

export interface ParsedFile {
  /** Undefined when the text is no YAML mapping. */
  readonly source: SourceFile | undefined;
  readonly problems: readonly Problem[];
  readonly warnings: readonly string[];
}

const reading: Reading = {
  tags: [...documentTags, dateTag((date) => date.toISOString().replace(".000Z", "Z"))],
  uniqueKeys: true,
};

/**
 * Replaces the tokens in a text and parses it.
 *
 * @param file name for messages
 * @param tokens values by token name, `Namespace` at least
 */
export function parseFile(text: string, file: string, tokens: Readonly<Record<string, string>>): ParsedFile {
  const templated = replaceTokens(text, tokens, file);
  const { documents, lineAt, problemsOf } = parseStream(templated.text, file, reading);
  const [first, ...others] = documents;
  const warnings =
    others.length > 0 ? [`${file}: only the first of its ${documents.length} YAML documents is read`] : [];
  // A token that is no YAML is one problem, not a second one about braces.
  if (templated.problems.length > 0) return { source: undefined, problems: templated.problems, warnings: [] };
  if (first === undefined || (first.errors.length === 0 && isEmpty(first.contents)))
    return { source: emptyFile(file), problems: [], warnings };
  const problems = problemsOf(first);
  if (problems.length === 0) problems.push(...contentProblems(first, file, lineAt));
  const unquoted = templated.foreign.filter(({ line }) => problems.some((problem) => problem.line === line));
  if (unquoted.length > 0) return { source: undefined, problems: unquoted, warnings: [] };
  if (problems.length > 0) return { source: undefined, problems, warnings: [] };
  return {
    source: {
      file,
      root: contentOf(first) as JsonObject,
      lineOf: (path) => whereIn(first, path, lineAt).line,
      writtenAt: (path) => changedNumber(whereIn(first, path, lineAt).node),
    },
    problems: [],
    warnings: [...warnings, ...changedNumbers(first).map((line) => changedWarning(file, lineAt(line)))],
  };
}

function isEmpty(contents: unknown): boolean {
  return contents === null || (isScalar(contents) && contents.value === null);
}

function emptyFile(file: string): SourceFile {
  return { file, root: {}, lineOf: () => undefined };
}

function contentProblems(document: Document, file: string, lineAt: (offset: number) => number): Problem[] {
  if (!isMap(document.contents)) {
    return [
      {
        what: "the file is not a mapping of keys to values",
        file,
        line: 1,
        next: "start with a key such as components:",
      },
    ];
  }
  const problems: Problem[] = [];
  visit(document, {
    Pair(_, pair, ancestors) {
      const key = isScalar(pair.key) ? pair.key.value : undefined;
      if (isMergeKey(pair)) return;
      if (typeof key === "string" && key !== "__proto__") {
        if (isScalar(pair.value) && key === "enabled" && isTyped(ancestors)) readTypedBoolean(pair.value);
        return;
      }
      problems.push({
        what: "a key that is not text",
        file,
        line: hasRange(pair.key) ? lineAt(pair.key.range[0]) : undefined,
        given: isScalar(pair.key) ? (pair.key.source ?? String(key)) : "a list or map",
        next: "put the key in quotes",
      });
    },
    Scalar(_, scalar, ancestors) {
      const { value, range, source } = scalar;
      if (
        typeof value !== "number" ||
        (Number.isFinite(value) && (!Number.isInteger(value) || Number.isSafeInteger(value)))
      )
        return;
      problems.push({
        what: "a number that cannot be kept exactly",
        file,
        line: range ? lineAt(range[0]) : undefined,
        given: isSensitivePath(keysOf(ancestors)) ? "a secret value" : source,
        next: "put it in quotes if it is meant as text",
      });
    },
  });
  return problems;
}

function isMergeKey(pair: Pair): boolean {
  return isScalar(pair.key) && (pair.key.value === "<<" || typeof pair.key.value === "symbol");
}

/** `enabled` of a component or a module, but not one among the values of a chart. */
function isTyped(ancestors: readonly unknown[]): boolean {
  const keys = keysOf(ancestors);
  const path = keys[0] === "profiles" ? keys.slice(2) : keys;
  return path.length === 2 && ["components", "componentsDefinition", "modules"].includes(path[0] ?? "");
}

function keysOf(ancestors: readonly unknown[]): string[] {
  return ancestors
    .filter((node) => isPair(node))
    .map((pair) => (isScalar(pair.key) ? String(pair.key.value) : ""));
}

/** In a typed boolean the unquoted words of YAML 1.1 count. */
function readTypedBoolean(scalar: { value: unknown; type?: string | null }): void {
  if (scalar.type !== "PLAIN" || typeof scalar.value !== "string") return;
  if (/^(y|yes|on)$/i.test(scalar.value)) scalar.value = true;
  else if (/^(n|no|off)$/i.test(scalar.value)) scalar.value = false;
}

/** A number's text, when the number does not keep it. Of file modes nobody means the text. */
function changedNumber(node: unknown): string | undefined {
  if (!isScalar(node) || typeof node.value !== "number" || node.type !== "PLAIN") return undefined;
  const { source = "", value } = node;
  return source === String(value) || /^0[0-7]{3}$/.test(source) ? undefined : source;
}

/** Where the numbers are that do not keep their text. */
function changedNumbers(document: Document): number[] {
  const offsets: number[] = [];
  visit(document, {
    Scalar(role, scalar) {
      if (role !== "key" && changedNumber(scalar) !== undefined) offsets.push(scalar.range?.[0] ?? 0);
    },
  });
  return offsets;
}

/** Without the number, which may be a secret. */
function changedWarning(file: string, line: number): string {
  return `${file}, line ${line}: a number that does not stay as it is written (zeros in front or behind, a plus sign, an exponent, another base, underscores); put it in quotes if it is meant as text`;
}

/** The deepest part of a path that a document has: its line, and of the whole path its node. */
function whereIn(
  document: Document,
  path: Path,
  lineAt: (offset: number) => number,
): { line?: number | undefined; node?: unknown } {
  let node: unknown = document.contents;
  let line: number | undefined;
  for (const segment of path) {
    if (isAlias(node)) node = node.resolve(document);
    if (isMap(node)) {
      const pair: Pair | undefined = node.items.find(
        (item) => isScalar(item.key) && item.key.value === segment,
      );
      if (pair === undefined) return { line };
      if (isScalar(pair.key) && pair.key.range) line = lineAt(pair.key.range[0]);
      node = pair.value;
    } else if (isSeq(node) && typeof segment === "number") {
      node = node.items[segment];
      if (hasRange(node)) line = lineAt(node.range[0]);
    } else {
      return { line };
    }
  }
  return { line, node: isAlias(node) ? node.resolve(document) : node };
}

function hasRange(node: unknown): node is { range: [number, number, number] } {
  return typeof node === "object" && node !== null && "range" in node && Array.isArray(node.range);
}

/** File, line and path of a place in a file, as a problem names it; `written` as `writtenAt` has it. */
export function placeIn(
  source: SourceFile,
  path: Path,
): Pick<Problem, "file" | "line" | "path"> & { written?: string } {
  const written = source.writtenAt?.(path);
  return {
    ...(written !== undefined && { written }),
    file: source.file,
    line: source.lineOf(path),
    path: path.length === 0 ? undefined : pathText(path),
  };
}
