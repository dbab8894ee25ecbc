import type { World } from "../world.ts";

/** Whether a Deployment of this chart has a pod available. */
export function deploymentAvailable(world: World, chart: string): boolean {
  return world
    .list("deployments")
    .some(
      ({ metadata, status }) =>
        metadata?.labels?.["app.kubernetes.io/name"] === chart &&
        !metadata.deletionTimestamp &&
        (status?.availableReplicas ?? 0) > 0,
    );
}
