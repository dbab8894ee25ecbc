/** What the last successful run of this stack recorded; undefined for a stack that never had one. */
export interface PreviousRun {
  readonly clusterUid: string;
  readonly namespace: string;
  /** Chart and version of every Helm release, by release name; undefined when an earlier program recorded none. */
  readonly releases?: Readonly<Record<string, string>>;
}
