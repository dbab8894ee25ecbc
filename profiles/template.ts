/**
 * Tokens such as `{{ .Namespace }}`, replaced in a file's text before it is parsed as YAML, so that
 * they work unquoted and in keys too. It is no template engine: a token has four spellings, with or
 * without one space on either side, and nothing else between double braces is accepted.
 */
import type { Problem } from "./problem.ts";

const token = /\{\{(.*?)\}\}/g;

/**
 * Replaces the tokens, whose names are the keys of `values`. A token of another name or spelling is a
 * problem and stays; comments may hold anything.
 */
export function replaceTokens(
  text: string,
  values: Readonly<Record<string, string>>,
  file: string,
): { text: string; problems: Problem[] } {
  const problems: Problem[] = [];
  const replaced = text.split("\n").map((line, index) => {
    if (/^\s*#/.test(line)) return line;
    return line.replace(token, (whole: string, inner: string) => {
      const name = /^ ?\.(\w+) ?$/.exec(inner)?.[1];
      if (name !== undefined && Object.hasOwn(values, name)) return values[name] as string;
      problems.push({
        what: "a token in double braces that is not known here",
        file,
        line: index + 1,
        given: whole,
        allowed: Object.keys(values).map((known) => `{{ .${known} }}`),
        next: "use an allowed token, with at most one space on either side, or take the braces out",
      });
      return whole;
    });
  });
  return { text: replaced.join("\n"), problems };
}
