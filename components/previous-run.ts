import * as pulumi from "@pulumi/pulumi";
import type { PreviousRun } from "../profiles/preconditions.ts";

/**
 * What this stack's last run recorded in its outputs. The program cannot see its own state; the engine's
 * function behind StackReference can, and unlike a StackReference it leaves no resource in the stack.
 */
export async function previousRun(): Promise<PreviousRun | undefined> {
  const name = [pulumi.getOrganization(), pulumi.getProject(), pulumi.getStack()].join("/");
  const { outputs } = await pulumi.runtime.invoke("pulumi:pulumi:readStackOutputs", { name });
  const { clusterUid, namespace } = outputs as Record<string, unknown>;
  if (typeof clusterUid !== "string" || typeof namespace !== "string") return undefined;
  return { clusterUid, namespace };
}
