import assert from "node:assert/strict";
import { stringify } from "yaml";
import { load } from "../project.ts";

const authn = (values: Record<string, unknown>) => ({
  components: { backend: { stepConfig: { "install-authn": { helmValues: values } } } },
});
const warnings = async (
  overrides: object,
  config: Record<string, unknown> = {},
  more: Record<string, string> = {},
) =>
  (await load({ "krateo-overrides.yaml": stringify(overrides), ...more }, config)).warnings.filter((text) =>
    text.includes("replaces a whole map"),
  );
const advice = "to change a part of it, write a map here; to remove all of it, write null";

describe("a map that something else takes the place of", () => {
  it("is named with what is lost, where the step itself has it", async () => {
    assert.deepEqual(await warnings(authn({ env: "DEBUG" })), [
      `krateo-overrides.yaml, line 6, components.backend.stepConfig.install-authn.helmValues.env: replaces a whole map, with AUTHN_KUBECONFIG_SERVER_URL, AUTHN_DEBUG, AUTHN_DUMP_ENV, … in it; ${advice}`,
    ]);
  });

  for (const value of ["", 7, true, []]) {
    it(`may be replaced by ${JSON.stringify(value)}`, async () =>
      assert.equal((await warnings(authn({ image: value }))).length, 1));
  }

  it("is named where a layer below has it", async () => {
    const profile = {
      "krateo-overrides.mine.yaml": stringify(authn({ resources: { limits: { cpu: "1" } } })),
    };
    const found = await warnings(authn({ resources: "none" }), { profiles: "mine" }, profile);
    assert.equal(found.length, 1);
    assert.match(found[0] ?? "", /helmValues\.resources: replaces a whole map, with limits in it/);
  });

  it("is named in a component's defaults, too", async () => {
    const found = await warnings({ components: { backend: { helmDefaults: { image: "x" } } } });
    assert.deepEqual(
      found.map((text) => text.slice(0, text.indexOf(":"))),
      ["krateo-overrides.yaml, line 4, components.backend.helmDefaults.image"],
    );
  });

  it("is taken away by null, and changed by a map, without a word", async () => {
    assert.deepEqual(await warnings(authn({ resources: null, env: { AUTHN_DEBUG: "true" } })), []);
  });

  it("is not missed where the map is empty, or where there is none", async () => {
    assert.deepEqual(await warnings(authn({ priorityClassName: "high" })), []);
  });
});
