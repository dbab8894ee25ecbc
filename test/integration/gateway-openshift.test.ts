import assert from "node:assert/strict";
import { connect } from "../../cluster/client/connection.ts";
import { furnishGatewayApi } from "../../rehearsal/simulation/gateway-kinds.ts";
import { openShiftKinds } from "../../rehearsal/simulation/openshift-kinds.ts";
import { agrees, green, up } from "../support/exposure.ts";
import { kubeconfig, startOver } from "../support/rehearsal.ts";
import { apply, live } from "../support/rehearsed-cluster.ts";
import { TestStack } from "../support/test-stack.ts";
import { noGateway, urls, withGateway } from "./gateway-config.ts";

describe("type gateway on OpenShift", () => {
  let stack: TestStack;

  before(async () => {
    await startOver();
    for (const kind of openShiftKinds) await apply(kind);
    await furnishGatewayApi(connect({ kubeconfig }));
    stack = await TestStack.open("gateway", { ...withGateway, openshift: true, profiles: ["no-finops"] });
  });

  it("installs a platform behind a Gateway, with pods as OpenShift wants them", async () => {
    await up(stack);
    assert.deepEqual(await agrees(stack), urls("http"));
    await green(stack);
  });

  it("goes over to Routes and comes back", async () => {
    const routes = { apiVersion: "route.openshift.io/v1" };
    await stack.configure({ type: "routes", openshift: true, profiles: ["no-finops"] });
    await up(stack);
    assert.match((await agrees(stack))["authn"] as string, /^https:\/\/authn-krateo-system\.apps\./);
    await noGateway();
    await green(stack);
    await stack.configure({ ...withGateway, openshift: true, profiles: ["no-finops"] });
    await up(stack);
    assert.deepEqual(await agrees(stack), urls("http"));
    assert.equal(await live("Route", "authn", routes), undefined);
    await green(stack);
  });

  it("ends on destroy, and leaves no Gateway and no HTTPRoute", async () => {
    const { code, output } = await stack.pulumi("destroy");
    assert.equal(code, 0, output);
    await noGateway();
  });
});
