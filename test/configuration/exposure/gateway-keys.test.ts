import assert from "node:assert/strict";
import { load, problemsOf } from "../project.ts";
import { existing, own } from "./gateway-manifests.ts";

describe("the keys for type gateway", () => {
  const refused: [name: string, values: Record<string, unknown>, problems: string[]][] = [
    [
      "no Gateway at all",
      { type: "gateway", domain: "d.example.org" },
      ["krateo:gateway: type gateway needs a Gateway"],
    ],
    [
      "an existing Gateway, and a class for another",
      { ...existing, gatewayClass: "envoy" },
      [
        "krateo:gateway: krateo:gateway names an existing Gateway, and krateo:gatewayClass asks for one that the program makes",
      ],
    ],
    [
      "annotations for an existing Gateway",
      { ...existing, gatewayAnnotations: { a: "b" } },
      [
        "krateo:gatewayAnnotations: krateo:gatewayAnnotations are for a Gateway that the program makes, and krateo:gateway names an existing one",
      ],
    ],
    [
      "certificates for an existing Gateway",
      { ...existing, tls: { secretName: "wildcard" } },
      [
        "krateo:tls: the listeners of an existing Gateway have their certificates already: krateo:tls cannot give it others",
      ],
    ],
    [
      "a Gateway without a name",
      { ...existing, gateway: { namespace: "gateways" } },
      ["krateo:gateway.name: name is missing"],
    ],
    [
      "no domain",
      { type: "gateway", gatewayClass: "envoy" },
      ["krateo:domain: type gateway needs a domain for its hosts"],
    ],
    [
      "a host twice",
      { ...own, hosts: { frontend: "authn.d.example.org" } },
      ["krateo:hosts: frontend and authn have the same host, authn.d.example.org"],
    ],
    [
      "an annotation that none can be",
      { ...own, gatewayAnnotations: { "a/b/c": "d" } },
      ['krateo:gatewayAnnotations.a/b/c: "a/b/c" cannot be an annotation'],
    ],
    [
      "a host without a certificate",
      { ...own, tls: { secretName: { frontend: "a" } } },
      ["krateo:tls.secretName: there is no certificate for authn, snowplow, events-presenter"],
    ],
    [
      "a namespace of Secrets that an issuer would have to write to",
      { ...own, tls: { clusterIssuer: "a", secretNamespace: "certs" } },
      [
        "krateo:tls.secretNamespace: cert-manager makes a Gateway's certificates in the Gateway's own namespace only",
      ],
    ],
    [
      "a namespace without a Secret",
      { ...own, tls: { external: true, secretNamespace: "certs" } },
      ["krateo:tls.secretNamespace: krateo:tls names a namespace and no Secret in it"],
    ],
    [
      "a namespace of Secrets with type ingress",
      { type: "ingress", domain: "d.example.org", tls: { secretName: "a", secretNamespace: "certs" } },
      ["krateo:tls.secretNamespace: an Ingress takes certificates from its own namespace only"],
    ],
    [
      "keys of type ingress, and with it those of type gateway",
      { ...own, ingressClass: "nginx" },
      ["krateo:ingressClass: krateo:ingressClass has no meaning for type gateway"],
    ],
    [
      "keys of type gateway with another",
      { type: "ingress", domain: "d.example.org", gatewayClass: "envoy", gateway: { name: "g" } },
      [
        "krateo:gateway: krateo:gateway has no meaning for type ingress",
        "krateo:gatewayClass: krateo:gatewayClass has no meaning for type ingress",
      ],
    ],
    [
      "everything at once",
      { type: "gateway", gateway: { name: "g" }, gatewayClass: "c", tls: { clusterIssuer: "i" } },
      [
        "krateo:domain: type gateway needs a domain for its hosts",
        "krateo:tls: the listeners of an existing Gateway have their certificates already: krateo:tls cannot give it others",
        "krateo:gateway: krateo:gateway names an existing Gateway, and krateo:gatewayClass asks for one that the program makes",
      ],
    ],
    [
      "a component that the HTTPRoutes of others need, switched off",
      { ...own, set: { "components.backend.enabled": false, "components.portal-defaults.enabled": false } },
      [
        "krateo:set components.backend.enabled: component events-stack needs backend, which is switched off: attach-events-presenter needs open-gateway, no controller accepts an HTTPRoute to a Gateway that is not there",
        "krateo:set components.backend.enabled: component frontend needs backend, which is switched off: attach-frontend needs open-gateway, no controller accepts an HTTPRoute to a Gateway that is not there",
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

  it("take every way to a Gateway and a certificate without a warning", async () => {
    for (const values of [
      own,
      existing,
      { ...own, tls: true },
      { ...own, tls: { secretName: "w" } },
      { ...own, tls: { secretName: "w", secretNamespace: "certs" } },
      { ...own, tls: { clusterIssuer: "letsencrypt", secretName: { frontend: "f" } } },
      { ...existing, tls: { external: true } },
      { ...own, openshift: true },
    ]) {
      assert.deepEqual((await load({}, values)).warnings, [], JSON.stringify(values));
    }
  });
});
