/** The image that a chart's values choose, by what components/ says of the chart. */
import type { ImageDescription, ValuePath } from "../../components/description.ts";
import { pathText, valueAt } from "../../model/path.ts";
import type { Path } from "../../model/settings.ts";

/** The value that says in which registry an image is, and what it says now, or the chart without it. */
export interface ChosenRegistry {
  readonly path: Path;
  readonly given: string;
}

/** True for an image that the chart runs with these values. */
export function isRun({ onlyWith }: ImageDescription, values: unknown): boolean {
  return onlyWith === undefined || (valueAt(values, onlyWith.path) ?? onlyWith.byDefault) === true;
}

/** The reference that the values choose, the chart's own defaults filled in. @param version The chart's. */
export function chosenReference(image: ImageDescription, values: unknown, version: string): string {
  const { keys } = image;
  const tag = defaultTag(image, values, version);
  if (keys === "fixed") return `${image.repository}:${tag}`;
  if ("reference" in keys) return textAt(values, keys.reference) ?? `${image.repository}:${tag}`;
  if ("repository" in keys)
    return `${textAt(values, keys.repository) ?? image.repository}:${textAt(values, keys.tag) ?? tag}`;
  const { registry, name } = parts(image.repository);
  const given = keys.name && textAt(values, keys.name);
  return `${registryAt(values, keys.registry) ?? registry}/${given ?? name}:${textAt(values, keys.tag) ?? tag}`;
}

/** The value to change so that the image comes from another registry; undefined for one that no value chooses. */
export function chosenRegistry(
  image: ImageDescription,
  values: unknown,
  version: string,
): ChosenRegistry | undefined {
  const { keys } = image;
  if (keys === "fixed") return undefined;
  if ("reference" in keys) return { path: keys.reference, given: chosenReference(image, values, version) };
  if ("repository" in keys)
    return { path: keys.repository, given: textAt(values, keys.repository) ?? image.repository };
  return {
    path: keys.registry,
    given: registryAt(values, keys.registry) ?? parts(image.repository).registry,
  };
}

/** Values that choose an image, as users write them. */
export function keysOf({ keys }: ImageDescription): string[] {
  return keys === "fixed" ? [] : Object.values(keys).map((path: ValuePath) => pathText(path));
}

function defaultTag({ tag }: ImageDescription, values: unknown, version: string): string {
  return typeof tag === "object" ? (textAt(values, tag.at) ?? tag.byDefault) : (tag ?? version);
}

/** The operators take a slash at the end away. */
function registryAt(values: unknown, path: ValuePath): string | undefined {
  return textAt(values, path)?.replace(/\/$/, "");
}

function parts(repository: string): { registry: string; name: string } {
  const cut = repository.lastIndexOf("/");
  return { registry: repository.slice(0, cut), name: repository.slice(cut + 1) };
}

/** For a template an empty text is none. */
function textAt(values: unknown, path: ValuePath): string | undefined {
  const value = valueAt(values, path);
  return value === undefined || value === null || value === "" ? undefined : String(value);
}
