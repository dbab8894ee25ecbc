import * as pulumi from "@pulumi/pulumi";
import * as jq from "jq-wasm";
import type { JsonObject, VariableStep } from "../profiles/settings.ts";
import { expandVariables, variablesIn } from "../profiles/variables.ts";
import type { ObjectReference, Site } from "./site.ts";

/**
 * The value of a `var` step: its literal, or what its jq selector finds in a live object once the resources
 * that make the object are there. Unlike upstream's CLI, nothing found is an error that says so: the text
 * `$NAME` would otherwise end up in a chart's values.
 */
export function readVariable(
  site: Site,
  step: VariableStep,
  after: readonly pulumi.Resource[],
): pulumi.Output<string> {
  const from = step.valueFrom;
  if (!from) {
    const text = step.value ?? "";
    return site.variables(variablesIn(text)).apply((variables) => expandVariables(text, variables) as string);
  }
  // The URNs of finished operations; unknown, as the value then is, while a preview plans to change one of them.
  const ready = pulumi.all(after.map((resource) => statusOf(resource)));
  return ready.apply(async () => {
    const object = await site.args.read(from);
    if (!object) throw new pulumi.RunError(missing(step, from));
    return select(step, from, object);
  });
}

/** A Helm release's status settles only when the release has; other resources are done when their id is known. */
function statusOf(resource: pulumi.Resource): pulumi.Input<unknown> {
  const { status, id } = resource as { status?: pulumi.Output<unknown>; id?: pulumi.Output<unknown> };
  return status ?? id;
}

type Source = NonNullable<VariableStep["valueFrom"]>;

async function select(step: VariableStep, from: Source, object: JsonObject): Promise<string> {
  const results = await jq.raw(object, from.selector, ["-c"]).then(
    (text) => text.split("\n").filter((line) => line !== ""),
    (error: Error) => {
      throw new pulumi.RunError(
        `Step ${step.id}: the selector ${from.selector} fails on ${describe(from)}: ${error.message.trim()}`,
      );
    },
  );
  const value: unknown = results.length === 1 ? JSON.parse(results[0] as string) : undefined;
  if (typeof value === "string") return value;
  if (typeof value === "number" || typeof value === "boolean") return String(value);
  throw new pulumi.RunError(unusable(step, from, results, object));
}

function missing(step: VariableStep, from: ObjectReference): string {
  return (
    `Step ${step.id}: there is no ${describe(from)}, so \${${step.name}} has no value.\n` +
    `  The Helm release that makes it is deployed; if the object was deleted by hand, reinstall the release.`
  );
}

function unusable(step: VariableStep, from: Source, results: readonly string[], object: JsonObject): string {
  const given = results.length === 0 ? "nothing" : results.join(", ");
  const wanted = `Step ${step.id}: the selector ${from.selector} gives ${given} on ${describe(from)}; one string, number or boolean is needed for \${${step.name}}.`;
  const ingress = JSON.stringify((object["status"] as JsonObject | undefined)?.["loadBalancer"] ?? {});
  if (from.selector.endsWith(".ip") && ingress.includes('"hostname"')) {
    return `${wanted}\n  Its load balancer has a hostname and no IP address: add lb-hostname to the stack's krateo:profiles.`;
  }
  return wanted;
}

function describe(reference: ObjectReference): string {
  return `${reference.kind} ${reference.namespace ? `${reference.namespace}/` : ""}${reference.name}`;
}
