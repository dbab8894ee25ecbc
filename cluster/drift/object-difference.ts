/** Finds the differences of an object from its manifest. */
import { isDeepStrictEqual } from "node:util";
import { withoutNulls } from "../../model/nulls.ts";
import { startsWith, valueAt } from "../../model/path.ts";
import { ConfigurationError } from "../../model/problem.ts";
import type { Json, JsonObject } from "../../model/settings.ts";
import { ask, dryRun } from "../client/api.ts";
import type { Connection } from "../client/connection.ts";
import type { ManifestObject } from "../client/manifest.ts";
import { isControllerOwned } from "./controller-owned.ts";
import { type Difference, differencesOf } from "./difference.ts";
import { holderOf } from "./field-holder.ts";
import { collectionOf, type LiveObject, merge } from "./live-object.ts";
import { listsAsValues, mergeRulesOf } from "./merge-rules.ts";
import { plannedFields, withEncodedData } from "./planned-fields.ts";

/** In which fields an object is not as its manifest says. */
interface ObjectDrift {
  /** What the manifest sets, as the API server writes it where it says so. */
  readonly planned: JsonObject;
  readonly differences: readonly Difference[];
  /** The user may not ask the API server what it would make of the manifest. */
  readonly isForbidden: boolean;
}

/**
 * Asks the API server, without changing anything, what it would make of a manifest that the object does not repeat word
 * for word, as `kubectl diff` does: by a patch of the kind that Helm sends, whose answer reads as the live object does.
 * Where the two differ, and where no patch can change what differs, it asks what a new object would be: what admission
 * gives to every such object is no drift.
 *
 * A user who may not ask gets a comparison with the manifest itself, in which a field that nobody else has set, by the
 * API server's own record, counts as planned: the API server may have rewritten it.
 *
 * @throws as `get` in api.ts
 */
export async function driftOf(
  connection: Connection,
  { planned: manifest, live, path }: LiveObject,
): Promise<ObjectDrift> {
  const planned = withoutNulls(withEncodedData(manifest)) as ManifestObject;
  if (!live || !path) {
    return { planned, differences: [{ path: [], planned, live: undefined }], isForbidden: false };
  }
  // Every question goes through all admission webhooks: what reads word for word as its manifest needs none.
  if (isDeepStrictEqual(plannedFields(planned, live, listsAsValues), planned)) {
    return { planned, differences: [], isForbidden: false };
  }
  const answer = await merge(connection, path, planned, dryRun).catch((error: Error) => error);
  const isForbidden = answer instanceof ConfigurationError;
  const merged = answer instanceof Error ? undefined : answer;
  if (merged && isDeepStrictEqual(lasting(merged), lasting(live))) {
    return { planned, differences: [], isForbidden };
  }

  const rules = await mergeRulesOf(connection, planned);
  const against = (object: JsonObject): ObjectDrift => {
    const wanted = plannedFields(planned, object, rules) as JsonObject;
    const differences = differencesOf(wanted, plannedFields(planned, live, rules));
    return {
      planned: wanted,
      differences: differences.filter((one) => !isControllerOwned(one, planned)),
      isForbidden,
    };
  };
  const drift = against(merged ?? planned);
  if (drift.differences.length === 0) return drift;
  const only = (counts: (one: Difference) => boolean): ObjectDrift => {
    return { ...drift, differences: drift.differences.filter(counts) };
  };
  const made = await madeAnew(connection, planned, path).catch(() => undefined);
  if (!made) return merged ? drift : only((one) => isEdited(one, planned, live));
  const anew = against(made);
  if (!merged) return anew;
  return only(({ path }) =>
    anew.differences.some((other) => startsWith(path, other.path) || startsWith(other.path, path)),
  );
}

/** An object without what the API server and controllers keep in it by themselves. */
function lasting({ status: _, metadata, ...rest }: JsonObject): JsonObject {
  const { labels = null, annotations = null, finalizers = null } = metadata as JsonObject;
  return { ...rest, labels, annotations, finalizers };
}

/**
 * What the API server would make of a manifest if the object were new. It shows what admission rewrites only then, and
 * what nothing can put back where a field is fixed, as a Job's image is.
 */
async function madeAnew(
  connection: Connection,
  planned: ManifestObject,
  path: string,
): Promise<JsonObject | undefined> {
  const { name, ...metadata } = planned.metadata;
  const body = { ...planned, metadata: { ...metadata, generateName: "krateo-diff-" } };
  const made = await ask<JsonObject>(connection, collectionOf(path), body, { query: dryRun });
  return made && { ...made, metadata: { ...(made["metadata"] as JsonObject), name } };
}

/**
 * Whether somebody else set the field or took it away, as far as the API server has a record of the object. It leaves
 * out what says nothing.
 */
function isEdited({ path, planned, live: found }: Difference, whole: Json, live: JsonObject): boolean {
  if (found === undefined) return !isEmpty(planned);
  return (
    valueAt(live, ["metadata", "managedFields"]) === undefined || holderOf(path, whole, live) !== undefined
  );
}

function isEmpty(value: Json | undefined): boolean {
  return typeof value === "object" && value !== null ? Object.values(value).every(isEmpty) : !value;
}
