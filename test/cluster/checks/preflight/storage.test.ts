import { chartStep } from "../../../support/settings.ts";
import { cases, found } from "./findings.ts";

describe("preflight", () => {
  describe("of storage", () => {
    const database = (storageClass?: string) =>
      chartStep("install-pg", {
        release: { name: "pg", namespace: "krateo-system" },
        chart: { name: "cluster", version: "0.5.0", kind: "repository", url: "https://c" },
        values: { cluster: { storage: { size: "1Gi", ...(storageClass && { storageClass }) } } },
      });
    const cratedb = chartStep("install-cratedb", {
      values: { volumeClaims: [{ spec: { storageClassName: "fast" } }] },
    });
    const plain = { metadata: { name: "slow" }, provisioner: "csi" };
    const defaultClass = (name: string, day: number, stage = "") => ({
      metadata: {
        name,
        creationTimestamp: new Date(2026, 0, day),
        annotations: { [`storageclass.${stage && `${stage}.`}kubernetes.io/is-default-class`]: "true" },
      },
      provisioner: "csi",
    });
    cases([
      [
        "asks for none without a database",
        () => found("storage", [chartStep("a")], { storageClasses: [] }),
        [],
      ],
      [
        "misses a default, and names what there is",
        () => found("storage", [database(), chartStep("install-cratedb")], { storageClasses: [plain] }),
        [["ERROR", "default StorageClass", "none is marked as default; there are slow"]],
      ],
      [
        "misses the one that values name, and cratedb's",
        () => found("storage", [database("gold"), cratedb], { storageClasses: [] }),
        [
          ["ERROR", "StorageClass gold", "does not exist; there is none at all"],
          ["ERROR", "StorageClass fast", "does not exist; there is none at all"],
        ],
      ],
      [
        "takes one that values name, default or not",
        () => found("storage", [database("slow")], { storageClasses: [plain] }),
        [["OK", "StorageClass slow", "slow (csi)"]],
      ],
      [
        "takes a default that is marked in the old way",
        () => found("storage", [database()], { storageClasses: [defaultClass("old", 1, "beta")] }),
        [["OK", "default StorageClass", "old (csi)"]],
      ],
      [
        "takes of several defaults the newest, of equally old ones the first by name, as the API server does",
        () =>
          found("storage", [database()], {
            storageClasses: [defaultClass("a", 1), defaultClass("z", 2), defaultClass("m", 2)],
          }),
        [["OK", "default StorageClass", "m (csi)"]],
      ],
      [
        "warns of one that makes no volumes",
        () =>
          found("storage", [database("local")], {
            storageClasses: [{ metadata: { name: "local" }, provisioner: "kubernetes.io/no-provisioner" }],
          }),
        [["WARNING", "StorageClass local", "local makes no volumes by itself"]],
      ],
      [
        "does not ask where the release is there, and so are its volumes",
        () =>
          found(
            "storage",
            [database()],
            { storageClasses: [] },
            {
              inventory: {
                releases: {
                  pg: {
                    chart: "cluster",
                    chartVersion: "0.5.0",
                    revision: 1,
                    status: "deployed",
                    updatedAt: 0,
                  },
                },
              },
            },
          ),
        [],
      ],
    ]);
  });
});
