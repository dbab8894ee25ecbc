/** Files whose names are like those of documents, but not the same: nothing reads them. */
import { readdirSync } from "node:fs";

export interface NearName {
  /** Name of the file that is there. */
  readonly file: string;
  /** Name under which it would be read. */
  readonly meant: string;
  /** Whether a file of that name is there, too. */
  readonly taken: boolean;
}

/** Names that differ only in letter case, in `yml` for `yaml`, in separators, or in the plural. */
function likeness(name: string): string {
  return name
    .toLowerCase()
    .replace(/\.yml$/, ".yaml")
    .replace("overrides", "override")
    .replaceAll(/[^a-z0-9]/g, "");
}

/** The files of a folder that are like these names and none of them. */
export function nearNames(folder: string, names: readonly string[]): NearName[] {
  return near(folder, (file) => names.find((name) => likeness(name) === likeness(file)));
}

/** The files of a folder that are like a profile's file. */
export function nearProfiles(folder: string): NearName[] {
  return near(folder, (file) => {
    const [, profile] = /^krateo[^a-z0-9]*overrides?[^a-z0-9]+(.+)\.ya?ml$/i.exec(file) ?? [];
    return profile === undefined ? undefined : profileFileName(profile);
  });
}

function near(folder: string, meantBy: (file: string) => string | undefined): NearName[] {
  const files = filesIn(folder);
  return files
    .filter((file) => /\.ya?ml$/i.test(file))
    .flatMap((file) => {
      const meant = meantBy(file);
      return meant === undefined || meant === file ? [] : [{ file, meant, taken: files.includes(meant) }];
    });
}

/** Name of a user's file that holds a profile. */
export function profileFileName(profile: string): string {
  return `krateo-overrides.${profile}.yaml`;
}

/** Names of the profiles that a folder's files hold. */
export function profileFilesIn(folder: string): string[] {
  return filesIn(folder).flatMap((file) => /^krateo-overrides\.(.+)\.yaml$/.exec(file)?.[1] ?? []);
}

function filesIn(folder: string): string[] {
  try {
    return readdirSync(folder).sort();
  } catch {
    return [];
  }
}
