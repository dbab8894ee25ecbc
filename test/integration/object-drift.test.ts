import assert from "node:assert/strict";
import { create, dryRun, get, patch, remove } from "../../cluster/client/api.ts";
import { type Connection, connect } from "../../cluster/client/connection.ts";
import type { ManifestObject } from "../../cluster/client/manifest.ts";
import { objectPath } from "../../cluster/client/read-object.ts";
import { collectionOf } from "../../cluster/drift/live-object.ts";
import { objectFinding, type Wanted } from "../../cluster/drift/object-drift.ts";
import { pathText } from "../../model/path.ts";
import {
  autoscaler,
  type DriftCase,
  deployment,
  driftCases,
  home,
  job,
  widget,
  widgetDefinition,
} from "../support/drift-cases.ts";
import { mirrored, mirrorImages } from "../support/mirroring-webhook.ts";
import { kubeconfig, startOver, until } from "../support/rehearsal.ts";
import { apply } from "../support/rehearsed-cluster.ts";
import { kubeconfigOfVisitor } from "../support/visitor.ts";

describe("an object in a cluster differs from its manifest", () => {
  let connection: Connection;

  before(async () => {
    await startOver();
    connection = connect({ kubeconfig });
    await apply({ apiVersion: "v1", kind: "Namespace", metadata: { name: home } });
    await apply(widgetDefinition);
    await until(() =>
      install(widget("probe", {}), dryRun).then(
        () => true,
        () => false,
      ),
    );
  });

  async function pathTo({ apiVersion, kind, metadata }: ManifestObject): Promise<string> {
    const path = await objectPath(connection, { apiVersion, kind, name: metadata.name }, home);
    assert.ok(path, `the cluster knows no ${kind}`);
    return path;
  }

  /** Makes an object as Helm does. */
  async function install(manifest: ManifestObject, query = {}): Promise<void> {
    const collection = collectionOf(await pathTo(manifest));
    await create(connection, collection, manifest, { fieldManager: "helm", ...query });
  }

  async function change(manifest: ManifestObject, edit: DriftCase["edit"]): Promise<void> {
    const isBuiltIn = !manifest.apiVersion.includes("example.org");
    const type = Array.isArray(edit) ? "json" : isBuiltIn ? "strategic-merge" : "merge";
    const query = { fieldManager: "kubectl-edit" };
    await patch(connection, await pathTo(manifest), `application/${type}-patch+json`, edit, query);
  }

  /** `path: planned -> live`, and whether the object was compared without the API server. */
  async function compared(planned: ManifestObject, as = connection) {
    const wanted: Wanted = { release: "web", planned, home, remedy: "refresh" };
    const { finding, isForbidden } = await objectFinding(as, wanted);
    const found = (finding?.differences ?? []).map(
      (one) => `${pathText(one.path)}: ${JSON.stringify(one.planned)} -> ${JSON.stringify(one.live)}`,
    );
    return { found: found.toSorted(), isForbidden };
  }

  for (const { rule, manifest, edit, found } of driftCases) {
    it(rule, async () => {
      await install(manifest);
      if (edit) await change(manifest, edit);
      assert.deepEqual(await compared(manifest), { found, isForbidden: false });
    });
  }

  it("in a Job's image, which no patch brings back", async () => {
    await install(job("image", "web:2"));
    const { found } = await compared(job("image", "web:1"));
    assert.deepEqual(found, ['spec.template.spec.containers[0].image: "web:1" -> "web:2"']);
  });

  it("not in how many pods an autoscaler chose", async () => {
    const manifest = deployment("scaled", {}, {}, { replicas: 1 });
    await install(manifest);
    await change(manifest, { spec: { replicas: 4 } });
    assert.deepEqual((await compared(manifest)).found, ["spec.replicas: 1 -> 4"]);
    await install(autoscaler("scaled", 4));
    assert.deepEqual((await compared(manifest)).found, []);
  });

  describe("where admission rewrites what is new", () => {
    let end: () => void;
    const labelled = (manifest: ManifestObject): ManifestObject => ({
      ...manifest,
      metadata: { ...manifest.metadata, labels: mirrored },
    });
    const web = labelled(deployment("mirrored", {}, {}, { replicas: 1 }));
    const once = labelled(job("mirrored", "web:1"));

    before(async () => {
      end = await mirrorImages();
      await until(async () => {
        await install(web).catch(() => undefined);
        const live = await get(connection, await pathTo(web));
        if (JSON.stringify(live).includes("mirror/web:1")) return true;
        await remove(connection, await pathTo(web));
        return false;
      });
    });
    after(() => end());

    it("not in what it rewrites", async () => {
      await install(once);
      for (const manifest of [web, once]) assert.deepEqual((await compared(manifest)).found, []);
    });

    it("in everything else", async () => {
      await change(web, { spec: { replicas: 2 } });
      assert.deepEqual((await compared(web)).found, ["spec.replicas: 1 -> 2"]);
    });
  });

  describe("for who may only read", () => {
    let visitor: Connection;
    before(async () => {
      const rules = [{ apiGroups: ["*"], resources: ["*"], verbs: ["get", "list"] }];
      visitor = connect({ kubeconfig: await kubeconfigOfVisitor("auditor", rules) });
    });

    for (const { rule, manifest, found, visitorFinds = found } of driftCases) {
      it(rule, async () => {
        assert.deepEqual(await compared(manifest, visitor), { found: visitorFinds, isForbidden: true });
      });
    }
  });
});
