import assert from "node:assert/strict";
import type { JsonObject } from "../../model/settings.ts";
import { chartStep, objectStep } from "../support/settings.ts";
import { build, resolved } from "./built-platform.ts";

describe("an HTTPRoute", () => {
  const manifest = (name: string, host: string) => ({
    apiVersion: "gateway.networking.k8s.io/v1",
    kind: "HTTPRoute",
    metadata: { name, namespace: "krateo-system" },
    spec: {
      hostnames: [host],
      parentRefs: [{ name: "shared", namespace: "gateways" }],
      rules: [{ backendRefs: [{ name }] }],
    },
  });
  const steps = [
    chartStep("install-authn"),
    objectStep("attach-authn", manifest("authn", "login.example.org")),
    chartStep("install-frontend"),
    objectStep("attach-frontend", manifest("frontend", "app.example.org")),
  ];

  it("stands behind the release of its Service, and is done when a Gateway serves it as it is now", async () => {
    const { find } = await build(steps);
    const { type, dependsOn, inputs } = find("attach-authn");
    assert.equal(type, "kubernetes:gateway.networking.k8s.io/v1:HTTPRoute");
    assert.deepEqual(dependsOn, ["cleanup", "install-authn"]);
    const { annotations } = inputs["metadata"] as { annotations: Record<string, string> };
    const holds = (type: string) =>
      `@.conditions[?(@.type == "${type}" && @.status == "True") && (@.observedGeneration == $.metadata.generation && ` +
      `$.metadata.annotations["krateo.io/written"] == "${annotations["krateo.io/written"]}")]`;
    assert.equal(
      annotations["pulumi.com/waitFor"],
      `jsonpath={.status.parents[?${holds("Accepted")} && ${holds("ResolvedRefs")}]}`,
    );
    assert.equal(annotations["pulumi.com/timeoutSeconds"], "300");
  });

  it("of another document's step stays an object like any other, and no address of ours", async () => {
    const { find, platform } = await build(
      [
        chartStep("install-frontend"),
        objectStep("my-route", manifest("frontend", "app.example.org")),
        objectStep("my-gateway", { ...manifest("mine", ""), kind: "Gateway" }),
      ],
      { settings: { exposure: { services: ["frontend"], https: false } } },
    );
    for (const id of ["my-route", "my-gateway"]) {
      const { annotations = {} } = find(id).inputs["metadata"] as { annotations?: object };
      assert.ok(!("pulumi.com/waitFor" in annotations) && !("pulumi.com/timeoutSeconds" in annotations), id);
    }
    assert.doesNotMatch((await resolved(platform.addresses))["frontend"] as string, /example/);
    assert.doesNotMatch(platform.hostsFile, /example/);
  });

  it("says the address by itself, and the Gateway that of the hosts file", async () => {
    const { platform } = await build(steps, {
      settings: { exposure: { services: ["frontend", "authn"], https: true } },
    });
    assert.deepEqual(await resolved(platform.addresses), {
      frontend: "https://app.example.org",
      authn: "https://login.example.org",
    });
    assert.equal(
      platform.hostsFile,
      `kubectl get gateway shared -n gateways -o jsonpath='{range .status.addresses[?(@.type=="IPAddress")]}{.value} app.example.org login.example.org{"\\n"}{end}'`,
    );
  });
});

describe("a Gateway", () => {
  it("is waited for as it is written now, also after a change of its annotations alone", async () => {
    const written = async (given: JsonObject) => {
      const gateway = objectStep("open-gateway", {
        apiVersion: "gateway.networking.k8s.io/v1",
        kind: "Gateway",
        metadata: { name: "krateo", namespace: "krateo-system", annotations: given },
      });
      const { inputs } = (await build([gateway])).find("open-gateway");
      const { annotations } = inputs["metadata"] as { annotations: Record<string, string> };
      const hash = annotations["krateo.io/written"];
      assert.ok(annotations["pulumi.com/waitFor"]?.includes(`["krateo.io/written"] == "${hash}"`));
      return hash;
    };
    assert.equal(await written({ a: "b" }), await written({ a: "b" }));
    assert.notEqual(await written({ a: "b" }), await written({ a: "c" }));
  });

  it("is done when it listens, and its document may say how long to wait for that", async () => {
    const gateway = objectStep("open-gateway", {
      apiVersion: "gateway.networking.k8s.io/v1",
      kind: "Gateway",
      metadata: {
        name: "krateo",
        namespace: "krateo-system",
        annotations: { "pulumi.com/timeoutSeconds": "30" },
      },
      spec: { gatewayClassName: "envoy" },
    });
    const { annotations } = (await build([gateway])).find("open-gateway").inputs["metadata"] as {
      annotations: Record<string, string>;
    };
    assert.match(
      annotations["pulumi.com/waitFor"] ?? "",
      /^jsonpath=\{\.status\.conditions\[\?\(@\.type == "Programmed" && @\.status == "True"\) && \(@\.observedGeneration/,
    );
    assert.equal(annotations["pulumi.com/timeoutSeconds"], "30");
  });
});
