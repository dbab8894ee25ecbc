import assert from "node:assert/strict";
import { describeOutcome, releaseOutcomes, splitChart } from "../../rehearsal/outcome.ts";

describe("a rehearsal's releases", () => {
  it("are what was wanted and what Helm lists, with how long each took", () => {
    const wanted = {
      authn: { name: "authn", version: "0.22.2" },
      cnpg: { name: "cloudnative-pg", version: "0.27.1" },
    };
    const listed = [
      { name: "authn", chart: "authn-0.22.2", status: "deployed", revision: "2" },
      { name: "stranger", chart: "some-thing-1.0.0-rc.1", status: "failed", revision: "1" },
    ];
    const progress = [{ name: "authn", operation: "update", seconds: 1.26, endedAt: 9, failed: false }];
    assert.deepEqual(releaseOutcomes(wanted, listed, progress), [
      { name: "authn", chart: "authn", version: "0.22.2", status: "deployed", revision: 2, seconds: 1.3 },
      {
        name: "cnpg",
        chart: "cloudnative-pg",
        version: "0.27.1",
        status: "missing",
        revision: 0,
        seconds: 0,
      },
      {
        name: "stranger",
        chart: "some-thing",
        version: "1.0.0-rc.1",
        status: "failed",
        revision: 1,
        seconds: 0,
      },
    ]);
  });

  const charts: [string, string, string][] = [
    ["authn-0.22.2", "authn", "0.22.2"],
    ["finops-operator-exporter-0.5.2", "finops-operator-exporter", "0.5.2"],
    ["k8s-2-tool-1.2.3-rc.1+build", "k8s-2-tool", "1.2.3-rc.1+build"],
    ["nothing", "nothing", ""],
  ];
  for (const [text, name, version] of charts) {
    it(`reads ${text} as chart ${name}, version ${version || "unknown"}`, () => {
      assert.deepEqual(splitChart(text), { name, version });
    });
  }
});

describe("the end of a rehearsal", () => {
  it("lists the addresses in one column, by the names that the Services have", () => {
    const release = {
      name: "authn",
      chart: "authn",
      version: "1",
      status: "deployed",
      revision: 1,
      seconds: 1,
    };
    const outcome = {
      type: "nodeport",
      profiles: [],
      namespace: "krateo-system",
      seconds: 39.6,
      passed: true,
      releases: [release],
      access: { authn: "http://a:1", eventsPresenter: "http://a:2", adminPassword: "kubectl get secret" },
      standIns: [],
    };
    const choice = { type: "nodeport", profiles: [], namespace: "krateo-system" } as const;
    assert.deepEqual(describeOutcome(outcome, choice, []).slice(0, 7), [
      "",
      "1 Helm release deployed in krateo-system, 39.6 s",
      "",
      "Krateo, type nodeport, as a user would reach it:",
      "  authn             http://a:1",
      "  events-presenter  http://a:2",
      "  admin password    kubectl get secret",
    ]);
  });
});
