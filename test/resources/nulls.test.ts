import assert from "node:assert/strict";
import { loadSettings } from "../../configuration/load.ts";
import { pathText } from "../../model/path.ts";
import type { Json, JsonObject, Path, Settings } from "../../model/settings.ts";
import { Platform } from "../../resources/platform.ts";
import { loadLocal } from "../configuration/project.ts";
import { goldenInputs } from "../golden/inputs.ts";
import { registrations } from "../support/recorded.ts";
import { platformArgs } from "./platform-args.ts";

/** Resource and path of each null that is handed to the engine below a list, or outside of Helm values. */
async function forbiddenNulls(settings: Settings): Promise<string[]> {
  const service = { spec: { clusterIP: "10.0.0.1", ports: [{ port: 8082, nodePort: 30082 }] } };
  const all = await registrations(() => {
    new Platform("krateo", platformArgs(settings, { read: async () => service as JsonObject }));
  });
  const nulls = (value: Json, path: Path, allowed: boolean): Path[] => {
    if (value === null) return allowed ? [] : [path];
    if (typeof value !== "object") return [];
    return Object.entries(value).flatMap(([key, item]) =>
      nulls(item, [...path, key], allowed && !Array.isArray(value)),
    );
  };
  return all.flatMap(({ name, type, inputs }) => {
    const release = type === "kubernetes:helm.sh/v3:Release";
    return Object.entries(inputs).flatMap(([key, value]) =>
      nulls(value, [key], release && key === "values").map((path) => `${name} ${pathText(path)}`),
    );
  });
}

describe("what is handed to the engine holds no null that the Kubernetes provider cannot compare", () => {
  for (const { name, config } of goldenInputs) {
    it(`with ${name}`, async () => {
      assert.deepEqual(await forbiddenNulls(await loadSettings(config, import.meta.dirname)), []);
    });
  }

  it("with a document that holds nulls everywhere", async () => {
    const settings = await loadLocal(
      `componentsDefinition: {shop: {description: null, steps: [note, web], helmDefaults: {a: null, b: [{c: null}]}}}
steps:
  - {id: note, type: object, with: {apiVersion: v1, kind: ConfigMap, metadata: {name: n, namespace: null, labels: {a: null}}, data: {a: null, b: x}}}
  - {id: web, type: chart, with: {repo: web, url: https://charts.example.org, version: 1.0.0, timeout: null, values: {d: null, e: [{f: null, g: [[{h: null}]]}]}}}`,
    );
    assert.deepEqual(await forbiddenNulls(settings), []);
    const [note, web] = settings.steps;
    assert.deepEqual(note?.type === "object" && note.manifest, {
      apiVersion: "v1",
      kind: "ConfigMap",
      metadata: { name: "n", namespace: "krateo-system", labels: {} },
      data: { b: "x" },
    });
    assert.deepEqual(web?.type === "chart" && web.values, {
      a: null,
      b: [{}],
      d: null,
      e: [{ g: [[{}]] }],
    });
  });
});
