/** The value of a `var` step. */
import { setTimeout as pause } from "node:timers/promises";
import * as pulumi from "@pulumi/pulumi";
import { expandVariables, variablesIn } from "../configuration/variables.ts";
import type { ChartStep, VariableStep } from "../model/settings.ts";
import type { PlanNode } from "../plan/plan.ts";
import { plannedValue } from "../plan/planned-value.ts";
import { selectValue } from "../plan/select-value.ts";
import type { BuildContext } from "./build-context.ts";
import { userErrors } from "./user-errors.ts";

/** How often the cluster is asked for what it has yet to give. */
const lookMilliseconds = 1000;

/**
 * The value of a `var` step: its literal, what the plan fixes, or what its jq selector finds in a live object once the
 * resources that make the object are there; or, where the plan says that their beginning is enough, as soon as it is found.
 *
 * @returns `after`: the resources that who needs the value has to wait for
 */
export function readVariable(
  build: BuildContext,
  step: VariableStep,
  node: PlanNode,
): { readonly value: pulumi.Output<string>; readonly after: readonly pulumi.Resource[] } {
  const makers = build.needsOf(node);
  const from = step.valueFrom;
  if (!from) {
    const text = step.value ?? "";
    const variables = build.variables(variablesIn(text));
    return { value: variables.apply((values) => expandVariables(text, values) as string), after: makers };
  }
  const planned = plannedValue(
    step,
    build.settings.steps.filter(({ enabled }) => enabled),
  );
  if (planned !== undefined) return { value: pulumi.output(planned), after: makers };
  // The URNs of finished operations; unknown, as the value then is, while a preview plans to change one of them.
  const ready = pulumi.all(makers.map((resource) => statusOf(resource)));
  const look = async () => selectValue(step, from, await build.args.read(from));
  const whenReady = pulumi.recover(
    ready.apply(() => userErrors(look)),
    (error) => {
      throw withoutSource(step, error);
    },
  );
  const begun = node.needs.filter((need) => need.begun);
  // An upgrade may change the value.
  if (begun.length === 0 || begun.some(({ on }) => build.existingRelease(build.step(on) as ChartStep)))
    return { value: whenReady, after: makers };
  const after = build.needsOf({ ...node, needs: node.needs.filter((need) => !need.begun) });
  if (pulumi.runtime.isDryRun()) return { value: whenReady, after };
  const isThere = async () => (await build.args.read(from)) !== undefined;
  return { value: pulumi.output(asSoonAsFound(whenReady, isThere, look)), after };
}

/**
 * What `look` finds first, or what comes of its makers when they are ready, or fail.
 *
 * @param isThere Whether the object is there. One that is there at once is none of this installation's, and may get another value.
 */
async function asSoonAsFound(
  whenReady: pulumi.Output<string>,
  isThere: () => Promise<boolean>,
  look: () => Promise<string>,
): Promise<string> {
  const ready = new Promise<string>((resolve, reject) => {
    pulumi.recover(whenReady.apply(resolve), reject);
  });
  let isOver = false;
  const end = (): void => {
    isOver = true;
  };
  ready.then(end, end);
  if (await isThere().catch(() => true)) return await ready;
  const found = async (): Promise<string> => {
    while (!isOver) {
      await pause(lookMilliseconds, undefined, { ref: false });
      // Not there yet, not known yet, or the API server is away.
      const value = await look().catch(() => undefined);
      if (value !== undefined) return value;
    }
    return await ready;
  };
  return await Promise.race([ready, found()]);
}

/** Pulumi tells of a failed source by an error of its own, with a stack trace; that of a run that ends has a code. */
function withoutSource(step: VariableStep, error: Error): Error {
  const { code } = error as { code?: unknown };
  if (pulumi.RunError.isInstance(error) || code !== undefined) return error;
  return new pulumi.RunError(
    `Step ${step.id}: \${${step.name}} has no value, because what it is read from failed.`,
  );
}

/** A Helm release's status settles only when the release has; other resources are done when their id is known. */
function statusOf(resource: pulumi.Resource): pulumi.Input<unknown> {
  const { status, id } = resource as { status?: pulumi.Output<unknown>; id?: pulumi.Output<unknown> };
  return status ?? id;
}
