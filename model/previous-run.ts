/** What the last successful run of this stack recorded; undefined for a stack that never had one. */
export interface PreviousRun {
  readonly clusterUid: string;
  readonly namespace: string;
  /** Chart and version of every Helm release, by release name; undefined when an earlier program recorded none. */
  readonly releases?: Readonly<Record<string, string>>;
  /** The engine's name of each of those Helm releases, by release name. */
  readonly releaseUrns?: Readonly<Record<string, string>>;
}

/** What the engine remembers of one resource. */
export interface Remembered {
  readonly urn?: string;
  readonly type: string;
  readonly outputs?: Readonly<Record<string, unknown>>;
}

/** What the resources of a stack's state say of its installation; undefined where the stack has none on any cluster yet. */
export function previousRunIn(resources: readonly Remembered[]): PreviousRun | undefined {
  const ofType = (type: string): Remembered[] => resources.filter((resource) => resource.type === type);
  const clusterUid = ofType("pulumi:providers:kubernetes")[0]?.outputs?.["clusterIdentifier"];
  const metadata = ofType("kubernetes:core/v1:Namespace")[0]?.outputs?.["metadata"] as { name?: unknown };
  if (typeof clusterUid !== "string" || typeof metadata?.name !== "string") return undefined;
  const remembered = ofType("kubernetes:helm.sh/v3:Release").map(({ urn, outputs = {} }) => {
    const status = outputs["status"] as { chart?: string; version?: string } | undefined;
    return { name: String(outputs["name"]), urn, chart: `${status?.chart ?? ""} ${status?.version ?? ""}` };
  });
  return {
    clusterUid,
    namespace: metadata.name,
    releases: Object.fromEntries(remembered.map(({ name, chart }) => [name, chart])),
    releaseUrns: Object.fromEntries(remembered.flatMap(({ name, urn }) => (urn ? [[name, urn]] : []))),
  };
}
