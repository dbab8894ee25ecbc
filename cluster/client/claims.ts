/** Waits until no pod uses given PersistentVolumeClaims. */
import { setTimeout as pause } from "node:timers/promises";
import { type KubeObject, list, pathOf } from "./api.ts";
import type { Connection } from "./connection.ts";

interface PodWithVolumes extends KubeObject {
  readonly spec?: {
    readonly volumes?: readonly { readonly persistentVolumeClaim?: { readonly claimName: string } }[];
  };
}

/**
 * Waits until no pod uses these PersistentVolumeClaims: Kubernetes deletes none that is in use.
 *
 * @throws Error naming the pods that still do after `timeoutSeconds`
 */
export async function waitForClaimUsers(
  connection: Connection,
  namespace: string,
  claims: readonly string[],
  timeoutSeconds: number,
): Promise<void> {
  if (claims.length === 0) return;
  const deadline = Date.now() + timeoutSeconds * 1000;
  for (;;) {
    const pods = await list<PodWithVolumes>(connection, pathOf("v1", "pods", namespace));
    const users = pods.flatMap(({ metadata, spec }) =>
      (spec?.volumes ?? [])
        .flatMap(({ persistentVolumeClaim }) => persistentVolumeClaim?.claimName ?? [])
        .filter((claim) => claims.includes(claim))
        .map((claim) => ({ claim, pod: metadata.name })),
    );
    if (users.length === 0) return;
    if (Date.now() > deadline) {
      const names = (of: "claim" | "pod"): string => [...new Set(users.map((user) => user[of]))].join(", ");
      throw new Error(`PersistentVolumeClaim ${names("claim")} is not removed: pod ${names("pod")} uses it`);
    }
    await pause(500);
  }
}
