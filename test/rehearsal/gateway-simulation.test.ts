import assert from "node:assert/strict";
import type { ClusterApi } from "../../rehearsal/simulation/cluster-api.ts";
import {
  acceptGatewayClasses,
  acceptHttpRoutes,
  controllerName,
  programGateways,
} from "../../rehearsal/simulation/rules/gateways.ts";
import type { Item, KindName } from "../../rehearsal/simulation/world.ts";

type Objects = Partial<Record<KindName, Item[]>>;
const rules = [acceptGatewayClasses, programGateways, acceptHttpRoutes];

const meta = (name: string, namespace = "krateo-system", more: object = {}) => ({
  name,
  namespace,
  uid: name,
  generation: 1,
  ...more,
});
const gatewayClass = (): Item => ({
  metadata: { name: "rehearsal", uid: "c", generation: 1 },
  spec: { controllerName },
});
const plain = { name: "http", protocol: "HTTP", port: 80, allowedRoutes: { namespaces: { from: "Same" } } };
const secure = (namespace?: string, host?: string) => ({
  ...plain,
  name: "https",
  protocol: "HTTPS",
  ...(host && { hostname: host }),
  tls: { certificateRefs: [{ name: "wildcard", ...(namespace && { namespace }) }] },
});
const gateway = (listeners: object[], metadata: object = {}): Item => ({
  metadata: meta("krateo", "krateo-system", metadata),
  spec: { gatewayClassName: "rehearsal", listeners },
});
const service: Item = { metadata: meta("authn"), spec: { ports: [{ port: 8082 }] } };
const route = (parent: object = {}, home = "krateo-system"): Item => ({
  metadata: meta("authn", home),
  spec: {
    hostnames: ["authn.example.org"],
    parentRefs: [{ name: "krateo", namespace: "krateo-system", ...parent }],
    rules: [{ backendRefs: [{ name: "authn", port: 8082 }] }],
  },
});
const wildcard = (namespace: string): Item => ({
  metadata: meta("wildcard", namespace),
  type: "kubernetes.io/tls",
});

/** Statuses that the stand-ins write, by kind and name; the objects then show them. */
async function told(objects: Objects): Promise<Record<string, Item>> {
  const world = { list: (kind: KindName) => objects[kind] ?? [] };
  const statuses: Record<string, Item> = {};
  const api = {
    patchStatus: async (kind: KindName, item: Item, status: Item) => {
      statuses[`${kind} ${item.metadata?.name}`] = status;
      item["status"] = status;
    },
  } as unknown as ClusterApi;
  for (const rule of rules)
    for (const { run } of rule(world, { realistic: false, loadBalancer: "ip" })) await run(api);
  return statuses;
}

const reasons = (conditions: Item[] = []): string =>
  conditions.map(({ type, status, reason }) => (status === "True" ? type : `${type} ${reason}`)).join();
const ofGateway = async (objects: Objects): Promise<string> => {
  const status = (await told({ gatewayClasses: [gatewayClass()], ...objects }))["gateways krateo"];
  const listeners = (status?.["listeners"] ?? []) as Item[];
  return [
    reasons(status?.["conditions"]),
    ...listeners.map(({ name, conditions }) => `${name}: ${reasons(conditions)}`),
  ].join("; ");
};
const ofRoute = async (objects: Objects): Promise<string> => {
  const status = (await told({ gatewayClasses: [gatewayClass()], ...objects }))["httpRoutes authn"];
  return ((status?.["parents"] ?? []) as Item[]).map(({ conditions }) => reasons(conditions)).join("; ");
};

describe("the stand-in for a controller of Gateways", () => {
  it("accepts its own class, and no other", async () => {
    const other = { ...gatewayClass(), spec: { controllerName: "example.org/other" } };
    assert.equal(
      reasons((await told({ gatewayClasses: [gatewayClass()] }))["gatewayClasses rehearsal"]?.["conditions"]),
      "Accepted",
    );
    assert.deepEqual(
      await told({ gatewayClasses: [other], gateways: [gateway([plain])], httpRoutes: [route()] }),
      {},
    );
  });

  it("opens a listener in clear, and one with a certificate that is there", async () => {
    assert.equal(
      await ofGateway({ gateways: [gateway([plain, secure()])], secrets: [wildcard("krateo-system")] }),
      "Accepted,Programmed; http: ResolvedRefs,Programmed; https: ResolvedRefs,Programmed",
    );
  });

  it("does not open one whose certificate is missing, or lies elsewhere without a grant", async () => {
    assert.equal(
      await ofGateway({ gateways: [gateway([plain, secure()])] }),
      "Accepted,Programmed; http: ResolvedRefs,Programmed; https: ResolvedRefs InvalidCertificateRef,Programmed Invalid",
    );
    const elsewhere = { gateways: [gateway([secure("certs")])], secrets: [wildcard("certs")] };
    assert.equal(
      await ofGateway(elsewhere),
      "Accepted,Programmed Invalid; https: ResolvedRefs RefNotPermitted,Programmed Invalid",
    );
    const from = [{ group: "gateway.networking.k8s.io", kind: "Gateway", namespace: "krateo-system" }];
    const grant = (name: string): Item => ({
      metadata: meta("grant", "certs"),
      spec: { from, to: [{ group: "", kind: "Secret", name }] },
    });
    const opened = "Accepted,Programmed; https: ResolvedRefs,Programmed";
    const granted = (name: string) => ({
      ...elsewhere,
      gateways: [gateway([secure("certs")])],
      referenceGrants: [grant(name)],
    });
    assert.equal(await ofGateway(granted("wildcard")), opened);
    assert.notEqual(await ofGateway(granted("other")), opened);
  });

  it("gives no address where the Gateway asks for none", async () => {
    const annotations = { "rehearsal.krateo.io/load-balancer": "none" };
    assert.equal(
      await ofGateway({ gateways: [gateway([plain], { annotations })] }),
      "Accepted,Programmed AddressNotAssigned; http: ResolvedRefs,Programmed",
    );
  });

  const cases: [sentence: string, objects: Objects, expected: string][] = [
    ["serves an HTTPRoute", { gateways: [gateway([plain])], httpRoutes: [route()] }, "Accepted,ResolvedRefs"],
    [
      "refuses one to a listener that is not there",
      { gateways: [gateway([plain])], httpRoutes: [route({ sectionName: "https" })] },
      "Accepted NoMatchingParent,ResolvedRefs",
    ],
    [
      "refuses one from another namespace than the listener admits",
      { gateways: [gateway([plain])], httpRoutes: [route({}, "other")] },
      "Accepted NotAllowedByListeners,ResolvedRefs BackendNotFound",
    ],
    [
      "refuses one whose host no listener has",
      { gateways: [gateway([{ ...plain, hostname: "*.example.com" }])], httpRoutes: [route()] },
      "Accepted NoMatchingListenerHostname,ResolvedRefs",
    ],
    [
      "takes a wildcard for its host",
      { gateways: [gateway([{ ...plain, hostname: "*.example.org" }])], httpRoutes: [route()] },
      "Accepted,ResolvedRefs",
    ],
    [
      "refuses one while no listener for it is ready",
      { gateways: [gateway([secure()])], httpRoutes: [route()] },
      "Accepted NoReadyListeners,ResolvedRefs",
    ],
  ];
  for (const [sentence, objects, expected] of cases) {
    it(sentence, async () => assert.equal(await ofRoute({ services: [service], ...objects }), expected));
  }

  it("admits namespaces by their labels", async () => {
    const team = (labels: object) => ({
      services: [{ ...service, metadata: meta("authn", "other") }],
      namespaces: [{ metadata: { name: "other", labels } } as Item],
      gateways: [
        gateway([
          {
            ...plain,
            allowedRoutes: { namespaces: { from: "Selector", selector: { matchLabels: { team: "a" } } } },
          },
        ]),
      ],
      httpRoutes: [route({}, "other")],
    });
    assert.equal(await ofRoute(team({ team: "a" })), "Accepted,ResolvedRefs");
    assert.equal(await ofRoute(team({ team: "b" })), "Accepted NotAllowedByListeners,ResolvedRefs");
  });

  it("says that a Service is missing", async () => {
    assert.equal(
      await ofRoute({ gateways: [gateway([plain])], httpRoutes: [route()] }),
      "Accepted,ResolvedRefs BackendNotFound",
    );
  });

  it("says nothing twice, and speaks again of another generation", async () => {
    const objects = {
      gatewayClasses: [gatewayClass()],
      gateways: [gateway([plain])],
      httpRoutes: [route()],
      services: [service],
    };
    assert.equal(Object.keys(await told(objects)).length, 3);
    assert.deepEqual(await told(objects), {});
    (objects.httpRoutes[0]?.metadata as { generation: number }).generation = 2;
    assert.deepEqual(Object.keys(await told(objects)), ["httpRoutes authn"]);
  });
});
