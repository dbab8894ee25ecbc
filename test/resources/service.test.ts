import assert from "node:assert/strict";
import { objectKey } from "../../model/inventory.ts";
import type { JsonObject, Step } from "../../model/settings.ts";
import { objectStep } from "../support/settings.ts";
import { build } from "./built-platform.ts";

describe("a Service of our own", () => {
  const service = (type: string, annotations: JsonObject = {}) =>
    objectStep("publish", {
      apiVersion: "v1",
      kind: "Service",
      metadata: { name: "x", namespace: "krateo-system", annotations },
      spec: { type },
    });
  const wait = "pulumi.com/timeoutSeconds";

  const cases: [string, Step, JsonObject][] = [
    ["is waited for until its load balancer has an address", service("LoadBalancer"), { [wait]: "900" }],
    [
      "is waited for as long as its document says",
      service("LoadBalancer", { [wait]: "30" }),
      { [wait]: "30" },
    ],
    ["is not waited for otherwise", service("NodePort"), { "pulumi.com/skipAwait": "true" }],
  ];
  for (const [name, step, expected] of cases) {
    it(name, async () => {
      const { find } = await build([step]);
      const { annotations } = find("publish").inputs["metadata"] as { annotations: JsonObject };
      assert.deepEqual(annotations, {
        ...expected,
        "krateo.io/created-by": "krateo-pulumi",
        "pulumi.com/patchForce": "true",
      });
    });
  }

  it("that is there already keeps the address that the cluster gave it, which only a new one could lose", async () => {
    const key = objectKey("v1", "Service", "krateo-system", "x");
    for (const [inventory, step, expected] of [
      [{}, service("NodePort"), []],
      [
        { objects: { [key]: { ours: true, uid: "u" } } },
        service("NodePort"),
        ["spec.clusterIP", "spec.clusterIPs"],
      ],
      [
        { objects: { [key]: { ours: false, uid: "u" } } },
        service("NodePort"),
        ["spec.clusterIP", "spec.clusterIPs"],
      ],
    ] as const) {
      const { find } = await build([step], { inventory });
      assert.deepEqual(find("publish").ignoreChanges, expected);
    }
  });
});
