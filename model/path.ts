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
    value = (value as Record<string | number, unknown>)[segment];
  }
  return value;
}

/** Whether a path is `start`, or leads to something below it. */
export function startsWith(path: Path, start: Path): boolean {
  return start.length <= path.length && start.every((segment, index) => segment === path[index]);
}
