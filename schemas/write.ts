/** `npm run schemas`: writes the JSON Schemas beside this file, and the tables of keys in the docs. */
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { fleetKeyTable } from "../configuration/fleet/fleet-file.ts";
import { jsonSchemas } from "../configuration/json-schemas.ts";
import { keyTable } from "../configuration/key-reference.ts";

for (const [name, schema] of Object.entries(jsonSchemas())) {
  writeFileSync(join(import.meta.dirname, name), `${JSON.stringify(schema, null, 2)}\n`);
}
for (const [name, table] of [
  ["configuration.md", keyTable()],
  ["gitops.md", fleetKeyTable()],
] as const) {
  const page = join(import.meta.dirname, "..", "docs", name);
  const text = readFileSync(page, "utf8");
  const [titles = ""] = table.split("\n");
  const start = text.indexOf(`\n${titles}\n`) + 1;
  const end = start + (/^(?:\|.*\n)+/.exec(text.slice(start))?.[0].length ?? 0);
  writeFileSync(page, `${text.slice(0, start)}${table}\n${text.slice(end)}`);
}
