import { spawn } from "node:child_process";
import { join } from "node:path";
import type { RehearsalPaths } from "./toolchain/layout.ts";
import type { Toolchain } from "./toolchain.ts";

/**
 * Runs the project's own command line on the rehearsal cluster. What it prints is for a reader: stdout belongs to the
 * rehearsal's JSON result.
 *
 * @returns whether it ended well
 */
export async function runKrateo(
  words: readonly string[],
  toolchain: Toolchain,
  paths: RehearsalPaths,
): Promise<boolean> {
  const program = join(paths.root, "commands", "krateo.js");
  const child = spawn(process.execPath, [program, ...words], {
    cwd: paths.root,
    env: toolchain.env,
    stdio: ["ignore", process.stderr, process.stderr],
  });
  return (await new Promise((done) => child.on("close", done))) === 0;
}
