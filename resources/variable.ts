/** The value of a `var` step. */
import * as pulumi from "@pulumi/pulumi";
import { expandVariables, variablesIn } from "../configuration/variables.ts";
import type { VariableStep } from "../model/settings.ts";
import { plannedValue } from "../plan/planned-value.ts";
import { selectValue } from "../plan/select-value.ts";
import type { BuildContext } from "./build-context.ts";
import { userErrors } from "./user-errors.ts";

/**
 * The value of a `var` step: its literal, what the plan fixes, or what its jq selector finds in a live object once the
 * resources that make the object are there.
 */
export function readVariable(
  build: BuildContext,
  step: VariableStep,
  after: readonly pulumi.Resource[],
): pulumi.Output<string> {
  const from = step.valueFrom;
  if (!from) {
    const text = step.value ?? "";
    return build
      .variables(variablesIn(text))
      .apply((variables) => expandVariables(text, variables) as string);
  }
  const planned = plannedValue(
    step,
    build.settings.steps.filter(({ enabled }) => enabled),
  );
  if (planned !== undefined) return pulumi.output(planned);
  // The URNs of finished operations; unknown, as the value then is, while a preview plans to change one of them.
  const ready = pulumi.all(after.map((resource) => statusOf(resource)));
  const value = ready.apply(async () => {
    const object = await build.args.read(from);
    return await userErrors(() => selectValue(step, from, object));
  });
  return pulumi.recover(value, (error) => {
    throw withoutSource(step, error);
  });
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
