/** Files among a version's documents that upstream's CLI applies, and this program does not: manifests, and overrides. */
import { readdirSync } from "node:fs";
import path from "node:path";
import type { Problem } from "../../model/problem.ts";
import { defaultOverrides } from "../override-layers.ts";
import { fileDigest, type StoredVersion } from "./stored-version.ts";

/** What this program does in the place of those that are known, by their sha256. */
const coveredManifests: Readonly<Record<string, string>> = {
  a896e7ddd4d45fb058df375fe4c9026c48b404cfabaa4ac1141152ea04bea659:
    "removes the releases of Krateo 2.7.0, which every run of this program does",
};

/** A problem for each such file whose content is not known, unless the user has said that it is dealt with. */
export function manifestProblems({ version, folder, shown, keep }: StoredVersion): Problem[] {
  return manifestsIn(folder)
    .filter((name) => !keep.includes(name) && !(fileDigest(path.join(folder, name)) in coveredManifests))
    .map((name) => ({
      what:
        name === defaultOverrides
          ? `version ${version} has overrides of its own, which this program does not apply`
          : `version ${version} has a manifest to apply around an upgrade that this program does not know, and does not apply`,
      file: `${shown}/${name}`,
      given: `sha256 ${fileDigest(path.join(folder, name))}`,
      next: `read it, ${
        name === defaultOverrides
          ? `take what you need of it into your ${defaultOverrides}`
          : "apply what you need of it yourself"
      }, and add the version again as before with: --keep-upstream ${name}`,
    }));
}

/** Names of those files in a folder of upstream's documents. */
export function manifestsIn(folder: string): string[] {
  return readdirSync(folder)
    .filter((name) => name === defaultOverrides || /^(pre|post)-upgrade(\..+)?\.yaml$/.test(name))
    .sort();
}
