import assert from "node:assert/strict";
import { podStartSeconds, releasesWithDelay } from "../../rehearsal/simulation/delays.ts";

describe("the delays of the rehearsal", () => {
  it("exist for every release that has pods", () => {
    assert.deepEqual(releasesWithDelay.toSorted(), [
      "authn",
      "cnpg",
      "core-provider",
      "cratedb",
      "deviser",
      "events-ingester",
      "events-presenter",
      "finops-database-handler",
      "finops-database-handler-uploader",
      "finops-operator-exporter",
      "finops-operator-focus",
      "finops-operator-scraper",
      "frontend",
      "oasgen-provider",
      "opa-kube-mgmt",
      "pg-cluster",
      "resources-ingester",
      "resources-presenter",
      "snowplow",
    ]);
  });
  for (const release of [...releasesWithDelay, "unknown", undefined]) {
    it(`are under a second for ${release} when quick, 10 to 45 when realistic`, () => {
      const quick = podStartSeconds(release, false);
      const realistic = podStartSeconds(release, true);
      assert.ok(quick > 0 && quick < 1, `quick: ${quick}`);
      assert.ok(realistic >= 10 && realistic <= 45, `realistic: ${realistic}`);
    });
  }
});
