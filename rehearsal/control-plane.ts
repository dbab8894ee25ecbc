import { execFile, spawn } from "node:child_process";
import { existsSync } from "node:fs";
import { mkdir, readdir, readFile, rm, writeFile } from "node:fs/promises";
import { get, type RequestOptions } from "node:https";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { promisify } from "node:util";
import { KubeConfig } from "@kubernetes/client-node";
import { stringify } from "yaml";
import { isRunning, processIdentity } from "../cluster/client/process-identity.ts";
import { writePortForwards } from "./port-forwards.ts";
import { loopback, type Ports, withPorts } from "./ports.ts";
import type { Toolchain } from "./toolchain.ts";

const name = "krateo";

/** Where the parts of a rehearsal cluster lie in the rehearsal's folder. */
export function places(directory: string) {
  const work = join(directory, "kwok");
  const cluster = join(work, "clusters", name);
  return {
    work,
    cluster,
    data: join(cluster, "etcd"),
    /** One JSON object a line for each request to the API server; only where the cluster was made with `audit`. */
    auditLog: join(cluster, "logs", "audit.log"),
    pids: join(cluster, "pids"),
    /** Written last, with the Kubernetes version: without it the cluster was never complete. */
    complete: join(cluster, "complete"),
    kubeconfig: join(directory, "kubeconfig"),
    saved: join(directory, "saved"),
  };
}

/** The connection to the rehearsal cluster. */
export function kubeConfig(directory: string): KubeConfig {
  const config = new KubeConfig();
  config.loadFromFile(places(directory).kubeconfig);
  return config;
}

/**
 * Makes a new control plane, waits until it answers, and writes its kubeconfig.
 *
 * @param options `audit`: the API server writes down who asked what, in `places().auditLog`; default false
 */
export async function createControlPlane(
  toolchain: Toolchain,
  directory: string,
  { audit = false }: { readonly audit?: boolean | undefined } = {},
): Promise<void> {
  const { cluster, kubeconfig } = places(directory);
  const forwards = await writePortForwards(directory);
  await untilPortsAreFree(directory, () =>
    withPorts(directory, async (ports) => {
      await rm(cluster, { recursive: true, force: true });
      const addresses = await writeAddresses(directory, ports);
      const policy = join(import.meta.dirname, "audit-policy.yaml");
      await kwokctl(toolchain, directory, [
        ...creationArguments(toolchain, kubeconfig, [forwards, addresses]),
        ...(audit ? [`--kube-audit-policy=${policy}`] : []),
      ]);
      await waitForServer(directory);
    }),
  );
}

/**
 * Writes KWOK's configuration of where the control plane listens.
 *
 * @returns the file's path
 */
async function writeAddresses(directory: string, ports: Ports): Promise<string> {
  const file = join(directory, "addresses.yaml");
  await writeFile(
    file,
    stringify({
      apiVersion: "config.kwok.x-k8s.io/v1alpha1",
      kind: "KwokctlConfiguration",
      // By default it listens at every address of the machine.
      options: { bindAddress: loopback, ...ports },
    }),
  );
  return file;
}

/** Starts a control plane that was stopped, and waits until it answers. */
export async function startControlPlane(toolchain: Toolchain, directory: string): Promise<void> {
  await untilPortsAreFree(directory, () => kwokctl(toolchain, directory, ["start", "cluster"]));
  await waitForServer(directory);
}

/** A port may be refused for some seconds after its last owner, or be taken by another program at that very moment. */
async function untilPortsAreFree(directory: string, start: () => Promise<void>): Promise<void> {
  for (let attempt = 1; ; attempt++) {
    try {
      return await start();
    } catch (error) {
      await stopControlPlane(directory);
      if (attempt === 3) throw error;
      await sleep(2000);
    }
  }
}

function creationArguments(
  toolchain: Toolchain,
  kubeconfig: string,
  configurations: readonly string[],
): string[] {
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
    ...configurations.map((file) => `--config=${file}`),
    "--wait=60s",
    "--disable-qps-limits",
    // On a busy machine a heartbeat comes late; a node that was NotReady once would leave its pods unready for good.
    "--extra-args=kube-controller-manager=node-monitor-grace-period=24h",
    // The simulated nodes' other addresses lead nowhere; this one to the KWOK process, which stands in for kubelets.
    "--extra-args=kube-apiserver=kubelet-preferred-address-types=InternalDNS",
    // There is one of each; after a restart or a restore it would wait 15 s for its predecessor's lease to expire.
    "--extra-args=kube-controller-manager=leader-elect=false",
    "--extra-args=kube-scheduler=leader-elect=false",
    // KWOK looks for nodes without an owner four times in this span; after a restart no pod starts before it has.
    "--extra-args=kwok-controller=node-lease-duration-seconds=8",
  ];
}

async function kwokctl(toolchain: Toolchain, directory: string, args: string[]): Promise<void> {
  const place = places(directory);
  const env = {
    ...toolchain.env,
    KWOK_WORKDIR: place.work,
    KWOK_KUBE_VERSION: `v${toolchain.kubernetes}`,
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

/** Ends the control plane, etcd last, and returns when all are gone and so are their ports. */
export async function stopControlPlane(directory: string): Promise<void> {
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
  if (existsSync(place.cluster)) await mkdir(place.pids);
}

async function endProcess(pid: number, signal: "SIGTERM" | "SIGKILL"): Promise<void> {
  const identity = processIdentity(pid);
  if (!isRunning(identity)) return;
  try {
    process.kill(pid, signal);
  } catch {
    // It has ended by itself in the meantime.
    return;
  }
  for (const end = Date.now() + 5000; isRunning(identity) && Date.now() < end; ) await sleep(20);
  if (isRunning(identity) && signal === "SIGTERM") await endProcess(pid, "SIGKILL");
}

/** The control plane's processes by their pid files; an id that another program has by now does not count. */
export async function componentProcesses(
  directory: string,
): Promise<{ component: string; pid: number | undefined }[]> {
  const place = places(directory);
  const files = (await readdir(place.pids).catch(() => [])).filter((file) => file.endsWith(".pid"));
  return Promise.all(
    files.sort().map(async (file) => {
      const pid = Number(await readFile(join(place.pids, file), "utf8").catch(() => ""));
      const ours = pid > 0 && isRunning({ pid }) && (await commandLine(pid)).includes(place.cluster);
      return { component: file.replace(/\.pid$/, ""), pid: ours ? pid : undefined };
    }),
  );
}

async function commandLine(pid: number): Promise<string> {
  try {
    return (await promisify(execFile)("ps", ["-ww", "-o", "command=", "-p", String(pid)])).stdout;
  } catch {
    return "";
  }
}

async function waitForServer(directory: string): Promise<void> {
  for (const end = Date.now() + 30_000; !(await answers(directory)); ) {
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
export async function answers(directory: string): Promise<boolean> {
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
