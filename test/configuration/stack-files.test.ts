import assert from "node:assert/strict";
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { loadSettings } from "../../configuration/load.ts";
import { readStackFile } from "../../engine/stack-file.ts";
import type { ReleaseType } from "../../model/settings.ts";
import { planOf } from "../../plan/plan.ts";
import { goldenInput } from "../golden/inputs.ts";

const root = join(import.meta.dirname, "..", "..");

/** The files to copy, with what their first lines tell the user to set before anything else. */
const files: Readonly<
  Record<string, { readonly type: ReleaseType; readonly toSet: Record<string, unknown> }>
> = {
  dev: { type: "nodeport", toSet: {} },
  nodeport: { type: "nodeport", toSet: {} },
  loadbalancer: { type: "loadbalancer", toSet: {} },
  ingress: { type: "ingress", toSet: { domain: "krateo.example.org" } },
  gateway: { type: "gateway", toSet: { domain: "krateo.example.org", gatewayClass: "rehearsal" } },
  openshift: { type: "routes", toSet: {} },
};

describe("the stack file", () => {
  it("is there for every environment, and for no other", () => {
    const there = readdirSync(root).flatMap((file) => /^Pulumi\.(.+)\.yaml$/.exec(file)?.[1] ?? []);
    assert.deepEqual(there.toSorted(), Object.keys(files).toSorted());
  });

  for (const [name, { type, toSet }] of Object.entries(files)) {
    it(`Pulumi.${name}.yaml makes the plan of the golden for type ${type}, without a warning`, async () => {
      const { values, secretKeys } = await readStackFile(join(root, `Pulumi.${name}.yaml`), root);
      const settings = await loadSettings(
        { values: { ...values, ...toSet }, secretKeys },
        import.meta.dirname,
      );
      const expected = await loadSettings(goldenInput(type).config, import.meta.dirname);
      assert.deepEqual(settings, expected);
      assert.deepEqual(settings.warnings, []);
      assert.deepEqual(planOf(settings), planOf(expected));
    });

    it(`Pulumi.${name}.yaml says how to set what it lacks`, () => {
      const text = readFileSync(join(root, `Pulumi.${name}.yaml`), "utf8");
      for (const key of Object.keys(toSet))
        assert.match(text, new RegExp(`npx pulumi config set krateo:${key} `));
    });
  }
});
