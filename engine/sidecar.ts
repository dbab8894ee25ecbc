import { glob, readFile } from "node:fs/promises";
import { join } from "node:path";
import { stateFolder } from "./state-backend.ts";

/**
 * Pulumi's backend of files writes a small `.attrs` file beside each file of its state, and not in one step. Killed
 * in between, it leaves an empty one, and every later command on the stack ends in "failed to load checkpoint: EOF",
 * although the state itself is whole. Without the sidecar it is read as well.
 *
 * @returns paths of the sidecars of one stack that hold no JSON; none for a backend of another kind
 */
export async function halfWrittenSidecars(
  backendUrl: string,
  project: string,
  stack: string,
): Promise<readonly string[]> {
  const state = stateFolder(backendUrl);
  if (!state) return [];
  const patterns = [
    `stacks/${project}/${stack}.json*.attrs`,
    `{history,backups}/${project}/${stack}/*.attrs`,
    `locks/organization/${project}/${stack}/*.attrs`,
    "*.attrs",
  ];
  const broken: string[] = [];
  for await (const name of glob(patterns, { cwd: state })) {
    const file = join(state, name);
    try {
      JSON.parse(await readFile(file, "utf8"));
    } catch {
      broken.push(file);
    }
  }
  return broken.toSorted();
}
