/** Lists the fields that controllers own, which are not drift. */
import { isDeepStrictEqual } from "node:util";
import { valueAt } from "../../model/path.ts";
import type { Json } from "../../model/settings.ts";
import type { ManifestObject } from "../client/manifest.ts";
import type { Difference } from "./difference.ts";

/**
 * Fields of a manifest that others than people change, by design, with the reason. A difference in them is no drift.
 *
 * Further exceptions need no list: a patch does not touch what the manifest leaves open, neither ports that the cluster
 * chose, nor what admission adds, nor selectors that keep a webhook from being called.
 */
const owned: readonly {
  readonly why: string;
  readonly applies: (difference: Difference, object: ManifestObject) => boolean;
}[] = [
  {
    why: "controllers report there; a manifest's own status is a leftover of the tool that generated it",
    applies: ({ path }) => path[0] === "status",
  },
  {
    why: "operators and cert-manager write the certificate of their webhook into it at run time",
    applies: ({ path }) => path.at(-1) === "caBundle",
  },
  {
    why: "the control plane fills in the rules of an aggregated ClusterRole from others",
    applies: ({ path }, object) => path[0] === "rules" && object["aggregationRule"] !== undefined,
  },
  {
    why: "OpenShift adds pull secrets of its own to every ServiceAccount",
    applies: ({ path, planned, live }, { kind }) =>
      kind === "ServiceAccount" &&
      path.join(".") === "imagePullSecrets" &&
      [planned].flat().every((one) => [live].flat().some((other) => isDeepStrictEqual(one, other))),
  },
];

/** True when a controller changes that field by design. */
export function isControllerOwned(difference: Difference, object: ManifestObject): boolean {
  return owned.some(({ applies }) => applies(difference, object));
}

/** True for the number of pods of a workload, on which an autoscaler may decide. */
export function isNumberOfPods({ path }: Difference): boolean {
  return path.join(".") === "spec.replicas";
}

/** True for a Job that removes itself once it has ended: that it is not there says nothing. */
export function removesItself(object: ManifestObject): boolean {
  const after = valueAt(object, ["spec", "ttlSecondsAfterFinished"]) as Json | undefined;
  return object.kind === "Job" && typeof after === "number";
}
