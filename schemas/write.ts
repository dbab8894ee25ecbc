/** `npm run schemas`: writes the JSON Schemas beside this file, and the table of keys in docs/configuration.md. */
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { jsonSchemas } from "../configuration/json-schemas.ts";
import { keyTable } from "../configuration/key-reference.ts";

for (const [name, schema] of Object.entries(jsonSchemas())) {
  writeFileSync(join(import.meta.dirname, name), `${JSON.stringify(schema, null, 2)}\n`);
}
const page = join(import.meta.dirname, "..", "docs", "configuration.md");
const text = readFileSync(page, "utf8");
writeFileSync(
  page,
  text.replace(/^\| key \| values \| default \|\n(?:\|.*\n)+/m, () => `${keyTable()}\n`),
);
