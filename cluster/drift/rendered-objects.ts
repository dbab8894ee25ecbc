import { parseAllDocuments, type ScalarTag, type Tags } from "yaml";
import type { JsonObject } from "../../profiles/settings.ts";

/** An object as a Helm release's manifest has it, whole. */
export type RenderedObject = JsonObject & {
  apiVersion: string;
  kind: string;
  metadata: JsonObject & { name: string; namespace?: string };
};

/**
 * Objects of a Helm release's manifest with all their fields, in its order.
 *
 * Helm reads manifests as YAML 1.1, where `defaultMode: 0644` is octal and `on` a boolean. It leaves dates and
 * `8:30` as text, which the YAML 1.1 of others doesn't.
 */
export function renderedObjects({ manifest }: { readonly manifest: string }): RenderedObject[] {
  return parseAllDocuments(manifest, { version: "1.1", customTags: asHelmDoes, logLevel: "silent" }).flatMap(
    (document) => {
      // Dropping undefined and class instances, what is left is JSON.
      const value: unknown = JSON.parse(JSON.stringify(document.toJS() ?? null));
      return isObject(value) ? [value] : [];
    },
  );
}

function asHelmDoes(tags: Tags): Tags {
  return tags.filter((tag) => {
    if (typeof tag === "string") return tag !== "timestamp" && tag !== "floatTime" && tag !== "intTime";
    const { tag: name, format } = tag as ScalarTag;
    return name !== "tag:yaml.org,2002:timestamp" && format !== "TIME";
  });
}

function isObject(value: unknown): value is RenderedObject {
  const candidate = value as Partial<RenderedObject> | null;
  return Boolean(candidate?.apiVersion && candidate.kind && candidate.metadata?.name);
}

/** Groups whose kinds Helm knows; to it everything else is unstructured. */
const builtInGroups = [
  "",
  "apps",
  "autoscaling",
  "batch",
  "policy",
  ...[
    "admissionregistration",
    "apiextensions",
    "authentication",
    "authorization",
    "certificates",
    "coordination",
    "discovery",
    "events",
    "flowcontrol.apiserver",
    "networking",
    "node",
    "rbac.authorization",
    "resource",
    "scheduling",
    "storage",
  ].map((group) => `${group}.k8s.io`),
];

/**
 * True for an object that Helm upgrades by the difference between the former and the new manifest alone. For others
 * it takes the live object into account, and so puts back what was edited by hand.
 */
export function isUnstructured({ apiVersion }: { readonly apiVersion: string }): boolean {
  const group = apiVersion.includes("/") ? (apiVersion.split("/")[0] as string) : "";
  return !builtInGroups.includes(group);
}
