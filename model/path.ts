import { isMap, type Tree, type TreeObject } from "./secret-value.ts";
import type { Path } from "./settings.ts";

/** `components.backend.stepConfig.web.helmValues.hosts[0]`; the dots inside a key are escaped. */
export function pathText(path: Path): string {
  return path
    .map((segment, index) => {
      if (typeof segment === "number") return `[${segment}]`;
      const key = segment.replace(/[\\.[\]]/g, (character) => `\\${character}`);
      return index === 0 ? key : `.${key}`;
    })
    .join("");
}

/** What stands at a path, or undefined when it leads nowhere. */
export function valueAt(root: unknown, path: Path): unknown {
  let value: unknown = root;
  for (const segment of path) {
    if (value === null || typeof value !== "object" || !Object.hasOwn(value, segment)) return undefined;
    // Of a list's own properties only its items are data.
    if (Array.isArray(value) && typeof segment !== "number") return undefined;
    value = (value as Record<string | number, unknown>)[segment];
  }
  return value;
}

/** Whether a path is `start`, or leads to something below it. */
export function startsWith(path: Path, start: Path): boolean {
  return start.length <= path.length && start.every((segment, index) => segment === path[index]);
}

/**
 * The same map with another value at a path of keys. A map on the way that is missing is made.
 *
 * @param value undefined: the key goes, and with it each map that it leaves empty
 */
export function withValueAt(root: TreeObject, path: Path, value: Tree | undefined): TreeObject {
  const [key, ...rest] = path.map(String) as [string, ...string[]];
  const below = root[key];
  const changed = rest.length === 0 ? value : withValueAt(isMap(below) ? below : {}, rest, value);
  const isGone =
    changed === undefined || (value === undefined && isMap(changed) && Object.keys(changed).length === 0);
  const { [key]: _, ...others } = root;
  return isGone ? others : { ...root, [key]: changed };
}

/** The paths of all values of a map that are no maps themselves, or empty ones. */
export function leavesOf(tree: TreeObject, at: Path = []): Path[] {
  return Object.entries(tree).flatMap(([key, value]) =>
    isMap(value) && Object.keys(value).length > 0 ? leavesOf(value, [...at, key]) : [[...at, key]],
  );
}
