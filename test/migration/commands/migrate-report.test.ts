import assert from "node:assert/strict";
import { readdirSync } from "node:fs";
import { join } from "node:path";
import { parse } from "yaml";
import { set, unchanged } from "../objects.ts";
import { directory, file, inEmptyProject, legacy, run } from "./migrate-session.ts";

describe("krateo migrate", () => {
  inEmptyProject();

  describe("from a file", () => {
    it("shows what becomes of each change, the stack configuration and that nothing was written", async () => {
      const object = set(unchanged("nodeport", "shop"), "install-authn", {
        "image.repository": "r.example.org/authn",
        "image.tag": "1",
        "env.API_TOKEN": "GOLDEN",
      });
      const { code, printed, noted } = await run("--from", file("old.json", object), "--stack", "live");
      assert.deepEqual([code, noted], [0, ""]);
      assert.deepEqual(printed.split("\n"), [
        `Krateo 2.7.0, shop/krateo in ${join(directory, "old.json")}, type nodeport`,
        "",
        " STEP           KEY               YOURS                2.7.0 DEFAULT                    WHAT HAPPENS",
        " install-authn  image.repository  r.example.org/authn  ghcr.io/krateoplatformops/authn  carried",
        " install-authn  image.tag         1                    (none)                           NOT CARRIED: 3.0.0 owns the versions, and this chart comes with the image that it was made for",
        " install-authn  env.API_TOKEN     [secret]             (none)                           carried by the stack's encrypted configuration",
        "",
        "3 changes: 2 carried, 0 by the stack configuration, 0 are so in 3.0.0 already, 1 not carried",
        "stack configuration:",
        "  npx pulumi config set krateo:type nodeport --stack live",
        "  npx pulumi config set krateo:namespace shop --stack live",
        `  npx pulumi config set --secret --path 'krateo:set["components.backend.stepConfig.install-authn.helmValues.env.API_TOKEN"]' --stack live    # asks for the value of install-authn, set env.API_TOKEN`,
        "to know:",
        "  You take images from a registry of your own. Charts that are new in 3.0.0 take theirs from public ones until you set image.repository for them, too: cloudnative-pg, cluster, deviser, resources-ingester, resources-presenter, events-ingester, events-presenter.",
        "nothing was written: --write writes krateo-overrides.yaml",
      ]);
      assert.deepEqual(readdirSync(directory), ["old.json"]);
    });

    it("gives all of it to scripts", async () => {
      const { printed } = await run("--from", join(legacy, "nodeport.yaml"), "--json");
      const { object, type, changes, stackConfiguration, overrides, written } = JSON.parse(printed);
      assert.deepEqual(
        [object.name, object.namespace, type, written],
        ["krateo", "krateo-system", "nodeport", []],
      );
      assert.deepEqual(Object.keys(changes[0]), [
        "step",
        "key",
        "yours",
        "default",
        "origin",
        "outcome",
        "what",
      ]);
      assert.deepEqual([...new Set(changes.map((change: { outcome: string }) => change.outcome))].sort(), [
        "carried",
        "configured",
        "not carried",
        "same",
      ]);
      assert.deepEqual(stackConfiguration.slice(0, 3), [
        { key: "krateo:type", value: "nodeport", command: "npx pulumi config set krateo:type nodeport" },
        {
          key: "krateo:nodePorts.events-presenter",
          value: "31083",
          command: "npx pulumi config set --path krateo:nodePorts.events-presenter 31083",
        },
        {
          key: "krateo:nodeAddress",
          value: "192.0.2.7",
          command: "npx pulumi config set krateo:nodeAddress 192.0.2.7",
        },
      ]);
      assert.ok(parse(overrides).components.finops.enabled === false);
      assert.doesNotMatch(printed, /GOLDEN/);
    });

    it("takes another type when it is told to", async () => {
      const { printed } = await run("--from", file("old.json", unchanged()), "--type", "ingress");
      assert.match(printed, /, type ingress\n/);
    });

    it("says when another type fits as well", async () => {
      const object = unchanged();
      object.spec.steps = object.spec.steps.filter(({ id }) => id === "install-opa");
      const { printed } = await run("--from", file("old.json", object));
      assert.match(printed, /, type nodeport, which fits as well as ingress \(--type\)\n/);
    });
  });
});
