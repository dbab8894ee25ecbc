/** A namespace in which a pod is not ready. */

import type { CoreV1Event, V1PersistentVolumeClaim, V1Pod } from "@kubernetes/client-node";
import type { NamespaceState } from "../../../cluster/diagnose/pod-trouble.ts";

/** The time at which it is looked at. */
export const now = new Date("2026-01-01T12:00:00Z");

/** The pod's surroundings. */
export const around = (given: { events?: object[]; claims?: object[] } = {}): NamespaceState => ({
  namespace: "shop",
  events: (given.events ?? []) as CoreV1Event[],
  claims: (given.claims ?? []) as V1PersistentVolumeClaim[],
  now,
});

/** A pod of Deployment `web` that is not ready, as JSON from the API server. */
export const podWith = (status: object, spec: object = {}): V1Pod =>
  ({
    metadata: { name: "web-1", uid: "pod-1", labels: { app: "web" } },
    spec,
    status: { phase: "Pending", ...status },
  }) as V1Pod;
