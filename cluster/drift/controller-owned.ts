/** Lists the fields that controllers own, which are not drift. */
import { valueAt } from "../../model/path.ts";
import type { Json, Path } from "../../model/settings.ts";
import type { ManifestObject } from "../client/manifest.ts";

/**
 * Fields of a manifest that others than people change, by design, with the reason. A difference in them is no drift.
 *
 * Further exceptions need no list: fields that the manifest doesn't set are not compared, so neither ports that the
 * cluster chose, nor what admission adds, nor selectors that keep a webhook from being called.
 */
const owned: readonly {
  readonly why: string;
  readonly applies: (path: Path, object: ManifestObject) => boolean;
}[] = [
  {
    why: "controllers report there; a manifest's own status is a leftover of the tool that generated it",
    applies: (path) => path[0] === "status",
  },
  {
    why: "operators and cert-manager write the certificate of their webhook into it at run time",
    applies: (path) => path.at(-1) === "caBundle",
  },
  {
    why: "the control plane fills in the rules of an aggregated ClusterRole from others",
    applies: (path, object) => path[0] === "rules" && object["aggregationRule"] !== undefined,
  },
];

/** True when a controller changes that field by design. */
export function isControllerOwned(path: Path, object: ManifestObject): boolean {
  return owned.some(({ applies }) => applies(path, object));
}

/** What an autoscaler scales, as it names it. */
export interface ScaledWorkload {
  readonly kind: string;
  readonly namespace: string;
  readonly name: string;
}

/** True for the number of pods of a workload that an autoscaler decides on. */
export function isAutoscaled(
  path: Path,
  { kind, metadata }: ManifestObject,
  namespace: string | undefined,
  autoscaled: readonly ScaledWorkload[],
): boolean {
  return (
    path.join(".") === "spec.replicas" &&
    autoscaled.some((one) => one.kind === kind && one.name === metadata.name && one.namespace === namespace)
  );
}

/** True for a Job that removes itself once it has ended: that it is not there says nothing. */
export function removesItself(object: ManifestObject): boolean {
  const after = valueAt(object, ["spec", "ttlSecondsAfterFinished"]) as Json | undefined;
  return object.kind === "Job" && typeof after === "number";
}
