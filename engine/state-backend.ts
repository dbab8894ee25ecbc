/** Where Pulumi keeps the state. */
import { homedir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { ConfigurationError } from "../model/problem.ts";
import { askPulumi } from "./cli.ts";

/**
 * The version of Pulumi whose own files in a backend of files, its locks and sidecars, are laid out as engine-lock.ts and
 * sidecar.ts read them, and which says of a lock in a bucket what engine-lock.ts expects. No version promises that: a test fails for another one in package.json until somebody has looked.
 */
export const knownLayout = "3.259.0";

/** Where the state is, e.g. `file:///home/ada`. @throws ConfigurationError when Pulumi does not know, with what it says */
export async function readBackendUrl(directory: string): Promise<string> {
  try {
    return JSON.parse(await askPulumi(["whoami", "--verbose", "--json"], directory)).url;
  } catch (error) {
    throw new ConfigurationError([
      {
        what: `Pulumi cannot say where its state is: ${error instanceof Error ? error.message : error}`,
        next: "npx pulumi login, or npx pulumi login --local for a folder of yours, or set PULUMI_BACKEND_URL",
      },
    ]);
  }
}

/** The folder of a backend of files; undefined for any other. @param backendUrl As `readBackendUrl` gives it. */
export function stateFolder(backendUrl: string): string | undefined {
  if (!backendUrl.startsWith("file://")) return undefined;
  const path = backendUrl.split("?")[0] as string;
  if (path.startsWith("file://~")) return join(homedir(), path.slice("file://~".length), ".pulumi");
  return join(fileURLToPath(path), ".pulumi");
}
