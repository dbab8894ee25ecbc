import type { Migration } from "./migrate.ts";

/** The stack configuration of a migration without its secrets, as Pulumi hands it over: keys that lead into a map make one. */
export function stackValues({ stackKeys }: Pick<Migration, "stackKeys">): Record<string, unknown> {
  const values: Record<string, unknown> = {};
  for (const { key, isPath, value } of stackKeys) {
    if (value === undefined) continue;
    const name = key.replace("krateo:", "");
    const [map = "", item = ""] = name.split(".");
    if (isPath)
      values[map] = { ...(values[map] as object), [item]: /^\d+$/.test(value) ? Number(value) : value };
    else values[name] = value === "true" ? true : value;
  }
  return values;
}
