import assert from "node:assert/strict";
import { deployment, faults, withObject } from "./whole-installation.ts";

describe("verify", () => {
  describe("of workloads", () => {
    for (const [what, given, status, found, next] of [
      [
        "a Deployment whose pods are not ready",
        withObject("Deployment/krateo-system/authn", deployment(2, 1)),
        "ERROR",
        "1 of 2 pods ready",
        "kubectl describe deployment authn -n krateo-system",
      ],
      [
        "a Deployment scaled to nothing",
        withObject("Deployment/krateo-system/authn", deployment(0)),
        "ERROR",
        "scaled to 0",
        "kubectl scale deployment authn -n krateo-system --replicas=2",
      ],
      [
        "a Deployment scaled down",
        withObject("Deployment/krateo-system/authn", deployment(1)),
        "WARNING",
        "scaled to 1",
        "kubectl scale deployment authn -n krateo-system --replicas=2",
      ],
      [
        "a Deployment that was deleted",
        withObject("Deployment/krateo-system/authn", undefined),
        "ERROR",
        "does not exist",
        "KRATEO_REAPPLY=authn npx pulumi up",
      ],
    ] as const) {
      it(`reports ${what}`, () => {
        const [first] = faults(given);
        assert.deepEqual(
          [first?.check, first?.subject, first?.status, first?.found, first?.next],
          ["workload", "Deployment authn", status, found, next],
        );
      });
    }

    it("takes a Deployment scaled up for well", () => {
      assert.deepEqual(faults(withObject("Deployment/krateo-system/authn", deployment(5))), []);
    });
  });
});
