import { execFile, spawn } from "node:child_process";
import { mkdir, readdir, readFile, rm, stat, writeFile } from "node:fs/promises";
import { hostname } from "node:os";
import { join, relative } from "node:path";
import { createInterface } from "node:readline";
import { promisify } from "node:util";
import { parse, stringify } from "yaml";
import { isRunning } from "../cluster/client/process-identity.ts";
import type { ReleaseType } from "../model/settings.ts";
import type { UpProgress } from "./progress.ts";
import { gatewayClass } from "./simulation/gateway-kinds.ts";
import { type RehearsalPaths, rehearsalStack, replaceFile } from "./toolchain/layout.ts";
import type { Toolchain } from "./toolchain.ts";

const run = promisify(execFile);

/** What a rehearsal installs. */
export interface RehearsalChoice {
  type: ReleaseType;
  profiles: readonly string[];
  namespace: string;
  /** An absolute path. */
  overrides?: string;
}

/** The rehearsal's stack configuration, keys without their project. */
export function stackValues(choice: RehearsalChoice, paths: RehearsalPaths): Record<string, unknown> {
  return {
    type: choice.type,
    ...(choice.profiles.length > 0 ? { profiles: [...choice.profiles] } : {}),
    namespace: choice.namespace,
    ...(choice.overrides ? { overrides: relative(paths.root, choice.overrides) } : {}),
    // The same address for a checkout wherever it lies: it is part of what the stack remembers.
    chartMirror: relative(paths.root, paths.mirror),
    kubeconfig: relative(paths.root, paths.kubeconfig),
    ...(choice.type === "routes" ? { openshift: true } : {}),
    ...(choice.type === "ingress" || choice.type === "gateway" ? { domain: "krateo.example.org" } : {}),
    ...(choice.type === "gateway" ? { gatewayClass } : {}),
  };
}

/**
 * Makes the stack, when it is not there yet, and gives it its configuration. Both live in the rehearsal's
 * folder: `pulumi stack init` writes a file beside Pulumi.yaml, and the project's own are under version control.
 */
export async function prepareStack(toolchain: Toolchain, choice: RehearsalChoice, paths: RehearsalPaths) {
  const folder = join(paths.stackFile, "..");
  // One without the other is left by a run that was killed here; each is useless alone.
  if (!(await readConfiguration(paths)) || !(await stackExists(paths))) {
    await forgetStack(paths);
    await mkdir(folder, { recursive: true });
    await writeFile(join(folder, "Pulumi.yaml"), "name: krateo\nruntime: nodejs\n");
    await run(toolchain.pulumi, ["stack", "init", rehearsalStack, "--non-interactive"], {
      cwd: folder,
      env: toolchain.env,
    });
  }
  await clearDeadLocks(paths);
  const values = Object.entries(stackValues(choice, paths)).map(([key, value]) => [`krateo:${key}`, value]);
  const { config: _, ...keys } = (await readConfiguration(paths)) ?? {};
  await replaceFile(paths.stackFile, stringify({ ...keys, config: Object.fromEntries(values) }));
}

/**
 * Takes away the locks that dead processes of this machine left on the rehearsal's stack. A lock of a living one
 * stays, and pulumi then names its owner.
 */
export async function clearDeadLocks(paths: RehearsalPaths): Promise<void> {
  const folder = join(paths.state, ".pulumi", "locks", "organization", "krateo", rehearsalStack);
  for (const file of await readdir(folder).catch(() => [])) {
    const { pid, hostname: host } = JSON.parse(await readFile(join(folder, file), "utf8"));
    if (host === hostname() && !isRunning({ pid })) await rm(join(folder, file));
  }
}

async function stackExists(paths: RehearsalPaths): Promise<boolean> {
  const file = join(paths.state, ".pulumi", "stacks", "krateo", `${rehearsalStack}.json`);
  return (await stat(file).catch(() => undefined)) !== undefined;
}

/** The namespace that the rehearsal's stack was last given; undefined when there is no stack. */
export async function stackNamespace(paths: RehearsalPaths): Promise<string | undefined> {
  const { config } = (await readConfiguration(paths)) ?? {};
  return config?.["krateo:namespace"] as string | undefined;
}

async function readConfiguration(
  paths: RehearsalPaths,
): Promise<{ config?: Record<string, unknown> } | undefined> {
  try {
    return parse(await readFile(paths.stackFile, "utf8"));
  } catch {
    return undefined;
  }
}

/** Forgets the stack, which belongs to a cluster that is gone. */
export async function forgetStack(paths: RehearsalPaths): Promise<void> {
  await rm(paths.state, { recursive: true, force: true });
  await rm(join(paths.stackFile, ".."), { recursive: true, force: true });
  await mkdir(paths.state, { recursive: true });
}

/** Runs `pulumi up` on the rehearsal's stack; false when it failed, which has been told by then. */
export async function pulumiUp(
  toolchain: Toolchain,
  paths: RehearsalPaths,
  progress: UpProgress,
): Promise<boolean> {
  const args = ["up", "--yes", "--skip-preview", "--json", "--parallel=32", ...stackFlags(paths)];
  const child = spawn(toolchain.pulumi, [...args, "--non-interactive"], {
    cwd: paths.root,
    env: toolchain.env,
    stdio: ["ignore", "pipe", "pipe"],
  });
  // Whoever presses Ctrl-C reaches pulumi too: it ends in good order, and this process reports it.
  const ignore = () => undefined;
  process.on("SIGINT", ignore);
  createInterface({ input: child.stdout }).on("line", (line) => progress.line(line));
  // What the engine says comes as events; here is only what happens before it starts.
  const complaints: string[] = [];
  createInterface({ input: child.stderr }).on("line", (line) => complaints.push(line));
  const code = await new Promise<number | null>((resolve, reject) => {
    child.on("error", reject);
    child.on("close", resolve);
  });
  process.off("SIGINT", ignore);
  if (code !== 0) for (const line of complaints) progress.complaint(line);
  return code === 0;
}

/** The stack's outputs, secrets masked. */
export async function stackOutputs(
  toolchain: Toolchain,
  paths: RehearsalPaths,
): Promise<Record<string, unknown>> {
  const args = ["stack", "output", "--json", `--stack=${rehearsalStack}`];
  const { stdout } = await run(toolchain.pulumi, args, { cwd: paths.root, env: toolchain.env });
  return JSON.parse(stdout);
}

/** The flags that make a command of pulumi's work on the rehearsal. */
export function stackFlags(paths: RehearsalPaths): string[] {
  return [`--stack=${rehearsalStack}`, `--config-file=${relative(paths.root, paths.stackFile)}`];
}
