import assert from "node:assert/strict";
import { stringify } from "yaml";
import { encodeRelease } from "../../../cluster/client/helm-release.ts";
import { retireLegacy, stopInstaller } from "../../../migration/live/installer.ts";
import { readLegacy } from "../../../migration/live/legacy-inventory.ts";
import { errorOf, type Handler, withApiServer } from "../../cluster/api-server.ts";
import { helmRelease } from "../../cluster/helm-releases.ts";

const finalizer = "finalizer.managedresource.krateo.io";
const inShop = "/api/v1/namespaces/shop";
const krateo = "/apis/krateo.io/v1alpha1";
const rbac = "/apis/rbac.authorization.k8s.io/v1/clusterrolebindings";
const deployment = "/apis/apps/v1/namespaces/shop/deployments/installer";

interface Stored {
  metadata: { name: string; uid: string; namespace?: string; [key: string]: unknown };
  [key: string]: unknown;
}

/** A cluster that holds a 2.7.0's installer, and does as it is told. */
class LegacyCluster {
  readonly objects = new Map<string, Stored>();
  readonly changes: string[] = [];
  private pods = 0;

  /** So many pods of the installer. */
  run(pods: number): void {
    this.pods = pods;
  }

  put(path: string, given: { metadata?: object; [key: string]: unknown } = {}): void {
    const name = path.split("/").at(-1) ?? "";
    this.objects.set(path, { ...given, metadata: { name, uid: `uid-of-${name}`, ...given.metadata } });
  }

  platform(namespace: string, finalizers: readonly string[] = [finalizer]): void {
    const path = `${krateo}/namespaces/${namespace}/krateoplatformops/krateo`;
    this.put(path, { metadata: { namespace, finalizers } });
  }

  install(name: string, manifest = "", chart = `${name} 2.7.0`): void {
    const release = helmRelease(name, { namespace: "shop", chart, manifest });
    const metadata = { labels: { name, version: "1", owner: "helm" } };
    this.put(`${inShop}/secrets/sh.helm.release.v1.${name}.v1`, {
      metadata,
      data: { release: encodeRelease(release) },
    });
  }

  binding(name: string, account: string, more: readonly object[] = []): void {
    this.put(`${rbac}/${name}`, {
      roleRef: { kind: "ClusterRole", name: "cluster-admin" },
      subjects: [{ kind: "ServiceAccount", name: account, namespace: "shop" }, ...more],
    });
  }

  /** With the installer's own objects. @param replicas What its Deployment is asked for. */
  static seeded(replicas: number): LegacyCluster {
    const cluster = new LegacyCluster();
    const metadata = { name: "installer" };
    cluster.install("installer", stringify({ apiVersion: "apps/v1", kind: "Deployment", metadata }));
    cluster.install("installer-crd");
    cluster.put(deployment, { spec: { replicas, selector: { matchLabels: { app: "installer" } } } });
    cluster.platform("shop");
    return cluster;
  }

  readonly handler: Handler = (method, path, query) => {
    if (path === "/apis/apps/v1") {
      const kind = { name: "deployments", kind: "Deployment", namespaced: true };
      return { status: 200, body: { resources: [kind] } };
    }
    const name = path.split("/").at(-1);
    const object = this.objects.get(path);
    if (object && method !== "GET") {
      this.changes.push(`${method} ${name}`);
      if (method === "DELETE" && !(object.metadata["finalizers"] as unknown[] | undefined)?.length)
        this.objects.delete(path);
      if (method === "PATCH" && path.startsWith(krateo)) object.metadata["finalizers"] = [];
    }
    if (object) return { status: 200, body: object };
    if (path === `${inShop}/pods`) {
      const items = Array.from({ length: this.pods }, (_, index) => ({
        metadata: { name: `installer-${index}` },
      }));
      return { status: 200, body: { items } };
    }
    const release = /name=([^,]+)/.exec(query.get("labelSelector") ?? "")?.[1];
    const kind = path === `${krateo}/krateoplatformops` ? krateo : `${path}/`;
    const items = [...this.objects]
      .filter(([key]) => key.startsWith(kind) && (!release || key.includes(`.${release}.v`)))
      .map(([, item]) => item);
    const isList = [
      `${inShop}/secrets`,
      "/apis/apps/v1/namespaces/shop/deployments",
      `${krateo}/krateoplatformops`,
      "/api/v1/persistentvolumes",
    ].includes(path);
    return isList ? { status: 200, body: { items } } : { status: 404, body: { message: "not found" } };
  };

  async retire(options: { dryRun?: boolean } = {}): Promise<string[]> {
    const lines: string[] = [];
    await withApiServer(this.handler, (connection) =>
      retireLegacy(connection, "shop", (line) => lines.push(line), { timeoutSeconds: 0.2, ...options }),
    );
    return lines;
  }
}

describe("the retirement of 2.7.0", () => {
  it("takes the finalizer, the object, the installer, its kind, then the rights, in this order (finding 12)", async () => {
    const cluster = LegacyCluster.seeded(0);
    cluster.put(`${inShop}/serviceaccounts/helm-runner`);
    cluster.binding("helm-runner-cluster-admin", "helm-runner");
    cluster.binding("uninstall-old-components", "uninstall-old-components");
    await cluster.retire();
    assert.deepEqual(cluster.changes, [
      "PATCH krateo",
      "DELETE krateo",
      "DELETE installer",
      "DELETE sh.helm.release.v1.installer.v1",
      "DELETE sh.helm.release.v1.installer-crd.v1",
      "DELETE helm-runner",
      "DELETE helm-runner-cluster-admin",
      "DELETE uninstall-old-components",
    ]);
    assert.deepEqual(await cluster.retire(), ["nothing of an earlier installer is left in namespace shop"]);
  });

  it("in a dry run says what would go, and takes nothing", async () => {
    const cluster = LegacyCluster.seeded(0);
    assert.deepEqual(await cluster.retire({ dryRun: true }), [
      `KrateoPlatformOps krateo: would be removed, without its finalizer ${finalizer}`,
      "Helm release installer: would be removed",
      "Helm release installer-crd: would be removed",
    ]);
    assert.deepEqual(cluster.changes, []);
  });

  const refusals: [string, (cluster: LegacyCluster) => void, RegExp][] = [
    [
      "the installer runs",
      (cluster) => cluster.put(deployment, { spec: { replicas: 1, selector: {} } }),
      /installer of 2\.7\.0 runs/,
    ],
    ["a pod of it is left", (cluster) => cluster.run(1), /runs \(installer-0\)/],
    [
      "another namespace has such an object",
      (cluster) => cluster.platform("other"),
      /KrateoPlatformOps other\/krateo would lose its kind/,
    ],
    [
      "something that 3.0.0 replaces still runs",
      (cluster) => cluster.install("sweeper"),
      /sweeper of 2\.7\.0 are still there/,
    ],
  ];
  for (const [when, prepare, message] of refusals) {
    it(`takes nothing while ${when}`, async () => {
      const cluster = LegacyCluster.seeded(0);
      prepare(cluster);
      assert.match((await errorOf(cluster.retire())).message, message);
      assert.deepEqual(cluster.changes, []);
    });
  }

  it("names what holds the object besides, and keeps its installer until it is gone", async () => {
    const cluster = LegacyCluster.seeded(0);
    const { handler } = cluster;
    const held: Handler = (method, path, query) => {
      const answer = handler(method, path, query);
      const object = cluster.objects.get(path);
      if (method === "PATCH" && object) object.metadata["finalizers"] = ["shop/audit"];
      return answer;
    };
    const error = await errorOf(
      withApiServer(held, (connection) =>
        retireLegacy(connection, "shop", () => undefined, { timeoutSeconds: 0.1 }),
      ),
    );
    assert.match(error.message, /KrateoPlatformOps krateo \(held by finalizer shop\/audit\)/);
    assert.deepEqual(cluster.changes, ["PATCH krateo", "DELETE krateo"]);
  });
});

describe("what earlier installers leave to accounts", () => {
  const leftovers = async (prepare: (cluster: LegacyCluster) => void) => {
    const cluster = new LegacyCluster();
    prepare(cluster);
    let found: readonly { name: string }[] = [];
    await withApiServer(cluster.handler, async (connection) => {
      found = (await readLegacy(connection, "shop")).leftovers ?? [];
    });
    return found.map(({ name }) => name);
  };
  const runner = `${inShop}/serviceaccounts/helm-runner`;
  const job = "/apis/batch/v1/namespaces/shop/jobs/krateo-pre-upgrade-2-7-0";
  const runBy = (serviceAccountName: string) => ({ spec: { template: { spec: { serviceAccountName } } } });
  const user = { kind: "User", name: "jane" };
  const cases: [string, (cluster: LegacyCluster) => void, string[]][] = [
    [
      "an account that is a chart's hook",
      (c) => c.put(runner, { metadata: { annotations: { "helm.sh/hook": "pre-install" } } }),
      ["helm-runner"],
    ],
    ["an account that is somebody's", (c) => c.put(runner), []],
    ["a Job of that account", (c) => c.put(job, runBy("helm-runner")), ["krateo-pre-upgrade-2-7-0"]],
    ["a Job of another account", (c) => c.put(job, runBy("default")), []],
    [
      "a binding of that account",
      (c) => c.binding("helm-runner-cluster-admin", "helm-runner"),
      ["helm-runner-cluster-admin"],
    ],
    [
      "a binding of somebody else as well",
      (c) => c.binding("helm-runner-cluster-admin", "helm-runner", [user]),
      [],
    ],
    ["a binding of another account", (c) => c.binding("uninstall-old-components", "jane"), []],
  ];
  for (const [what, prepare, names] of cases) {
    it(`${names.length > 0 ? "counts" : "does not count"} ${what}`, async () =>
      assert.deepEqual(await leftovers(prepare), names));
  }
});

describe("stopping the installer of 2.7.0", () => {
  const stop = async (cluster: LegacyCluster, replicas: number): Promise<string[]> => {
    const lines: string[] = [];
    const platform = {
      objects: [],
      elsewhere: [],
      releases: [],
      installers: [{ name: "installer", replicas }],
    };
    await withApiServer(cluster.handler, (connection) =>
      stopInstaller(connection, "shop", platform, 0.2, (line) => lines.push(line)),
    );
    return lines;
  };

  it("scales it to 0 and waits until its pods are gone", async () => {
    const cluster = LegacyCluster.seeded(1);
    assert.deepEqual(await stop(cluster, 1), [
      "Deployment installer scaled from 1 to 0, and its pods are gone",
    ]);
    assert.deepEqual(cluster.changes, ["PATCH installer"]);
  });

  it("waits for its pods though somebody has scaled it before", async () => {
    const cluster = LegacyCluster.seeded(0);
    cluster.run(2);
    assert.match((await errorOf(stop(cluster, 0))).message, /its pods still run: installer-0, installer-1/);
    assert.deepEqual(cluster.changes, []);
  });
});
