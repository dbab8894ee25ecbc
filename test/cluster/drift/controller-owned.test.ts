import assert from "node:assert/strict";
import { isControllerOwned, isNumberOfPods, removesItself } from "../../../cluster/drift/controller-owned.ts";
import type { Json, JsonObject, Path } from "../../../model/settings.ts";

const object = (kind: string, body: JsonObject = {}) => ({
  apiVersion: "v1",
  kind,
  metadata: { name: "web" },
  ...body,
});

describe("a difference is a controller's", () => {
  const pullSecrets = (...names: string[]) => names.map((name) => ({ name }));
  const cases: [what: string, kind: string, path: Path, planned: Json, live: Json, isOwned: boolean][] = [
    ["in the status", "Widget", ["status", "ready"], false, true, true],
    ["in a field called status", "Widget", ["spec", "status"], false, true, false],
    [
      "in a webhook's certificate",
      "WebhookConfiguration",
      ["webhooks", 0, "clientConfig", "caBundle"],
      "a",
      "b",
      true,
    ],
    [
      "in what a webhook calls",
      "WebhookConfiguration",
      ["webhooks", 0, "clientConfig", "url"],
      "a",
      "b",
      false,
    ],
    ["in the rules of a ClusterRole", "ClusterRole", ["rules"], [], [{}], false],
    [
      "in pull secrets that a ServiceAccount has beside the planned ones",
      "ServiceAccount",
      ["imagePullSecrets"],
      pullSecrets("a"),
      pullSecrets("b", "a"),
      true,
    ],
    [
      "in pull secrets of a ServiceAccount without a planned one",
      "ServiceAccount",
      ["imagePullSecrets"],
      pullSecrets("a", "b"),
      pullSecrets("b"),
      false,
    ],
    [
      "in pull secrets of pods",
      "ReplicationController",
      ["imagePullSecrets"],
      pullSecrets("a"),
      pullSecrets("b", "a"),
      false,
    ],
  ];
  for (const [what, kind, path, planned, live, isOwned] of cases) {
    it(`${what}: ${isOwned ? "yes" : "no"}`, () => {
      assert.equal(isControllerOwned({ path, planned, live }, object(kind)), isOwned);
    });
  }

  it("in the rules of an aggregated ClusterRole: yes", () => {
    const role = object("ClusterRole", { aggregationRule: { clusterRoleSelectors: [] } });
    assert.equal(isControllerOwned({ path: ["rules", 0], planned: 1, live: 2 }, role), true);
  });
});

describe("what others decide on", () => {
  const cases: [path: string, expected: boolean][] = [
    ["spec.replicas", true],
    ["spec.paused", false],
    ["spec.template.spec.replicas", false],
  ];
  for (const [path, expected] of cases) {
    it(`${expected ? "may include" : "does not include"} ${path}`, () => {
      assert.equal(isNumberOfPods({ path: path.split("."), planned: 1, live: 2 }), expected);
    });
  }

  it("includes whether a Job is there that removes itself", () => {
    assert.equal(removesItself(object("Job", { spec: { ttlSecondsAfterFinished: 60 } })), true);
    assert.equal(removesItself(object("Job", { spec: {} })), false);
  });
});
