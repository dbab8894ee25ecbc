/** Helm's words on a chart that it cannot render, taken apart. */
import { valueAt } from "../../../model/path.ts";
import type { JsonObject, Path } from "../../../model/settings.ts";

/** One thing that a chart, or its schema, does not take. */
export interface Refusal {
  /** Helm's words; of a schema without the place, which is `path`. */
  readonly words: string;
  /** The value that it is about, or the deepest of the given ones above it; undefined where Helm names none. */
  readonly path?: Path;
  /** The chart's schema says so, which no template has a part in. */
  readonly bySchema: boolean;
}

const schemaTitle = "values don't meet the specifications of the schema(s) in the following chart(s):";

/**
 * What is said of a chart.
 *
 * @param reason What helm says, without the word "Error:".
 * @param values Those that it was given.
 * @param chart The chart's name.
 */
export function refusalsIn(reason: string, values: JsonObject, chart: string): Refusal[] {
  if (reason.startsWith(schemaTitle)) return schemaRefusals(reason.slice(schemaTitle.length), values, chart);
  const path = templatePath(reason, values);
  return [{ words: reason.replaceAll(/\s*\n\s*/g, " "), ...(path && { path }), bySchema: false }];
}

/** Under the name of the chart, or of one inside it, a line for each fault, with further lines below. */
function schemaRefusals(text: string, values: JsonObject, chart: string): Refusal[] {
  const refusals: Refusal[] = [];
  let inside: readonly string[] = [];
  for (const line of text.split("\n").filter((one) => one.trim() !== "")) {
    const [, pointer, dotted, words = line.trim()] = /^- (?:at '(.*?)'|([\w.()-]+)): (.*)$/.exec(line) ?? [];
    const segments = pointer?.split("/").slice(1).map(unescaped) ?? dotted?.split(".") ?? [];
    const last = refusals.at(-1);
    if (/^\S+:$/.test(line)) {
      const name = line.slice(0, -1);
      inside = name === chart ? [] : [name];
    } else if (pointer === undefined && dotted === undefined && last !== undefined) {
      refusals[refusals.length - 1] = { ...last, words: `${last.words}; ${words.replace(/^- /, "")}` };
    } else {
      const [, key] = /^[Aa]dditional propert(?:ies|y) '?([^' ]+)/.exec(words) ?? [];
      const place = [...inside, ...segments.filter((segment) => segment !== "(root)")];
      const path = given(key === undefined ? place : [...place, key], values);
      refusals.push({ words, ...(path && { path }), bySchema: true });
    }
  }
  return refusals.length > 0 ? refusals : [{ words: schemaTitle, bySchema: true }];
}

function unescaped(segment: string): string {
  return segment.replaceAll("~1", "/").replaceAll("~0", "~");
}

/** The value in the innermost expression that failed, `<.Values.a.b>`, of this chart or of one inside it. */
function templatePath(reason: string, values: JsonObject): Path | undefined {
  const expression = [...reason.matchAll(/ at <(.*?)>: /g)].at(-1)?.[1] ?? "";
  const [, keys] = /(?:^|[\s($])\.?Values\.([\w.]+)/.exec(expression) ?? [];
  if (keys === undefined) return undefined;
  const file = [...reason.matchAll(/template: (\S+?):\d+:\d+: /g)].at(-1)?.[1] ?? "";
  const charts = [...file.matchAll(/\/charts\/([^/]+)/g)].map(([, name]) => name as string);
  return given([...charts, ...keys.split(".").filter((key) => key !== "")], values);
}

/** The longest beginning of a path that leads to a given value, list indexes as numbers; undefined when nothing does. */
function given(path: readonly string[], values: JsonObject): Path | undefined {
  const found: (string | number)[] = [];
  for (const segment of path) {
    const next = Array.isArray(valueAt(values, found)) ? Number(segment) : segment;
    if (valueAt(values, [...found, next]) === undefined) break;
    found.push(next);
  }
  return found.length > 0 ? found : undefined;
}
