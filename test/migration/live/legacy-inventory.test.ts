import assert from "node:assert/strict";
import { stringify } from "yaml";
import { encodeRelease, type HelmRelease } from "../../../cluster/client/helm-release.ts";
import { deprecatedReleases } from "../../../components/deprecated.ts";
import { type RemovalOptions, removeLegacy } from "../../../migration/live/cleanup.ts";
import { findLegacy, readLegacy } from "../../../migration/live/legacy-inventory.ts";
import type { Legacy } from "../../../model/inventory.ts";
import { errorOf, type Handler, holding, withApiServer } from "../../cluster/api-server.ts";
import { helmRelease } from "../../cluster/helm-releases.ts";

const byName = (...releases: HelmRelease[]): Map<string, HelmRelease> =>
  new Map(releases.map((release) => [release.name, release]));

describe("what earlier platform versions left", () => {
  const volume = "etcd-data-eventsse-etcd-0";
  const etcd = helmRelease("eventsse-etcd", { chart: "etcd 3.6.6" });
  const sweeper = helmRelease("sweeper");
  const namesake = helmRelease("eventsse-etcd", { chart: "another 1.0.0" });

  for (const [what, releases, volumeExists, names, volumes] of [
    ["nothing is there", [], false, [], []],
    ["other releases are there", [helmRelease("authn")], false, [], []],
    ["a release is of a deprecated chart under its name", [sweeper], false, ["sweeper"], []],
    [
      "a release of that name is of another chart",
      [helmRelease("sweeper", { chart: "broom 1.0.0" })],
      false,
      [],
      [],
    ],
    [
      "a release of that chart has another name",
      [helmRelease("mine", { chart: "sweeper 0.2.0" })],
      false,
      [],
      [],
    ],
    ["releases came in any order", [etcd, sweeper], false, ["sweeper", "eventsse-etcd"], []],
    ["the volume is there with its release", [etcd], true, ["eventsse-etcd"], [volume]],
    ["only the volume is left", [], true, [], [volume]],
    ["the volume may be another chart's", [namesake], true, [], []],
  ] as const) {
    it(`when ${what}, is ${[...names, ...volumes].join(" and ") || "nothing"}`, () => {
      const legacy = findLegacy(byName(...releases), volumeExists);
      assert.deepEqual(
        legacy.releases.map(({ name }) => name),
        names,
      );
      assert.deepEqual(legacy.volumes, volumes);
    });
  }
});

const namespace = "/api/v1/namespaces/shop";

interface StoredObject {
  readonly metadata: { readonly name: string; readonly uid: string; [key: string]: unknown };
  readonly [key: string]: unknown;
}

/** A cluster of ConfigMaps, claims, pods and Helm Secrets that forgets what is deleted. */
class SmallCluster {
  readonly objects = new Map<string, StoredObject>();
  readonly deleted: string[] = [];
  readonly patched: string[] = [];
  /** Behind the claim; a provisioner takes it away with it when its policy says so. */
  volume: StoredObject | undefined;

  put(path: string, given: { metadata?: object; [key: string]: unknown } = {}): void {
    const name = path.split("/").at(-1) ?? "";
    const metadata = { name, uid: `uid-of-${name}`, ...given.metadata };
    this.objects.set(`${namespace}/${path}`, { ...given, metadata });
  }

  install(release: HelmRelease): void {
    const labels = { name: release.name, version: String(release.version) };
    const path = `secrets/sh.helm.release.v1.${release.name}.v${release.version}`;
    this.put(path, { metadata: { labels }, data: { release: encodeRelease(release) } });
  }

  readonly handler: Handler = (method, path, query) => {
    if (path === "/api/v1") {
      return {
        status: 200,
        body: { resources: [{ name: "configmaps", kind: "ConfigMap", namespaced: true }] },
      };
    }
    if (path === "/api/v1/persistentvolumes") {
      return { status: 200, body: { items: this.volume ? [this.volume] : [] } };
    }
    if (path.startsWith("/api/v1/persistentvolumes/")) {
      if (method === "PATCH") this.patched.push(path.slice("/api/v1/persistentvolumes/".length));
      return method === "PATCH" ? { status: 200, body: {} } : { status: 404, body: {} };
    }
    const object = this.objects.get(path);
    if (object && method === "DELETE") {
      this.deleted.push(path.slice(namespace.length + 1));
      if (!object.metadata["finalizers"]) this.objects.delete(path);
    }
    if (object) return { status: 200, body: object };
    const release = /name=([^,]+)/.exec(query.get("labelSelector") ?? "")?.[1];
    const items = [...this.objects]
      .filter(([key]) => key.startsWith(`${path}/`) && (!release || key.includes(`.${release}.v`)))
      .map(([, item]) => item);
    const isList = ["secrets", "pods"].some((kind) => path === `${namespace}/${kind}`);
    return isList ? { status: 200, body: { items } } : { status: 404, body: { message: "not found" } };
  };

  /** Runs the removal against this cluster. @returns what it logged */
  async clean(options: RemovalOptions = {}): Promise<string[]> {
    const lines: string[] = [];
    await withApiServer(this.handler, (connection) =>
      removeLegacy(connection, "shop", (line) => lines.push(line), options),
    );
    return lines;
  }
}

const configMaps = (...names: string[]): string =>
  names
    .map((name) => {
      const annotations = name.startsWith("kept") ? { "helm.sh/resource-policy": "keep" } : {};
      return stringify({ apiVersion: "v1", kind: "ConfigMap", metadata: { name, annotations } });
    })
    .join("---\n");

describe("the health of Krateo 2.7.0", () => {
  const namespaced = "namespaces/shop";
  const manifest = JSON.stringify({
    apiVersion: "apps/v1",
    kind: "Deployment",
    metadata: { name: "installer" },
  });
  const hooks = [{ name: "sweep", kind: "Job", events: ["post-delete"], manifest: "" }];
  const secrets = [helmRelease("installer", { manifest }), helmRelease("sweeper", { hooks })].map(
    (release) => ({
      metadata: { name: release.name, labels: { name: release.name, version: "1" } },
      data: { release: encodeRelease(release) },
    }),
  );

  /** What is read of an object with these conditions, and of an installer with so many of its two pods. */
  const read = async (conditions: readonly object[], availableReplicas: number) => {
    let legacy: Legacy | undefined;
    const objects = {
      [`/api/v1/${namespaced}/secrets`]: { items: secrets },
      "/apis/krateo.io/v1alpha1/krateoplatformops": {
        items: [{ metadata: { name: "krateo", namespace: "shop", uid: "k" }, status: { conditions } }],
      },
      [`/apis/apps/v1/${namespaced}/deployments/installer`]: {
        metadata: { name: "installer", uid: "d" },
        spec: { replicas: 2 },
        status: { availableReplicas },
      },
    };
    await withApiServer(holding(objects), async (connection) => {
      legacy = await readLegacy(connection, "shop");
    });
    return legacy as Legacy;
  };

  it("is what its object's conditions and its installer's pods say", async () => {
    const { platform } = await read(
      [
        { type: "Ready", status: "False", reason: "Creating", message: "waiting" },
        { type: "Synced", status: "False" },
        { type: "Other", status: "True" },
      ],
      1,
    );
    assert.deepEqual(platform?.objects[0]?.faults, ["Ready is False: Creating: waiting", "Synced is False"]);
    assert.deepEqual(platform?.installers, [{ name: "installer", replicas: 2, unready: 1 }]);
  });

  it("is not mentioned where all is well", async () => {
    const { platform } = await read([{ type: "Ready", status: "True" }], 2);
    assert.equal(platform?.objects[0] && "faults" in platform.objects[0], false);
    assert.deepEqual(platform?.installers, [{ name: "installer", replicas: 2 }]);
  });

  it("comes with the hooks of what has to go, which only Helm can run", async () => {
    assert.deepEqual((await read([], 2)).releases, [
      { name: "sweeper", chart: "sweeper", chartVersion: "1.0.0", deleteHooks: ["Job sweep"] },
    ]);
  });
});

describe("an Installation of upstream's CLI", () => {
  const chart = (repo: string) => ({ id: `install-${repo}`, type: "chart", with: { repo } });
  const read = async (steps: unknown, objects: Record<string, unknown> = {}): Promise<Legacy> => {
    let legacy: Legacy | undefined;
    const installation = { metadata: { name: "krateoctl", uid: "i" }, spec: { spec: { steps } } };
    const path = "/apis/krateo.io/v1/namespaces/shop/installations/krateoctl";
    const cluster = { [`${namespace}/secrets`]: { items: [] }, [path]: installation, ...objects };
    await withApiServer(holding(cluster), async (connection) => {
      legacy = await readLegacy(connection, "shop");
    });
    return legacy as Legacy;
  };

  it("that holds 2.7.0's steps is a 2.7.0 which it runs", async () => {
    assert.equal((await read([chart("authn"), chart("sweeper")])).takenOver, "krateoctl");
  });

  it("that holds 3.0.0's steps, or none, is none", async () => {
    for (const steps of [[chart("authn"), chart("cloudnative-pg")], [], undefined, "x", [null]])
      assert.ok(!("takenOver" in (await read(steps))));
  });

  it("is not looked at where the installer's own object is there", async () => {
    const items = [{ metadata: { name: "krateo", namespace: "shop", uid: "k" } }];
    const found = await read([chart("sweeper")], {
      "/apis/krateo.io/v1alpha1/krateoplatformops": { items },
    });
    assert.deepEqual([found.takenOver, found.platform?.objects.length], [undefined, 1]);
  });
});

describe("the removal of earlier platform versions", () => {
  let cluster: SmallCluster;
  beforeEach(() => {
    cluster = new SmallCluster();
  });

  it("says so when there is nothing, and does nothing", async () => {
    assert.deepEqual(await cluster.clean(), [
      "nothing of an earlier platform version is left in namespace shop",
    ]);
    assert.deepEqual(cluster.deleted, []);
  });

  it("takes down a release's objects, then its records, oldest first, then the volume", async () => {
    cluster.install(helmRelease("eventsse-etcd", { chart: "etcd 3.6.6", version: 1, status: "superseded" }));
    cluster.install(
      helmRelease("eventsse-etcd", {
        chart: "etcd 3.6.6",
        version: 2,
        manifest: configMaps("one", "kept", "gone"),
      }),
    );
    for (const name of ["one", "kept"]) cluster.put(`configmaps/${name}`);
    cluster.put("persistentvolumeclaims/etcd-data-eventsse-etcd-0");

    assert.deepEqual(await cluster.clean(), [
      "Helm release eventsse-etcd (chart etcd 3.6.6): removing",
      "  ConfigMap kept kept, as its chart asks",
      "  ConfigMap one deleted",
      "Helm release eventsse-etcd removed",
      "PersistentVolumeClaim etcd-data-eventsse-etcd-0 removed",
    ]);
    assert.deepEqual(cluster.deleted, [
      "configmaps/one",
      "secrets/sh.helm.release.v1.eventsse-etcd.v1",
      "secrets/sh.helm.release.v1.eventsse-etcd.v2",
      "persistentvolumeclaims/etcd-data-eventsse-etcd-0",
    ]);
  });

  it("has nothing left to do the second time", async () => {
    cluster.install(helmRelease("sweeper", { manifest: configMaps("one") }));
    cluster.put("configmaps/one");
    await cluster.clean();
    assert.deepEqual(await cluster.clean(), [
      "nothing of an earlier platform version is left in namespace shop",
    ]);
  });

  it("removes who uses something before what it uses", async () => {
    const charts = { "eventsse-etcd": "etcd 3.6.6" } as Record<string, string>;
    for (const { name } of deprecatedReleases.toReversed())
      cluster.install(helmRelease(name, { chart: charts[name] }));
    await cluster.clean();
    assert.deepEqual(
      cluster.deleted.map((path) => path.replace(/^secrets\/sh\.helm\.release\.v1\.(.*)\.v1$/, "$1")),
      ["finops-composition-definition-parser", "sweeper", "eventsse", "eventsse-etcd", "eventrouter"],
    );
  });

  it("leaves a release of another chart alone, and says so", async () => {
    cluster.install(helmRelease("sweeper", { chart: "broom 1.0.0", manifest: configMaps("one") }));
    cluster.put("configmaps/one");
    assert.deepEqual(await cluster.clean(), [
      "Helm release sweeper is of chart broom, which is not the deprecated one: left alone",
      "nothing of an earlier platform version is left in namespace shop",
    ]);
    assert.deepEqual(cluster.deleted, []);
  });

  it("leaves an object alone that another release owns by now", async () => {
    cluster.install(helmRelease("sweeper", { manifest: configMaps("one") }));
    cluster.put("configmaps/one", { metadata: { annotations: { "meta.helm.sh/release-name": "broom" } } });
    const lines = await cluster.clean();
    assert.equal(lines[1], "  ConfigMap one belongs to Helm release broom now: left alone");
    assert.deepEqual(cluster.deleted, ["secrets/sh.helm.release.v1.sweeper.v1"]);
  });

  it("leaves an object alone that a release of the same name in another namespace owns by now", async () => {
    cluster.install(helmRelease("sweeper", { manifest: configMaps("one") }));
    const annotations = { "meta.helm.sh/release-name": "sweeper", "meta.helm.sh/release-namespace": "far" };
    cluster.put("configmaps/one", { metadata: { annotations } });
    const lines = await cluster.clean();
    assert.equal(lines[1], "  ConfigMap one belongs to Helm release far/sweeper now: left alone");
    assert.deepEqual(cluster.deleted, ["secrets/sh.helm.release.v1.sweeper.v1"]);
  });

  it("refuses all when a release has hooks around its uninstallation, and says what to run", async () => {
    const hook = { name: "sweep-up", kind: "Job", events: ["post-delete"], manifest: "" };
    cluster.install(helmRelease("finops-composition-definition-parser"));
    cluster.install(helmRelease("sweeper", { namespace: "shop", hooks: [hook] }));
    const error = await errorOf(cluster.clean());
    assert.equal(
      error.message,
      "Helm release sweeper has hooks that only Helm can run (Job sweep-up): " +
        "run  helm uninstall sweeper -n shop  and then this again",
    );
    assert.deepEqual(cluster.deleted, []);
  });

  it("minds no hooks of installation and upgrade", async () => {
    const hook = { name: "x", kind: "Job", events: ["pre-install", "post-upgrade"], manifest: "" };
    cluster.install(helmRelease("sweeper", { hooks: [hook] }));
    await cluster.clean();
    assert.equal(cluster.deleted.length, 1);
  });

  it("names what does not go, and keeps the release's records for the next try", async () => {
    cluster.install(helmRelease("sweeper", { manifest: configMaps("one") }));
    cluster.put("configmaps/one", { metadata: { finalizers: ["shop/hold"] } });
    const error = await errorOf(cluster.clean({ timeoutSeconds: 0.1 }));
    assert.equal(
      error.message,
      "Helm release sweeper is not removed: after 0.1 s these are still there: ConfigMap one (held by finalizer shop/hold)",
    );
    assert.deepEqual(cluster.deleted, ["configmaps/one"]);
  });

  it("does not wait for a namesake that somebody makes in the meantime", async () => {
    cluster.install(helmRelease("sweeper", { manifest: configMaps("one") }));
    cluster.put("configmaps/one");
    const { handler } = cluster;
    const lines: string[] = [];
    const remade: Handler = (method, path, query) => {
      const answer = handler(method, path, query);
      if (method === "DELETE" && path.endsWith("/one"))
        cluster.put("configmaps/one", { metadata: { uid: "new" } });
      return answer;
    };
    await withApiServer(remade, (connection) =>
      removeLegacy(connection, "shop", (line) => lines.push(line), { timeoutSeconds: 1 }),
    );
    assert.equal(lines.at(-1), "Helm release sweeper removed");
  });

  it("leaves a volume that a pod uses", async () => {
    cluster.put("persistentvolumeclaims/etcd-data-eventsse-etcd-0");
    const volumes = [{ persistentVolumeClaim: { claimName: "etcd-data-eventsse-etcd-0" } }];
    cluster.put("pods/user", { spec: { volumes } });
    const error = await errorOf(cluster.clean({ timeoutSeconds: 0.1 }));
    assert.equal(
      error.message,
      "PersistentVolumeClaim etcd-data-eventsse-etcd-0 is not removed: pod user uses it",
    );
    assert.deepEqual(cluster.deleted, []);
  });

  it("backs up before anything is removed, and removes nothing when that fails", async () => {
    cluster.install(helmRelease("sweeper", { manifest: configMaps("one") }));
    cluster.put("configmaps/one");
    const full = async (): Promise<void> => {
      throw new Error("no space is left");
    };
    assert.equal((await errorOf(cluster.clean({ backUp: full }))).message, "no space is left");
    assert.deepEqual(cluster.deleted, []);
    let deletedBefore: number | undefined;
    await cluster.clean({
      backUp: async () => {
        deletedBefore = cluster.deleted.length;
      },
    });
    assert.equal(deletedBefore, 0);
    assert.equal(cluster.deleted.length, 2);
  });

  it("makes no backup when there is nothing to remove", async () => {
    let backups = 0;
    await cluster.clean({
      backUp: async () => {
        backups++;
      },
    });
    assert.equal(backups, 0);
    assert.deepEqual(cluster.deleted, []);
  });

  for (const [purgeVolumes, policy, expected] of [
    [false, "Delete", "PersistentVolume pv-1 goes with its claim (reclaim policy Delete)"],
    [
      false,
      "Retain",
      "PersistentVolume pv-1 stays with its data (reclaim policy Retain); to have it removed: " +
        "pulumi config set krateo:purgeVolumes true before pulumi up, or npx krateo cleanup --purge-volumes after it",
    ],
    [true, "Retain", "PersistentVolume pv-1 removed with its storage"],
  ] as const) {
    it(`says what becomes of the volume behind, policy ${policy}${purgeVolumes ? ", purged" : ""}`, async () => {
      cluster.put("persistentvolumeclaims/etcd-data-eventsse-etcd-0");
      cluster.volume = {
        metadata: { name: "pv-1", uid: "u" },
        spec: {
          persistentVolumeReclaimPolicy: policy,
          claimRef: { namespace: "shop", name: "etcd-data-eventsse-etcd-0" },
        },
      };
      const lines = await cluster.clean({ purgeVolumes });
      assert.equal(lines.at(-1), expected);
      assert.deepEqual(cluster.patched, purgeVolumes ? ["pv-1"] : []);
    });
  }

  it("in a dry run lists what would go, and removes nothing", async () => {
    cluster.install(helmRelease("sweeper", { manifest: configMaps("one", "kept") }));
    cluster.put("configmaps/one");
    cluster.put("persistentvolumeclaims/etcd-data-eventsse-etcd-0");
    assert.deepEqual(await cluster.clean({ dryRun: true }), [
      "Helm release sweeper (chart sweeper 1.0.0): would be removed",
      "  ConfigMap one",
      "  ConfigMap kept: kept, as its chart asks",
      "PersistentVolumeClaim etcd-data-eventsse-etcd-0: would be removed",
    ]);
    assert.deepEqual(cluster.deleted, []);
  });
});
