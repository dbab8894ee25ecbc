/** Reads the files of a tar archive. */
import { Readable } from "node:stream";
import { pipeline } from "node:stream/promises";
import { Parser, type ReadEntry } from "tar";

/**
 * The files of a tar archive, compressed or not, by path.
 *
 * @throws Error of the parser for content that is no tar archive, or is cut off or damaged
 */
export async function filesInTar(content: Buffer): Promise<Map<string, Buffer>> {
  const files = new Map<string, Buffer>();
  const onReadEntry = (entry: ReadEntry): void => {
    const chunks: Buffer[] = [];
    entry.on("data", (chunk) => chunks.push(chunk));
    entry.on("end", () => {
      if (entry.type === "File" || entry.type === "OldFile") files.set(entry.path, Buffer.concat(chunks));
    });
    entry.resume();
  };
  await pipeline(Readable.from([content]), new Parser({ strict: true, onReadEntry }));
  return files;
}
