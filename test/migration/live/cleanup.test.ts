import assert from "node:assert/strict";
import { stringify } from "yaml";
import { deprecatedReleases } from "../../../components/deprecated.ts";
import { removeLegacy } from "../../../migration/live/cleanup.ts";
import { errorOf, type Handler, withApiServer } from "../../cluster/api-server.ts";
import { helmRelease } from "../../cluster/helm-releases.ts";
import { SmallCluster } from "./small-cluster.ts";

const configMaps = (...names: string[]): string =>
  names
    .map((name) => {
      const annotations = name.startsWith("kept") ? { "helm.sh/resource-policy": "keep" } : {};
      return stringify({ apiVersion: "v1", kind: "ConfigMap", metadata: { name, annotations } });
    })
    .join("---\n");

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
