/** A folder of goldens: writes what belongs there, and finds what is not as it should be. */
import { existsSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import path from "node:path";
import { structuredPatch } from "diff";

export interface Golden {
  /** Name of its file in the folder. */
  readonly file: string;
  /** What the file should hold at present. */
  content(): Promise<string>;
}

/** Lines of a difference that a fault shows. */
const linesShown = 20;

/** Writes every golden, and removes the files that nothing makes any more. */
export async function writeGoldens(folder: string, goldens: readonly Golden[]): Promise<void> {
  for (const file of superfluousFiles(folder, goldens)) rmSync(path.join(folder, file));
  for (const { file, content } of goldens) writeFileSync(path.join(folder, file), await content());
}

/** Files of the folder that are no golden. Only programs and folders may stand beside goldens. */
export function superfluousFiles(folder: string, goldens: readonly Golden[]): string[] {
  const wanted = new Set(goldens.map(({ file }) => file));
  return readdirSync(folder, { withFileTypes: true })
    .filter((entry) => entry.isFile() && !entry.name.endsWith(".ts") && !wanted.has(entry.name))
    .map(({ name }) => name)
    .sort();
}

/** What is wrong with a golden's file, with the first lines that differ; undefined when nothing is. */
export async function faultOf(folder: string, { file, content }: Golden): Promise<string | undefined> {
  const next = "npm run golden writes the present state; read the difference before you commit it";
  if (!existsSync(path.join(folder, file))) return `${file} is missing: ${next}`;
  const before = readFileSync(path.join(folder, file), "utf8");
  const present = await content();
  if (before === present) return undefined;
  const [first] = structuredPatch(file, file, before, present, "", "", { context: 2 }).hunks;
  const lines = first?.lines ?? [];
  return [
    `${file} does not show the present state, from line ${first?.oldStart} on (- the file, + the present state):`,
    ...lines.slice(0, linesShown),
    ...(lines.length > linesShown ? [`… and ${lines.length - linesShown} lines more`] : []),
    next,
  ].join("\n");
}
