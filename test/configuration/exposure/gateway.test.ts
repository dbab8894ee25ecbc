import assert from "node:assert/strict";
import type { JsonObject } from "../../../model/settings.ts";
import { chartStep, load } from "../project.ts";
import { browserSteps, existing, listenersOf, made, own, served } from "./gateway-manifests.ts";

describe("an existing Gateway", () => {
  it("is named by every HTTPRoute, and nothing is made beside them", async () => {
    const gateway = { name: "shared", namespace: "gateways", listener: "web" };
    const found = await made({ ...existing, gateway });
    assert.deepEqual(Object.keys(found), browserSteps);
    for (const id of browserSteps) {
      assert.deepEqual(found[id]?.spec["parentRefs"], [
        {
          group: "gateway.networking.k8s.io",
          kind: "Gateway",
          name: "shared",
          namespace: "gateways",
          sectionName: "web",
        },
      ]);
    }
  });

  it("is looked for in the installation's namespace, with any listener, where no other is named", async () => {
    const [parent] = (await made(existing))["attach-authn"]?.spec["parentRefs"] as JsonObject[];
    assert.deepEqual(parent, { group: "gateway.networking.k8s.io", kind: "Gateway", name: "shared" });
  });

  it("has URLs with https where the configuration says so: its listeners are not read", async () => {
    const settings = await load({}, { ...existing, tls: { external: true } });
    const config = chartStep(settings, "install-frontend").values["config"] as JsonObject;
    assert.equal(config["SNOWPLOW_API_BASE_URL"], "https://snowplow.d.example.org");
    assert.equal(settings.exposure.https, true);
  });
});

describe("a Gateway of our own", () => {
  it("serves all hosts in clear at one listener without certificates", async () => {
    for (const tls of [{}, { tls: { external: true } }]) {
      const found = await made({ ...own, ...tls });
      assert.deepEqual(listenersOf(found), [
        { name: "http", protocol: "HTTP", port: 80, allowedRoutes: { namespaces: { from: "Same" } } },
      ]);
      assert.equal(found["open-gateway"]?.spec["gatewayClassName"], "envoy");
      assert.deepEqual([...new Set(Object.values(served(found)))], ["http"]);
      assert.equal(found["redirect-to-https"], undefined);
    }
  });

  it("has a listener for each host with a certificate of its own", async () => {
    const found = await made({ ...own, tls: true });
    assert.deepEqual(
      listenersOf(found).map(({ name, hostname, tls }) => [
        name,
        hostname,
        tls?.certificateRefs[0]?.["name"],
      ]),
      [
        ["http", undefined, undefined],
        ["frontend", "app.d.example.org", "frontend-tls"],
        ["authn", "authn.d.example.org", "authn-tls"],
        ["snowplow", "snowplow.d.example.org", "snowplow-tls"],
        ["events-presenter", "events-presenter.d.example.org", "events-presenter-tls"],
      ],
    );
    assert.equal(served(found)["authn.d.example.org"], "authn");
  });

  it("has one listener for all hosts with one certificate: browsers use one connection for them", async () => {
    const found = await made({ ...own, tls: { secretName: "wildcard" } });
    assert.deepEqual(
      listenersOf(found).map(({ name, hostname }) => [name, hostname]),
      [
        ["http", undefined],
        ["https", undefined],
      ],
    );
    assert.deepEqual([...new Set(Object.values(served(found)))], ["https"]);
  });

  it("sends to https what comes in clear", async () => {
    const redirect = (await made({ ...own, tls: true }))["redirect-to-https"];
    assert.equal((redirect?.spec["parentRefs"] as JsonObject[])[0]?.["sectionName"], "http");
    assert.deepEqual((redirect?.spec["rules"] as JsonObject[])[0]?.["filters"], [
      { type: "RequestRedirect", requestRedirect: { scheme: "https", statusCode: 301 } },
    ]);
  });

  it("bears annotations, cert-manager's among them; the user's own win", async () => {
    const annotations = async (config: object) =>
      (await made({ ...own, ...config }))["open-gateway"]?.metadata.annotations;
    assert.equal(await annotations({}), undefined);
    assert.deepEqual(
      await annotations({ tls: { clusterIssuer: "letsencrypt" }, gatewayAnnotations: { "a.org/b": "c" } }),
      { "cert-manager.io/cluster-issuer": "letsencrypt", "a.org/b": "c" },
    );
    assert.deepEqual(
      await annotations({
        tls: { clusterIssuer: "letsencrypt" },
        gatewayAnnotations: { "cert-manager.io/cluster-issuer": "other" },
      }),
      { "cert-manager.io/cluster-issuer": "other" },
    );
  });

  it("gets a ReferenceGrant for certificates in another namespace, each Secret once, and else none", async () => {
    const found = await made({
      ...own,
      tls: {
        secretNamespace: "certs",
        secretName: { frontend: "w", authn: "w", snowplow: "w", eventsPresenter: "events" },
      },
    });
    assert.deepEqual(found["grant-certificates"]?.metadata, {
      name: "certificates-for-krateo-system",
      namespace: "certs",
    });
    assert.deepEqual(found["grant-certificates"]?.spec, {
      from: [{ group: "gateway.networking.k8s.io", kind: "Gateway", namespace: "krateo-system" }],
      to: [
        { group: "", kind: "Secret", name: "w" },
        { group: "", kind: "Secret", name: "events" },
      ],
    });
    const references = listenersOf(found).flatMap(({ tls }) => tls?.certificateRefs ?? []);
    assert.deepEqual([...new Set(references.map(({ namespace }) => namespace))], ["certs"]);
    assert.equal((await made({ ...own, tls: true }))["grant-certificates"], undefined);
  });
});
