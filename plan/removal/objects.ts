/** Kubernetes objects as removal looks at them: by name, without what is in them. */

/** Names one object. */
export interface ObjectName {
  readonly apiVersion: string;
  readonly kind: string;
  /** Undefined for a cluster-scoped one. */
  readonly namespace?: string;
  readonly name: string;
}

/** An object that is there. */
export interface LiveObject extends ObjectName {
  readonly uid: string;
  readonly labels: Readonly<Record<string, string>>;
  readonly annotations: Readonly<Record<string, string>>;
  readonly finalizers: readonly string[];
  /** UIDs of the objects with which it goes. */
  readonly owners: readonly string[];
  /** When it was asked to go, in milliseconds since 1970; undefined when it was not. */
  readonly deletedAt?: number;
  /** Of a webhook configuration, a cluster-wide role or its binding: who uses it, as `namespace NAME` or `User NAME`. */
  readonly usedBy?: readonly string[];
}

/** A kind that a CustomResourceDefinition brings. */
export interface CustomKind {
  /** Name of the definition, `PLURAL.GROUP`. */
  readonly crd: string;
  readonly apiVersion: string;
  readonly kind: string;
}

/** The same object has one identity in whatever version of its API it is written. */
export function identityOf({ apiVersion, kind, namespace = "", name }: ObjectName): string {
  const group = apiVersion.includes("/") ? apiVersion.split("/")[0] : "";
  return [group, kind, namespace, name].join("/");
}

/** How messages call an object, e.g. `Notebook krateo-system/costs` or `ClusterRole authn`. */
export function objectText({ kind, namespace, name }: ObjectName): string {
  return `${kind} ${namespace ? `${namespace}/` : ""}${name}`;
}

export function isCrd({ kind }: ObjectName): boolean {
  return kind === "CustomResourceDefinition";
}

/** Objects by kind, kinds and objects sorted by name. */
export function byKind<T extends ObjectName>(objects: readonly T[]): [string, T[]][] {
  const groups = new Map<string, T[]>();
  for (const object of objects.toSorted((one, other) => compare(placeOf(one), placeOf(other)))) {
    groups.set(object.kind, [...(groups.get(object.kind) ?? []), object]);
  }
  return [...groups].sort(([one], [other]) => compare(one, other));
}

/** Namespace and name, as `NAMESPACE/NAME`. */
export function placeOf({ namespace, name }: ObjectName): string {
  return namespace ? `${namespace}/${name}` : name;
}

/** The first few of a list in words: `a, b, c and 4 more`. */
export function firstFew(names: readonly string[], shown = 5): string {
  const rest = names.length - shown;
  // "and 1 more" is no shorter than the name.
  return rest > 1 ? `${names.slice(0, shown).join(", ")} and ${rest} more` : names.join(", ");
}

/** Sorts by kind, then namespace and name. */
export function inOrder<T extends ObjectName>(objects: readonly T[]): T[] {
  return byKind(objects).flatMap(([, members]) => members);
}

/** How many of each kind, with the first few names: `2 Notebook (shop/a, shop/b)`. */
export function countsOf(objects: readonly ObjectName[]): string[] {
  return byKind(objects).map(
    ([kind, members]) => `${members.length} ${kind} (${firstFew(members.map(placeOf))})`,
  );
}

function compare(one: string, other: string): number {
  return one < other ? -1 : one > other ? 1 : 0;
}
