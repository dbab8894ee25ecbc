/** Options that import an existing object and keep it on removal. */
import type * as pulumi from "@pulumi/pulumi";
import { type ExistingObject, markerAnnotation, markerValue } from "../model/inventory.ts";

/**
 * Options for an object that may be there already. It is imported either way, which Pulumi ignores once the
 * object is in its state. One that this program did not make is left as it is and kept on removal; not
 * `protect`, which would make the whole removal fail.
 * @param id Import id: `namespace/name`, or the name of a cluster-scoped object.
 * @param foreignFields Property paths that stay as they are on an object that is not ours.
 */
export function adoption(
  existing: ExistingObject | undefined,
  id: string,
  foreignFields: readonly string[],
): pulumi.CustomResourceOptions {
  if (!existing) return {};
  if (existing.ours) return { import: id };
  return { import: id, retainOnDelete: true, ignoreChanges: [...foreignFields] };
}

/** Annotations of an object that this program makes; none for one that was there before it. */
export function marker(existing: ExistingObject | undefined): { annotations?: Record<string, string> } {
  return existing && !existing.ours ? {} : { annotations: { [markerAnnotation]: markerValue } };
}

/**
 * For objects whose every field of ours may change: what the plan says wins over whoever took a field over with
 * server-side apply, a GitOps tool or somebody's kubectl. Without it every further update ends in a conflict.
 *
 * Namespace and Secrets have none. Nothing of ours in them can be in conflict, and a Secret must see no update for an
 * annotation's sake: one writes back the contents that the state remembers.
 */
export const owning: Readonly<Record<string, string>> = { "pulumi.com/patchForce": "true" };
