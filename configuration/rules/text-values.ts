/**
 * Numbers and booleans that a chart or the API server would take as text, found before anything is touched. Helm hands
 * every number to a chart's templates as a floating-point one, and Go prints those from a million on with an exponent:
 * 10737418240 becomes 1.073741824e+10. Through toYaml the digits stay, but where Kubernetes takes only text a number is
 * refused, half-way through an installation.
 */

import { knownChart } from "../../components/catalogue.ts";
import { isSensitivePath } from "../../model/describe.ts";
import { startsWith } from "../../model/path.ts";
import { type Problem, placeText } from "../../model/problem.ts";
import { isMap, SecretValue, type Tree } from "../../model/secret-value.ts";
import type { Path, Step } from "../../model/settings.ts";
import { bundledCharts } from "../bundle.ts";
import type { ComputedStep } from "../computed-step.ts";
import type { Place } from "../document.ts";
import type { ResolvedConfiguration } from "../resolved-configuration.ts";

/** What becomes of a value: `text` is handed on and has to be text; `printed` is printed by a template. */
type Use = "text" | "printed" | undefined;

/** What is wrong with the values of the release's charts, and of objects. */
export function textProblems({ steps, computed }: ResolvedConfiguration): Problem[] {
  return computed.flatMap((step) => {
    if (step.type === "object") {
      const { kind } = step.with ?? {};
      return problemsIn(step, [], (path) => useInObject(String(kind), path));
    }
    const chart = chartOf(step, steps);
    if (chart === undefined || !bundledCharts.includes(chart)) return [];
    return problemsIn(step, ["values"], (path) => useInChart(chart, path));
  });
}

/** A warning for each value that a chart which is not known here may print. */
export function textWarnings({ steps, computed }: ResolvedConfiguration): string[] {
  return computed.flatMap((step) => {
    const chart = chartOf(step, steps);
    if (chart === undefined || bundledCharts.includes(chart)) return [];
    return problemsIn(step, ["values"], (path) => useInChart(chart, path) ?? useElsewhere(path)).map(
      asWarning,
    );
  });
}

/** Undefined for a step of another type, or whose input is at fault. */
function chartOf({ id }: ComputedStep, steps: readonly Step[]): string | undefined {
  const step = steps.find((candidate) => candidate.id === id);
  return step?.type === "chart" ? step.chart.name : undefined;
}

function useInObject(kind: string, [first, second]: Path): Use {
  if (first === "metadata" && (second === "labels" || second === "annotations")) return "text";
  if (kind === "ConfigMap" && first === "data") return "text";
  return kind === "Secret" && (first === "data" || first === "stringData") ? "text" : undefined;
}

function useInChart(chart: string, path: Path): Use {
  const [map, key] = [path.at(-2), path.at(-1)];
  if (key === "tag" || isTextMap(map)) return "text";
  if (key === "value" && typeof map === "number" && /env$/i.test(String(path.at(-3)))) return "text";
  if (map === "env") return "printed";
  return knownChart(chart)?.textValues?.find(
    (known) =>
      (known.key === undefined || known.key === key) &&
      (typeof known.map === "string"
        ? known.map === map
        : known.map.length < path.length && startsWith(path, known.map)),
  )?.use;
}

/** Maps that Kubernetes lets hold nothing but text, under the names that charts give them. */
function isTextMap(key: string | number | undefined): boolean {
  return typeof key === "string" && /(?:annotations|labels)$|^nodeSelector$/i.test(key);
}

/** Of a chart that is not known here: what Kubernetes takes as numbers is handed on, anything else may be printed. */
function useElsewhere(path: Path): Use {
  return path.some((key) => /securityContext$|^resources$/i.test(String(key))) ? undefined : "printed";
}

function problemsIn(step: ComputedStep, base: Path, useOf: (path: Path) => Use): Problem[] {
  const at = (tree: Tree | undefined, path: Path): Problem[] => {
    if (Array.isArray(tree)) return tree.flatMap((item, index) => at(item, [...path, index]));
    if (isMap(tree)) return Object.entries(tree).flatMap(([key, item]) => at(item, [...path, key]));
    const value = tree instanceof SecretValue ? tree.reveal() : tree;
    if (typeof value !== "number" && typeof value !== "boolean") return [];
    const use = useOf(path);
    const printed = goText(value);
    if (use === undefined || (use === "printed" && !printed.includes("e+") && !printed.includes("e-")))
      return [];
    const digits =
      typeof value === "number" && Number.isInteger(value) ? String(BigInt(value)) : String(value);
    const hidden = tree instanceof SecretValue || isSensitivePath(path);
    const meaning = use === "printed" ? `which the chart would write as ${printed}` : `a ${typeof value}`;
    const { written = digits, ...place }: ReturnType<Place> & { written?: string } = step.place([
      ...base,
      ...path,
    ]);
    return [
      {
        what: `step ${step.id}: a ${typeof value} where text is needed`,
        ...place,
        given: hidden ? "a secret value" : `${written}, ${meaning}`,
        next: hidden ? "put it in quotes" : `put it in quotes: "${written}"`,
      },
    ];
  };
  return at(base.length === 0 ? step.with : step.with?.["values"], []);
}

/** A number as the templates of Go print it: from a million on, and below a ten-thousandth, with an exponent. */
export function goText(value: number | boolean): string {
  if (typeof value === "boolean" || value === 0) return String(value);
  const size = Math.abs(value);
  if (size >= 1e-4 && size < 1e6) return String(value);
  return value.toExponential().replace(/e([-+])(\d)$/, "e$10$2");
}

function asWarning(problem: Problem): string {
  const { what, given, next } = problem;
  return `${what} (${placeText(problem)}): ${given}; if the chart writes it as text, ${next}`;
}
