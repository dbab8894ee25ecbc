import { cp, mkdir, readdir, readFile, rm, stat, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { connect } from "../cluster/client/connection.ts";
import { ReportableError } from "../model/problem.ts";
import {
  answers,
  componentProcesses,
  createControlPlane,
  kubeConfig,
  places,
  startControlPlane,
  stopControlPlane,
} from "./control-plane.ts";
import { furnishCluster, releaseNodes } from "./simulation/furnish.ts";
import { furnishGatewayApi } from "./simulation/gateway-kinds.ts";
import { furnishOpenShift } from "./simulation/openshift-kinds.ts";
import {
  type SimulationOptions,
  simulationStatus,
  startSimulation,
  stopSimulation,
} from "./simulation/process.ts";
import type { Log } from "./toolchain/build.ts";
import type { Toolchain } from "./toolchain.ts";

/** Which cluster, and how its stand-ins behave. */
export interface ClusterOptions extends Partial<SimulationOptions> {
  /** The rehearsal's folder, `.rehearsal`. */
  directory: string;
  /** The cluster serves OpenShift's kinds; default false. */
  openshift?: boolean;
  /** The cluster serves the Gateway API; default false. */
  gatewayApi?: boolean;
  /** A new cluster's API server writes down who asked what, in `places().auditLog`; default false. */
  audit?: boolean;
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

/**
 * Makes sure that the cluster runs: starts the control plane (creating it when there is none), furnishes it
 * with nodes and a default StorageClass, and starts the stand-ins for kubelets and operators.
 *
 * What a crash left half-made is removed first. The kubeconfig is `kubeconfig` in the directory.
 *
 * @throws ReportableError for a cluster of another Kubernetes version
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
  if (state === "absent") {
    log(`starting a Kubernetes ${toolchain.kubernetes} control plane on this machine`);
    await stopAll(directory);
    await createControlPlane(toolchain, directory, options);
    await furnishCluster(kubeConfig(directory));
    await writeFile(place.complete, toolchain.kubernetes);
  } else if ((await readFile(place.complete, "utf8")) !== toolchain.kubernetes) {
    throw new ReportableError(
      `the rehearsal cluster is not of Kubernetes ${toolchain.kubernetes}; npm run rehearse -- --down removes it, then run this again`,
    );
  } else if (state !== "running") {
    log("starting the control plane again");
    await stopAll(directory);
    await startControlPlane(toolchain, directory);
    await releaseNodes(kubeConfig(directory));
  }
  if (options.openshift) await furnishOpenShift(kubeConfig(directory));
  if (options.gatewayApi) await furnishGatewayApi(connect({ kubeconfig: place.kubeconfig }));
  await startSimulation(directory, {
    realistic: options.realistic ?? false,
    loadBalancer: options.loadBalancer ?? "ip",
  });
  return state === "absent";
}

/** Ends the cluster and removes everything it held; saved starting points stay. */
export async function stopCluster(directory: string): Promise<void> {
  await stopAll(directory);
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
  await stopAll(options.directory);
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
  await stopAll(options.directory);
  for (const folder of await readdir(source)) {
    const target = folder === "etcd" ? place.data : join(options.directory, folder);
    await rm(target, { recursive: true, force: true });
    await copyTree(join(source, folder), target);
  }
  await startCluster(toolchain, options, () => undefined);
  return true;
}

/** Ends everything that runs for the cluster, the stand-ins first: they would only complain. */
async function stopAll(directory: string): Promise<void> {
  await stopSimulation(directory);
  await stopControlPlane(directory);
}

async function copyTree(from: string, to: string): Promise<void> {
  if (await exists(from)) await cp(from, to, { recursive: true, preserveTimestamps: true });
}

async function exists(path: string): Promise<boolean> {
  return (await stat(path).catch(() => undefined)) !== undefined;
}
