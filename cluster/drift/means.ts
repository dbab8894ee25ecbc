/** Finds out how an object can be put back to its manifest. */
import { isDeepStrictEqual } from "node:util";
import { ConfigurationError } from "../../model/problem.ts";
import { isMap } from "../../model/secret-value.ts";
import type { JsonObject } from "../../model/settings.ts";
import { create, dryRun, replace } from "../client/api.ts";
import { ApiError } from "../client/api-errors.ts";
import type { Connection } from "../client/connection.ts";
import type { ManifestObject } from "../client/manifest.ts";
import { collectionOf, type LiveObject, merge } from "./live-object.ts";
import { mergeRulesOf } from "./merge-rules.ts";
import { withEncodedData } from "./planned-fields.ts";
import { isUnstructured } from "./unstructured.ts";
import { upgradePatch } from "./upgrade-patch.ts";

/**
 * How an object becomes what a manifest says: by the merge that Helm does itself; as a whole, since a merge would leave
 * what excludes it; deleted and made again, since its kind allows no change of what differs; or not at all.
 */
export interface Means {
  readonly how: "merge" | "replace" | "recreate" | "none";
  /** Why not by a merge, in the API server's words; empty for "merge". */
  readonly because: string;
}

/** What a merge does not do, as a sentence about the object; undefined where Helm's merge does. */
export function meansText(object: string, means: Means | undefined): string | undefined {
  if (!means || means.how === "merge") return undefined;
  return {
    replace: `${object} cannot be merged (${means.because}): it is set to its manifest as a whole`,
    recreate: `${object} cannot be changed in place (${means.because}): it is deleted and made again`,
    none: `${object} cannot be put back, the API server refuses it (${means.because}); correct or delete it by hand`,
  }[means.how];
}

/**
 * Asks the API server, without changing anything, how an object can become what its manifest says. A user who may not
 * ask gets "merge", which is what Helm tries.
 *
 * @param former The object as the installed revision has it: Helm takes away what only that one had. Default: as planned.
 * @returns undefined for a kind that the cluster does not know: it may come with another release
 * @throws UnreachableError
 */
export async function meansFor(
  connection: Connection,
  { planned: next, live, path }: LiveObject,
  former: ManifestObject = next,
): Promise<Means | undefined> {
  if (path === undefined) return undefined;
  const made = withEncodedData(next);
  if (!live) {
    const refused = await refusalOf(() => create(connection, collectionOf(path), made, dryRun));
    return refused === undefined ? byMerge : { how: "none", because: refused };
  }
  // Between two equal manifests Helm would send nothing for a custom resource: it is put back as a whole.
  const isSame = isUnstructured(next) && isDeepStrictEqual(former, next);
  const patch = isSame ? made : upgradePatch(former, next, await mergeRulesOf(connection, next));
  const because = await refusalOf(() => merge(connection, path, patch, dryRun));
  if (because === undefined) return byMerge;
  const forbidden = "this account may not update it";
  const refused = await refusalOf(
    () => replace(connection, path, replacement(next, live), dryRun),
    forbidden,
  );
  if (refused === undefined) return { how: "replace", because };
  return { how: losesNothing(live) ? "recreate" : "none", because: refused };
}

const byMerge: Means = { how: "merge", because: "" };

/**
 * The live object with what the manifest says in its place. Its identity, labels and annotations of others, further
 * entries of a ConfigMap or Secret and a number of pods that the manifest leaves open stay. So do a Service's address and
 * node ports, which the API server keeps by the ports' names.
 */
export function replacement(next: ManifestObject, live: JsonObject): JsonObject {
  const planned = withEncodedData(next);
  const metadata = mapIn(live, "metadata");
  const { replicas } = mapIn(live, "spec");
  return {
    ...live,
    ...planned,
    ...(isMap(planned["data"]) && { data: { ...mapIn(live, "data"), ...planned["data"] } }),
    ...(isMap(planned["spec"]) && {
      spec: { ...(replicas !== undefined && { replicas }), ...planned["spec"] },
    }),
    metadata: {
      ...metadata,
      ...planned.metadata,
      labels: { ...mapIn(metadata, "labels"), ...mapIn(planned.metadata, "labels") },
      annotations: { ...mapIn(metadata, "annotations"), ...mapIn(planned.metadata, "annotations") },
      // A manifest names none where the release's own is meant.
      ...(metadata["namespace"] !== undefined && { namespace: metadata["namespace"] }),
    },
  };
}

function mapIn(object: JsonObject, key: string): JsonObject {
  const value = object[key];
  return isMap(value) ? value : {};
}

/** Kinds that hold nothing but what their manifest says, or that make it anew. */
const remade = [
  "ClusterRole",
  "ClusterRoleBinding",
  "ConfigMap",
  "CronJob",
  "DaemonSet",
  "Deployment",
  "HorizontalPodAutoscaler",
  "Ingress",
  "Job",
  "MutatingWebhookConfiguration",
  "NetworkPolicy",
  "PodDisruptionBudget",
  "Role",
  "RoleBinding",
  "Secret",
  "Service",
  "StatefulSet",
  "ValidatingAdmissionPolicy",
  "ValidatingAdmissionPolicyBinding",
  "ValidatingWebhookConfiguration",
];

/** True for an object that can be deleted and made again without loss; a StatefulSet's volumes may go with it. */
function losesNothing({ apiVersion, kind, spec }: JsonObject): boolean {
  const policy = isMap(spec) && mapIn(spec, "persistentVolumeClaimRetentionPolicy")["whenDeleted"];
  const isBuiltIn = !String(apiVersion).includes(".") || /\.k8s\.io\//.test(String(apiVersion));
  return isBuiltIn && remade.includes(String(kind)) && policy !== "Delete";
}

/** Why the API server does not take it; undefined when it does. @param forbidden The answer for a user who may not ask. */
async function refusalOf(asking: () => Promise<unknown>, forbidden?: string): Promise<string | undefined> {
  try {
    await asking();
    return undefined;
  } catch (error) {
    if (!(error instanceof ApiError)) {
      if (error instanceof ConfigurationError) return forbidden;
      throw error;
    }
    // Of another status nothing is said about the manifest: somebody changed it at that moment, say.
    const isAbout = [400, 422, 500].includes(error.status) || /already exists/.test(error.message);
    return isAbout ? reasonIn(error) : undefined;
  }
}

/** `PATCH /…: Service "web" is invalid: spec.x: …` without what is said beside it anyway. */
function reasonIn({ message }: ApiError): string {
  return message.replace(/^[A-Z]+ \S+: /, "").replace(/^\S+ ".*?" is invalid: /, "");
}
