import assert from "node:assert/strict";
import { load, problemsOf } from "../project.ts";

const gateway = { type: "gateway", domain: "d.example.org", gatewayClass: "envoy" };
const port = "components.backend.stepConfig.install-authn.helmValues.service.port";
const rules = "components.backend.stepConfig.attach-authn.with.spec.rules";
const to = (number: number) => [{ backendRefs: [{ name: "authn", port: number }] }];

describe("the port that an HTTPRoute leads to", () => {
  it("is refused where the chart's Service has another one", async () => {
    const [problem, ...others] = await problemsOf(load({}, { ...gateway, set: { [port]: 9000 } }));
    assert.equal(others.length, 0);
    assert.equal(problem?.what, "step attach-authn leads to port 8082, and Service authn has port 9000");
    assert.match(problem?.next ?? "", new RegExp(`: ${rules.replaceAll(".", "\\.")}$`));
  });

  it("is refused where the HTTPRoute alone was changed", async () => {
    const [problem] = await problemsOf(load({}, { ...gateway, set: { [rules]: to(9000) } }));
    assert.equal(problem?.what, "step attach-authn leads to port 9000, and Service authn has port 8082");
  });

  it("may be another one on both sides", async () => {
    await load({}, { ...gateway, set: { [port]: 9000, [rules]: to(9000) } });
  });

  it("is nobody's business without an HTTPRoute", async () => {
    await load({}, { type: "ingress", domain: "d.example.org", set: { [port]: 9000 } });
  });
});
