/**
 * Paths at which two JSON values differ, sorted. Nothing and null are the same in a map: the API server and the
 * clients in front of it drop nulls on the way. Never shows values, which may be secret.
 */
export function differingPaths(one: unknown, other: unknown, path = ""): string[] {
  if (isMap(one) && isMap(other)) {
    const keys = [...new Set([...Object.keys(one), ...Object.keys(other)])].sort();
    return keys.flatMap((key) => differingPaths(one[key], other[key], path ? `${path}.${key}` : key));
  }
  if (Array.isArray(one) && Array.isArray(other) && one.length === other.length) {
    return one.flatMap((item, index) => differingPaths(item, other[index], `${path}[${index}]`));
  }
  return (one ?? null) === (other ?? null) ? [] : [path];
}

function isMap(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
