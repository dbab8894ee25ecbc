import assert from "node:assert/strict";
import { releasesToReapply } from "../../plan/reapply.ts";
import { chartStep, settingsOf } from "../support/settings.ts";

const settings = settingsOf([
  chartStep("install-authn"),
  chartStep("install-far", { release: { name: "far", namespace: "elsewhere" } }),
  chartStep("install-off", { enabled: false }),
]);

describe("releases to apply again", () => {
  const cases: [names: string | undefined, releases: string[]][] = [
    [undefined, []],
    ["", []],
    ["authn", ["authn"]],
    [" elsewhere/far , authn,", ["elsewhere/far", "authn"]],
  ];
  for (const [names, releases] of cases) {
    it(`asked for as ${JSON.stringify(names)} are ${JSON.stringify(releases)}`, () => {
      assert.deepEqual([...releasesToReapply(names, settings)], releases);
    });
  }

  it("that no step installs are refused, all at once, with the nearest name first", () => {
    assert.throws(() => releasesToReapply("auth,authn,off,far", settings), {
      name: "ConfigurationError",
      problems: ["auth", "off", "far"].map((given) => ({
        what: "there is no such Helm release to apply again",
        path: "KRATEO_REAPPLY",
        given,
        allowed: ["authn", "elsewhere/far"],
        next: "npx krateo diff says which releases have drifted",
      })),
    });
  });
});
