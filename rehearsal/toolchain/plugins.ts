import { access, readdir, readFile } from "node:fs/promises";
import { homedir } from "node:os";
import { join } from "node:path";
import { pulumiVersion } from "./recipes.ts";

/** Where Pulumi keeps what it downloads for this user. */
export const userPulumiHome = process.env.KRATEO_USER_PULUMI_HOME || join(homedir(), ".pulumi");

/** The resource plugins that the program needs, by package name. */
export const neededPlugins = ["kubernetes", "random", "command"] as const;
export type PluginName = (typeof neededPlugins)[number];

/** The official command line, with its language host beside it, when this user has that very version. */
export async function officialPulumi(home: string = userPulumiHome): Promise<string | undefined> {
  const directory = join(home, "versions", pulumiVersion, "bin");
  try {
    await access(join(directory, "pulumi"));
    await access(join(directory, "pulumi-language-nodejs"));
    return directory;
  } catch {
    return undefined;
  }
}

/**
 * Which of the program's plugins this user has as official builds: the version that the SDK asks for, or a
 * later one of the same major version, which is what the engine accepts too.
 */
export async function officialPlugins(root: string, home: string = userPulumiHome): Promise<Set<PluginName>> {
  const folders = await readdir(join(home, "plugins")).catch(() => []);
  const found = new Set<PluginName>();
  for (const name of neededPlugins) {
    const manifest = join(root, "node_modules", "@pulumi", name, "package.json");
    const wanted = JSON.parse(await readFile(manifest, "utf8")).version as string;
    const prefix = `resource-${name}-v`;
    const versions = folders
      .filter((folder) => folder.startsWith(prefix))
      .map((folder) => folder.slice(prefix.length));
    if (versions.some((version) => satisfies(version, wanted))) found.add(name);
  }
  return found;
}

/** Whether a plugin's version is the wanted one or a later one of the same major version. */
export function satisfies(version: string, wanted: string): boolean {
  const have = /^(\d+)\.(\d+)\.(\d+)$/.exec(version);
  const want = /^(\d+)\.(\d+)\.(\d+)$/.exec(wanted);
  if (!have || !want) return false;
  const [major = 0, minor = 0, patch = 0] = have.slice(1).map(Number);
  const [wantMajor = 0, wantMinor = 0, wantPatch = 0] = want.slice(1).map(Number);
  return major === wantMajor && (minor > wantMinor || (minor === wantMinor && patch >= wantPatch));
}
