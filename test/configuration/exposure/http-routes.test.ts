import assert from "node:assert/strict";
import type { JsonObject } from "../../../model/settings.ts";
import { planOf } from "../../../plan/plan.ts";
import { chartStep, load } from "../project.ts";
import { browserSteps, made, manifests, own, served } from "./gateway-manifests.ts";

describe("type gateway", () => {
  it("makes an HTTPRoute beside each Service that browsers call, and leaves no other way in", async () => {
    const settings = await load({}, own);
    const found = manifests(settings);
    assert.deepEqual(
      Object.keys(found).filter((id) => found[id]?.kind === "HTTPRoute"),
      browserSteps,
    );
    for (const id of browserSteps) assert.equal(found[id]?.metadata.namespace, "krateo-system");
    for (const { id } of settings.steps.filter(({ type }) => type === "chart")) {
      assert.equal(chartStep(settings, id).values["ingress"], undefined, id);
    }
    assert.doesNotMatch(JSON.stringify(settings.steps), /NodePort|LoadBalancer|nodePort/);
  });

  it("sets no limit to the stream of events, and leaves other requests to the controller's limits", async () => {
    const found = await made(own);
    const timeouts = (id: string) => (found[id]?.spec["rules"] as JsonObject[])[0]?.["timeouts"];
    assert.deepEqual(timeouts("attach-events-presenter"), { request: "0s", backendRequest: "0s" });
    assert.equal(timeouts("attach-snowplow"), undefined);
  });

  it("names hosts one by one, in HTTPRoutes and URLs alike", async () => {
    const settings = await load({}, { ...own, hosts: { authn: "login.example.org" } });
    assert.deepEqual(Object.keys(served(manifests(settings))).toSorted(), [
      "app.d.example.org",
      "events-presenter.d.example.org",
      "login.example.org",
      "snowplow.d.example.org",
    ]);
    const config = chartStep(settings, "install-frontend").values["config"] as JsonObject;
    assert.equal(config["AUTHN_API_BASE_URL"], "http://login.example.org");
    assert.deepEqual(settings.warnings, []);
  });

  it("leads to internal Services on request", async () => {
    const found = await made({ ...own, expose: "resources-presenter,finops-database-handler" });
    const backend = (id: string) =>
      ((found[id]?.spec["rules"] as JsonObject[])[0]?.["backendRefs"] as JsonObject[])[0];
    assert.deepEqual(
      [backend("attach-resources-presenter"), backend("attach-finops-database-handler")].map((one) => [
        one?.["name"],
        one?.["port"],
      ]),
      [
        ["resources-presenter", 8080],
        ["finops-database-handler", 8088],
      ],
    );
    assert.equal(Object.keys(served(found)).length, 6);
  });

  it("makes the Gateway before the HTTPRoutes, and each of these after its Service", async () => {
    const plan = planOf(await load({}, { ...own, tls: { secretName: "w", secretNamespace: "certs" } }));
    const needs = (id: string) => plan.find((node) => node.id === id)?.needs.map(({ on }) => on);
    assert.deepEqual(needs("open-gateway"), ["cleanup", "grant-certificates"]);
    assert.deepEqual(needs("attach-authn"), ["cleanup", "install-authn", "open-gateway"]);
    assert.deepEqual(needs("redirect-to-https"), ["cleanup", "open-gateway"]);
  });

  it("warns of a host that an override gives to an HTTPRoute alone", async () => {
    const files = {
      "krateo-overrides.yaml":
        "components: {backend: {stepConfig: {attach-authn: {with: {spec: {hostnames: [x.example.org]}}}}}}",
    };
    const { warnings } = await load(files, { ...own, tls: { secretName: "w" } });
    assert.equal(warnings.length, 1);
    assert.match(warnings[0] ?? "", /^the page would call authn at https:\/\/authn\.d\.example\.org, but/);
    assert.match(warnings[0] ?? "", /AUTHN_API_BASE_URL to https:\/\/x\.example\.org;/);
  });
});
