import { createHash } from "node:crypto";

/** A short hash by which an object tells in which form it was written; another one when anything in `written` differs. */
export function writtenMark(written: unknown): string {
  return createHash("sha256").update(JSON.stringify(written)).digest("hex").slice(0, 16);
}
