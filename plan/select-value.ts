import { valueAt } from "../model/path.ts";
import { ReportableError } from "../model/problem.ts";
import type { JsonObject, Path, VariableStep } from "../model/settings.ts";

type Source = NonNullable<VariableStep["valueFrom"]>;

/** A variable has no value; the message says why and what to do. */
export class NoValueError extends ReportableError {
  override name = "NoValueError";
}

/**
 * The value of a `var` step: what its jq selector finds in the live object. Unlike upstream's CLI, nothing found is
 * an error that says so: the text `$NAME` would otherwise end up in a chart's values.
 *
 * @param object What `from` names; undefined when there is none.
 * @throws NoValueError
 */
export async function selectValue(
  step: VariableStep,
  from: Source,
  object: JsonObject | undefined,
): Promise<string> {
  if (!object) throw new NoValueError(missing(step, from));
  const path = plainPath(from.selector);
  const found = path && textOf(valueAt(object, path));
  if (found !== undefined) return found;
  const jq = await import("jq-wasm");
  const results = await jq.raw(object, from.selector, ["-c"]).then(
    (text) => text.split("\n").filter((line) => line !== ""),
    (error: Error) => {
      throw new NoValueError(
        `Step ${step.id}: the selector ${from.selector} fails on ${describe(from)}: ${error.message.trim()}`,
      );
    },
  );
  const value: unknown = results.length === 1 ? JSON.parse(results[0] as string) : undefined;
  const text = textOf(value);
  if (text !== undefined) return text;
  throw new NoValueError(unusable(step, from, results, object));
}

/** What a selector of keys and indexes alone leads along: most do no more, and jq takes 0.1 s of CPU to start. */
function plainPath(selector: string): Path | undefined {
  if (!/^(?:\.[A-Za-z_]\w*(?:\[\d+\])*)+$/.test(selector)) return undefined;
  const segments = selector.match(/\w+/g) ?? [];
  return segments.map((segment) => (/^\d/.test(segment) ? Number(segment) : segment));
}

function textOf(value: unknown): string | undefined {
  if (typeof value === "string") return value;
  return typeof value === "number" || typeof value === "boolean" ? String(value) : undefined;
}

function missing(step: VariableStep, from: Source): string {
  return (
    `Step ${step.id}: there is no ${describe(from)}, so \${${step.name}} has no value.\n` +
    `  If it was deleted by hand, have the Helm release that makes it applied again: npx krateo diff names the command.`
  );
}

function unusable(step: VariableStep, from: Source, results: readonly string[], object: JsonObject): string {
  const given = results.length === 0 ? "nothing" : results.join(", ");
  const wanted = `Step ${step.id}: the selector ${from.selector} gives ${given} on ${describe(from)}; one string, number or boolean is needed for \${${step.name}}.`;
  const ingress = JSON.stringify((object["status"] as JsonObject | undefined)?.["loadBalancer"] ?? {});
  if (from.selector.endsWith(".ip") && ingress.includes('"hostname"')) {
    return `${wanted}\n  Its load balancer has a hostname and no IP address: pulumi config set krateo:loadBalancerAddress hostname; with a release document of your own, add lb-hostname to the stack's krateo:profiles.`;
  }
  return wanted;
}

function describe({ kind, namespace, name }: Source): string {
  return `${kind} ${namespace ? `${namespace}/` : ""}${name}`;
}
