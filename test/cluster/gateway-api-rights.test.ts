import assert from "node:assert/strict";
import { readAccess } from "../../cluster/access/access.ts";
import { observe } from "../../cluster/observation.ts";
import type { Step } from "../../model/settings.ts";
import { objectStep, settingsOf } from "../support/settings.ts";
import { errorOf, type Handler, withApiServer } from "./api-server.ts";

const gatewayApi = "/apis/gateway.networking.k8s.io/v1";

/** An empty namespace, and a user without rights on the Gateway API: RBAC says no before it says that there is no such kind. */
const withoutRights: Handler = (_, path) => {
  if (path.startsWith(gatewayApi)) return { status: 403, body: { message: "forbidden" } };
  const isList = /\/namespaces\/[^/]+\/[^/]+$|\/nodes$/.test(path);
  return isList ? { status: 200, body: { items: [] } } : { status: 404, body: {} };
};
const made = (id: string, kind: string): Step =>
  objectStep(id, {
    apiVersion: "gateway.networking.k8s.io/v1",
    kind,
    metadata: { name: "x", namespace: "krateo-system" },
  });

describe("a user without rights on the Gateway API", () => {
  it("sees how the platform is reached, without HTTPRoutes", async () => {
    await withApiServer(withoutRights, async (connection) => {
      const { httpRoutes, gateways } = await readAccess(connection, "krateo-system");
      assert.deepEqual(httpRoutes, []);
      assert.equal(gateways.size, 0);
    });
  });

  it("verifies an installation that has nothing of our own there", async () => {
    await withApiServer(withoutRights, async (connection, requests) => {
      const { httpRoutes, gateways } = await observe(
        connection,
        settingsOf([made("my-route", "HTTPRoute"), made("my-gateway", "Gateway")]),
      );
      assert.equal(httpRoutes.size + gateways.size, 0);
      assert.deepEqual(
        requests.filter((request) => request.includes(gatewayApi)),
        [],
      );
    });
  });

  for (const step of [made("attach-frontend", "HTTPRoute"), made("open-gateway", "Gateway")]) {
    it(`is told so where step ${step.id} makes what would have to be verified`, async () => {
      await withApiServer(withoutRights, async (connection) => {
        assert.match((await errorOf(observe(connection, settingsOf([step])))).message, /forbidden/);
      });
    });
  }
});
