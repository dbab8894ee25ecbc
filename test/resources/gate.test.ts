import assert from "node:assert/strict";
import { chartStep } from "../support/settings.ts";
import { build } from "./built-platform.ts";

describe("the gates", () => {
  it("wait again for the database when its release got a new revision", async () => {
    const { find } = await build([chartStep("install-pg-cluster", { component: "cnpg" })]);
    assert.deepEqual(find("database").inputs, {
      create:
        "node commands/krateo.ts wait-database --cluster pg-cluster --timeout 900 --stack test --namespace krateo-system",
      environment: { KRATEO_CLUSTER_UID: "uid-of-kube-system", PG_CLUSTER_REVISION: "1" },
    });
    assert.deepEqual(find("standbys").inputs, {
      create:
        "node commands/krateo.ts wait-database --standbys --cluster pg-cluster --timeout 900 --stack test --namespace krateo-system",
      environment: { KRATEO_CLUSTER_UID: "uid-of-kube-system", PG_CLUSTER_REVISION: "1" },
    });
  });

  it("wait for the notebooks on removal only", async () => {
    const { find } = await build([
      chartStep("install-finops-database-handler-uploader", { component: "finops" }),
    ]);
    const { create, delete: onRemoval } = find("notebooks-gone").inputs;
    assert.equal(create, undefined);
    assert.match(String(onRemoval), /wait-notebooks/);
  });
});
