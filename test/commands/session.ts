import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { runKrateo } from "../../commands/program.ts";

/** What a command line did. */
export interface Run {
  readonly code: number;
  readonly printed: string;
  readonly noted: string;
}

/** A folder with these files, for the length of a test. */
export function withProject(files: Readonly<Record<string, string>>): {
  directory: string;
  remove: () => void;
} {
  const directory = mkdtempSync(join(tmpdir(), "krateo-project-"));
  for (const [name, content] of Object.entries(files)) {
    mkdirSync(dirname(join(directory, name)), { recursive: true });
    writeFileSync(join(directory, name), content, { mode: name.includes(".bin/") ? 0o755 : 0o644 });
  }
  return { directory, remove: () => rmSync(directory, { recursive: true }) };
}

/** Runs one command line of `krateo` in a project folder. */
export async function krateo(directory: string, ...words: string[]): Promise<Run> {
  const printed: string[] = [];
  const noted: string[] = [];
  const code = await runKrateo(words, {
    directory,
    print: (text) => printed.push(text),
    note: (text) => noted.push(text),
    colours: false,
    interactive: false,
  });
  return { code, printed: printed.join("\n"), noted: noted.join("\n") };
}
