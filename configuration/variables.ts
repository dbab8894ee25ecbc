/**
 * `${NAME}` and `$NAME` in Helm values, object manifests and literal variables: the syntax of
 * upstream's documents, shell-like without operators.
 *
 * - `${NAME}` always means a variable; one that is not known is refused when the configuration is loaded.
 * - `$NAME` takes the longest run of letters, digits and underscores and means a variable when that is
 *   all capitals, as variables are written. `$5`, `$$`, `$remote_addr` and `$(x)` are plain text.
 * - `${}` is a dollar sign, also for upstream: `${}HOME` is the text $HOME, `${}{HOME}` the text ${HOME}.
 * - Text that a variable brings in is not looked at again.
 */
import type { Json, Step } from "../model/settings.ts";

const reference = /\$(?:\{([^}]*)\}?|([A-Za-z0-9_]+))/g;
/** Stands for a dollar sign. */
const dollar = "${}";
const bareVariable = /^[A-Z_][A-Z0-9_]*$/;

/**
 * Replaces the known variables, and `${}`, in every string of a value, map keys excepted. An expanded string
 * stays a string: a port comes out as "30082". Unknown names stay as they are written.
 */
export function expandVariables(value: Json, variables: Readonly<Record<string, string>>): Json {
  if (typeof value === "string") return expandText(value, variables);
  if (Array.isArray(value)) return value.map((item) => expandVariables(item, variables));
  if (value === null || typeof value !== "object") return value;
  return Object.fromEntries(
    Object.entries(value).map(([key, item]) => [key, expandVariables(item, variables)]),
  );
}

/** Names of the variables that the strings of a value refer to, each once, in order of appearance. */
export function variablesIn(value: Json): string[] {
  const names = stringsIn(value).flatMap((text) =>
    [...text.matchAll(reference)]
      .filter(([whole]) => whole !== dollar)
      .map((match) => variableName(match[1], match[2])),
  );
  return [...new Set(names.filter((name) => name !== undefined))];
}

function expandText(text: string, variables: Readonly<Record<string, string>>): string {
  return text.replace(reference, (whole: string, braced?: string, bare?: string) => {
    if (whole === dollar) return "$";
    const name = variableName(braced, bare);
    return name !== undefined && Object.hasOwn(variables, name) ? (variables[name] ?? whole) : whole;
  });
}

function variableName(braced: string | undefined, bare: string | undefined): string | undefined {
  if (braced !== undefined) return braced;
  return bare !== undefined && bareVariable.test(bare) ? bare : undefined;
}

function stringsIn(value: Json): string[] {
  if (typeof value === "string") return [value];
  if (value === null || typeof value !== "object") return [];
  return Object.values(value).flatMap(stringsIn);
}

/** The part of a step in which `${VAR}` counts. */
export function expandable(step: Step) {
  if (step.type === "chart") return step.values;
  return step.type === "object" ? step.manifest : (step.value ?? null);
}
