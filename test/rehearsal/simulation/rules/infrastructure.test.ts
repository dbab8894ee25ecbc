import assert from "node:assert/strict";
import type { Item } from "../../../../rehearsal/simulation/world.ts";
import { FakeCluster, meta } from "../fake-cluster.ts";

describe("the stand-ins for the cloud", () => {
  const claim = (status: object): Item => ({
    metadata: meta("data"),
    spec: { accessModes: ["ReadWriteOnce"], resources: { requests: { storage: "1Gi" } } },
    status,
  });
  it("make a volume for a claim that waits for one", async () => {
    const here = new FakeCluster({ claims: [claim({ phase: "Pending" })] });
    assert.deepEqual(await here.act(), [["create", "PersistentVolume", "pvc-uid-data"]]);
    assert.deepEqual(await new FakeCluster({ claims: [claim({ phase: "Bound" })] }).act(), []);
  });
  it("remove a volume that no claim holds any more", async () => {
    const volume = (phase: string): Item => ({ metadata: meta("pvc-1"), spec: {}, status: { phase } });
    assert.deepEqual(await new FakeCluster({ volumes: [volume("Released")] }).act(), [
      ["delete", "volumes", "pvc-1"],
    ]);
    assert.deepEqual(await new FakeCluster({ volumes: [volume("Bound")] }).act(), []);
  });

  const service = (name: string, ip?: string): Item => ({
    metadata: meta(name),
    spec: { type: "LoadBalancer" },
    status: ip ? { loadBalancer: { ingress: [{ ip }] } } : {},
  });
  const addresses = (done: unknown[]) =>
    (done as [string, string, string, Item][]).map(([, , name, status]) => [
      name,
      status["loadBalancer"].ingress[0],
    ]);
  it("give each load balancer an address of its own, also to those that become due later", async () => {
    const first = [service("one"), service("two"), service("three", "203.0.113.11")];
    assert.deepEqual(addresses(await new FakeCluster({ services: first }).act()), [
      ["one", { ip: "203.0.113.10" }],
      ["two", { ip: "203.0.113.12" }],
    ]);
    const later = [service("one"), service("two"), service("four")];
    assert.deepEqual(addresses(await new FakeCluster({ services: later }).act()).at(-1), [
      "four",
      { ip: "203.0.113.11" },
    ]);
  });
  it("give a host name where the cloud does so", async () => {
    const done = await new FakeCluster({ services: [service("one")] }).act({
      realistic: false,
      loadBalancer: "hostname",
    });
    assert.deepEqual(addresses(done), [["one", { hostname: "one.ns.lb.example.com" }]]);
  });
  it("do as a Service asks when it is made, and not as it asks later", async () => {
    const asking = (name: string, kind?: string): Item => {
      const annotations: Record<string, string> =
        kind === undefined ? {} : { "rehearsal.krateo.io/load-balancer": kind };
      const { metadata, ...rest } = service(name);
      return { metadata: { ...metadata, annotations }, ...rest };
    };
    const cluster = new FakeCluster({ services: [asking("named", "hostname"), asking("never", "none")] });
    const done = await cluster.act();
    assert.deepEqual(addresses(done.slice(0, 1)), [["named", { hostname: "named.ns.lb.example.com" }]]);
    assert.deepEqual(done[1], ["create", "Event", "never.uid-never"]);
    await new FakeCluster({ services: [asking("late")] }).act();
    const late = await new FakeCluster({ services: [asking("late", "hostname")] }).act();
    assert.deepEqual(addresses(late), [["late", { ip: "203.0.113.10" }]]);
  });
  it("leave other Services alone", async () => {
    const services = [{ metadata: meta("one"), spec: { type: "ClusterIP" } }];
    assert.deepEqual(await new FakeCluster({ services }).act(), []);
  });
  it("remove a volume that no claim holds any more, unless its policy retains it", async () => {
    const volume = (name: string, policy: string): Item => ({
      metadata: { name },
      spec: { persistentVolumeReclaimPolicy: policy },
      status: { phase: "Released" },
    });
    const volumes = [volume("one", "Delete"), volume("two", "Retain")];
    assert.deepEqual(await new FakeCluster({ volumes }).act(), [["delete", "volumes", "one"]]);
  });
  it("keep webhooks behind Services from being called, once", async () => {
    const hook = { name: "w", clientConfig: { service: { name: "s" } } };
    const nowhere = { matchLabels: { "rehearsal.krateo.io/webhooks": "none-is-called-here" } };
    const configuration = (more: object): Item => ({
      metadata: { name: "hook" },
      webhooks: [{ ...hook, ...more }],
    });
    assert.deepEqual(await new FakeCluster({ validatingWebhooks: [configuration({})] }).act(), [
      ["patch", "validatingWebhooks", "hook", { webhooks: [{ ...hook, namespaceSelector: nowhere }] }],
    ]);
    for (const left of [{ namespaceSelector: nowhere }, { clientConfig: { url: "https://localhost:1" } }]) {
      const muted = new FakeCluster({ mutatingWebhooks: [configuration(left)] });
      assert.deepEqual(await muted.act(), []);
    }
  });
});
