import assert from "node:assert/strict";
import { objectKey } from "../../model/inventory.ts";
import type { Settings } from "../../model/settings.ts";
import { planOf } from "../../plan/plan.ts";
import { preconditionWarnings } from "../../plan/preconditions.ts";
import { emptyInventory } from "../support/inventory.ts";
import { chartStep, settingsOf } from "../support/settings.ts";
import { build, secretKey, secretMark } from "./built-platform.ts";

const images = {
  strict: false,
  redirected: [],
  pullSecrets: ["krateo-registry-login"],
  logins: { "mirror.example.org": { username: "krateo", password: "hush" } },
};
const settings = { images };

describe("the Secret with logins at registries", () => {
  it("is what a kubelet reads, secret in the state, and follows the configuration", async () => {
    const { find } = await build([chartStep("install-authn")], { settings });
    const { type, inputs, ignoreChanges, importId } = find("krateo-registry-login");
    assert.equal(type, "kubernetes:core/v1:Secret");
    assert.equal(inputs["type"], "kubernetes.io/dockerconfigjson");
    const content = { username: "krateo", password: "hush", auth: "a3JhdGVvOmh1c2g=" };
    assert.deepEqual(inputs["stringData"], {
      [secretKey]: secretMark,
      value: { ".dockerconfigjson": JSON.stringify({ auths: { "mirror.example.org": content } }) },
    });
    assert.deepEqual([ignoreChanges, importId], [[], ""]);
  });

  it("is there before each Helm release, and nowhere without a login", () => {
    const step = chartStep("install-authn");
    const needs = (given: object) =>
      planOf(settingsOf([step], given))
        .find(({ id }) => id === step.id)
        ?.needs.map(({ on }) => on);
    assert.deepEqual(needs(settings), ["cleanup", "krateo-registry-login", "jwt-sign-key"]);
    assert.deepEqual(needs({}), ["cleanup", "jwt-sign-key"]);
  });

  it("stays as it is where somebody else made it", async () => {
    const objects = {
      [objectKey("v1", "Secret", "krateo-system", "krateo-registry-login")]: { ours: false, uid: "u" },
    };
    const { find } = await build([], { settings, inventory: { objects } });
    const { importId, ignoreChanges, retainOnDelete } = find("krateo-registry-login");
    assert.equal(importId, "krateo-system/krateo-registry-login");
    assert.deepEqual(ignoreChanges, ["data", "immutable", "metadata", "stringData", "type"]);
    assert.equal(retainOnDelete, true);
  });

  it("is warned of where somebody else made it, because the logins of the configuration then do nothing", () => {
    const warnings = (given: Partial<Settings>, ours: boolean): string[] => {
      const key = objectKey("v1", "Secret", "krateo-system", "krateo-registry-login");
      const inventory = { ...emptyInventory, objects: { [key]: { ours, uid: "u" } } };
      return preconditionWarnings(settingsOf([], given), inventory).map(({ what }) => what);
    };
    assert.deepEqual(warnings(settings, false), [
      "Secret krateo-system/krateo-registry-login was there before and stays as it is: images are pulled with the login in it, " +
        "and not with that of krateo:registries for mirror.example.org",
    ]);
    assert.deepEqual([warnings(settings, true), warnings({}, false)], [[], []]);
  });
});
