import { spawn } from "node:child_process";
import { createHash } from "node:crypto";
import { open, readdir, readFile, rm } from "node:fs/promises";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { isDeepStrictEqual } from "node:util";
import { isRunning, type ProcessIdentity, processIdentity } from "../../cluster/client/process-identity.ts";
import { replaceFile } from "../toolchain/layout.ts";

/** How the stand-ins behave. */
export interface SimulationOptions {
  /** Starts take as long as real ones (10 to 45 s) instead of under a second. */
  realistic: boolean;
  /** What a load balancer's address is: some clouds give an IP, others a host name. */
  loadBalancer: "ip" | "hostname";
}

interface Running extends ProcessIdentity, SimulationOptions {
  /** A digest of the simulation's files: a process that runs older ones is replaced. */
  sources: string;
}

const pidFile = (directory: string) => join(directory, "simulation.json");

/** Starts the stand-ins for kubelets and operators, or restarts them when they are to behave otherwise. */
export async function startSimulation(directory: string, options: SimulationOptions): Promise<void> {
  const wanted = { ...options, sources: await sourcesDigest() };
  const running = await readRunning(directory);
  if (running && isDeepStrictEqual({ ...running, ...wanted }, running)) return;
  await stopSimulation(directory);
  const log = await open(join(directory, "simulation.log"), "a");
  try {
    const child = spawn(
      process.execPath,
      [join(import.meta.dirname, "main.ts"), join(directory, "kubeconfig"), JSON.stringify(options)],
      { detached: true, stdio: ["ignore", log.fd, log.fd], cwd: directory },
    );
    await new Promise<void>((resolve, reject) => {
      child.on("spawn", resolve);
      child.on("error", reject);
    });
    child.unref();
    const identity = processIdentity(child.pid as number);
    await replaceFile(pidFile(directory), JSON.stringify({ ...identity, ...wanted } satisfies Running));
  } finally {
    await log.close();
  }
}

/** Ends the stand-ins; the cluster then stays as it is. */
export async function stopSimulation(directory: string): Promise<void> {
  const running = await readRunning(directory);
  if (running) {
    process.kill(running.pid, "SIGTERM");
    while (isRunning(running)) await sleep(20);
  }
  await rm(pidFile(directory), { force: true });
}

/** Whether the stand-ins run, and how they behave. */
export async function simulationStatus(
  directory: string,
): Promise<{ running: boolean; realistic?: boolean }> {
  const running = await readRunning(directory);
  return running ? { running: true, realistic: running.realistic } : { running: false };
}

async function sourcesDigest(): Promise<string> {
  const hash = createHash("sha256");
  const files = await readdir(import.meta.dirname, { recursive: true });
  for (const file of files.filter((name) => name.endsWith(".ts")).sort()) {
    hash.update(await readFile(join(import.meta.dirname, file)));
  }
  return hash.digest("hex");
}

async function readRunning(directory: string): Promise<Running | undefined> {
  try {
    const running: Running = JSON.parse(await readFile(pidFile(directory), "utf8"));
    return isRunning(running) ? running : undefined;
  } catch {
    return undefined;
  }
}
