/** Holds the Lease while a command changes an installation. */
import type { Connection } from "../cluster/client/connection.ts";
import type { LeaseOptions, RunLease } from "../cluster/lease/run-lease.ts";
import { sentenceOf } from "../model/problem.ts";
import type { Session } from "./session.ts";

/**
 * Runs `work` while no other run can change the installation. When the Lease is lost, this process ends at once, with
 * exit code 1: what it was doing has to be repaired first. Without the namespace there is no installation, and no Lease.
 *
 * @param work Gets the Lease, to give it up before its end.
 * @param read As of LeaseOptions.
 * @throws ConfigurationError when another run is in progress; as `get` in api.ts; what `work` throws
 */
export async function exclusively<T>(
  connection: Connection,
  namespace: string,
  session: Session,
  work: (lease: RunLease | undefined) => Promise<T>,
  read?: LeaseOptions["read"],
): Promise<T> {
  const { get, pathOf } = await import("../cluster/client/api.ts");
  if (!(await get(connection, pathOf("v1", "namespaces", undefined, namespace))))
    return await work(undefined);
  const lease = await leaseOf(connection, namespace, session, { read });
  await lease.hold();
  try {
    return await work(lease);
  } finally {
    await lease.release();
  }
}

/** The Lease for a command; not held yet. @param options What is different from other commands. */
export async function leaseOf(
  connection: Connection,
  namespace: string,
  session: Session,
  options: Partial<LeaseOptions> = {},
): Promise<RunLease> {
  const { RunLease } = await import("../cluster/lease/run-lease.ts");
  return new RunLease(connection, namespace, {
    activity: `krateo ${session.command ?? ""}`.trim(),
    say: session.note,
    onLost: (problem) => {
      session.note(sentenceOf(problem));
      process.exit(1);
    },
    ...options,
  });
}
