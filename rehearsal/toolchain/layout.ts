import {
  chmod,
  lstat,
  mkdir,
  readdir,
  readlink,
  rename,
  rm,
  symlink,
  unlink,
  writeFile,
} from "node:fs/promises";
import { dirname, join, relative, resolve } from "node:path";
import { pulumiVersion } from "./recipes.ts";

/** The name of the rehearsal's one stack. */
export const rehearsalStack = "rehearsal";

const projectRoot = join(import.meta.dirname, "..", "..");

/** Keeps the stand-ins, too, from loading what they never call of Pulumi's SDK. */
const sdkParts = join(projectRoot, "run", "unused-sdk.js");

/** The rehearsal's own files inside the project, all of them ignored by git. */
export interface RehearsalPaths {
  /** The project's root. */
  root: string;
  /** `.rehearsal` in the root. */
  directory: string;
  /** Executables for PATH. */
  bin: string;
  pulumiHome: string;
  /** Pulumi's state, for the file backend. */
  state: string;
  kubeconfig: string;
  charts: string;
  mirror: string;
  /** What pins the stand-in charts. */
  lock: string;
  /** The configuration of the rehearsal's stack. */
  stackFile: string;
  /** A file to source in a shell, to type the commands by hand. */
  environmentFile: string;
}

/**
 * Where everything of a rehearsal lies.
 *
 * @param directory the rehearsal's folder; KRATEO_REHEARSAL_DIR names another one, for a rehearsal that must not
 *   disturb the user's, as in tests
 */
export function rehearsalPaths(
  directory: string = resolve(projectRoot, process.env.KRATEO_REHEARSAL_DIR ?? ".rehearsal"),
  root: string = projectRoot,
): RehearsalPaths {
  return {
    root,
    directory,
    bin: join(directory, "bin"),
    pulumiHome: join(directory, "pulumi"),
    state: join(directory, "state"),
    kubeconfig: join(directory, "kubeconfig"),
    charts: join(directory, "charts"),
    mirror: join(directory, "mirror"),
    lock: join(directory, "charts", "krateo.lock"),
    stackFile: join(directory, "stack", `Pulumi.${rehearsalStack}.yaml`),
    environmentFile: join(directory, "env.sh"),
  };
}

/** The folder from which the npm package `pulumi` runs the command line of its own version. */
export function pulumiBin(paths: RehearsalPaths): string {
  return join(paths.pulumiHome, "versions", pulumiVersion, "bin");
}

/**
 * The environment in which the program runs on the rehearsal cluster.
 *
 * @param offline whether the engine must not try to download plugins
 */
export function rehearsalEnvironment(paths: RehearsalPaths, offline: boolean): Record<string, string> {
  return {
    PULUMI_HOME: paths.pulumiHome,
    PULUMI_BACKEND_URL: `file://${paths.state}`,
    // Of a rehearsal's throw-away state, which never holds anything worth keeping secret.
    PULUMI_CONFIG_PASSPHRASE: "rehearsal",
    PULUMI_SKIP_UPDATE_CHECK: "1",
    PULUMI_PARALLEL: "32",
    ...(offline ? { PULUMI_DISABLE_AUTOMATIC_PLUGIN_ACQUISITION: "1" } : {}),
    KUBECONFIG: paths.kubeconfig,
    // Relative, as the chart's path is part of what the stack remembers.
    KRATEO_CHARTS_DIR: relative(paths.root, paths.charts),
    // Backups of a platform that never was: no business of the project's folder.
    KRATEO_BACKUP_DIR: join(paths.directory, "backup"),
    // Compiled code of the stand-ins, which start often. The program and its commands would keep theirs by themselves.
    NODE_COMPILE_CACHE: join(paths.directory, "compile-cache"),
    // For the project's own command line, by hand and as the program runs it.
    PULUMI_STACK: rehearsalStack,
    KRATEO_CONFIG_FILE: paths.stackFile,
  };
}

/** Writes the file to source: the same environment, with the tools first on PATH. */
export async function writeEnvironmentFile(
  paths: RehearsalPaths,
  environment: Record<string, string>,
  pathPrefix: string,
): Promise<void> {
  const quoted = (text: string) => `'${text.replaceAll("'", `'\\''`)}'`;
  const lines = Object.entries(environment).map(([name, value]) => `export ${name}=${quoted(value)}`);
  lines.unshift("# Source this to work on the rehearsal cluster by hand: . .rehearsal/env.sh");
  lines.push(`export PATH=${quoted(pathPrefix)}:"$PATH"`);
  await replaceFile(paths.environmentFile, `${lines.join("\n")}\n`);
}

/**
 * Writes an executable that starts one of the stand-in plugins on this very Node.
 *
 * @param args for the plugin, ahead of the engine's own
 */
export async function writePluginLauncher(path: string, plugin: string, ...args: string[]): Promise<void> {
  const quoted = (text: string) => `'${text.replaceAll("'", `'\\''`)}'`;
  await replaceFile(
    path,
    `#!/bin/sh\n# Starts the rehearsal's stand-in.\nexec ${[process.execPath, "--import", sdkParts, plugin, ...args].map(quoted).join(" ")} "$@"\n`,
  );
  await chmod(path, 0o755);
}

/** Makes a symbolic link, or points an existing one to its new target; a real folder in its place stays. */
export async function link(target: string, path: string): Promise<void> {
  await mkdir(dirname(path), { recursive: true });
  const present = await lstat(path).catch(() => undefined);
  if (present && !present.isSymbolicLink()) {
    if (present.isDirectory()) return;
    await rm(path);
  } else if (present && (await readlink(path)) === target) return;
  const temporary = `${path}.${process.pid}`;
  await symlink(target, temporary);
  await rename(temporary, path);
}

/** Removes a symbolic link, never what it leads to, and nothing else. */
export async function unlinkIfLink(path: string): Promise<void> {
  const present = await lstat(path).catch(() => undefined);
  if (present?.isSymbolicLink()) await unlink(path);
}

/** Removes everything else from a folder of files; what stays is never away, not even for a moment. */
export async function keepOnly(directory: string, names: ReadonlySet<string>): Promise<void> {
  for (const name of await readdir(directory)) {
    if (!names.has(name)) await rm(join(directory, name), { force: true });
  }
}

/** Writes a file in one step, so that no reader meets half of it. */
export async function replaceFile(path: string, text: string): Promise<void> {
  await mkdir(dirname(path), { recursive: true });
  const temporary = `${path}.${process.pid}`;
  await writeFile(temporary, text);
  await rename(temporary, path);
}
