/** Holds the Lease, so that only one run changes an installation. */
import { hostname, userInfo } from "node:os";
import { setTimeout as pause } from "node:timers/promises";
import { type ExistingLease, leaseName } from "../model/inventory.ts";
import { ConfigurationError } from "../model/problem.ts";
import { isHeld } from "../plan/repair.ts";
import { create, get, type KubeObject, pathOf, type RequestOptions, replace } from "./client/api.ts";
import { ApiError } from "./client/api-errors.ts";
import type { Connection } from "./client/connection.ts";
import { isAlive, processIdentity } from "./client/process-identity.ts";

/** A run that is killed is known to be dead this long after, even from another machine. */
const durationSeconds = 30;
const renewalSeconds = 8;

interface LeaseObject extends KubeObject {
  readonly spec: {
    readonly holderIdentity?: string;
    readonly leaseDurationSeconds?: number;
    readonly acquireTime?: string;
    readonly renewTime?: string;
  };
}

const collection = (namespace: string, name?: string): string =>
  pathOf("coordination.k8s.io/v1", "leases", namespace, name);

/** The Lease in a namespace, as the inventory has it. Errors as `get` in api.ts. */
export async function readLease(
  connection: Connection,
  namespace: string,
  options: RequestOptions = {},
): Promise<ExistingLease | undefined> {
  const found = await get<LeaseObject>(connection, collection(namespace, leaseName), options);
  return found && existingLease(await settled(connection, namespace, found, options));
}

/** Two clocks that agree differ by no more, in milliseconds. */
const skew = 5000;

/**
 * A Lease that was renewed in the future tells nothing by its times, so it is watched here: whoever lives renews it within
 * its duration. One that stays as it is for so long is nobody's any more, and comes back with no holder.
 */
async function settled(
  connection: Connection,
  namespace: string,
  found: LeaseObject,
  options: RequestOptions,
): Promise<LeaseObject> {
  const lease = existingLease(found);
  if (lease.ended || lease.renewedAt <= Date.now() + skew) return found;
  const start = performance.now();
  const limit = lease.durationSeconds * 1000;
  while (performance.now() - start < limit) {
    await pause(Math.min(1000, limit / 4), undefined, { signal: options.signal });
    const now = await get<LeaseObject>(connection, collection(namespace, leaseName), options);
    if (!now || now.spec.renewTime !== found.spec.renewTime) return now ?? nobodys(found);
  }
  return nobodys(found);
}

function nobodys(lease: LeaseObject): LeaseObject {
  return { ...lease, spec: { ...lease.spec, holderIdentity: "" } };
}

/**
 * Takes a Lease away from its holder. One that is alive takes it again at its next renewal.
 *
 * @returns false when it has just been renewed, so that its holder lives
 * @throws as `get` in api.ts
 */
export async function endLease(connection: Connection, namespace: string): Promise<boolean> {
  const path = collection(namespace, leaseName);
  const found = await get<LeaseObject>(connection, path);
  if (!found) return true;
  try {
    await replace(connection, path, nobodys(found));
    return true;
  } catch (error) {
    if (error instanceof ApiError && error.status === 409) return false;
    throw error;
  }
}

/** What a Lease object says. A holder on this machine is dead as soon as its process is. */
export function existingLease({ spec }: LeaseObject): ExistingLease {
  const identity = spec.holderIdentity ?? "";
  const [holder = "", host, pid, started] = identity.split(" ");
  const gone = host === hostname() && !isAlive({ pid: Number(pid), started: started || undefined });
  return {
    holder: identity === "" ? "nobody" : `${holder} on ${host}, process ${pid}`,
    acquiredAt: Date.parse(spec.acquireTime ?? "") || 0,
    renewedAt: Date.parse(spec.renewTime ?? "") || 0,
    // Given up, it ended there and then: what somebody's helm begins after that is not the run's.
    durationSeconds: identity === "" ? 0 : (spec.leaseDurationSeconds ?? durationSeconds),
    ended: identity === "" || gone,
  };
}

/**
 * The Lease of this very run. Whoever finds it held stays away, so that two runs from different backends, which
 * Pulumi's own lock does not join, never work at the same time.
 */
export class InstallerLease {
  private readonly connection: Connection;
  private readonly namespace: string;
  private readonly holderIdentity: string;
  private held: Promise<void> | undefined;

  constructor(connection: Connection, namespace: string) {
    const { pid, started = "" } = processIdentity();
    this.connection = connection;
    this.namespace = namespace;
    this.holderIdentity = [userInfo().username, hostname(), pid, started].join(" ");
  }

  /**
   * Takes the Lease and renews it until the work is done, or until the engine is dead. The namespace must exist.
   *
   * @throws ConfigurationError when somebody else holds it; as `get` in api.ts
   */
  hold(): Promise<void> {
    this.held ??= this.take();
    return this.held;
  }

  private async take(): Promise<void> {
    const acquireTime = microTime();
    const holderIdentity = this.holderIdentity;
    const renew = (identity: string): Promise<void> =>
      write(this.connection, this.namespace, {
        holderIdentity: identity,
        acquireTime,
        renewTime: microTime(),
      });
    await renew(holderIdentity);
    const engine = process.ppid;
    const timer = setInterval(() => {
      // An orphan must not keep others away: its engine is dead, so it changes nothing any more.
      if (process.ppid !== engine) clearInterval(timer);
      // A renewal may fail while the API server is away; the next one follows well before the Lease runs out.
      else renew(holderIdentity).catch(() => undefined);
    }, renewalSeconds * 1000).unref();
    process.once("beforeExit", () => {
      clearInterval(timer);
      renew("").catch(() => undefined);
    });
  }
}

async function write(connection: Connection, namespace: string, spec: LeaseObject["spec"]): Promise<void> {
  const read = await get<LeaseObject>(connection, collection(namespace, leaseName));
  const mine = read?.spec.acquireTime === spec.acquireTime;
  const found = read && !mine ? await settled(connection, namespace, read, {}) : read;
  const held = found && existingLease(found);
  if (held && !mine && isHeld(held, Date.now())) throw taken(namespace, held.holder);
  const lease = {
    apiVersion: "coordination.k8s.io/v1",
    kind: "Lease",
    metadata: { name: leaseName, namespace, ...found?.metadata },
    spec: { leaseDurationSeconds: durationSeconds, ...spec },
  };
  try {
    // The resourceVersion in the metadata makes the API server refuse the slower of two at once.
    if (found) await replace(connection, collection(namespace, leaseName), lease);
    else await create(connection, collection(namespace), lease);
  } catch (error) {
    if (error instanceof ApiError && error.status === 409) throw taken(namespace, "one that was faster");
    throw error;
  }
}

function taken(namespace: string, holder: string): ConfigurationError {
  return new ConfigurationError([
    {
      what: `another run is at work on the installation in namespace ${namespace}: ${holder}`,
      next:
        `wait until it has ended; if it is dead, its Lease ${leaseName} runs out within ${durationSeconds} s, ` +
        "or at once with: npx krateo repair --force",
    },
  ]);
}

/** The API's MicroTime has six digits behind the point. */
function microTime(): string {
  return new Date().toISOString().replace("Z", "000Z");
}
