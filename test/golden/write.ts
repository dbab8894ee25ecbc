/** `npm run golden`: writes every golden and removes the stale ones. Read the difference before you commit it. */
import path from "node:path";
import { writeGoldens } from "./golden-folder.ts";
import { goldens } from "./goldens.ts";

const folder = import.meta.dirname;
await writeGoldens(folder, goldens);
console.log(`${goldens.length} goldens written to ${path.relative(process.cwd(), folder)}`);
