/** Reads the Lease of an installation, and judges whether its holder still renews it. */
import { hostname, userInfo } from "node:os";
import { setTimeout as pause } from "node:timers/promises";
import { type ExistingLease, leaseName } from "../../model/inventory.ts";
import { describeRun } from "../../plan/run-in-progress.ts";
import { get, type KubeObject, pathOf } from "../client/api.ts";
import type { Connection } from "../client/connection.ts";
import {
  type Ancestor,
  ancestors,
  isRunning,
  type ProcessIdentity,
  processIdentity,
  processPlace,
} from "../client/process-identity.ts";
import type { RequestOptions } from "../client/request.ts";
import { hasEnded, type RunPod } from "./run-pod.ts";

/** A Lease that is not renewed for so long has expired, in seconds. */
export const durationSeconds = 30;

/** Says on the Lease what its holder does. */
export const activityAnnotation = "krateo.io/activity";

export interface LeaseObject extends KubeObject {
  readonly spec: {
    readonly holderIdentity?: string;
    readonly leaseDurationSeconds?: number;
    readonly acquireTime?: string;
    readonly renewTime?: string;
    readonly leaseTransitions?: number;
  };
}

/** Path of the Lease, or of the list of Leases. */
export function leasePath(namespace: string, name?: string): string {
  return pathOf("coordination.k8s.io/v1", "leases", namespace, name);
}

/**
 * What the Lease records of its holder: user, host, process, start of the process, the process id of the Pulumi
 * engine, or of the holder itself where it works for none, where those ids count, the start of the engine, and the pod that
 * all of it is in.
 */
export function holderIdentity(engine: number, pod?: RunPod): string {
  const { pid, started = "" } = processIdentity();
  const { started: engineStarted = "" } = processIdentity(engine);
  const parts = [userName(), hostname(), pid, started, engine, processPlace(), engineStarted];
  return [...parts, ...(pod ? [`${pod.namespace}/${pod.name}/${pod.uid}`] : [])].join(" ");
}

/** The parts of what `holderIdentity` makes; empty where an earlier version of this program left one out. */
function partsOf(identity: string) {
  const [
    user = "",
    host = "",
    pid = "",
    started = "",
    engine = "",
    place = "",
    engineStarted = "",
    pod = "",
  ] = identity.split(" ");
  return { user, host, pid, started, engine, place, engineStarted, pod: podIn(pod) };
}

function podIn(text: string): RunPod | undefined {
  const [namespace, name, uid] = text.split("/");
  return namespace && name && uid ? { namespace, name, uid } : undefined;
}

/** Whether a Lease is, or was, the one of an engine on some host. */
export function isOfEngine(
  { spec }: LeaseObject,
  on: { readonly host: string; readonly pid: number },
): boolean {
  const { host, engine } = partsOf(spec.holderIdentity ?? "");
  return host === on.host && engine === String(on.pid);
}

/** Whether the holder was the program of an engine of this machine, and has ended before it. */
export function hasLeft({ spec }: LeaseObject, engine: ProcessIdentity): boolean {
  const identity = spec.holderIdentity ?? "";
  return isHere(identity) && partsOf(identity).engine === String(engine.pid) && !isRunningHere(identity);
}

/** A host's name alone does not tell: containers and machines may share one. */
function isHere(identity: string): boolean {
  const { host, place } = partsOf(identity);
  return host === hostname() && place === processPlace();
}

/** Whether the holder is a process that can be seen from here, and runs. */
export function isRunningHere(identity: string): boolean {
  const { pid, started } = partsOf(identity);
  return isHere(identity) && isRunning({ pid: Number(pid), started: started || undefined });
}

/**
 * Whether the holder has ended and its engine goes on: somebody has killed the program alone. What the engine had begun may
 * work for as long as Helm waits, and nobody renews the Lease.
 */
function engineGoesOn(identity: string): boolean {
  const { engine, engineStarted } = partsOf(identity);
  return (
    isHere(identity) &&
    engineStarted !== "" &&
    !isRunningHere(identity) &&
    isRunning({ pid: Number(engine), started: engineStarted })
  );
}

/** A container's user may have no name. */
function userName(): string {
  try {
    return userInfo().username.replaceAll(" ", "_");
  } catch {
    return `uid-${process.getuid?.()}`;
  }
}

interface ReadOptions extends RequestOptions {
  /** Called when the Lease has to be watched; with a sentence for the user. */
  readonly say?: (line: string) => void;
}

/**
 * The Lease in a namespace, as the inventory has it. Whether its holder still runs is judged by watching it here: its
 * times are those of another machine's clock. So this takes up to 30 s where somebody holds it or held it last.
 *
 * @throws as `get` in api.ts
 */
export async function readLease(
  connection: Connection,
  namespace: string,
  options: ReadOptions = {},
): Promise<ExistingLease | undefined> {
  const path = leasePath(namespace, leaseName);
  const { say, ...request } = options;
  const found = await get<LeaseObject>(connection, path, request);
  if (!found) return undefined;
  const lease = existingLease(found);
  if (lease.ended) return lease;
  // It will renew nothing any more, and there is nothing to wait for.
  const { pod } = partsOf(found.spec.holderIdentity ?? "");
  if (pod && (await hasEnded(connection, pod))) return { ...lease, ended: true };
  say?.(
    `namespace ${namespace} has a Lease of ${describeRun(lease)}: waiting up to ${lease.durationSeconds} s to see whether it is renewed`,
  );
  const start = performance.now();
  const limit = lease.durationSeconds * 1000;
  while (performance.now() - start < limit) {
    await pause(Math.min(1000, limit / 4), undefined, { signal: request.signal });
    const now = await get<LeaseObject>(connection, path, request);
    if (!now) return undefined;
    // Its holder may also have given it up, or have ended, in the meantime.
    if (!isSame(now, found) || existingLease(now).ended)
      return { ...existingLease(now), firstVersion: lease.version };
  }
  return { ...lease, ended: !engineGoesOn(found.spec.holderIdentity ?? "") };
}

/** Labels and annotations say nothing about the holder. */
function isSame(one: LeaseObject, other: LeaseObject): boolean {
  return JSON.stringify(one.spec) === JSON.stringify(other.spec);
}

/**
 * What a Lease object says by itself. It has ended when it was given up, when its holder and the engine were processes of this
 * machine that have ended, and for the processes of the very run that holds it.
 */
export function existingLease({ spec, metadata }: LeaseObject): ExistingLease {
  const identity = spec.holderIdentity ?? "";
  const { user, host, pid, engine, pod } = partsOf(identity);
  const activity = metadata.annotations?.[activityAnnotation];
  const goesOn = engineGoesOn(identity);
  const isOver =
    isHere(identity) && ((!isRunningHere(identity) && !goesOn) || isOfThisRun(identity, ancestors()));
  return {
    holder:
      identity === ""
        ? "nobody"
        : `${user} ${pod ? `in pod ${pod.namespace}/${pod.name}` : `on ${host}`}, process ${goesOn ? engine : pid}`,
    ...(activity !== undefined && { activity }),
    acquiredAt: Date.parse(spec.acquireTime ?? "") || 0,
    renewedAt: Date.parse(spec.renewTime ?? "") || 0,
    // Given up, it ended there and then: what somebody's helm begins after that is not the run's.
    durationSeconds: identity === "" ? 0 : (spec.leaseDurationSeconds ?? durationSeconds),
    ended: identity === "" || isOver,
    version: metadata.resourceVersion ?? "",
    firstVersion: metadata.resourceVersion ?? "",
  };
}

/**
 * True when the run that holds a Lease has started this process: a Command of `pulumi up`, whose engine also started
 * the program that holds it, or what a command such as `krateo uninstall` has started.
 */
export function isOfThisRun(identity: string, above: readonly Ancestor[]): boolean {
  if (!isHere(identity)) return false;
  const { pid, engine } = partsOf(identity);
  return [{ pid: process.pid }, ...above].some(
    (one) => String(one.pid) === pid || String(one.pid) === engine,
  );
}
