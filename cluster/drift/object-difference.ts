/** Compares two objects field by field. */
import { isMap } from "../../model/secret-value.ts";
import type { Json, JsonObject, Path } from "../../model/settings.ts";
import type { ManifestObject } from "../client/manifest.ts";
import { sameQuantity } from "../client/quantity.ts";
import { isControllerOwned } from "./controller-owned.ts";
import type { FieldHolder } from "./field-holder.ts";
import { isUnstructured } from "./unstructured.ts";

/** One field in which something is not as planned. */
export interface Difference {
  /** Where, in what is planned. */
  readonly path: Path;
  /** Undefined when nothing is planned there. */
  readonly planned: Json | undefined;
  /** Undefined when nothing is there. */
  readonly live: Json | undefined;
  /** Who else set it, where the API server has a record of it. */
  readonly holder?: FieldHolder;
}

/**
 * Fields that a manifest sets and that differ live. What the manifest leaves open is not looked at: the API server
 * fills in defaults, and Helm would not take it away either. Nor is what controllers own (controller-owned.ts).
 */
export function objectDifferences(planned: ManifestObject, live: JsonObject): Difference[] {
  const wanted = withEncodedData(planned);
  const found = compareMaps(wanted, live, [], !isUnstructured(planned));
  return found.filter(({ path }) => !isControllerOwned(path, wanted));
}

/** A Secret as it is stored: clear text encoded, and base64 without line breaks. Other objects as they are. */
export function withEncodedData(object: ManifestObject): ManifestObject {
  const { stringData, data, ...rest } = object;
  if (object.kind !== "Secret" || object.apiVersion !== "v1") return object;
  if (!isMap(stringData) && !isMap(data)) return object;
  const stored = Object.entries(isMap(data) ? data : {}).map(([key, value]) => [
    key,
    typeof value === "string" ? value.replaceAll(/\s/g, "") : value,
  ]);
  const encoded = Object.entries(isMap(stringData) ? stringData : {}).map(([key, value]) => [
    key,
    Buffer.from(String(value ?? "")).toString("base64"),
  ]);
  return { ...(rest as ManifestObject), data: Object.fromEntries([...stored, ...encoded]) };
}

/**
 * Lists of built-in kinds whose items are told apart by keys, and to which the cluster and its add-ons add items of
 * their own. As the API declares them; any other list counts as one value, item by item in order.
 */
const listKeys: Readonly<Record<string, readonly (readonly string[])[]>> = {
  containers: [["name"]],
  initContainers: [["name"]],
  volumes: [["name"]],
  env: [["name"]],
  imagePullSecrets: [["name"]],
  secrets: [["name"]],
  webhooks: [["name"]],
  volumeMounts: [["mountPath"]],
  volumeDevices: [["devicePath"]],
  hostAliases: [["ip"]],
  topologySpreadConstraints: [["topologyKey", "whenUnsatisfiable"]],
  ports: [
    ["containerPort", "protocol"],
    ["port", "protocol"],
  ],
};

const defaultOfKey: Readonly<Record<string, string>> = { protocol: "TCP" };

function compare(planned: Json, live: Json | undefined, path: Path, keyed: boolean): Difference[] {
  if (isNothing(planned) && live === undefined) return [];
  if (planned === null || leftToTheServer(planned, path)) return [];
  if (isMap(planned) && isMap(live)) return compareMaps(planned, live, path, keyed);
  if (Array.isArray(planned) && (Array.isArray(live) || live === undefined)) {
    return compareLists(planned, live ?? [], path, keyed);
  }
  return sameScalar(planned, live, path) ? [] : [{ path, planned, live }];
}

function compareMaps(planned: JsonObject, live: JsonObject, path: Path, keyed: boolean): Difference[] {
  return Object.entries(planned).flatMap(([key, value]) => compare(value, live[key], [...path, key], keyed));
}

function compareLists(planned: Json[], live: Json[], path: Path, keyed: boolean): Difference[] {
  const keys = keyed ? keysOf(planned, path) : undefined;
  if (path.join(".") === "metadata.finalizers") {
    return planned.every((item) => live.includes(item)) ? [] : [{ path, planned, live }];
  }
  if (!keys) {
    if (planned.length !== live.length) return [{ path, planned, live }];
    return planned.flatMap((item, index) => compare(item, live[index], [...path, index], keyed));
  }
  return planned.flatMap((item, index) => {
    const match = live.find((other) => keys.every((key) => keyIn(item, key) === keyIn(other, key)));
    return compare(item, match, [...path, index], keyed);
  });
}

/** The keys by which the items of a built-in kind's list are told apart; undefined for a list that is one value. */
export function keysOf(items: readonly Json[], path: Path): readonly string[] | undefined {
  const name = path.at(-1);
  const candidates = typeof name === "string" ? (listKeys[name] ?? []) : [];
  return candidates.find(([first]) =>
    items.every((item) => isMap(item) && item[first as string] !== undefined),
  );
}

function keyIn(item: Json, key: string): Json | undefined {
  return isMap(item) ? (item[key] ?? defaultOfKey[key]) : undefined;
}

/** The API server leaves such values out. */
function isNothing(value: Json): boolean {
  if (isMap(value)) return Object.values(value).every(isNothing);
  return value === null || value === "" || value === 0 || value === false || isEmptyList(value);
}

function isEmptyList(value: Json): boolean {
  return Array.isArray(value) && value.length === 0;
}

/** Fields in which zero or an empty text asks the API server to choose a value itself. */
const chosenWhenEmpty = [
  "clusterIP",
  "healthCheckNodePort",
  "imagePullPolicy",
  "nodePort",
  "failureThreshold",
  "periodSeconds",
  "successThreshold",
  "timeoutSeconds",
];

function leftToTheServer(planned: Json, path: Path): boolean {
  return (planned === "" || planned === 0) && chosenWhenEmpty.includes(String(path.at(-1)));
}

const quantityPlaces = ["limits", "requests", "hard", "capacity"];
const quantityFields = ["sizeLimit", "divisor", "storage"];

function sameScalar(planned: Json, live: Json | undefined, path: Path): boolean {
  if (planned === live) return true;
  // A port or a percentage may be a number or text, and 1 is the same as "1".
  if (isScalar(planned) && isScalar(live) && String(planned) === String(live)) return true;
  const isQuantity =
    quantityPlaces.includes(String(path.at(-2))) || quantityFields.includes(String(path.at(-1)));
  return isQuantity && sameQuantity(planned, live);
}

function isScalar(value: Json | undefined): value is string | number {
  return typeof value === "string" || typeof value === "number";
}

/** What is planned, with what is live put in wherever the two differ. Undefined when all of it is missing. */
export function withDifferences(planned: Json, differences: readonly Difference[]): Json | undefined {
  const result: { root?: Json } = { root: structuredClone(planned) };
  for (const { path, live } of differences) {
    const place = ["root", ...path];
    let parent = result as Record<string | number, Json>;
    for (const segment of place.slice(0, -1)) parent = parent[segment] as Record<string | number, Json>;
    const last = place.at(-1) as string | number;
    if (live === undefined) delete parent[last];
    else parent[last] = live;
  }
  return result.root === undefined ? undefined : withoutHoles(result.root);
}

/** An item deleted from a list leaves a hole, so that the others keep their indexes until the end. */
function withoutHoles(value: Json): Json {
  if (Array.isArray(value)) return value.filter(() => true).map(withoutHoles);
  if (!isMap(value)) return value;
  return Object.fromEntries(Object.entries(value).map(([key, item]) => [key, withoutHoles(item)]));
}
