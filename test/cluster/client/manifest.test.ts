import assert from "node:assert/strict";
import { inUninstallOrder, isKept, nameOf, parseManifest } from "../../../cluster/client/manifest.ts";

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

  it("is read as Helm reads it: octal numbers and words for booleans, but dates and times as text", () => {
    const manifest = [
      "# nothing",
      "---",
      "apiVersion: v1",
      "kind: A",
      "metadata: {name: a}",
      'spec: {mode: 0644, text: "0644", on: on, date: 2024-01-02, time: 8:30, none: ~, commit: e12345, dot: .}',
    ].join("\n");
    assert.deepEqual(parseManifest(manifest), [
      {
        apiVersion: "v1",
        kind: "A",
        metadata: { name: "a" },
        spec: {
          mode: 420,
          text: "0644",
          true: true,
          date: "2024-01-02",
          time: "8:30",
          none: null,
          commit: "e12345",
          dot: ".",
        },
      },
    ]);
  });

  it("counts the last of two equal keys, and takes any number of aliases", () => {
    const aliases = Array.from({ length: 150 }, (_, index) => `k${index}: *a`).join(", ");
    const [object] = parseManifest(
      `apiVersion: v1\nkind: A\nmetadata: {name: a, name: b}\nspec: {a: &a {x: 1}, ${aliases}}\n`,
    );
    assert.equal(object?.metadata.name, "b");
    assert.equal(Object.keys(object?.["spec"] as object).length, 151);
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
      assert.equal(
        isKept({
          apiVersion: "v1",
          kind: "Secret",
          metadata: { name: "x", ...(annotations && { annotations }) },
        }),
        kept,
      );
    });
  }
});
