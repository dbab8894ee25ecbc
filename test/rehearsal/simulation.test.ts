import assert from "node:assert/strict";
import { mock } from "node:test";
import { setImmediate as settled } from "node:timers/promises";
import type { ClusterApi } from "../../rehearsal/simulation/cluster-api.ts";
import { type Intent, Scheduler } from "../../rehearsal/simulation/intent.ts";
import type { SimulationOptions } from "../../rehearsal/simulation/process.ts";
import { rules } from "../../rehearsal/simulation/rules.ts";
import type { Item, KindName, World } from "../../rehearsal/simulation/world.ts";

const quick: SimulationOptions = { realistic: false, loadBalancer: "ip" };

/** A cluster that holds the given objects and records what is done to it. */
class FakeCluster implements World {
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

const meta = (name: string, more: object = {}) => ({ name, namespace: "ns", uid: `uid-${name}`, ...more });
const ready = { status: { conditions: [{ type: "Ready", status: "True" }] } };
const operator = (chart: string, available = 1): Item => ({
  metadata: meta(chart, { labels: { "app.kubernetes.io/name": chart } }),
  status: { availableReplicas: available },
});
const cnpg = operator("cloudnative-pg");
const cluster = (more: object = {}): Item => ({
  metadata: meta("pg-cluster"),
  spec: {
    instances: 1,
    managed: { roles: [{ name: "krateo", passwordSecret: { name: "krateo-db-user" } }] },
  },
  ...more,
});
const database = (metadata: object, status?: object): Item => ({
  metadata: meta("db", { generation: 1, finalizers: ["cnpg.io/deleteDatabase"], ...metadata }),
  spec: { cluster: { name: "pg-cluster" }, owner: "krateo" },
  status,
});
const secret = (name: string, keys: string[] = []): Item => ({
  metadata: meta(name),
  data: Object.fromEntries(keys.map((key) => [key, ""])),
});
const pod = (metadata: object = {}, spec: object = {}, status: object = { phase: "Pending" }): Item => ({
  metadata: meta("pod", { labels: { "app.kubernetes.io/instance": "authn" }, ...metadata }),
  spec: { nodeName: "node", containers: [{ name: "main", image: "i" }], ...spec },
  status,
});
const started = { metadata: { annotations: { "rehearsal.krateo.io/start": "true" } } };
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
    const consumer = pod(
      {},
      { containers: [{ name: "main", image: "i", env: [{ name: "DB_HOST", value: "pg-cluster-rw" }] }] },
    );
    const service: Item = {
      metadata: meta("pg-cluster-rw", { labels: { "cnpg.io/cluster": "pg-cluster" } }),
      spec: {},
    };
    const here = new FakeCluster({ pods: [consumer], services: [service], clusters: [cluster()] });
    const [status] = await here.act();
    const [, , , shown] = status as [string, string, string, Item];
    assert.equal(shown["phase"], "Running");
    assert.equal(shown["containerStatuses"][0].ready, false);
    const later = new FakeCluster({ pods: [consumer], services: [service], clusters: [cluster(ready)] });
    assert.deepEqual(await later.act(), [["patch", "pods", "pod", started]]);
  });
});

describe("the stand-ins for container scripts", () => {
  const crate = pod({
    labels: { "app.kubernetes.io/name": "cratedb", "app.kubernetes.io/instance": "cratedb" },
  });
  const serviceAccounts = [{ metadata: meta("cratedb") }];
  const roles = [{ metadata: meta("cratedb-secret-creator") }];

  it("write cratedb's credentials before its pod runs", async () => {
    assert.deepEqual(await new FakeCluster({ pods: [crate], serviceAccounts, roles }).act(), [
      ["create", "Secret", "cratedb-system-credentials"],
      ["patch", "pods", "pod", started],
    ]);
  });
  it("write none, silently, without the Role to do so", async () => {
    const here = new FakeCluster({ pods: [crate], serviceAccounts });
    assert.deepEqual(await here.act(), [["patch", "pods", "pod", started]]);
  });
  it("keep credentials that are there", async () => {
    const secrets = [secret("cratedb-system-credentials")];
    const here = new FakeCluster({ pods: [crate], serviceAccounts, roles, secrets });
    assert.deepEqual(await here.act(), [["patch", "pods", "pod", started]]);
  });
  it("grant security context constraints as oc does, where a Job runs it", async () => {
    const args = ["adm", "policy", "add-scc-to-user", "cratedb", "-z", "cratedb", "-n", "ns"];
    const containers = [{ name: "oc-client", image: "oc", args }];
    const job = pod({ ownerReferences: [{ kind: "Job", name: "cratedb" }] }, { containers });
    assert.deepEqual(await new FakeCluster({ pods: [job] }).act(), [
      ["ensure", "ClusterRole", "system:openshift:scc:cratedb"],
      ["ensure", "RoleBinding", "system:openshift:scc:cratedb"],
      ["patch", "pods", "pod", started],
    ]);
  });
  it("free finops-notebooks' Secret in its post-delete Job, and in no other", async () => {
    const held: Item = { metadata: meta("held", { finalizers: ["finops.krateo.io/notebooks", "other"] }) };
    const cleanup = pod({ ownerReferences: [{ kind: "Job", name: "cleanup" }] });
    const job = (hook: string): Item => ({
      metadata: meta("cleanup", { annotations: { "helm.sh/hook": hook } }),
    });
    const freed = ["patch", "secrets", "held", { metadata: { finalizers: ["other"] } }];
    const after = new FakeCluster({ pods: [cleanup], jobs: [job("post-delete")], secrets: [held] });
    assert.deepEqual(await after.act(), [freed, ["patch", "pods", "pod", started]]);
    const before = new FakeCluster({ pods: [cleanup], jobs: [job("pre-install")], secrets: [held] });
    assert.deepEqual(await before.act(), [["patch", "pods", "pod", started]]);
  });
});

describe("the stand-in for the CNPG operator", () => {
  it("gives a Cluster its Services, claims and instances, and says that it is not ready", async () => {
    const done = await new FakeCluster({
      deployments: [cnpg],
      clusters: [cluster()],
      secrets: [secret("krateo-db-user")],
    }).act();
    assert.deepEqual(done.slice(0, 5), [
      ["create", "Service", "pg-cluster-rw"],
      ["create", "Service", "pg-cluster-ro"],
      ["create", "Service", "pg-cluster-r"],
      ["create", "PersistentVolumeClaim", "pg-cluster-1"],
      ["create", "Pod", "pg-cluster-1"],
    ]);
    const [, , , status] = done[5] as [string, string, string, Item];
    assert.equal(status["phase"], "Setting up primary");
    assert.equal(status["conditions"][0].status, "False");
    assert.equal(done.length, 6);
  });

  it("does nothing while it is not available itself", async () => {
    const objects = { clusters: [cluster()], databases: [database({ deletionTimestamp: "now" })] };
    assert.deepEqual(
      await new FakeCluster({ ...objects, deployments: [operator("cloudnative-pg", 0)] }).act(),
      [],
    );
    assert.deepEqual(await new FakeCluster(objects).act(), []);
  });

  it("reports Ready once every instance is", async () => {
    const instance = { metadata: meta("pg-cluster-1"), spec: {}, ...ready };
    const services = ["rw", "ro", "r"].map((access) => ({
      metadata: meta(`pg-cluster-${access}`),
      spec: {},
    }));
    const here = new FakeCluster({
      deployments: [cnpg],
      clusters: [cluster()],
      pods: [instance],
      claims: [{ metadata: meta("pg-cluster-1"), spec: {}, status: { phase: "Bound" } }],
      services,
      secrets: [secret("krateo-db-user")],
    });
    const [[, , , status]] = (await here.act()) as [[string, string, string, Item]];
    assert.equal(status["phase"], "Cluster in healthy state");
    assert.equal(status["conditions"][0].status, "True");
  });

  it("removes an instance that is not wanted any more", async () => {
    const labels = { "cnpg.io/cluster": "pg-cluster" };
    const pods = ["pg-cluster-1", "pg-cluster-2"].map((name) => ({
      metadata: meta(name, { labels }),
      spec: {},
      ...ready,
    }));
    const done = await new FakeCluster({ deployments: [cnpg], clusters: [cluster()], pods }).act();
    assert.deepEqual(
      (done as string[][]).filter(([verb]) => verb === "delete"),
      [["delete", "pods", "pg-cluster-2"]],
    );
  });

  const applied: [string, Partial<Record<KindName, Item[]>>, object][] = [
    [
      "applies a Database once its Cluster is ready and its owner has a password",
      { clusters: [cluster(ready)], secrets: [secret("krateo-db-user")] },
      { applied: true, message: null, observedGeneration: 1 },
    ],
    [
      "does not apply one before its Cluster is ready",
      { clusters: [cluster()], secrets: [secret("krateo-db-user")] },
      { applied: false, message: "waiting for cluster to become ready", observedGeneration: 1 },
    ],
    [
      "does not apply one whose owner has no password",
      { clusters: [cluster(ready)] },
      {
        applied: false,
        message: 'role "krateo" does not exist: secret "krateo-db-user" not found',
        observedGeneration: 1,
      },
    ],
    [
      "does not apply one whose Cluster is not there",
      {},
      { applied: false, message: "Cluster pg-cluster not found", observedGeneration: 1 },
    ],
  ];
  for (const [rule, objects, expected] of applied) {
    it(rule, async () => {
      const here = new FakeCluster({ deployments: [cnpg], databases: [database({})], ...objects });
      const done = (await here.act()) as [string, string, string, Item][];
      assert.deepEqual(
        done.filter(([, kind]) => kind === "databases").map(([, , , status]) => status),
        [expected],
      );
    });
  }

  it("holds a Database by its finalizer, and lets go of it once it is deleted", async () => {
    const statusOf = { applied: false, message: "Cluster pg-cluster not found", observedGeneration: 1 };
    const fresh = database({ finalizers: undefined }, statusOf);
    const held = { metadata: { finalizers: ["cnpg.io/deleteDatabase"] } };
    assert.deepEqual(await new FakeCluster({ deployments: [cnpg], databases: [fresh] }).act(), [
      ["patch", "databases", "db", held],
    ]);
    const leaving = database({ deletionTimestamp: "now" });
    assert.deepEqual(await new FakeCluster({ deployments: [cnpg], databases: [leaving] }).act(), [
      ["patch", "databases", "db", { metadata: { finalizers: [] } }],
    ]);
  });
});

describe("the stand-in for the uploader", () => {
  const uploader = operator("finops-database-handler-uploader");
  const finalizer = "finalizer.managedresource.krateo.io";
  const notebook = (more: object): Item => ({ metadata: meta("query", more) });
  it("holds a Notebook by its finalizer", async () => {
    const here = new FakeCluster({ deployments: [uploader], notebooks: [notebook({})] });
    assert.deepEqual(await here.act(), [
      ["patch", "notebooks", "query", { metadata: { finalizers: [finalizer] } }],
    ]);
  });
  it("lets go of a deleted one while it is available, not after", async () => {
    const notebooks = [notebook({ finalizers: [finalizer], deletionTimestamp: "now" })];
    assert.deepEqual(await new FakeCluster({ deployments: [uploader], notebooks }).act(), [
      ["patch", "notebooks", "query", { metadata: { finalizers: [] } }],
    ]);
    assert.deepEqual(await new FakeCluster({ notebooks }).act(), []);
  });
});

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

describe("the stand-in for the installer of 2.7.0", () => {
  const finalizer = "finalizer.managedresource.krateo.io";
  const steps = [
    { type: "chart", with: { name: "etcd", releaseName: "eventsse-etcd" } },
    { type: "chart", with: { name: "authn" } },
  ];
  const platform = (metadata: object, status?: object): Item => ({
    metadata: meta("krateo", metadata),
    spec: { steps },
    status,
  });
  const installer = operator("installer");
  const conditions = { conditions: [] };
  const gone = { deletionTimestamp: "2026-01-01T00:00:00Z", finalizers: [finalizer, "shop/other"] };
  const record = (release: string): Item => ({
    metadata: meta(`sh.helm.release.v1.${release}.v1`, { labels: { owner: "helm", name: release } }),
  });

  it("holds its object, and says that it is ready", async () => {
    const [held, reported] = await new FakeCluster({
      deployments: [installer],
      platforms: [platform({})],
    }).act();
    assert.deepEqual(held, ["patch", "platforms", "krateo", { metadata: { finalizers: [finalizer] } }]);
    assert.deepEqual((reported as unknown[]).slice(0, 3), ["status", "platforms", "krateo"]);
  });

  it("takes down all that its object lists when that is deleted, and lets go of it last", async () => {
    const objects = {
      platforms: [platform(gone, conditions)],
      secrets: [record("eventsse-etcd"), record("shop"), { metadata: meta("krateo-db") }],
    };
    const deployments = [
      installer,
      { metadata: meta("authn", { labels: { "app.kubernetes.io/instance": "authn" } }) },
    ];
    assert.deepEqual(await new FakeCluster({ ...objects, deployments }).act(), [
      ["delete", "deployments", "authn"],
      ["delete", "secrets", "sh.helm.release.v1.eventsse-etcd.v1"],
    ]);
    const empty = new FakeCluster({ ...objects, deployments: [installer], secrets: [record("shop")] });
    assert.deepEqual(await empty.act(), [
      ["patch", "platforms", "krateo", { metadata: { finalizers: ["shop/other"] } }],
    ]);
  });

  it("does nothing while it does not run", async () => {
    const stopped = new FakeCluster({
      deployments: [operator("installer", 0)],
      platforms: [platform(gone)],
      secrets: [record("authn")],
    });
    assert.deepEqual(await stopped.act(), []);
  });
});

describe("the scheduler of the stand-ins", () => {
  const api = {} as ClusterApi;
  const intent = (key: string, afterSeconds: number, run: () => void): Intent => ({
    key,
    afterSeconds,
    run: async () => run(),
  });

  beforeEach(() => mock.timers.enable({ apis: ["setTimeout"] }));
  afterEach(() => mock.timers.reset());

  it("carries out an intent after its delay, once however often it is due", () => {
    let runs = 0;
    const scheduler = new Scheduler(api, () => undefined);
    for (let look = 0; look < 5; look++) {
      scheduler.update([intent("a", 5, () => runs++)]);
      mock.timers.tick(900);
    }
    assert.equal(runs, 0);
    mock.timers.tick(500);
    assert.equal(runs, 1);
    scheduler.update([intent("a", 0, () => runs++)]);
    mock.timers.tick(500);
    assert.equal(runs, 1);
  });

  it("drops an intent that is not due any more", () => {
    let runs = 0;
    const scheduler = new Scheduler(api, () => undefined);
    scheduler.update([intent("a", 5, () => runs++)]);
    scheduler.update([]);
    mock.timers.tick(10_000);
    assert.equal(runs, 0);
  });

  it("goes on after a failure, and logs what the server said but for what is settled by itself", async () => {
    const lines: string[] = [];
    const scheduler = new Scheduler(api, (line) => lines.push(line));
    const failing = (key: string, error: object) =>
      intent(key, 0, () => {
        throw Object.assign(new Error("HTTP"), error);
      });
    scheduler.update([
      failing("gone", { code: 404 }),
      failing("there", { code: 409 }),
      failing("refused", { code: 422, body: '{"message":"no such field"}' }),
      intent("fine", 0, () => undefined),
    ]);
    mock.timers.tick(1);
    await settled();
    assert.deepEqual(lines.toSorted(), ["fine", "refused: no such field"]);
  });
});

describe("the stand-in for OpenShift's router", () => {
  const route = (name: string, host: string | undefined, more: object = {}): Item => ({
    metadata: meta(name, { creationTimestamp: "2026-01-02T00:00:00Z", ...more }),
    spec: { ...(host ? { host } : {}), to: { kind: "Service", name } },
  });
  const shown = (host: string, condition: object) => ({
    ingress: [
      {
        host,
        routerName: "default",
        routerCanonicalHostname: "router-default.apps.rehearsal.example.org",
        wildcardPolicy: "None",
        conditions: [condition],
      },
    ],
  });
  const admitted = { type: "Admitted", status: "True" };

  it("gives a Route without a host one, and admits one that has it", async () => {
    const here = new FakeCluster({ routes: [route("a", undefined), route("b", "b.example.org")] });
    assert.deepEqual(await here.act(), [
      ["patch", "routes", "a", { spec: { host: "a-ns.apps.rehearsal.example.org" } }],
      ["status", "routes", "b", shown("b.example.org", admitted)],
    ]);
  });

  it("leaves an admitted Route alone, but for a changed host", async () => {
    const done = { ...route("b", "b.example.org"), status: shown("b.example.org", admitted) };
    assert.deepEqual(await new FakeCluster({ routes: [done] }).act(), []);
    const moved = { ...route("b", "c.example.org"), status: shown("b.example.org", admitted) };
    assert.deepEqual(await new FakeCluster({ routes: [moved] }).act(), [
      ["status", "routes", "b", shown("c.example.org", admitted)],
    ]);
  });

  it("refuses a host that an older Route of another namespace claims, and says so", async () => {
    const older = {
      ...route("web", "b.example.org", { namespace: "other", creationTimestamp: "2026-01-01T00:00:00Z" }),
      status: shown("b.example.org", admitted),
    };
    assert.deepEqual(await new FakeCluster({ routes: [older, route("b", "b.example.org")] }).act(), [
      [
        "status",
        "routes",
        "b",
        shown("b.example.org", {
          type: "Admitted",
          status: "False",
          reason: "HostAlreadyClaimed",
          message: "route web already exposes b.example.org and is older",
        }),
      ],
    ]);
  });
});
