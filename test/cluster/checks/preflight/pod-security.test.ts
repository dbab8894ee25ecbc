import assert from "node:assert/strict";
import { judge } from "../../../../cluster/checks/preflight/preflight.ts";
import { loadSettings } from "../../../../configuration/load.ts";
import { object, readyCluster } from "../../../support/cluster-reading.ts";
import { emptyInventory } from "../../../support/inventory.ts";
import { chartStep } from "../../../support/settings.ts";
import { cases, found } from "./findings.ts";

describe("preflight", () => {
  describe("of Pod Security", () => {
    const enforced = (level: string) => ({
      clusterScoped: {
        ...readyCluster().clusterScoped,
        Namespace: [object("krateo-system", { labels: { "pod-security.kubernetes.io/enforce": level } })],
      },
    });
    const careful = chartStep("install-careful", {
      values: {
        podSecurityContext: { runAsNonRoot: true, seccompProfile: { type: "RuntimeDefault" } },
        securityContext: { allowPrivilegeEscalation: false, capabilities: { drop: ["ALL"] } },
      },
    });
    const steps = [
      careful,
      chartStep("install-authn"),
      chartStep("install-cratedb"),
      chartStep("install-portal"),
    ];
    cases([
      ["says nothing of a namespace without a level", () => found("pod security", steps), []],
      [
        "takes baseline",
        () => found("pod security", steps, enforced("baseline")),
        [["OK", "namespace krateo-system", "enforces baseline"]],
      ],
      [
        "names the releases whose pods a restricted namespace refuses",
        () => found("pod security", steps, enforced("restricted")),
        [
          [
            "ERROR",
            "namespace krateo-system",
            "enforces restricted, which refuses the pods of authn, cratedb",
          ],
        ],
      ],
      [
        "takes restricted where values meet it",
        () => found("pod security", [careful], enforced("restricted")),
        [["OK", "namespace krateo-system", "enforces restricted"]],
      ],
    ]);
  });

  it("of Pod Security finds that profile openshift suits a restricted namespace, but for two charts of finops", async () => {
    const Namespace = [
      object("krateo-system", { labels: { "pod-security.kubernetes.io/enforce": "restricted" } }),
    ];
    const restricted = readyCluster({ clusterScoped: { ...readyCluster().clusterScoped, Namespace } });
    const said = async (profiles: string[]) => {
      const values = { type: "loadbalancer", openshift: true, profiles };
      const settings = await loadSettings({ values, secretKeys: [] }, import.meta.dirname);
      return judge(settings, emptyInventory, restricted, () => []).find(
        ({ check }) => check === "pod security",
      )?.found;
    };
    assert.equal(await said(["no-finops"]), "enforces restricted");
    assert.equal(await said([]), "enforces restricted, which refuses the pods of cratedb, opa-kube-mgmt");
  });
});
