import { distance } from "fastest-levenshtein";

/** The names, the one most like `given` first, the others as they came. */
export function nearestFirst(given: string, names: Iterable<string>): string[] {
  const known = [...new Set(names)];
  const nearest = nearestName(given, known);
  return nearest === undefined ? known : [nearest, ...known.filter((name) => name !== nearest)];
}

/** The known name most like `given`, if one is like it at all; letter case does not count. */
export function nearestName(given: string, names: Iterable<string>): string | undefined {
  const wanted = given.toLowerCase();
  const ranked = [...names]
    .map((name) => ({ name, edits: distance(wanted, name.toLowerCase()) }))
    .sort((a, b) => a.edits - b.edits);
  const best = ranked[0];
  return best !== undefined && best.edits <= Math.max(given.length, best.name.length) / 2
    ? best.name
    : undefined;
}
