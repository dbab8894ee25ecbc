import assert from "node:assert/strict";
import { loadSettings } from "../../configuration/load.ts";
import { helmReleases, root } from "../support/rehearsal.ts";
import { openInstalled } from "../support/test-stack.ts";

describe("a step that a document gives to another component", () => {
  it("keeps its Helm release, which the engine would uninstall under its former name", async () => {
    const stack = await openInstalled();
    const before = await helmReleases();
    const { components } = await loadSettings({ values: { type: "nodeport" }, secretKeys: [] }, root);
    const stepsOf = (name: string) => components.find((component) => component.name === name)?.steps ?? [];
    await stack.override({
      componentsDefinition: {
        finops: { steps: stepsOf("finops").filter((id) => id !== "install-opa") },
        "operator-generator": { steps: [...stepsOf("operator-generator"), "install-opa"] },
      },
    });
    const { code, output } = await stack.pulumi("up");
    assert.equal(code, 0, output);
    assert.doesNotMatch(output, /deleted|replaced/);
    assert.deepEqual(await helmReleases(), before);
    const again = await stack.pulumi("preview", "--expect-no-changes");
    assert.equal(again.code, 0, again.output);
  });
});
