/** `npm run golden`: rewrites every golden and removes the stale ones. Review the difference before it is committed. */
import { readdirSync, rmSync, writeFileSync } from "node:fs";
import path from "node:path";
import { goldens } from "./goldens.ts";

const folder = import.meta.dirname;
const names = new Set(goldens.map(({ file }) => file));
for (const file of readdirSync(folder)) {
  if (file.endsWith(".json") && !names.has(file)) rmSync(path.join(folder, file));
}
for (const { file, content } of goldens) writeFileSync(path.join(folder, file), await content());
console.log(`${goldens.length} goldens written to ${path.relative(process.cwd(), folder)}`);
