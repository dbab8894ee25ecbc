import { spawn } from "node:child_process";
import { cp, mkdir, readdir, readFile, rm, stat, writeFile } from "node:fs/promises";
import { get, type RequestOptions } from "node:https";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { KubeConfig } from "@kubernetes/client-node";
import { isAlive, processIdentity } from "./process.ts";
import { furnishCluster, releaseNodes } from "./simulation/furnish.ts";
import {
  type SimulationOptions,
  simulationStatus,
  startSimulation,
  stopSimulation,
} from "./simulation/process.ts";
import type { Log } from "./toolchain/build.ts";
import { kubernetesVersion } from "./toolchain/recipes.ts";
import type { Toolchain } from "./toolchain.ts";

/** Which cluster, and how its stand-ins behave. */
export interface ClusterOptions extends Partial<SimulationOptions> {
  /** The rehearsal's folder, `.rehearsal`. */
  directory: string;
}

/** What a rehearsal cluster is doing. */
export interface ClusterStatus {
  /** `partial`: some of its processes run, as after a crash. */
  state: "absent" | "stopped" | "partial" | "running";
  kubeconfig: string;
  server?: string;
  /** The processes of the control plane, by name, with whether each one runs. */
  processes: Record<string, boolean>;
  simulation: { running: boolean; realistic?: boolean };
}

const name = "krateo";

function places(directory: string) {
  const work = join(directory, "kwok");
  const cluster = join(work, "clusters", name);
  return {
    work,
    cluster,
    data: join(cluster, "etcd"),
    pids: join(cluster, "pids"),
    /** Written last: without it the cluster was never complete. */
    complete: join(cluster, "complete"),
    kubeconfig: join(directory, "kubeconfig"),
    saved: join(directory, "saved"),
  };
}

/**
 * Makes sure that the cluster runs: starts the control plane (creating it when there is none), furnishes it
 * with nodes and a default StorageClass, and starts the stand-ins for kubelets and operators.
 *
 * What a crash left half-made is removed first. The kubeconfig is `kubeconfig` in the directory.
 *
 * @returns whether the cluster is a new, empty one
 */
export async function startCluster(
  toolchain: Toolchain,
  options: ClusterOptions,
  log: Log,
): Promise<boolean> {
  const { directory } = options;
  const place = places(directory);
  const { state } = await clusterStatus(directory);
  let created = false;
  if (state !== "running") {
    await stopProcesses(directory);
    if (state === "absent") {
      await rm(place.cluster, { recursive: true, force: true });
      log(`starting a Kubernetes ${kubernetesVersion} control plane on this machine`);
      await kwokctl(toolchain, directory, createArguments(toolchain, place.kubeconfig));
      created = true;
    } else {
      log("starting the control plane again");
      await startControlPlane(toolchain, directory);
    }
  }
  await waitForServer(directory);
  if (created) {
    await furnishCluster(kubeConfig(directory));
    await writeFile(place.complete, "");
  } else if (state !== "running") {
    await releaseNodes(kubeConfig(directory));
  }
  await startSimulation(directory, {
    realistic: options.realistic ?? false,
    loadBalancer: options.loadBalancer ?? "ip",
  });
  return created;
}

/** Ends the cluster and removes everything it held; saved starting points stay. */
export async function stopCluster(directory: string): Promise<void> {
  await stopProcesses(directory);
  const place = places(directory);
  await rm(place.work, { recursive: true, force: true });
  await rm(place.kubeconfig, { force: true });
}

/** What runs and what does not, found by the processes' ids. */
export async function clusterStatus(directory: string): Promise<ClusterStatus> {
  const place = places(directory);
  const complete = await exists(place.complete);
  const processes: Record<string, boolean> = {};
  for (const { component, pid } of await componentProcesses(directory))
    processes[component] = pid !== undefined;
  const running = Object.values(processes).filter(Boolean).length;
  const all = running > 0 && running === Object.keys(processes).length && Object.keys(processes).length >= 5;
  let state: ClusterStatus["state"] = complete ? "stopped" : "absent";
  if (complete && running > 0) state = all && (await answers(directory)) ? "running" : "partial";
  return {
    state,
    kubeconfig: place.kubeconfig,
    ...(state === "running" ? { server: kubeConfig(directory).getCurrentCluster()?.server } : {}),
    processes,
    simulation: await simulationStatus(directory),
  };
}

/**
 * Keeps the cluster's present contents as a starting point to come back to.
 *
 * @param beside folders of the directory that belong to it, such as Pulumi's state
 */
export async function saveCluster(
  toolchain: Toolchain,
  options: ClusterOptions,
  point: string,
  beside: readonly string[] = [],
): Promise<void> {
  const place = places(options.directory);
  const target = join(place.saved, point);
  await stopProcesses(options.directory);
  await rm(target, { recursive: true, force: true });
  await mkdir(target, { recursive: true });
  await copyTree(place.data, join(target, "etcd"));
  for (const folder of beside) await copyTree(join(options.directory, folder), join(target, folder));
  await startCluster(toolchain, options, () => undefined);
}

/** Brings the cluster, and the folders kept with it, back to a starting point; false when there is none such. */
export async function restoreCluster(
  toolchain: Toolchain,
  options: ClusterOptions,
  point: string,
): Promise<boolean> {
  const place = places(options.directory);
  const source = join(place.saved, point);
  if (!(await exists(join(source, "etcd")))) return false;
  if ((await clusterStatus(options.directory)).state === "absent") {
    await startCluster(toolchain, options, () => undefined);
  }
  await stopProcesses(options.directory);
  for (const folder of await readdir(source)) {
    const target = folder === "etcd" ? place.data : join(options.directory, folder);
    await rm(target, { recursive: true, force: true });
    await copyTree(join(source, folder), target);
  }
  await startCluster(toolchain, options, () => undefined);
  return true;
}

/** The connection to the rehearsal cluster. */
export function kubeConfig(directory: string): KubeConfig {
  const config = new KubeConfig();
  config.loadFromFile(places(directory).kubeconfig);
  return config;
}

function createArguments(toolchain: Toolchain, kubeconfig: string): string[] {
  const plane = toolchain.controlPlane;
  const binaries = plane
    ? [
        `--etcd-binary=${plane.etcd}`,
        `--kube-apiserver-binary=${plane.kubeApiserver}`,
        `--kube-controller-manager-binary=${plane.kubeControllerManager}`,
        `--kube-scheduler-binary=${plane.kubeScheduler}`,
      ]
    : [];
  return [
    "create",
    "cluster",
    "--runtime=binary",
    ...binaries,
    `--kwok-controller-binary=${toolchain.kwok}`,
    `--kubeconfig=${kubeconfig}`,
    `--config=${join(import.meta.dirname, "simulation", "stages.yaml")}`,
    "--wait=60s",
    "--disable-qps-limits",
    // On a busy machine a heartbeat comes late; a node that was NotReady once would leave its pods unready for good.
    "--extra-args=kube-controller-manager=node-monitor-grace-period=24h",
    // There is one of each; after a restart or a restore it would wait 15 s for its predecessor's lease to expire.
    "--extra-args=kube-controller-manager=leader-elect=false",
    "--extra-args=kube-scheduler=leader-elect=false",
    // KWOK looks for nodes without an owner four times in this span; after a restart no pod starts before it has.
    "--extra-args=kwok-controller=node-lease-duration-seconds=8",
  ];
}

/** A port that its last owner has just given up may be refused for some seconds. */
async function startControlPlane(toolchain: Toolchain, directory: string): Promise<void> {
  for (let attempt = 1; ; attempt++) {
    try {
      await kwokctl(toolchain, directory, ["start", "cluster"]);
      return;
    } catch (error) {
      if (attempt === 3) throw error;
      await stopProcesses(directory);
      await sleep(2000);
    }
  }
}

async function kwokctl(toolchain: Toolchain, directory: string, args: string[]): Promise<void> {
  const place = places(directory);
  const env = {
    ...toolchain.env,
    KWOK_WORKDIR: place.work,
    KWOK_KUBE_VERSION: `v${kubernetesVersion}`,
  };
  const child = spawn(toolchain.kwokctl, [...args, `--name=${name}`], {
    env,
    stdio: ["ignore", "pipe", "pipe"],
  });
  let printed = "";
  for (const stream of [child.stdout, child.stderr]) {
    stream.setEncoding("utf8").on("data", (text: string) => {
      printed += text;
    });
  }
  const code = await new Promise<number | null>((resolve, reject) => {
    child.on("error", reject);
    child.on("close", resolve);
  });
  if (code !== 0) {
    throw new Error(
      `the control plane did not come up (kwokctl ${args.slice(0, 2).join(" ")} ended with ${code}):\n${printed.trim()}\n` +
        `The logs of its processes are in ${join(place.cluster, "logs")}.`,
    );
  }
}

/** The control plane's processes by their pid files; an id that another program has by now does not count. */
async function componentProcesses(
  directory: string,
): Promise<{ component: string; pid: number | undefined }[]> {
  const place = places(directory);
  const files = (await readdir(place.pids).catch(() => [])).filter((file) => file.endsWith(".pid"));
  return Promise.all(
    files.sort().map(async (file) => {
      const pid = Number(await readFile(join(place.pids, file), "utf8").catch(() => ""));
      const ours = pid > 0 && isAlive({ pid }) && (await commandLine(pid)).includes(place.cluster);
      return { component: file.replace(/\.pid$/, ""), pid: ours ? pid : undefined };
    }),
  );
}

async function commandLine(pid: number): Promise<string> {
  return readFile(`/proc/${pid}/cmdline`, "utf8").catch(() => "");
}

/** Ends the stand-ins and the control plane, etcd last, and returns when all are gone and so are their ports. */
async function stopProcesses(directory: string): Promise<void> {
  await stopSimulation(directory);
  const processes = await componentProcesses(directory);
  const etcd = processes.filter(({ component }) => component === "etcd");
  const others = processes.filter(({ component }) => component !== "etcd");
  const end = (group: typeof processes, signal: "SIGTERM" | "SIGKILL") =>
    Promise.all(group.map(({ pid }) => (pid === undefined ? undefined : endProcess(pid, signal))));
  // Only etcd holds anything, and is given time to write it.
  await end(others, "SIGKILL");
  await end(etcd, "SIGTERM");
  const place = places(directory);
  await rm(place.pids, { recursive: true, force: true });
  // kwokctl makes this folder with the cluster and expects it at every later start.
  if (await exists(place.cluster)) await mkdir(place.pids);
}

async function endProcess(pid: number, signal: "SIGTERM" | "SIGKILL"): Promise<void> {
  const identity = processIdentity(pid);
  for (const end = Date.now() + 5000; isAlive(identity) && Date.now() < end; await sleep(20)) {
    process.kill(pid, signal);
  }
  if (isAlive(identity) && signal === "SIGTERM") await endProcess(pid, "SIGKILL");
}

async function waitForServer(directory: string): Promise<void> {
  for (const end = Date.now() + 60_000; !(await answers(directory)); ) {
    if (Date.now() > end) {
      throw new Error(
        `the API server does not answer; its log is ${join(places(directory).cluster, "logs", "kube-apiserver.log")}. ` +
          "`npm run rehearse -- --down` removes the cluster, the next run makes a new one.",
      );
    }
    await sleep(100);
  }
}

/** Whether the API server is up with everything that it starts with. */
async function answers(directory: string): Promise<boolean> {
  try {
    const config = kubeConfig(directory);
    const options: RequestOptions = { timeout: 5000 };
    await config.applyToHTTPSOptions(options);
    return await new Promise((resolve) => {
      const request = get(`${config.getCurrentCluster()?.server}/readyz`, options, (response) => {
        response.resume();
        resolve(response.statusCode === 200);
      });
      request.on("timeout", () => request.destroy());
      request.on("error", () => resolve(false));
    });
  } catch {
    return false;
  }
}

async function copyTree(from: string, to: string): Promise<void> {
  if (await exists(from)) await cp(from, to, { recursive: true, preserveTimestamps: true });
}

async function exists(path: string): Promise<boolean> {
  return (await stat(path).catch(() => undefined)) !== undefined;
}
