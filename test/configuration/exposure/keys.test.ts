import assert from "node:assert/strict";
import { load, problemsOf } from "../project.ts";

const ingress = { type: "ingress", domain: "d.example.org" };
const balancer = { type: "loadbalancer" };

describe("the keys for exposure", () => {
  const accepted: [name: string, values: Record<string, unknown>][] = [
    ["node ports, some of them", { nodePorts: { frontend: 31080, eventsPresenter: 31083 } }],
    ["node ports that swap two defaults", { nodePorts: { authn: 30081, snowplow: 30082 } }],
    [
      "the port of a Service that is exposed on request",
      { nodePorts: { "resources-presenter": 32000 }, expose: "resources-presenter" },
    ],
    ["annotations for all Services", { ...balancer, serviceAnnotations: { "example.com/a": "true" } }],
    [
      "annotations for one Service",
      { ...balancer, serviceAnnotations: { snowplow: { "example.com/a": "x" } } },
    ],
    ["both", { ...balancer, serviceAnnotations: { a: "x", eventsPresenter: { a: "y" } } }],
    ["either kind of address", { ...balancer, loadBalancerAddress: "hostname" }],
    ["a domain", ingress],
    ["a domain with labels as long as they may be", { type: "ingress", domain: `${"x".repeat(63)}.org` }],
    ["an address as a domain of nip.io", { type: "ingress", domain: "203.0.113.7.nip.io" }],
    [
      "a host for each Service in place of a domain",
      {
        type: "ingress",
        hosts: { frontend: "a.b.org", authn: "b.b.org", snowplow: "c.b.org", eventsPresenter: "d.b.org" },
      },
    ],
    [
      "a host for one, the others below the domain",
      { ...ingress, hosts: { frontend: "krateo.example.org" } },
    ],
    ["one Secret for all hosts", { ...ingress, tls: { secretName: "wildcard" } }],
    [
      "a Secret for each host",
      {
        ...ingress,
        tls: { secretName: { frontend: "a", authn: "b", snowplow: "c", "events-presenter": "d" } },
      },
    ],
    ["an issuer", { ...ingress, tls: { clusterIssuer: "letsencrypt" } }],
    [
      "an issuer, and the name of a Secret",
      { ...ingress, tls: { clusterIssuer: "letsencrypt", secretName: { frontend: "f" } } },
    ],
    ["TLS in front of the cluster", { ...ingress, tls: { external: true } }],
    [
      "a class and annotations for Ingresses",
      { ...ingress, ingressClass: "traefik", ingressAnnotations: { frontend: { "example.com/a": "b" } } },
    ],
  ];
  for (const [name, values] of accepted) {
    it(`take ${name}`, async () => assert.deepEqual((await load({}, values)).warnings, []));
  }

  const refused: [name: string, values: Record<string, unknown>, problems: string[]][] = [
    [
      "a port below the range",
      { nodePorts: { authn: 29999 } },
      ["krateo:nodePorts.authn: authn has a value that is not allowed"],
    ],
    [
      "a port above it",
      { nodePorts: { authn: 32768 } },
      ["krateo:nodePorts.authn: authn has a value that is not allowed"],
    ],
    [
      "a port as text",
      { nodePorts: { authn: "31082" } },
      ["krateo:nodePorts.authn: authn has a value that is not allowed"],
    ],
    [
      "a port twice",
      { nodePorts: { authn: 31000, snowplow: 31000 } },
      ["krateo:nodePorts.snowplow: authn and snowplow have the same node port, 31000"],
    ],
    [
      "the port that another Service has by default",
      { nodePorts: { authn: 30080 } },
      ["krateo:nodePorts.authn: frontend and authn have the same node port, 30080"],
    ],
    [
      "a port for what has none",
      { nodePorts: { deviser: 31000 } },
      ['krateo:nodePorts.deviser: unknown key "deviser"'],
    ],
    [
      "a Service in both spellings",
      { nodePorts: { eventsPresenter: 31000, "events-presenter": 31001 } },
      ["krateo:nodePorts: events-presenter is named twice"],
    ],
    [
      "a port for a Service that nobody outside sees",
      { nodePorts: { resourcesPresenter: 31000 } },
      [
        "krateo:nodePorts.resources-presenter: krateo:nodePorts names resources-presenter, which is not reachable from outside",
      ],
    ],
    [
      "node ports for another type",
      { ...balancer, nodePorts: { authn: 31000 } },
      ["krateo:nodePorts: krateo:nodePorts has no meaning for type loadbalancer"],
    ],
    [
      "a domain with type nodeport",
      { domain: "d.example.org" },
      ["krateo:domain: krateo:domain has no meaning for type nodeport"],
    ],
    [
      "a misplaced key, and what is wrong with the others",
      { domain: "d.example.org", nodePorts: { authn: 31000, snowplow: 31000 } },
      [
        "krateo:domain: krateo:domain has no meaning for type nodeport",
        "krateo:nodePorts.snowplow: authn and snowplow have the same node port, 31000",
      ],
    ],
    [
      "every misplaced key at once",
      {
        hosts: { frontend: "a.b.org" },
        ingressClass: "nginx",
        ingressAnnotations: {},
        tls: {},
        serviceAnnotations: {},
        loadBalancerAddress: "ip",
      },
      [
        "krateo:loadBalancerAddress: krateo:loadBalancerAddress has no meaning for type nodeport",
        "krateo:serviceAnnotations: krateo:serviceAnnotations has no meaning for type nodeport",
        "krateo:hosts: krateo:hosts has no meaning for type nodeport",
        "krateo:ingressClass: krateo:ingressClass has no meaning for type nodeport",
        "krateo:ingressAnnotations: krateo:ingressAnnotations has no meaning for type nodeport",
        "krateo:tls: krateo:tls has no meaning for type nodeport",
      ],
    ],
    [
      "an annotation that is not text",
      { ...balancer, serviceAnnotations: { "example.com/a": true } },
      ["krateo:serviceAnnotations.example\\.com/a: example\\.com/a has a value that is not allowed"],
    ],
    [
      "one of a Service that is not text",
      { ...balancer, serviceAnnotations: { authn: { "example.com/a": 5 } } },
      ["krateo:serviceAnnotations.authn: authn has a value that is not allowed"],
    ],
    [
      "annotations of something that is no Service",
      { ...balancer, serviceAnnotations: { deviser: { a: "b" } } },
      ['krateo:serviceAnnotations.deviser: annotations for something that is not a Service: "deviser"'],
    ],
    [
      "a text where a Service's annotations belong",
      { ...balancer, serviceAnnotations: { authn: "b" } },
      ["krateo:serviceAnnotations.authn: authn is a Service, and its annotations are a map"],
    ],
    [
      "what cannot be an annotation",
      { ...balancer, serviceAnnotations: { "a b": "x", authn: { "a/b/c": "x" } } },
      [
        'krateo:serviceAnnotations.a b: "a b" cannot be an annotation',
        'krateo:serviceAnnotations.authn: "a/b/c" cannot be an annotation',
      ],
    ],
    [
      "annotations of a Service that nobody outside sees",
      { ...balancer, serviceAnnotations: { finopsDatabaseHandler: { a: "b" } } },
      [
        "krateo:serviceAnnotations.finops-database-handler: krateo:serviceAnnotations names finops-database-handler, which is not reachable from outside",
      ],
    ],
    [
      "a Service to expose that does not exist",
      { expose: "resource-presenter" },
      ['krateo:expose: there is no Service "resource-presenter" to expose'],
    ],
    [
      "a kind of address that does not exist",
      { ...balancer, loadBalancerAddress: "dns" },
      ["krateo:loadBalancerAddress: loadBalancerAddress has a value that is not allowed"],
    ],
    ["no domain", { type: "ingress" }, ["krateo:domain: type ingress needs a domain for its hosts"]],
    [
      "some hosts and no domain",
      { type: "ingress", hosts: { frontend: "a.b.org", snowplow: "b.b.org" } },
      ["krateo:hosts: there is no host for authn, events-presenter"],
    ],
    [
      "a host twice",
      { ...ingress, hosts: { frontend: "authn.d.example.org" } },
      ["krateo:hosts: frontend and authn have the same host, authn.d.example.org"],
    ],
    [
      "a Service that a type without krateo:expose does not expose, and its host",
      {
        type: "routes",
        openshift: true,
        expose: "resources-presenter",
        hosts: { resourcesPresenter: "x.example.org" },
      },
      [
        "krateo:expose: krateo:expose has no meaning for type routes",
        "krateo:hosts.resources-presenter: krateo:hosts names resources-presenter, which is not reachable from outside",
      ],
    ],
    [
      "a list where one Secret for each host is meant",
      { ...ingress, tls: [true] },
      ["krateo:tls: tls has a value that is not allowed"],
    ],
    [
      "a malformed host",
      { ...ingress, hosts: { frontend: "https://a.b.org" } },
      ["krateo:hosts.frontend: frontend has a value that is not allowed"],
    ],
    [
      "a domain with a label that DNS refuses",
      { type: "ingress", domain: `${"x".repeat(64)}.org` },
      ["krateo:domain: domain has a value that is not allowed"],
    ],
    [
      "TLS that says nothing",
      { ...ingress, tls: {} },
      ["krateo:tls: krateo:tls does not say where the certificate comes from"],
    ],
    [
      "TLS in front of the cluster, with a certificate in it",
      { ...ingress, tls: { external: true, secretName: "a" } },
      ["krateo:tls: TLS that ends in front of the cluster needs no certificate in it"],
    ],
    [
      "one Secret that an issuer would write for each host",
      { ...ingress, tls: { clusterIssuer: "a", secretName: "b" } },
      ["krateo:tls: one Secret for all hosts, and an issuer: cert-manager makes a certificate for each host"],
    ],
    [
      "a host without a Secret",
      { ...ingress, tls: { secretName: { frontend: "a" } } },
      ["krateo:tls.secretName: there is no certificate for authn, snowplow, events-presenter"],
    ],
    [
      "a misspelt part of tls",
      { ...ingress, tls: { secretNam: "a" } },
      ['krateo:tls.secretNam: unknown key "secretNam"'],
    ],
    [
      "a release document of the user's own beside them",
      { version: "local", nodePorts: { authn: 31000 }, expose: "resources-presenter" },
      [
        "krateo:nodePorts: krateo:nodePorts is about a platform version, and krateo:version names your own release document",
        "krateo:expose: krateo:expose is about a platform version, and krateo:version names your own release document",
        "krateo:version: there is no release document in the project",
      ],
    ],
  ];
  for (const [name, values, problems] of refused) {
    it(`refuse ${name}`, async () => {
      const found = await problemsOf(load({}, values));
      assert.deepEqual(
        found.map(({ path, what }) => `${path}: ${what}`),
        problems,
      );
      for (const problem of found) assert.ok(problem.next ?? problem.allowed, problem.what);
    });
  }

  it("name the nearest Service for a misspelt one", async () => {
    const [problem] = await problemsOf(load({}, { nodePorts: { snowplo: 31000 } }));
    assert.equal(problem?.next, "did you mean snowplow?");
  });
});
