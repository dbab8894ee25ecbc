/** The manifests among a version's documents, which upstream's CLI applies around an upgrade and this program does not. */
import { createHash } from "node:crypto";
import { readdirSync, readFileSync } from "node:fs";
import path from "node:path";
import type { Problem } from "../../model/problem.ts";
import type { StoredVersion } from "./stored-version.ts";

/** What this program does in the place of those that are known, by their sha256. */
const coveredManifests: Readonly<Record<string, string>> = {
  a896e7ddd4d45fb058df375fe4c9026c48b404cfabaa4ac1141152ea04bea659:
    "removes the releases of Krateo 2.7.0, which every run of this program does",
};

/** A problem for each manifest of a version whose content is not known, unless the user has said that it is dealt with. */
export function manifestProblems({ version, folder, shown, keep }: StoredVersion): Problem[] {
  return manifestsIn(folder)
    .filter((name) => !keep.includes(name) && !(fileDigest(path.join(folder, name)) in coveredManifests))
    .map((name) => ({
      what: `version ${version} has a manifest to apply around an upgrade that this program does not know, and does not apply`,
      file: `${shown}/${name}`,
      given: `sha256 ${fileDigest(path.join(folder, name))}`,
      next: `read it, apply what you need of it yourself, and say so: npx krateo versions add ${version} --keep-upstream ${name}`,
    }));
}

/** Names of those files in a folder of upstream's documents. */
function manifestsIn(folder: string): string[] {
  return readdirSync(folder)
    .filter((name) => /^(pre|post)-upgrade(\..+)?\.(yaml|yml|json)$/.test(name))
    .sort();
}

/** sha256 of a file, in hexadecimal. */
function fileDigest(file: string): string {
  return createHash("sha256").update(readFileSync(file)).digest("hex");
}
