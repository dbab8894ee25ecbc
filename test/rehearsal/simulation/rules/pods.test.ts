import assert from "node:assert/strict";
import type { Item } from "../../../../rehearsal/simulation/world.ts";
import { cluster, FakeCluster, meta, pod, quick, ready, secret, started } from "../fake-cluster.ts";

const seconds = (ago: number) => new Date(Date.now() - ago * 1000).toISOString();
const running = (ago: number, restartCount = 0) => ({
  phase: "Running",
  containerStatuses: [{ name: "main", restartCount, state: { running: { startedAt: seconds(ago) } } }],
});
/** A pod of a program of the platform that uses the database. */
const program = (name: string, status?: object): Item =>
  pod(
    { labels: { "app.kubernetes.io/instance": name, "app.kubernetes.io/name": name } },
    { containers: [{ name: "main", image: "i", env: [{ name: "DB_HOST", value: "pg-cluster-rw" }] }] },
    status,
  );
const services: Item[] = [
  { metadata: meta("pg-cluster-rw", { labels: { "cnpg.io/cluster": "pg-cluster" } }), spec: {} },
];
/** An instance of the cluster that is ready. */
const instance = (role: "rw" | "ro"): Item => ({
  metadata: meta(`instance-${role}`, { labels: { "cnpg.io/cluster": "pg-cluster", "cnpg.io/role": role } }),
  spec: {},
  ...ready,
});
const made = { annotations: { "rehearsal.krateo.io/tables": "k8s_events krateo_resources" } };
/** The volume of the primary, with deviser's tables or without. */
const volume = (more: object = {}): Item => ({
  metadata: meta("pg-cluster-1", more),
  spec: {},
  status: { phase: "Bound" },
});

const needsSecret = { containers: [{ name: "main", image: "i", envFrom: [{ secretRef: { name: "key" } }] }] };

describe("the stand-ins for kubelets", () => {
  it("start a pod that has a node and all it needs, after its release's delay", async () => {
    const here = new FakeCluster({ pods: [pod()] });
    assert.deepEqual(
      here.intents().map(({ afterSeconds }) => afterSeconds),
      [0.3],
    );
    assert.deepEqual(
      here.intents({ ...quick, realistic: true }).map(({ afterSeconds }) => afterSeconds),
      [12],
    );
    assert.deepEqual(await here.act(), [["patch", "pods", "pod", started]]);
  });

  const idle: [string, Item][] = [
    ["without a node", pod({}, { nodeName: undefined })],
    ["that is started", pod({ annotations: { "rehearsal.krateo.io/start": "true" } })],
    ["that is ending", pod({ deletionTimestamp: "now" })],
    ["that has ended", pod({}, {}, { phase: "Succeeded" })],
  ];
  for (const [rule, given] of idle) {
    it(`leave a pod alone ${rule}`, async () =>
      assert.deepEqual(await new FakeCluster({ pods: [given] }).act(), []));
  }

  it("show a missing Secret on the pod and in an event", async () => {
    const [status, event] = await new FakeCluster({ pods: [pod({}, needsSecret)] }).act();
    const [, , , shown] = status as [string, string, string, Item];
    assert.deepEqual(shown["containerStatuses"][0].state, {
      waiting: { reason: "CreateContainerConfigError", message: 'secret "key" not found' },
    });
    assert.equal(shown["phase"], "Pending");
    assert.deepEqual((event as string[]).slice(0, 2), ["create", "Event"]);
  });

  it("show it once", async () => {
    const message = 'containers with unready status: [main]: secret "key" not found';
    const shown = { phase: "Pending", conditions: [{ type: "Ready", status: "False", message }] };
    assert.deepEqual(await new FakeCluster({ pods: [pod({}, needsSecret, shown)] }).act(), []);
  });

  it("start the pod once the Secret is there", async () => {
    const here = new FakeCluster({ pods: [pod({}, needsSecret)], secrets: [secret("key")] });
    assert.deepEqual(await here.act(), [["patch", "pods", "pod", started]]);
  });

  it("leave a pod running but not ready while its database is not", async () => {
    const consumer = program("events-presenter");
    const standby = instance("ro");
    const here = new FakeCluster({ pods: [consumer, standby], services, clusters: [cluster()] });
    const [status] = await here.act();
    const [, , , shown] = status as [string, string, string, Item];
    assert.equal(shown["phase"], "Running");
    assert.equal(shown["containerStatuses"][0].ready, false);
    const later = new FakeCluster({ pods: [consumer, instance("rw")], services, clusters: [cluster()] });
    assert.deepEqual(await later.act(), [["patch", "pods", "pod", started]]);
  });

  describe("of programs that need deviser's tables", () => {
    const around = { services, clusters: [cluster()] };
    const primary = instance("rw");
    const shown = (done: unknown[]) => (done[0] as [string, string, string, Item])[3];

    it("let resources-ingester run and wait while they are missing", async () => {
      const here = new FakeCluster({
        ...around,
        pods: [program("resources-ingester"), primary],
        claims: [volume()],
      });
      const status = shown(await here.act());
      assert.equal(status["phase"], "Running");
      assert.match(status["conditions"].at(-1).message, /table krateo_resources does not exist$/);
    });

    it("have it ready at the probe after they are there, counted from its own start", () => {
      const wait = (ago: number) => {
        const pods = [program("resources-ingester", running(ago)), primary];
        const here = new FakeCluster({ ...around, pods, claims: [volume(made)] });
        const [intent] = here.intents({ ...quick, realistic: true });
        return Math.round(intent?.afterSeconds ?? Number.NaN);
      };
      assert.equal(wait(5), 40);
      assert.equal(wait(40), 95);
    });

    it("end it after 225 s without them, and start it again", async () => {
      const here = (ago: number) =>
        new FakeCluster({
          ...around,
          pods: [program("resources-ingester", running(ago, 1)), primary],
          claims: [volume()],
        });
      const restart = here(100)
        .intents()
        .find(({ key }) => key.startsWith("restart"));
      assert.equal(Math.round(restart?.afterSeconds ?? Number.NaN), 125);
      const cluster = here(225);
      await cluster
        .intents()
        .find(({ key }) => key.startsWith("restart"))
        ?.run(cluster.api);
      const [container] = shown(cluster.done)["containerStatuses"];
      assert.equal(container.restartCount, 2);
      assert.ok(Date.parse(container.state.running.startedAt) > Date.now() - 10_000);
    });

    it("leave its container's start alone when it waits for something else than before", async () => {
      const waiting = program("resources-ingester", running(5));
      const here = new FakeCluster({ services, clusters: [cluster()], pods: [waiting], claims: [volume()] });
      assert.deepEqual(shown(await here.act())["containerStatuses"], waiting["status"].containerStatuses);
    });

    it("have deviser make them in the volume of the primary, seconds after its start", async () => {
      const here = new FakeCluster({
        ...around,
        pods: [program("deviser", running(0)), primary],
        claims: [volume()],
      });
      const tables = here
        .intents({ ...quick, realistic: true })
        .find(({ key }) => key.startsWith("make tables"));
      assert.equal(tables?.afterSeconds, 5);
      await tables?.run(here.api);
      assert.deepEqual(here.done, [["patch", "claims", "pg-cluster-1", { metadata: made }]]);
    });

    it("have nobody else make them, and deviser only once", () => {
      const making = (name: string, more: object) =>
        new FakeCluster({ ...around, pods: [program(name), primary], claims: [volume(more)] })
          .intents()
          .filter(({ key }) => key.startsWith("make tables")).length;
      assert.equal(making("resources-ingester", {}), 0);
      assert.equal(making("deviser", made), 0);
    });
  });
});
