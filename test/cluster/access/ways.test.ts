import assert from "node:assert/strict";
import type { LiveAccess } from "../../../cluster/access/access.ts";
import { endpointsOf, isLoopback, urlText } from "../../../cluster/access/ways.ts";
import { apiOf, httpRoute, ingress, live, meshRoute, route, service, sharedGateway } from "./live.ts";

/** `SCHEME HOSTS PORT, SOURCE` of each way to authn. */
function waysToAuthn(given: Partial<LiveAccess>): string[] {
  const endpoint = endpointsOf(live(given)).find(({ name }) => name === "authn");
  return (endpoint?.ways ?? []).map(
    ({ scheme, hosts, port, source }) => `${scheme} ${hosts.join(",")} ${port}, ${source}`,
  );
}

describe("the ways to an endpoint", () => {
  const cases: [string, Partial<LiveAccess>, string[]][] = [
    ["none for a ClusterIP Service", { services: [service("authn")] }, []],
    [
      "every node's address at a node port",
      {
        services: [service("authn", { type: "NodePort", nodePort: 30082 })],
        nodeAddresses: ["203.0.113.1", "node-a"],
      },
      ["http 203.0.113.1,node-a 30082, node port of Service authn"],
    ],
    [
      "a load balancer's name before its address, before its node port",
      {
        services: [
          service("authn", { type: "LoadBalancer", nodePort: 31000 }, [
            { hostname: "lb.example.org", ip: "203.0.113.9" },
          ]),
        ],
        nodeAddresses: ["10.0.0.7"],
      },
      [
        "http lb.example.org,203.0.113.9 8082, load balancer of Service authn",
        "http 10.0.0.7 31000, node port of Service authn",
      ],
    ],
    [
      "a second Service's load balancer before the same pods",
      {
        services: [
          service("authn"),
          {
            ...service("authn", { type: "LoadBalancer" }, [{ ip: "203.0.113.9" }]),
            metadata: { name: "authn-public", uid: "2" },
          },
        ],
      },
      ["http 203.0.113.9 8082, load balancer of Service authn-public"],
    ],
    [
      "an Ingress with a certificate",
      { services: [service("authn")], ingresses: [ingress("authn", "authn.example.org", { tls: true })] },
      ["https authn.example.org 443, Ingress authn"],
    ],
    [
      "an Ingress without one; another Service's is none",
      {
        services: [service("authn")],
        ingresses: [ingress("snowplow", "snowplow.example.org"), ingress("authn", "authn.example.org")],
      },
      ["http authn.example.org 80, Ingress authn"],
    ],
    [
      "a Route before anything else",
      {
        services: [service("authn", { type: "NodePort", nodePort: 30082 })],
        routes: [route("authn", "authn.apps.example.org")],
      },
      ["https authn.apps.example.org 443, Route authn", "http  30082, node port of Service authn"],
    ],
    [
      "an HTTPRoute by the listener with TLS; another Service's is none",
      {
        services: [service("authn")],
        httpRoutes: [httpRoute("authn", "authn.example.org"), httpRoute("snowplow", "snowplow.example.org")],
        gateways: sharedGateway(),
      },
      ["https authn.example.org 443, HTTPRoute authn"],
    ],
    [
      "an HTTPRoute by the listener that it names",
      {
        services: [service("authn")],
        httpRoutes: [httpRoute("authn", "authn.example.org", "http")],
        gateways: sharedGateway(),
      },
      ["http authn.example.org 8080, HTTPRoute authn"],
    ],
    [
      "an HTTPRoute to a Gateway that may not be read",
      { services: [service("authn")], httpRoutes: [httpRoute("authn", "authn.example.org")] },
      ["http authn.example.org 80, HTTPRoute authn"],
    ],
    [
      "no HTTPRoute of a service mesh, which no Gateway serves",
      { services: [service("authn")], httpRoutes: [meshRoute("authn")] },
      [],
    ],
  ];
  for (const [name, given, expected] of cases) {
    it(`are: ${name}`, () => assert.deepEqual(waysToAuthn(given), expected));
  }

  it("are found for a release of another name by Helm's label", () => {
    const labels = { "app.kubernetes.io/name": "authn" };
    const renamed = service("authn", { type: "NodePort", nodePort: 30082 });
    const services = [{ ...renamed, metadata: { name: "login", uid: "1", labels } }];
    assert.deepEqual(waysToAuthn({ services, nodeAddresses: ["10.0.0.7"] }), [
      "http 10.0.0.7 30082, node port of Service login",
    ]);
  });
});

describe("a URL that the browser is told", () => {
  const nodePort = {
    services: [service("authn", { type: "NodePort", nodePort: 30082 })],
    nodeAddresses: ["10.0.0.7"],
  };
  const balancer = { services: [service("authn", { type: "LoadBalancer" }, [{ ip: "203.0.113.9" }])] };
  const byIngress = {
    services: [service("authn")],
    ingresses: [ingress("authn", "authn.example.org", { tls: true })],
  };
  const cases: [string, string, Partial<LiveAccess>, string | undefined][] = [
    ["a node's address and port", "http://10.0.0.7:30082", nodePort, "nodePort"],
    ["this machine with a node port, as on kind", "http://127.0.0.1:30082", nodePort, "nodePort"],
    ["another port of the node", "http://10.0.0.7:30182", nodePort, undefined],
    ["a host that is no node", "http://10.0.0.8:30082", nodePort, undefined],
    ["the load balancer", "http://203.0.113.9:8082", balancer, "loadBalancer"],
    ["the load balancer's host at another port", "http://203.0.113.9:8083", balancer, undefined],
    [
      "the Ingress host, whatever the controller's port",
      "https://AUTHN.example.org:30443",
      byIngress,
      "ingress",
    ],
    [
      "the HTTPRoute's host, whatever the Gateway's port",
      "http://authn.example.org:30080",
      { services: [service("authn")], httpRoutes: [httpRoute("authn", "authn.example.org")] },
      "httpRoute",
    ],
    ["a host of no Ingress", "https://login.example.org", byIngress, undefined],
    ["no URL", "authn.example.org", byIngress, undefined],
  ];
  for (const [name, url, given, kind] of cases) {
    it(`${kind ? "leads in" : "leads nowhere"}: ${name}`, () => {
      const all = endpointsOf(live({ ...given, api: apiOf(url, "", "") }));
      assert.equal(all.find(({ name: one }) => one === "authn")?.configured[0]?.way?.kind, kind);
    });
  }

  it("knows what is this machine, and leaves out ports that a scheme implies", () => {
    for (const host of ["localhost", "127.0.0.1", "127.1.2.3", "::1", "[::1]"])
      assert.ok(isLoopback(host), host);
    for (const host of ["127.example.org", "10.0.0.1", "localhost.example.org"])
      assert.ok(!isLoopback(host), host);
    assert.equal(urlText("https", "a.example.org", 443), "https://a.example.org");
    assert.equal(urlText("http", "2001:db8::1", 30080), "http://[2001:db8::1]:30080");
  });
});
