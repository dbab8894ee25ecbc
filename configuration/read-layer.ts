/** Reads one file of the user's as a layer. */
import type { Problem } from "../model/problem.ts";
import { checkDocument } from "./document.ts";
import type { Findings, Layer } from "./layers.ts";
import type { TextFile } from "./yaml/text-file.ts";
import { parseFile, placeIn } from "./yaml/yaml-file.ts";

/** Parses a file of the user's and checks its shape; undefined when it cannot be used at all. */
export function readLayer(
  kind: "release" | "profile" | "overrides",
  given: TextFile,
  name: string,
  namespace: string,
  findings: Findings,
): Layer | undefined {
  if ("problem" in given) {
    findings.problems.push(given.problem);
    return undefined;
  }
  const { text } = given;
  const { source, problems, warnings } = parseFile(text, name, { Namespace: namespace });
  findings.problems.push(...problems);
  findings.warnings.push(...warnings);
  if (source === undefined) return undefined;
  const checked = checkDocument(kind, source.root, (at) => placeIn(source, at));
  findings.problems.push(...checked.problems);
  return { source, base: [], root: checked.usable };
}

/** A file that is taken for one that is not there. */
export function misnamed(file: string, meant: string): Problem {
  return {
    what: `a file is not read: its name is not ${meant}`,
    file,
    next: `rename it to ${meant}, or move it away`,
  };
}
