/** The Stack of a cluster, as the Pulumi Kubernetes Operator takes it. */
import { secondsOf } from "../../model/go-duration.ts";
import type { JsonObject } from "../../model/settings.ts";
import { defaultNamespace } from "../stack-config.ts";
import { clusterConfig } from "./cluster-config.ts";
import { defaults, type Fleet, type FleetCluster } from "./fleet-file.ts";
import { kubeconfigOf, type Ring } from "./rings.ts";
import { workspaceTemplate } from "./workspace.ts";

/** Says on a Stack which ring it is in. */
export const ringLabel = "krateo.io/ring";

/** Pulumi's name of a cluster's stack. */
export function stackName({ organization }: Fleet, { name }: FleetCluster): string {
  return organization === undefined ? name : `${organization}/krateo/${name}`;
}

/**
 * The Stacks of a ring's clusters. What they have in common is one object, which is written once.
 *
 * @returns makes a Stack in the namespace of the fleet; it names Secrets and holds none
 */
export function stacksOf(fleet: Fleet, ring: Ring): (cluster: FleetCluster) => JsonObject {
  const waitsFor = ring.after === undefined ? undefined : prerequisites(ring.after, ring.within);
  return (cluster) => stackObject(fleet, ring, cluster, waitsFor);
}

function stackObject(
  fleet: Fleet,
  ring: Ring,
  cluster: FleetCluster,
  waitsFor: JsonObject[] | undefined,
): JsonObject {
  const { values, secrets } = clusterConfig(fleet, ring, cluster);
  const stack = stackName(fleet, cluster);
  const { namespace = defaultNamespace } = values as { namespace?: string };
  return {
    apiVersion: "pulumi.com/v1",
    kind: "Stack",
    metadata: {
      name: cluster.name,
      namespace: fleet.namespace ?? defaults.namespace,
      labels: { ...cluster.labels, [ringLabel]: ring.name },
      // Argo CD makes those of a later ring when those of an earlier one are healthy.
      annotations: { "argocd.argoproj.io/sync-wave": String(ring.stage) },
    },
    spec: {
      stack,
      backend: fleet.backend,
      ...(fleet.secretsProvider !== undefined && { secretsProvider: fleet.secretsProvider }),
      ...(Object.keys(values).length > 0 && { config: withPrefix(values) as JsonObject }),
      ...(Object.keys(secrets).length > 0 && {
        secretsRef: Object.fromEntries(
          Object.entries(withPrefix(secrets)).map(([key, { secret, key: entry }]) => [
            key,
            { type: "Secret", secret: { name: secret, key: entry } },
          ]),
        ),
      }),
      ...(waitsFor !== undefined && { prerequisites: waitsFor }),
      ...(fleet.resync !== undefined && {
        refresh: true,
        continueResyncOnCommitMatch: true,
        resyncFrequencySeconds: secondsOf(fleet.resync) as number,
      }),
      // Whoever takes a Stack away takes away what keeps the cluster up to date, and nothing on the cluster.
      destroyOnFinalize: false,
      updateTemplate,
      serviceAccountName: fleet.serviceAccount ?? defaults.serviceAccount,
      workspaceTemplate: workspaceTemplate({
        image: fleet.image,
        stack,
        backend: fleet.backend,
        credentials: fleet.credentials ?? defaults.credentials,
        namespace,
        kubeconfig: kubeconfigOf(cluster),
      }),
    },
  };
}

/** As a person runs it: what does not need a failed chart goes on, and a run mostly waits. */
const updateTemplate: JsonObject = { spec: { continueOnError: true, parallel: 32 } };

function withPrefix<T>(values: Readonly<Record<string, T>>): Record<string, T> {
  return Object.fromEntries(Object.entries(values).map(([key, value]) => [`krateo:${key}`, value]));
}

/** Every Stack of the ring before must have succeeded with what it is told now. */
function prerequisites(after: Ring, within: string | undefined): JsonObject[] {
  return after.clusters.map(({ name }) => ({
    name,
    ...(within !== undefined && { requirement: { succeededWithinDuration: within } }),
  }));
}
