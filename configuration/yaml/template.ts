/**
 * Tokens such as `{{ .Namespace }}`, replaced in a file's text before it is parsed as YAML, so that they work unquoted
 * and in keys too. It is no template engine: a token has four spellings, with or without one space on either side.
 * Anything else between double braces is text, for whoever has a template engine, as long as YAML reads it as text.
 * `"{\x7b .Namespace }}"`, in double quotes, is the text of a token that would be replaced.
 */
import { distance } from "fastest-levenshtein";
import type { Problem } from "../../model/problem.ts";

const token = /\{\{(.*?)\}\}/g;

/** A text with its tokens replaced. */
export interface Templated {
  readonly text: string;
  /** Tokens of which only the name or the spelling is wrong. */
  readonly problems: readonly Problem[];
  /** What to say of others, where it turns out that YAML does not read them as text. */
  readonly foreign: readonly Problem[];
}

/** Replaces the tokens, whose names are the keys of `values`; comments may hold anything. */
export function replaceTokens(
  text: string,
  values: Readonly<Record<string, string>>,
  file: string,
): Templated {
  const problems: Problem[] = [];
  const foreign: Problem[] = [];
  const names = Object.keys(values);
  const replaced = text.split("\n").map((line, index) => {
    if (/^\s*#/.test(line)) return line;
    return line.replace(token, (whole: string, inner: string) => {
      const name = /^ ?\.(\w+) ?$/.exec(inner)?.[1];
      if (name !== undefined && Object.hasOwn(values, name)) return values[name] as string;
      const problem = {
        what: "a token in double braces that is not known here",
        file,
        line: index + 1,
        given: whole,
        allowed: names.map((known) => `{{ .${known} }}`),
      };
      const next = "use an allowed token, with at most one space on either side";
      const asText = `if it is meant as text, write it in double quotes, the second brace as \\x7b: "${whole.replace("{{", "{\\x7b")}"`;
      if (isNearly(inner, names)) problems.push({ ...problem, next: `${next}; ${asText}` });
      else foreign.push({ ...problem, next: "put it in quotes if it is meant as text" });
      return whole;
    });
  });
  return { text: replaced.join("\n"), problems, foreign };
}

/** A known name with a slip, or one that a template engine would have to do something with. */
function isNearly(inner: string, names: readonly string[]): boolean {
  const first = /^-?\s*\.?(\w+)(?![\w.])/.exec(inner)?.[1]?.toLowerCase();
  return first !== undefined && names.some((name) => distance(first, name.toLowerCase()) <= 2);
}
