/** Waits until deleted objects are gone. */
import { setTimeout as pause } from "node:timers/promises";
import { get, type KubeObject } from "./api.ts";
import type { Connection } from "./connection.ts";

export type Log = (line: string) => void;

/** A live object on its way out. */
export interface Leaving {
  readonly label: string;
  readonly path: string;
  readonly uid: string;
}

const pollMilliseconds = 500;

/** Waits until each of the objects is gone or replaced by a namesake. @throws Error naming those that are left */
export async function waitUntilGone(
  connection: Connection,
  leaving: readonly Leaving[],
  timeoutSeconds: number,
): Promise<void> {
  const deadline = Date.now() + timeoutSeconds * 1000;
  let left = leaving;
  for (;;) {
    const checked = await Promise.all(
      left.map(async (one) => ({ one, live: await get<KubeObject>(connection, one.path) })),
    );
    const remaining = checked.filter(({ one, live }) => live?.metadata.uid === one.uid);
    if (remaining.length === 0) return;
    if (Date.now() > deadline) {
      const names = remaining.map(({ one, live }) => {
        const finalizers = live?.metadata.finalizers?.join(", ");
        return finalizers ? `${one.label} (held by finalizer ${finalizers})` : one.label;
      });
      throw new Error(`after ${timeoutSeconds} s these are still there: ${names.join("; ")}`);
    }
    left = remaining.map(({ one }) => one);
    await pause(pollMilliseconds);
  }
}
