import assert from "node:assert/strict";
import { check, object } from "./upgrade-case.ts";

const cluster = (size: string, storageClass?: string) =>
  object("Cluster", "pg", { spec: { storage: { size, ...(storageClass && { storageClass }) } } });

describe("what the API server will refuse of an upgrade", () => {
  for (const [values, live, expected] of [
    [
      { size: "5Gi" },
      ["10Gi"],
      ["ERROR", "storage would shrink from 10Gi to 5Gi: its operator refuses that"],
    ],
    [{ size: "10240Mi" }, ["10Gi"], undefined],
    [{ size: "20Gi" }, ["10Gi"], undefined],
    [
      { storageClass: "fast" },
      ["10Gi"],
      [
        "WARNING",
        "storage gets the class fast in place of the cluster's default: volumes that are there keep theirs",
      ],
    ],
    [{ storageClass: "fast" }, ["10Gi", "fast"], undefined],
  ] as const) {
    it(`is PostgreSQL's storage ${JSON.stringify(values)} over ${live.join(" ")}: ${expected?.[0] ?? "no"}`, async () => {
      const { findings } = await check({
        installed: [cluster("1Gi")],
        live: [cluster(...(live as readonly [string, string?]))],
        step: {
          release: { name: "pg", namespace: "krateo-system" },
          chart: { name: "cluster", version: "1.0.0", kind: "repository", url: "https://charts.example.org" },
          values: { cluster: { storage: values } },
        },
      });
      assert.deepEqual(
        findings.checks.map(({ status, found }) => [status, found]),
        expected ? [expected] : [],
      );
    });
  }
});
