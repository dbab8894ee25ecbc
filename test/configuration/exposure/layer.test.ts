import assert from "node:assert/strict";
import type { JsonObject } from "../../../model/settings.ts";
import { load, problemsOf, reportOf } from "../project.ts";
import { balancer, service } from "./ways-in.ts";

describe("exposure and the other layers", () => {
  const overrides = (values: string): string =>
    `components: {backend: {stepConfig: {install-authn: {helmValues: {service: ${values}}}}}}`;

  it("lies above krateo-overrides.yaml and below set", async () => {
    const files = { "krateo-overrides.yaml": overrides("{nodePort: 31000}") };
    const port = async (config: object) =>
      (service(await load(files, { ...config }), "install-authn") as JsonObject)["nodePort"];
    assert.equal(await port({}), 31000);
    assert.equal(await port({ nodePorts: { authn: 31001 } }), 31001);
    const path = "components.backend.stepConfig.install-authn.helmValues.service.nodePort";
    assert.equal(await port({ nodePorts: { authn: 31001 }, set: { [path]: 31002 } }), 31002);
  });

  it("refuses a port that the overrides take a second time", async () => {
    const files = { "krateo-overrides.yaml": overrides("{nodePort: 30083}") };
    assert.deepEqual(await reportOf(load(files)), [
      "krateo-overrides.yaml:1 components.backend.stepConfig.install-authn.helmValues.service.nodePort: steps install-authn and publish-events-presenter take the same node port, 30083",
    ]);
    assert.deepEqual(
      (await problemsOf(load({}, { nodePorts: { authn: 30083 } }))).length,
      1,
      "krateo:nodePorts is reported once",
    );
  });

  it("refuses to expose a Service of a component that is switched off", async () => {
    const problems = await problemsOf(load({}, { expose: "finops-database-handler", profiles: "no-finops" }));
    assert.deepEqual(
      problems.map(({ what }) => what),
      ["krateo:expose names finops-database-handler, but component finops is switched off"],
    );
  });

  it("keeps valid what was: a domain with type loadbalancer, and a node address elsewhere, only warn", async () => {
    const { warnings } = await load({}, { ...balancer, domain: "d.example.org", nodeAddress: "192.0.2.1" });
    assert.deepEqual(warnings, [
      "krateo:domain is only used by types ingress, gateway, routes, not by loadbalancer",
      "krateo:nodeAddress is only used by type nodeport, not by loadbalancer",
    ]);
  });
});
