/** A Helm release as Helm lists it. */
export interface ListedRevision {
  name: string;
  revision: string;
}

/** The releases that have another revision than before, came or went; as `name before -> after`. */
export function changedRevisions(
  before: readonly ListedRevision[],
  after: readonly ListedRevision[],
): string[] {
  const revision = (list: readonly ListedRevision[], name: string) =>
    list.find((release) => release.name === name)?.revision ?? "none";
  const names = new Set([...before, ...after].map(({ name }) => name));
  return [...names]
    .sort()
    .map((name) => ({ name, was: revision(before, name), is: revision(after, name) }))
    .filter(({ was, is }) => was !== is)
    .map(({ name, was, is }) => `${name} ${was} -> ${is}`);
}
