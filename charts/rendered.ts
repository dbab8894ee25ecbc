import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { archiveFolder, writeWhole } from "./archive-store.ts";

/** Some fifty times all charts: of several stacks, after each change of their values. */
const kept = 1000;

/**
 * Digests of renderings that went well, kept beside the archives as `rendered.json`. What two runs add at the same time may
 * be lost, and is found out again.
 *
 * @param directory The project's root.
 */
export async function rememberedRenderings(directory: string): Promise<{
  has: (digest: string) => boolean;
  keep: (digests: readonly string[]) => Promise<void>;
}> {
  const file = join(directory, archiveFolder(directory), "rendered.json");
  const known = await readFile(file, "utf8").then(digestsIn, () => new Set<string>());
  return {
    has: (digest) => known.has(digest),
    keep: async (digests) => {
      if (digests.every((digest) => known.has(digest))) return;
      const latest = [...new Set([...known, ...digests])].slice(-kept);
      // A folder that cannot be written is no reason to fail.
      await writeWhole(file, `${JSON.stringify(latest, undefined, 2)}\n`).catch(() => undefined);
    },
  };
}

function digestsIn(text: string): Set<string> {
  try {
    const content: unknown = JSON.parse(text);
    return new Set(Array.isArray(content) ? content.map(String) : []);
  } catch {
    return new Set();
  }
}
