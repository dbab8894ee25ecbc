import assert from "node:assert/strict";
import { encodeRelease, type HelmRelease } from "../../../cluster/client/helm-release.ts";
import { findLegacy, readLegacy } from "../../../migration/live/legacy-inventory.ts";
import type { Legacy } from "../../../model/inventory.ts";
import { holding, withApiServer } from "../../cluster/api-server.ts";
import { helmRelease } from "../../cluster/helm-releases.ts";
import { namespace } from "./small-cluster.ts";

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
      [`/apis/apps/v1/${namespaced}/deployments`]: {
        items: ["installer", "authn"].map((name) => ({
          metadata: { name, uid: name },
          spec: { replicas: 2 },
          status: { availableReplicas },
        })),
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
