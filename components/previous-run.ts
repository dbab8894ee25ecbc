import * as pulumi from "@pulumi/pulumi";
import type { PreviousRun } from "../profiles/preconditions.ts";

/**
 * What this stack's last successful run recorded in its outputs, read back through a reference to the stack
 * itself: the program cannot see its own state otherwise.
 */
export async function previousRun(): Promise<PreviousRun | undefined> {
  const name = [pulumi.getOrganization(), pulumi.getProject(), pulumi.getStack()].join("/");
  const self = new pulumi.StackReference("previous-run", { name });
  const clusterUid = await self.getOutputDetails("clusterUid");
  const namespace = await self.getOutputDetails("namespace");
  if (typeof clusterUid.value !== "string" || typeof namespace.value !== "string") return undefined;
  return { clusterUid: clusterUid.value, namespace: namespace.value };
}
