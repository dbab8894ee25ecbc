/** Finds the differences of the objects of a release. */
import { ConfigurationError } from "../../model/problem.ts";
import { isMap } from "../../model/secret-value.ts";
import type { Json, JsonObject, Path } from "../../model/settings.ts";
import { list, pathOf } from "../client/api.ts";
import type { Connection } from "../client/connection.ts";
import type { ManifestObject } from "../client/manifest.ts";
import { inParallel } from "../client/parallel.ts";
import { isAutoscaled, removesItself, type ScaledWorkload } from "./controller-owned.ts";
import { holderOf } from "./field-holder.ts";
import { driftOf, type LiveObject, readLive } from "./live-object.ts";
import { secretTexts } from "./masking.ts";
import { type Means, meansFor } from "./means.ts";
import { type Difference, withEncodedData } from "./object-difference.ts";
import type { Finding, Remedy } from "./release-drift.ts";
import { assumingLive } from "./value-difference.ts";

/** An object that should be there. */
export interface Wanted {
  /** Helm release or step that it belongs to. */
  readonly release: string;
  readonly planned: ManifestObject;
  /** Namespace of objects that name none. */
  readonly home: string;
  readonly remedy: Remedy;
  readonly isSecret: (path: Path) => boolean;
  /** True for a value that only the installation knows: the live one then counts as right. */
  readonly isUnknown: (value: Json, path: Path) => boolean;
}

/**
 * Reads the objects and says which ones are missing or not as planned.
 *
 * @returns `secrets`: texts that Secrets among them hold, which must not be shown anywhere.
 * @throws as `get` in api.ts
 */
export async function objectFindings(
  connection: Connection,
  wanted: readonly Wanted[],
): Promise<{ findings: Finding[]; secrets: string[] }> {
  const read = await inParallel(wanted, async ({ planned, home, isUnknown }) => {
    const object = await readLive(connection, planned, home);
    return {
      ...object,
      planned: assumingLive(withEncodedData(planned), object.live, isUnknown) as ManifestObject,
    };
  });
  const autoscaled = await readAutoscaled(connection, read);
  const findings = await inParallel(wanted, async (one): Promise<Finding[]> => {
    const object = read[wanted.indexOf(one)] as LiveObject;
    const { planned, namespace, live } = object;
    if (!live && removesItself(planned)) return [];
    const differences = (await driftOf(connection, object)).filter(
      ({ path }) => !isAutoscaled(path, planned, namespace, autoscaled),
    );
    if (differences.length === 0) return [];
    const { release, home, remedy, isSecret } = one;
    const means = remedy === "reapply" ? await meansOf(connection, object) : undefined;
    return [
      {
        release,
        subject: subjectOf(planned, home),
        planned,
        differences: differences.map((difference) => held(difference, planned, live)),
        remedy,
        ...(means && { means }),
        isSecret: (path) => isSecret(path) || (planned.kind === "Secret" && path[0] === "data"),
      },
    ];
  });
  const secrets = read.flatMap(({ planned, live }) => [planned, live].flatMap(textsInSecret));
  return { findings: findings.flat(), secrets };
}

/** Undefined for a kind that the cluster does not know: it may come with another release. */
async function meansOf(
  connection: Connection,
  { planned, live, path }: LiveObject,
): Promise<Means | undefined> {
  return path === undefined
    ? undefined
    : await meansFor(connection, { former: planned, next: planned, live, path });
}

/** A difference with who else set the field, where that is known. */
function held(difference: Difference, planned: ManifestObject, live: JsonObject | undefined): Difference {
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
  readonly metadata: { readonly namespace: string };
  readonly spec: { readonly scaleTargetRef: { readonly kind: string; readonly name: string } };
}

/** What HorizontalPodAutoscalers scale in the namespaces of the objects. Who may not list them has none. */
async function readAutoscaled(
  connection: Connection,
  objects: readonly LiveObject[],
): Promise<ScaledWorkload[]> {
  const namespaces = new Set(objects.flatMap(({ namespace }) => namespace ?? []));
  const found = await inParallel([...namespaces], async (namespace) =>
    list<Autoscaler>(connection, pathOf("autoscaling/v2", "horizontalpodautoscalers", namespace)).catch(
      (error: unknown) => {
        if (error instanceof ConfigurationError) return [];
        throw error;
      },
    ),
  );
  return found.flat().map(({ metadata, spec: { scaleTargetRef } }) => ({
    kind: scaleTargetRef.kind,
    name: scaleTargetRef.name,
    namespace: metadata.namespace,
  }));
}
