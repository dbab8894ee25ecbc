import assert from "node:assert/strict";
import { type Inventory, objectKey } from "../../model/inventory.ts";
import { planOf } from "../../plan/plan.ts";
import type { Registration } from "../support/recorded.ts";
import { chartStep, objectStep, settingsOf } from "../support/settings.ts";
import { build, release } from "./built-platform.ts";

describe("the platform's resources", () => {
  const steps = [
    chartStep("install-cnpg", { component: "cnpg" }),
    chartStep("install-pg-cluster", { component: "cnpg" }),
    chartStep("install-deviser", { component: "db-maintenance" }),
    objectStep("note", {
      apiVersion: "v1",
      kind: "ConfigMap",
      metadata: { name: "note", namespace: "krateo-system" },
    }),
  ];

  it("depend on exactly what the plan says", async () => {
    const { find } = await build(steps);
    for (const node of planOf(settingsOf(steps))) {
      const expected = node.needs.map((need) => need.on);
      if (node.kind === "secret") expected.push(node.id === "jwt-sign-key" ? node.id : "krateo-db");
      if (node.id === "snapshot") expected.push("installation-kind");
      assert.deepEqual(find(node.id).dependsOn, expected.toSorted(), node.id);
    }
  });

  it("wait for the namespace wherever they are: only then the run holds the Lease that guards them", async () => {
    assert.deepEqual((await build(steps)).find("installation-kind").dependsOn, ["namespace"]);
  });

  it("of an object step bear the type that the provider knows, with or without a group", async () => {
    const policy = { apiVersion: "networking.k8s.io/v1", kind: "NetworkPolicy", metadata: { name: "deny" } };
    const { find } = await build([...steps, objectStep("deny", policy)]);
    assert.deepEqual(
      [find("note").type, find("deny").type],
      ["kubernetes:core/v1:ConfigMap", "kubernetes:networking.k8s.io/v1:NetworkPolicy"],
    );
  });

  it("are the same whatever the cluster holds; only their options differ", async () => {
    const ours = { ours: true, uid: "u" };
    const secret = {
      ...ours,
      data: { DB_USER: "u", DB_PASS: "p", username: "u", password: "p", JWT_SIGN_KEY: "k" },
    };
    const full: Partial<Inventory> = {
      namespace: { ours: false, uid: "n" },
      releases: { cnpg: release, "pg-cluster": release, deviser: release },
      secrets: { "jwt-sign-key": secret, "krateo-db": { ...secret, ours: false }, "krateo-db-user": secret },
      objects: { [objectKey("v1", "ConfigMap", "krateo-system", "note")]: ours },
      legacy: { releases: [{ name: "eventsse", chart: "eventsse", chartVersion: "0.5.9" }], volumes: ["v"] },
    };
    const names = (all: Registration[]): string[] =>
      all.map((item) => `${item.type} ${item.name}`).toSorted();
    const [empty, populated] = [await build(steps), await build(steps, { inventory: full })];
    assert.deepEqual(names(populated.all), names(empty.all));
    assert.equal(populated.find("note").importId, "krateo-system/note");
  });

  it("leave no trace of a component that is switched off", async () => {
    const { all } = await build([chartStep("install-authn", { component: "backend", enabled: false })]);
    assert.deepEqual(
      all.filter((item) => /Backend|Release/.test(item.type)),
      [],
    );
  });

  it("put an unknown component's steps below a component of its own", async () => {
    const { all } = await build([chartStep("install-thing", { component: "things" })]);
    assert.deepEqual(
      all.filter((item) => item.name === "things").map((item) => item.type),
      ["krateo:platform:Component"],
    );
  });

  it("hang on one provider that knows the cluster by its UID", async () => {
    const { find } = await build([], { settings: { cluster: { kubeconfig: "./kube", context: "prod" } } });
    assert.deepEqual(find("cluster").inputs, {
      kubeconfig: "./kube",
      context: "prod",
      clusterIdentifier: "uid-of-kube-system",
    });
  });
});
