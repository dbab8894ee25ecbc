/** References of images, by the rules of the tools that pull them. */

const dockerHub = "docker.io";

/**
 * A reference, or one without its tag, at another registry: its own registry's name is replaced, its path stays.
 * `ghcr.io/krateoplatformops/authn:1` is at `HOST/PATH` as `HOST/PATH/krateoplatformops/authn:1`; what names no registry is
 * Docker Hub's, so that `alpine` is there as `HOST/PATH/library/alpine`.
 *
 * @param registry HOST or HOST/PATH
 */
export function atRegistry(reference: string, registry: string): string {
  if (isAt(reference, registry)) return reference;
  const [first = "", ...rest] = reference.split("/");
  if (rest.length > 0 && isRegistry(first))
    return `${registry}/${first === dockerHub ? officialPath(rest) : rest.join("/")}`;
  return `${registry}/${officialPath([first, ...rest])}`;
}

/** Host of the registry that a reference leads to. */
export function hostOfReference(reference: string): string {
  const [first = "", ...rest] = reference.split("/");
  return rest.length > 0 && isRegistry(first) ? first : dockerHub;
}

/** Whether a reference is below HOST or HOST/PATH. */
export function isAt(reference: string, registry: string): boolean {
  return reference.startsWith(`${registry}/`);
}

/** Whether the first part of a reference is a registry's name, as `localhost`, `ghcr.io` or `registry:5000`. */
export function isRegistry(part: string): boolean {
  return part === "localhost" || /[.:]/.test(part);
}

/** Docker Hub's own images have no user in front. */
function officialPath(parts: readonly string[]): string {
  return (parts.length === 1 ? ["library", ...parts] : parts).join("/");
}
