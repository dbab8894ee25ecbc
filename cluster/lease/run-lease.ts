/** Holds the Lease of an installation for one run, and tells when it is lost. */
import { setTimeout as pause } from "node:timers/promises";
import { type ExistingLease, leaseName } from "../../model/inventory.ts";
import { ConfigurationError, type Problem } from "../../model/problem.ts";
import { describeRun, runInProgress } from "../../plan/run-in-progress.ts";
import { ask, get, replace } from "../client/api.ts";
import { ApiError } from "../client/api-errors.ts";
import type { Connection } from "../client/connection.ts";
import {
  ancestors,
  engineOf,
  isRunning,
  type ProcessIdentity,
  processIdentity,
} from "../client/process-identity.ts";
import { microTime, now, secondsSince } from "./moment.ts";
import {
  activityAnnotation,
  durationSeconds,
  existingLease,
  hasLeft,
  holderIdentity,
  isOfThisRun,
  isRunningHere,
  type LeaseObject,
  leasePath,
  readLease,
} from "./record.ts";
import { ownPod } from "./run-pod.ts";

const renewalSeconds = 5;

/** Nothing begins while the last renewal is older. Others take the Lease 20 s later at the earliest. */
const confirmedSeconds = 10;

/** Several requests must fit into the Lease's duration. */
const requestSeconds = 5;

export interface LeaseOptions {
  /** What the run does, as a command line, for others who find its Lease. */
  readonly activity: string;
  /**
   * Set when the cluster has been read before: the Lease as it was judged then. One that has not changed since is not
   * watched a second time; one that has changed means that another run has worked since, and what was read is out of date.
   */
  readonly read?: { readonly lease?: ExistingLease | undefined };
  /** Told in a sentence why taking the Lease takes a while. */
  readonly say?: (line: string) => void;
  /** Called once when the Lease is lost: the run must end. */
  readonly onLost: (problem: Problem) => void;
  /** Process id of the Pulumi engine that the holder works for; default: the one above this process. */
  readonly engine?: number;
  /** Called at once when this process ends before its engine: what that has begun goes on, and somebody has to hold the Lease. */
  readonly leave?: (engine: number) => void;
}

/**
 * The Lease of this very run. A run that finds it held by another one does not begin, so that two runs never change one
 * installation at the same time, also from different backends, which Pulumi's own lock does not join.
 *
 * A holder can lose it without doing anything: its machine slept, it was halted, or the API server was away. 30 s after
 * the last renewal another run may take it. So `check` has to be asked before each operation.
 *
 * A process that the holder's run has started shares its Lease, and only checks it.
 */
export class RunLease {
  private readonly connection: Connection;
  private readonly namespace: string;
  private readonly options: LeaseOptions;
  private readonly path: string;
  private identity = "";
  private readonly engine: ProcessIdentity | undefined;
  private held: Promise<void> | undefined;
  private shared = false;
  private object: LeaseObject | undefined;
  private confirmed = now();
  private renewing: Promise<void> | undefined;
  private timer: NodeJS.Timeout | undefined;
  private lost: Problem | undefined;
  private readonly atExit = (): void => {
    // A program ends before its engine, unless somebody has killed that one: the run was broken off, and the Lease has to say so.
    if (!this.engine || isRunning(this.engine)) void this.release();
  };
  private readonly atEnd = (): void => {
    const { engine, lost, shared } = this;
    if (engine && isRunning(engine) && !lost && !shared) this.options.leave?.(engine.pid);
  };

  constructor(connection: Connection, namespace: string, options: LeaseOptions) {
    this.connection = connection;
    this.namespace = namespace;
    this.options = options;
    this.path = leasePath(namespace, leaseName);
    const engine = options.engine ?? engineOf(ancestors())?.pid;
    this.engine = engine === undefined ? undefined : processIdentity(engine);
  }

  /**
   * Takes the Lease and renews it until `release`, or until this process ends. The namespace must exist.
   *
   * @throws ConfigurationError when another run holds it; as `get` in api.ts
   */
  hold(): Promise<void> {
    // A failure is not kept: the next call tries again.
    this.held ??= this.take().catch((error: unknown) => {
      this.held = undefined;
      throw error;
    });
    return this.held;
  }

  /**
   * Makes sure that the Lease is held at this moment. Asks the API server where the last renewal is not recent.
   *
   * @throws ConfigurationError when another run holds it, or it is lost; as `get` in api.ts
   */
  async check(): Promise<void> {
    await this.hold();
    while (!this.lost && secondsSince(this.confirmed) > confirmedSeconds) {
      await this.renew();
      if (!this.lost && secondsSince(this.confirmed) > confirmedSeconds) await pause(500);
    }
    if (this.lost) throw new ConfigurationError([this.lost]);
  }

  /** True when the run that started this process holds the Lease. */
  get isShared(): boolean {
    return this.shared;
  }

  /** Gives the Lease up, so that the next run need not wait for it to expire. */
  async release(): Promise<void> {
    clearInterval(this.timer);
    process.off("beforeExit", this.atExit);
    process.off("exit", this.atEnd);
    await this.renewing;
    if (this.object && !this.lost && !this.shared) {
      const spec = { ...this.object.spec, holderIdentity: "", renewTime: microTime() };
      // It expires by itself, too.
      await this.write(this.object, spec).catch(() => undefined);
    }
  }

  private async take(): Promise<void> {
    this.identity = holderIdentity(this.engine?.pid ?? process.pid, await ownPod(this.connection));
    const found = await get<LeaseObject>(this.connection, this.path);
    const start = now();
    if (found && this.isOfOwnRun(found)) {
      this.shared = true;
      this.object = found;
    } else {
      await this.takeOver(found);
    }
    this.confirmed = start;
    this.timer = setInterval(() => this.tick(), 1000).unref();
    process.once("beforeExit", this.atExit);
    if (!this.options.leave) return;
    process.once("exit", this.atEnd);
    // By default a signal ends a process without its last word.
    for (const signal of ["SIGINT", "SIGTERM"]) process.once(signal, () => process.exit(1));
  }

  /** True for a Lease that another process of the same run holds. One of this very process was taken by an attempt that failed. */
  private isOfOwnRun({ spec: { holderIdentity = "" } }: LeaseObject): boolean {
    const isOwn = holderIdentity === this.identity;
    return !isOwn && isRunningHere(holderIdentity) && isOfThisRun(holderIdentity, ancestors());
  }

  private async takeOver(found: LeaseObject | undefined): Promise<void> {
    const lease = found && (await this.judge(found));
    if (lease && !lease.ended) throw new ConfigurationError([runInProgress(this.namespace, lease)]);
    const { read } = this.options;
    if (read && read.lease?.firstVersion !== lease?.version)
      throw new ConfigurationError([outOfDate(this.namespace)]);
    const time = microTime();
    const spec = {
      holderIdentity: this.identity,
      leaseDurationSeconds: durationSeconds,
      leaseTransitions: (found?.spec.leaseTransitions ?? 0) + 1,
      acquireTime: time,
      renewTime: time,
    };
    // As it was judged: the API server refuses to replace one that was renewed or taken since.
    const annotations = { ...found?.metadata.annotations, ...this.annotations };
    const judged = found &&
      lease && { ...found, metadata: { ...found.metadata, annotations, resourceVersion: lease.version } };
    if (!(await this.write(judged, spec))) {
      const faster = await get<LeaseObject>(this.connection, this.path);
      const run = faster ? existingLease(faster) : { holder: "one that was faster" };
      throw new ConfigurationError([runInProgress(this.namespace, run)]);
    }
  }

  private async judge(found: LeaseObject): Promise<ExistingLease | undefined> {
    const lease = existingLease(found);
    const { read, say } = this.options;
    if (lease.ended) return lease;
    // This process goes on for the program of the same run.
    if (this.engine && hasLeft(found, this.engine)) return { ...lease, ended: true };
    if (read?.lease?.version === lease.version) return read.lease;
    return await readLease(this.connection, this.namespace, { say });
  }

  /** @returns false when somebody else has written it since */
  private async write(found: LeaseObject | undefined, spec: LeaseObject["spec"]): Promise<boolean> {
    const lease = { ...found, spec };
    try {
      const written =
        found && (await replace<LeaseObject>(this.connection, this.path, lease, {}, requestSeconds));
      // Somebody has deleted it, or there was none.
      this.object = written ?? (await this.create(spec));
      return true;
    } catch (error) {
      if (error instanceof ApiError && error.status === 409) return false;
      throw error;
    }
  }

  private async create(spec: LeaseObject["spec"]): Promise<LeaseObject> {
    const { namespace, connection } = this;
    const metadata = { name: leaseName, namespace, annotations: this.annotations };
    const lease = { apiVersion: "coordination.k8s.io/v1", kind: "Lease", metadata, spec };
    const made = await ask<LeaseObject>(connection, leasePath(namespace), lease, {
      timeoutSeconds: requestSeconds,
    });
    if (!made) throw new Error(`there is no namespace ${namespace}`);
    return made;
  }

  private get annotations(): Readonly<Record<string, string>> {
    return { [activityAnnotation]: this.options.activity };
  }

  private tick(): void {
    // Nothing is in progress any more, and the Lease must not keep others away.
    if (this.engine && !isRunning(this.engine)) clearInterval(this.timer);
    else if (secondsSince(this.confirmed) >= renewalSeconds) void this.renew();
  }

  private renew(): Promise<void> {
    this.renewing ??= this.renewOnce().finally(() => {
      this.renewing = undefined;
    });
    return this.renewing;
  }

  private async renewOnce(): Promise<void> {
    const start = now();
    const mine = this.object as LeaseObject;
    try {
      const spec = { ...mine.spec, renewTime: microTime() };
      if (!this.shared && (await this.write(mine, spec))) {
        this.confirmed = start;
        return;
      }
      const current = await get<LeaseObject>(this.connection, this.path, { timeoutSeconds: requestSeconds });
      if (current && isSameHolding(current, mine)) {
        // Shared, or somebody has changed a label of it.
        this.object = current;
        if (this.shared) this.confirmed = start;
      } else this.lose(heldBy(current));
    } catch (error) {
      const reason = error instanceof Error ? error.message : String(error);
      if (secondsSince(this.confirmed) >= durationSeconds)
        this.lose(`it could not be renewed for ${durationSeconds} s (${reason})`);
    }
  }

  private lose(reason: string): void {
    if (this.lost) return;
    clearInterval(this.timer);
    this.lost = {
      what: `this run has lost the Lease ${leaseName} in namespace ${this.namespace}, and begins nothing more: ${reason}`,
      next: "once no other run is in progress (npx krateo status): npx krateo repair, then the same command again",
    };
    this.options.onLost(this.lost);
  }
}

function outOfDate(namespace: string): Problem {
  return {
    what: `another run has changed the installation in namespace ${namespace} since this one read it; nothing was changed`,
    next: "run the same again",
    later: true,
  };
}

function isSameHolding(one: LeaseObject, other: LeaseObject): boolean {
  return (
    one.spec.holderIdentity === other.spec.holderIdentity && one.spec.acquireTime === other.spec.acquireTime
  );
}

function heldBy(current: LeaseObject | undefined): string {
  if (!current) return "it was deleted";
  return current.spec.holderIdentity === ""
    ? "npx krateo repair --force took it away"
    : `it is held now by ${describeRun(existingLease(current))}`;
}
