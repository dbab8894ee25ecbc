/** Finds the differences of the objects of a release. */
import { ConfigurationError } from "../../model/problem.ts";
import { isMap } from "../../model/secret-value.ts";
import type { Json, JsonObject, Path } from "../../model/settings.ts";
import { list, pathOf } from "../client/api.ts";
import type { Connection } from "../client/connection.ts";
import type { ManifestObject } from "../client/manifest.ts";
import { isNumberOfPods, removesItself } from "./controller-owned.ts";
import type { Difference } from "./difference.ts";
import { holderOf } from "./field-holder.ts";
import type { Finding, Remedy } from "./finding.ts";
import { readLive } from "./live-object.ts";
import { secretTexts } from "./masking.ts";
import { meansFor } from "./means.ts";
import { driftOf } from "./object-difference.ts";
import { withEncodedData } from "./planned-fields.ts";
import { assumingLive } from "./value-difference.ts";

/** An object that should be there. */
export interface Wanted {
  /** Helm release or step that it belongs to. */
  readonly release: string;
  readonly planned: ManifestObject;
  /** Namespace of objects that name none. */
  readonly home: string;
  readonly remedy: Remedy;
  /** Default: nothing is. */
  readonly isSecret?: (path: Path) => boolean;
  /** True for a value that only the installation knows: the live one then counts as right. Default: none. */
  readonly isUnknown?: (value: Json, path: Path) => boolean;
}

/** What was found out about one object. */
interface ObjectFinding {
  /** Undefined when it is as planned. */
  readonly finding?: Finding;
  /** Texts that it holds, if it is a Secret, which must not be shown anywhere. */
  readonly secrets: readonly string[];
  /** It was compared here, since the user may not ask the API server. */
  readonly isForbidden: boolean;
}

/** Reads an object and says whether it is missing or not as planned. Errors as `get` in api.ts. */
export async function objectFinding(connection: Connection, wanted: Wanted): Promise<ObjectFinding> {
  const { release, home, remedy, isSecret, isUnknown } = wanted;
  const read = await readLive(connection, wanted.planned, home);
  const { live } = read;
  const manifest = assumingLive(withEncodedData(wanted.planned), live, isUnknown) as ManifestObject;
  const object = { ...read, planned: manifest };
  const secrets = [manifest, live].flatMap(textsInSecret);
  if (!live && removesItself(manifest)) return { secrets, isForbidden: false };
  const { planned, differences: all, isForbidden } = await driftOf(connection, object);
  const isScaled = live && all.some(isNumberOfPods) && (await isAutoscaled(connection, live));
  const differences = all.filter((one) => !isScaled || !isNumberOfPods(one));
  if (differences.length === 0) return { secrets, isForbidden };
  const means = remedy === "reapply" ? await meansFor(connection, object) : undefined;
  const finding: Finding = {
    release,
    subject: subjectOf(manifest, home),
    planned,
    differences: differences.map((difference) => held(difference, planned, live)),
    remedy,
    ...(means && { means }),
    isSecret: (path) => isSecret?.(path) || (manifest.kind === "Secret" && path[0] === "data"),
  };
  return { secrets, isForbidden, finding };
}

/** A difference with who else set the field, where that is known. */
function held(difference: Difference, planned: JsonObject, live: JsonObject | undefined): Difference {
  const holder = live && holderOf(difference.path, planned, live);
  return holder ? { ...difference, holder } : difference;
}

function subjectOf({ kind, metadata }: ManifestObject, home: string): string {
  const elsewhere = metadata.namespace && metadata.namespace !== home;
  return `${kind} ${elsewhere ? `${metadata.namespace}/` : ""}${metadata.name}`;
}

/** What a Secret holds under keys that name a secret, decoded. */
export function textsInSecret(object: JsonObject | undefined): string[] {
  const data = object?.["kind"] === "Secret" ? object["data"] : undefined;
  if (!isMap(data)) return [];
  return secretTexts(
    Object.fromEntries(
      Object.entries(data).map(([key, value]) => [
        key,
        Buffer.from(String(value), "base64").toString("utf8"),
      ]),
    ),
  );
}

interface Autoscaler {
  readonly spec: { readonly scaleTargetRef: { readonly kind: string; readonly name: string } };
}

/** True when an autoscaler decides on the number of pods of a workload. A user who may not list autoscalers finds none. */
async function isAutoscaled(connection: Connection, { kind, metadata }: ManifestObject): Promise<boolean> {
  const path = pathOf("autoscaling/v2", "horizontalpodautoscalers", metadata.namespace);
  const scalers = await list<Autoscaler>(connection, path).catch((error: unknown) => {
    if (error instanceof ConfigurationError) return [];
    throw error;
  });
  return scalers.some(({ spec: { scaleTargetRef: of } }) => of.kind === kind && of.name === metadata.name);
}
