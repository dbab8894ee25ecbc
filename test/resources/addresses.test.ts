import assert from "node:assert/strict";
import type { JsonObject } from "../../model/settings.ts";
import { chartStep, objectStep } from "../support/settings.ts";
import { build, release, service } from "./built-platform.ts";

describe("the platform's addresses", () => {
  const promised = <T>(output: unknown): Promise<T> => (output as { promise(): Promise<T> }).promise();

  it("are of the Services that are exposed, and of our own Service where it stands in for a chart's", async () => {
    const expose = objectStep("publish-events-presenter", {
      apiVersion: "v1",
      kind: "Service",
      metadata: { name: "events-presenter-external", namespace: "krateo-system" },
    });
    const read: string[] = [];
    const { platform } = await build(
      [
        chartStep("install-authn"),
        chartStep("install-events-presenter"),
        expose,
        chartStep("install-resources-presenter"),
      ],
      {
        read: async ({ name }) => {
          read.push(name);
          return service as unknown as JsonObject;
        },
      },
    );
    assert.deepEqual(await promised(platform.addresses), {
      authn: "http://127.0.0.1:30082",
      eventsPresenter: "http://127.0.0.1:30082",
    });
    assert.deepEqual(read.toSorted(), ["authn", "events-presenter-external"]);
  });

  it("of a release whose upgrade failed are read all the same, and there is none of one that was never there", async () => {
    const steps = [chartStep("install-authn"), chartStep("install-snowplow")];
    const { platform } = await build(steps, {
      inventory: { releases: { authn: release } },
      failing: steps.map(({ id }) => id),
    });
    assert.deepEqual(await promised(platform.addresses), {
      authn: "http://127.0.0.1:30082",
      snowplow: "none: snowplow is not installed",
    });
  });

  it("are those of the Ingresses, whose hosts are known", async () => {
    const values = { ingress: { enabled: true, hosts: [{ host: "authn.example.org" }] } };
    const { platform } = await build([chartStep("install-authn", { values })], {
      settings: { exposure: { services: ["authn"], https: true } },
    });
    assert.deepEqual(await promised(platform.addresses), { authn: "https://authn.example.org" });
    assert.equal(
      platform.hostsFile,
      "kubectl get ingress frontend -n krateo-system -o jsonpath='{.status.loadBalancer.ingress[0].ip} authn.example.org'",
    );
  });

  it("need no line in a hosts file without hosts", async () => {
    const { platform } = await build([chartStep("install-authn")], {
      read: async () => service as unknown as JsonObject,
    });
    assert.equal(platform.hostsFile, "not needed: there is no Ingress and no HTTPRoute");
  });
});
