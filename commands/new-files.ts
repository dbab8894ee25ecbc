/** Writes new files whole or not at all. */
import { existsSync, mkdirSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { basename, dirname, join } from "node:path";
import { ConfigurationError } from "../model/problem.ts";

export interface NewFile {
  /** Absolute. */
  readonly file: string;
  readonly text: string;
}

/**
 * Writes files whole or not at all: next to their place first, and all of them before the first takes it.
 *
 * @param options `force`: take the place of files that are there.
 * @throws ConfigurationError when one of them is there, or cannot be written; nothing has changed then
 */
export function writeNewFiles(files: readonly NewFile[], { force }: { readonly force: boolean }): void {
  const existing = force ? [] : files.filter(({ file }) => existsSync(file));
  if (existing.length > 0) {
    throw new ConfigurationError(
      existing.map(({ file }) => ({
        what: "the file exists, and nothing was written",
        file,
        next: "keep it under another name, write elsewhere with --output, or replace it with --force",
      })),
    );
  }
  const written: { draft: string; file: string }[] = [];
  try {
    for (const { file, text } of files) {
      mkdirSync(dirname(file), { recursive: true });
      const draft = join(dirname(file), `.${basename(file)}.${process.pid}`);
      written.push({ draft, file });
      writeFileSync(draft, text);
    }
    for (const { draft, file } of written) renameSync(draft, file);
  } catch (error) {
    for (const { draft } of written) rmSync(draft, { force: true });
    const reason = error instanceof Error ? error.message.replace(/, \w+ '.*$/, "") : String(error);
    const file = written.at(-1)?.file ?? dirname(files[0]?.file ?? "");
    const next = "look at the folder's rights and the space left, or write elsewhere with --output";
    throw new ConfigurationError([{ what: `the file cannot be written: ${reason}`, file, next }]);
  }
}
