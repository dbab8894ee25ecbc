import assert from "node:assert/strict";
import { explainGateway, explainHttpRoute } from "../../cluster/gateway-api.ts";
import { type Handler, holding, withApiServer } from "./api-server.ts";

const root = "/apis/gateway.networking.k8s.io/v1/namespaces";
const no = (type: string, reason: string) => ({ type, status: "False", reason, observedGeneration: 1 });
const yes = (type: string) => ({ type, status: "True", observedGeneration: 1 });
const route = (conditions: object[]) => ({
  metadata: { name: "authn", namespace: "krateo-system", generation: 1 },
  spec: { parentRefs: [{ name: "shared", namespace: "gateways" }] },
  status: { parents: [{ parentRef: { name: "shared", namespace: "gateways" }, conditions }] },
});
const gateway = (conditions: object[]) => ({
  metadata: { name: "shared", namespace: "gateways", generation: 1 },
  spec: { gatewayClassName: "envoy" },
  status: { conditions },
});

const cluster = (conditions: object[], ofGateway: object[]): Handler =>
  holding({
    [`${root}/krateo-system/httproutes/authn`]: route(conditions),
    [`${root}/gateways/gateways/shared`]: gateway(ofGateway),
  });

async function explained(handler: Handler, explain: typeof explainGateway, name: string, namespace: string) {
  let lines: readonly string[] = [];
  await withApiServer(handler, async (connection) => {
    lines = await explain(connection, namespace, name);
  });
  return lines;
}

describe("the explanation of an HTTPRoute", () => {
  it("is the controller's word on it, and on the Gateway where that is the cause", async () => {
    const handler = cluster([no("Accepted", "NoReadyListeners")], [no("Programmed", "AddressNotAssigned")]);
    assert.deepEqual(await explained(handler, explainHttpRoute, "authn", "krateo-system"), [
      "HTTPRoute authn in namespace krateo-system does not work: Gateway gateways/shared: Accepted is False: NoReadyListeners",
      "  Gateway shared in namespace gateways: Programmed is False: AddressNotAssigned",
      "  look further: kubectl describe httproute authn -n krateo-system",
    ]);
  });

  it("leaves out a Gateway that works, and says nothing of an HTTPRoute that is served", async () => {
    const refused = cluster([no("Accepted", "NotAllowedByListeners")], [yes("Programmed")]);
    assert.equal((await explained(refused, explainHttpRoute, "authn", "krateo-system")).length, 2);
    const served = cluster([yes("Accepted"), yes("ResolvedRefs")], []);
    assert.deepEqual(await explained(served, explainHttpRoute, "authn", "krateo-system"), []);
  });

  it("never throws: something has failed already", async () => {
    const refuse: Handler = () => ({ status: 403, body: { message: "forbidden" } });
    const [line, ...others] = await explained(refuse, explainHttpRoute, "authn", "krateo-system");
    assert.match(line ?? "", /^cannot read why no Gateway serves HTTPRoute authn: /);
    assert.deepEqual(others, []);
  });
});

describe("the explanation of a Gateway", () => {
  it("is its controller's word, or that it has none", async () => {
    assert.deepEqual(
      await explained(cluster([], [no("Programmed", "Invalid")]), explainGateway, "shared", "gateways"),
      [
        "Gateway shared in namespace gateways does not work: Programmed is False: Invalid",
        "  look further: kubectl describe gateway shared -n gateways",
      ],
    );
    const [line] = await explained(cluster([], []), explainGateway, "shared", "gateways");
    assert.match(line ?? "", /no controller has looked at it yet: is there one for GatewayClass envoy\?$/);
  });

  it("is empty when it listens", async () => {
    const handler = cluster([], [yes("Programmed")]);
    assert.deepEqual(await explained(handler, explainGateway, "shared", "gateways"), []);
  });
});
