import assert from "node:assert/strict";
import { type Case, check, manifestOf, namespace, set } from "./upgrade-case.ts";

describe("the releases that are looked at", () => {
  const ends = { fails: "looked at" };
  const cases: [rule: string, given: Case, looked: boolean][] = [
    [
      "are none whose values, chart and status are the same",
      { installed: [], step: { values: { size: 1 } } },
      false,
    ],
    ["are those with another value", { installed: [] }, true],
    [
      "are those with another version of the chart",
      {
        installed: [],
        step: { values: { size: 1 } },
        release: { chart: { metadata: { name: "web", version: "0.9.0" } } },
      },
      true,
    ],
    [
      "are those that failed",
      { installed: [], step: { values: { size: 1 } }, release: { info: { status: "failed" } } },
      true,
    ],
    [
      "are those that somebody asked for",
      { installed: [], step: { values: { size: 1 } }, reapply: ["web"] },
      true,
    ],
    [
      "are none for a variable alone, whose value is only read when there is another reason",
      {
        installed: [],
        step: { values: { size: 1, port: "${PORT}" } },
        release: { config: { size: 1, port: "80" } },
      },
      false,
    ],
    [
      "are none for a null alone, which a client in front of Helm drops",
      { installed: [], step: { values: { size: 1, gone: null } } },
      false,
    ],
    [
      "are none whose operation was interrupted: the run marks that as failed first",
      { installed: [], release: { info: { status: "pending-upgrade" } } },
      false,
    ],
  ];
  for (const [rule, given, looked] of cases) {
    it(rule, async () => {
      const { findings, requests } = await check({ ...given, helm: ends });
      assert.equal(
        findings.checks.some(({ found }) => found.endsWith("looked at")),
        looked,
      );
      if (!looked && given.release?.info === undefined) {
        assert.ok(
          requests.every((request) => request.startsWith(`GET ${namespace}/secrets?`)),
          requests.join("\n"),
        );
      }
    });
  }

  it("give the manifest that the upgrade will apply", async () => {
    const manifest = manifestOf(set("1Gi"));
    const { findings } = await check({ installed: [set("1Gi")], helm: { manifest } });
    assert.deepEqual([...findings.manifests], [["web", manifest]]);
    assert.deepEqual(findings.checks, []);
  });
});
