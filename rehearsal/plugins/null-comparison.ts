/**
 * How the Kubernetes provider compares from 4.30 on, as far as to the assertion in it that fails: read in its
 * provider.go (addPatchValueToDiff and what calls it) and helm_release.go. Until 4.29 nulls never came so far.
 */
type Tree = { readonly [key: string]: unknown };

/** What the provider has for a key that a map lacks: not the same to it as null. */
const missing = Symbol("missing");

/** The properties of a resource that take part. */
export interface Comparison {
  /** The state: what the cluster answered, without `__inputs`. */
  readonly old: Tree;
  readonly oldInputs: Tree;
  readonly newInputs: Tree;
}

/** The path at which comparing an object fails, as the provider prints it; undefined when it does not. */
export function objectPanic({ old, oldInputs, newInputs }: Comparison): string | undefined {
  const known = pruned(old, oldInputs) as Tree;
  return panicInMap([], patchOf(known, newInputs), known, newInputs, known, false);
}

/** The same for a Helm release, which is compared three ways: what was taken away shows in the inputs only. */
export function releasePanic({ old, oldInputs, newInputs }: Comparison): string | undefined {
  const removals = Object.entries(patchOf(oldInputs, newInputs)).filter(([, value]) => value === null);
  const changes = Object.entries(patchOf(old, newInputs)).filter(([key]) => key in newInputs);
  return panicInMap(
    [],
    { ...Object.fromEntries(removals), ...Object.fromEntries(changes) },
    old,
    newInputs,
    oldInputs,
    false,
  );
}

/** A JSON merge patch: maps by what differs, anything else as a whole, null for what is taken away. */
function patchOf(from: Tree, to: Tree): Tree {
  const removed = Object.keys(from).filter((key) => !(key in to));
  const changed = Object.entries(to).flatMap(([key, value]): [string, unknown][] => {
    const before = from[key];
    if (!(key in from)) return [[key, value]];
    if (isMap(before) && isMap(value)) {
      const inner = patchOf(before, value);
      return Object.keys(inner).length > 0 ? [[key, inner]] : [];
    }
    return JSON.stringify(before) === JSON.stringify(value) ? [] : [[key, value]];
  });
  return Object.fromEntries([...removed.map((key) => [key, null]), ...changed]);
}

/** A value with those keys only that the other has too, as the provider shapes the state after the inputs. */
function pruned(value: unknown, shape: unknown): unknown {
  if (isMap(value) && isMap(shape)) {
    return Object.fromEntries(
      Object.entries(value)
        .filter(([key]) => key in shape)
        .map(([key, item]) => [key, pruned(item, shape[key])]),
    );
  }
  if (Array.isArray(value) && Array.isArray(shape)) {
    return value.slice(0, shape.length).map((item, index) => pruned(item, shape[index]));
  }
  return value;
}

function panicInValue(
  path: readonly (string | number)[],
  patch: unknown,
  old: unknown,
  newInput: unknown,
  oldInput: unknown,
  inList: boolean,
): string | undefined {
  if ([patch, old, newInput, oldInput].every((one) => one === null || one === undefined)) {
    return `path: [${path.join(" ")}]  |  v: <nil>  | old: <nil>  |  oldInput: <nil>  |  newInput: <nil>`;
  }
  if (newInput === missing || patch === null || patch === undefined || old === missing) return undefined;
  if (isMap(patch) && isMap(old)) {
    return panicInMap(path, patch, old, mapOf(newInput), mapOf(oldInput), inList);
  }
  if (!Array.isArray(patch) || !Array.isArray(old)) return undefined;
  const at = (list: unknown, index: number) => (Array.isArray(list) ? list[index] : undefined);
  const length = Math.max(patch.length, old.length);
  return first(Array.from({ length }).keys(), (index) =>
    panicInValue(
      [...path, index],
      patch[index],
      index < old.length ? old[index] : missing,
      at(newInput, index),
      at(oldInput, index),
      true,
    ),
  );
}

function panicInMap(
  path: readonly (string | number)[],
  patch: Tree,
  old: Tree,
  newInput: Tree,
  oldInput: Tree,
  inList: boolean,
): string | undefined {
  const get = (map: Tree, key: string) => (key in map ? map[key] : missing);
  // Below a list the patch is the whole item, so what is gone shows in the state alone.
  const keys = [...Object.keys(patch), ...(inList ? Object.keys(old).filter((key) => !(key in patch)) : [])];
  return first(keys, (key) =>
    panicInValue([...path, key], patch[key], get(old, key), get(newInput, key), get(oldInput, key), inList),
  );
}

function first<T>(items: Iterable<T>, find: (item: T) => string | undefined): string | undefined {
  for (const item of items) {
    const found = find(item);
    if (found !== undefined) return found;
  }
  return undefined;
}

/** What was answered, with the nulls that the older plugin has dropped from what was given. */
export function withNullsOf(given: unknown, answered: unknown): unknown {
  if (Array.isArray(given) && Array.isArray(answered)) {
    const rest = [...answered];
    return given.map((item) => (item === null ? null : withNullsOf(item, rest.shift()))).concat(rest);
  }
  if (!isMap(given) || !isMap(answered)) return answered;
  const nulls = Object.entries(given).filter(([key, value]) => value === null && !(key in answered));
  return {
    ...Object.fromEntries(
      Object.entries(answered).map(([key, value]) => [key, withNullsOf(given[key], value)]),
    ),
    ...Object.fromEntries(nulls),
  };
}

function mapOf(value: unknown): Tree {
  return isMap(value) ? value : {};
}

function isMap(value: unknown): value is Tree {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
