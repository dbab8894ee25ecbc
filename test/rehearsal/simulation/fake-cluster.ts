/** A cluster in memory for the stand-ins, and objects to put into it. */

import type { ClusterApi } from "../../../rehearsal/simulation/cluster-api.ts";
import type { Intent } from "../../../rehearsal/simulation/intent.ts";
import type { SimulationOptions } from "../../../rehearsal/simulation/process.ts";
import { rules } from "../../../rehearsal/simulation/rules.ts";
import type { Item, KindName, World } from "../../../rehearsal/simulation/world.ts";

/** Stand-ins that lose no time. */
export const quick: SimulationOptions = { realistic: false, loadBalancer: "ip" };

/** A cluster that holds the given objects and records what is done to it. */
export class FakeCluster implements World {
  readonly done: unknown[] = [];
  private readonly objects: Partial<Record<KindName, Item[]>>;
  constructor(objects: Partial<Record<KindName, Item[]>>) {
    this.objects = objects;
  }
  list(kind: KindName): Item[] {
    return this.objects[kind] ?? [];
  }
  readonly api = {
    create: async (object: Item) =>
      void this.done.push(["create", object.kind, object.metadata?.name ?? object["reason"]]),
    ensure: async (object: Item) => void this.done.push(["ensure", object.kind, object.metadata?.name]),
    delete: async (kind: KindName, item: Item) => void this.done.push(["delete", kind, item.metadata?.name]),
    patch: async (kind: KindName, item: Item, fields: object) =>
      void this.done.push(["patch", kind, item.metadata?.name, fields]),
    patchStatus: async (kind: KindName, item: Item, status: object) =>
      void this.done.push(["status", kind, item.metadata?.name, status]),
  } as unknown as ClusterApi;

  /** Everything that the stand-ins would do now. */
  async act(options: SimulationOptions = quick): Promise<unknown[]> {
    for (const intent of this.intents(options)) await intent.run(this.api);
    return this.done;
  }
  intents(options: SimulationOptions = quick): Intent[] {
    return rules.flatMap((rule) => rule(this, options));
  }
}

/** Metadata of an object. */
export const meta = (name: string, more: object = {}) => ({
  name,
  namespace: "ns",
  uid: `uid-${name}`,
  ...more,
});
/** What an object that is ready says of itself. */
export const ready = { status: { conditions: [{ type: "Ready", status: "True" }] } };
/** A Deployment of this chart, available or not. */
export const operator = (chart: string, available = 1): Item => ({
  metadata: meta(chart, { labels: { "app.kubernetes.io/name": chart } }),
  status: { availableReplicas: available },
});

/** A Cluster of CloudNativePG. */
export const cluster = (more: object = {}): Item => ({
  metadata: meta("pg-cluster"),
  spec: {
    instances: 1,
    managed: { roles: [{ name: "krateo", passwordSecret: { name: "krateo-db-user" } }] },
  },
  ...more,
});

export const secret = (name: string, keys: string[] = []): Item => ({
  metadata: meta(name),
  data: Object.fromEntries(keys.map((key) => [key, ""])),
});
/** A pod of release authn that waits to be started. */
export const pod = (
  metadata: object = {},
  spec: object = {},
  status: object = { phase: "Pending" },
): Item => ({
  metadata: meta("pod", { labels: { "app.kubernetes.io/instance": "authn" }, ...metadata }),
  spec: { nodeName: "node", containers: [{ name: "main", image: "i" }], ...spec },
  status,
});
/** What a stand-in writes on a pod so that it starts. */
export const started = { metadata: { annotations: { "rehearsal.krateo.io/start": "true" } } };
