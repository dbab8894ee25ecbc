/** Which object of a file or a cluster is the Krateo 2.7.0 that is meant. */

import { nearestFirst } from "../model/nearest.ts";
import type { Problem } from "../model/problem.ts";
import { isMap } from "../model/secret-value.ts";
import type { Json, JsonObject } from "../model/settings.ts";
import { legacyKind } from "./legacy-facts.ts";
import { holdsUpstreamSteps } from "./legacy-forms.ts";

/**
 * The platforms of 2.7.0 in parsed documents: the objects themselves, or the items of a list as kubectl prints it; where there
 * is none of the installer's, what upstream's CLI made of one.
 */
export function legacyObjectsIn(documents: readonly Json[]): JsonObject[] {
  const all = documents
    .flatMap((given) => (isMap(given) && Array.isArray(given["items"]) ? given["items"] : [given]))
    .filter(isMap);
  const own = all.filter((one) => one["kind"] === legacyKind.kind);
  return own.length > 0 ? own : all.filter(holdsUpstreamSteps);
}

/** What parsed documents hold in which there is no platform, in words that show no value. */
export function describeContent(documents: readonly Json[]): string {
  const given = documents.filter((one) => one !== null);
  if (given.length === 0) return "nothing";
  const objects = given.filter(isMap);
  if (objects.length === 0)
    return "text that is not a Kubernetes object: the output of a command that failed, or a table";
  const items = objects.flatMap((one) => (Array.isArray(one["items"]) ? one["items"].filter(isMap) : [one]));
  if (items.length === 0) return "a list without items";
  const kinds = items.flatMap(({ kind }) => (typeof kind === "string" ? [kind] : []));
  if (kinds.length > 0) return `objects of kind ${[...new Set(kinds)].join(", ")}`;
  return `no object of Kubernetes: a map with the keys ${Object.keys(items[0] as JsonObject)
    .slice(0, 5)
    .join(", ")}`;
}

/** Picks by name and namespace. @returns a problem when there is not exactly one */
export function chooseLegacyObject(
  objects: readonly JsonObject[],
  wanted: { readonly name?: string; readonly namespace?: string },
  source: string,
): { object: JsonObject } | { problem: Problem } {
  const named = objects.map((object) => ({ object, ...nameOf(object) }));
  const fitting = named.filter(
    ({ name, namespace }) =>
      (wanted.name === undefined || name === wanted.name) &&
      (wanted.namespace === undefined || namespace === undefined || namespace === wanted.namespace),
  );
  const [first, ...more] = fitting;
  if (first !== undefined && more.length === 0) return { object: first.object };
  const labels = named.map(({ name, namespace }) => `${namespace ?? "(no namespace)"}/${name}`);
  if (first !== undefined) {
    return {
      problem: {
        what: `there are ${fitting.length} installations of Krateo 2.7.0`,
        file: source,
        given: labels.join(", "),
        next: "choose one with --namespace and --name",
      },
    };
  }
  const asked = [wanted.namespace, wanted.name].filter((word) => word !== undefined).join("/");
  return {
    problem: {
      what: `there is no installation of Krateo 2.7.0${named.length > 0 ? ` called ${asked}` : ""}: no ${legacyKind.kind} object, and no Installation by which upstream's CLI runs one`,
      file: source,
      ...(labels.length > 0 && { allowed: nearestFirst(asked, labels) }),
      next:
        labels.length > 0
          ? "name it with --namespace and --name"
          : "an installation from scratch needs no migration: npx pulumi up",
    },
  };
}

function nameOf(object: JsonObject): { name: string; namespace: string | undefined } {
  const metadata = object["metadata"];
  const text = (key: string) =>
    isMap(metadata) && typeof metadata[key] === "string" ? metadata[key] : undefined;
  return { name: text("name") ?? "(no name)", namespace: text("namespace") };
}
