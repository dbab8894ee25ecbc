/** Reads what the stack's state says of the last run. */
import * as pulumi from "@pulumi/pulumi";
import { type PreviousRun, previousRunIn, type Remembered } from "../model/previous-run.ts";

/**
 * What this stack's state says of the installation. It is read from the resources, not from the stack's outputs: a
 * run that fails leaves none of those behind, and the next one must know its cluster all the same.
 */
export async function previousRun(): Promise<PreviousRun | undefined> {
  const stackName = [pulumi.getOrganization(), pulumi.getProject(), pulumi.getStack()].join("/");
  const { outputs } = await pulumi.runtime.invoke("pulumi:pulumi:readStackResourceOutputs", { stackName });
  const remembered = Object.entries(outputs as Record<string, Remembered>);
  return previousRunIn(remembered.map(([urn, resource]) => ({ ...resource, urn })));
}
