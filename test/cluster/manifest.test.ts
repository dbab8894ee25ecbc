import assert from "node:assert/strict";
import { inUninstallOrder, isKept, nameOf, parseManifest } from "../../cluster/manifest.ts";

describe("a Helm release's manifest", () => {
  it("is a stream of objects; empty documents and comments count for nothing", () => {
    const manifest = [
      "---\n# Source: a\napiVersion: v1\nkind: ConfigMap\nmetadata: {name: a}",
      "---\n# only a comment",
      "---",
      "---\napiVersion: apps/v1\nkind: Deployment\nmetadata: {name: b, namespace: other}\nspec: {}",
    ].join("\n");
    assert.deepEqual(parseManifest(manifest).map(nameOf), ["ConfigMap a", "Deployment b"]);
  });

  it("of a release that failed early holds nothing", () => {
    assert.deepEqual(parseManifest(""), []);
  });

  it("is taken down in Helm's order: routes before workloads, workloads before rights, unknown kinds last", () => {
    const kinds = [
      "Notebook",
      "ServiceAccount",
      "ConfigMap",
      "Role",
      "RoleBinding",
      "Deployment",
      "StatefulSet",
      "Service",
    ];
    const objects = kinds.map((kind) => ({ apiVersion: "v1", kind, metadata: { name: "x" } }));
    assert.deepEqual(
      inUninstallOrder(objects).map(({ kind }) => kind),
      [
        "Service",
        "StatefulSet",
        "Deployment",
        "RoleBinding",
        "Role",
        "ConfigMap",
        "ServiceAccount",
        "Notebook",
      ],
    );
  });

  for (const [annotations, kept] of [
    [{ "helm.sh/resource-policy": "keep" }, true],
    [{ "helm.sh/resource-policy": " Keep " }, true],
    [{ "helm.sh/resource-policy": "delete" }, false],
    [undefined, false],
  ] as const) {
    it(`${kept ? "keeps" : "gives up"} what is annotated ${JSON.stringify(annotations)}`, () => {
      assert.equal(isKept({ apiVersion: "v1", kind: "Secret", metadata: { name: "x", annotations } }), kept);
    });
  }
});
