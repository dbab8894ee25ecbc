import * as pulumi from "@pulumi/pulumi";
import type { PreviousRun } from "../profiles/previous-run.ts";

/** What the engine remembers of one resource. */
interface Remembered {
  readonly type: string;
  readonly outputs: Readonly<Record<string, unknown>>;
}

/**
 * What this stack's state says of the installation. It is read from the resources, not from the stack's outputs: a
 * run that fails leaves none of those behind, and the next one must know its cluster all the same.
 */
export async function previousRun(): Promise<PreviousRun | undefined> {
  const stackName = [pulumi.getOrganization(), pulumi.getProject(), pulumi.getStack()].join("/");
  const { outputs } = await pulumi.runtime.invoke("pulumi:pulumi:readStackResourceOutputs", { stackName });
  return previousRunIn(Object.values(outputs as Record<string, Remembered>));
}

/** The same from the resources themselves; undefined where the stack has none on any cluster yet. */
export function previousRunIn(resources: readonly Remembered[]): PreviousRun | undefined {
  const ofType = (type: string): Remembered[] => resources.filter((resource) => resource.type === type);
  const clusterUid = ofType("pulumi:providers:kubernetes")[0]?.outputs["clusterIdentifier"];
  const metadata = ofType("kubernetes:core/v1:Namespace")[0]?.outputs["metadata"] as { name?: unknown };
  if (typeof clusterUid !== "string" || typeof metadata?.name !== "string") return undefined;
  const releases = ofType("kubernetes:helm.sh/v3:Release").flatMap(({ outputs }) => {
    const status = outputs["status"] as { chart?: string; version?: string } | undefined;
    return [[String(outputs["name"]), `${status?.chart ?? ""} ${status?.version ?? ""}`]];
  });
  return { clusterUid, namespace: metadata.name, releases: Object.fromEntries(releases) };
}
