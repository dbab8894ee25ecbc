import assert from "node:assert/strict";
import type { JsonObject, ObjectStep, Settings } from "../../../model/settings.ts";
import { planOf } from "../../../plan/plan.ts";
import { chartStep, load, problemsOf } from "../project.ts";

const own = { type: "gateway", domain: "d.example.org", gatewayClass: "envoy" };
const existing = { type: "gateway", domain: "d.example.org", gateway: { name: "shared" } };
const browserSteps = ["attach-authn", "attach-snowplow", "attach-events-presenter", "attach-frontend"];

interface Manifest {
  readonly kind: string;
  readonly metadata: { name: string; namespace: string; annotations?: JsonObject };
  readonly spec: JsonObject;
}

function manifests(settings: Settings): Record<string, Manifest> {
  const objects = settings.steps.filter((step): step is ObjectStep => step.type === "object");
  return Object.fromEntries(objects.map(({ id, manifest }) => [id, manifest as unknown as Manifest]));
}

async function made(config: Record<string, unknown>): Promise<Record<string, Manifest>> {
  return manifests(await load({}, config));
}

interface Listener {
  readonly name: string;
  readonly protocol: string;
  readonly hostname?: string;
  readonly tls?: { readonly certificateRefs: readonly JsonObject[] };
}

const listenersOf = (found: Record<string, Manifest>): Listener[] =>
  found["open-gateway"]?.spec["listeners"] as unknown as Listener[];

/** Listener by host: where each HTTPRoute asks to be served. */
function served(found: Record<string, Manifest>): Record<string, unknown> {
  const routes = Object.values(found).filter(({ kind, spec }) => kind === "HTTPRoute" && spec["hostnames"]);
  return Object.fromEntries(
    routes.map(({ spec }) => [
      (spec["hostnames"] as string[])[0],
      (spec["parentRefs"] as { sectionName?: string }[])[0]?.sectionName,
    ]),
  );
}

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

describe("an existing Gateway", () => {
  it("is named by every HTTPRoute, and nothing is made beside them", async () => {
    const gateway = { name: "shared", namespace: "gateways", listener: "web" };
    const found = await made({ ...existing, gateway });
    assert.deepEqual(Object.keys(found), browserSteps);
    for (const id of browserSteps) {
      assert.deepEqual(found[id]?.spec["parentRefs"], [
        {
          group: "gateway.networking.k8s.io",
          kind: "Gateway",
          name: "shared",
          namespace: "gateways",
          sectionName: "web",
        },
      ]);
    }
  });

  it("is looked for in the installation's namespace, with any listener, where no other is named", async () => {
    const [parent] = (await made(existing))["attach-authn"]?.spec["parentRefs"] as JsonObject[];
    assert.deepEqual(parent, { group: "gateway.networking.k8s.io", kind: "Gateway", name: "shared" });
  });

  it("has URLs with https where the configuration says so: its listeners are not read", async () => {
    const settings = await load({}, { ...existing, tls: { external: true } });
    const config = chartStep(settings, "install-frontend").values["config"] as JsonObject;
    assert.equal(config["SNOWPLOW_API_BASE_URL"], "https://snowplow.d.example.org");
    assert.equal(settings.exposure.https, true);
  });
});

describe("a Gateway of our own", () => {
  it("serves all hosts in clear at one listener without certificates", async () => {
    for (const tls of [{}, { tls: { external: true } }]) {
      const found = await made({ ...own, ...tls });
      assert.deepEqual(listenersOf(found), [
        { name: "http", protocol: "HTTP", port: 80, allowedRoutes: { namespaces: { from: "Same" } } },
      ]);
      assert.equal(found["open-gateway"]?.spec["gatewayClassName"], "envoy");
      assert.deepEqual([...new Set(Object.values(served(found)))], ["http"]);
      assert.equal(found["redirect-to-https"], undefined);
    }
  });

  it("has a listener for each host with a certificate of its own", async () => {
    const found = await made({ ...own, tls: true });
    assert.deepEqual(
      listenersOf(found).map(({ name, hostname, tls }) => [
        name,
        hostname,
        tls?.certificateRefs[0]?.["name"],
      ]),
      [
        ["http", undefined, undefined],
        ["frontend", "app.d.example.org", "frontend-tls"],
        ["authn", "authn.d.example.org", "authn-tls"],
        ["snowplow", "snowplow.d.example.org", "snowplow-tls"],
        ["events-presenter", "events-presenter.d.example.org", "events-presenter-tls"],
      ],
    );
    assert.equal(served(found)["authn.d.example.org"], "authn");
  });

  it("has one listener for all hosts with one certificate: browsers use one connection for them", async () => {
    const found = await made({ ...own, tls: { secretName: "wildcard" } });
    assert.deepEqual(
      listenersOf(found).map(({ name, hostname }) => [name, hostname]),
      [
        ["http", undefined],
        ["https", undefined],
      ],
    );
    assert.deepEqual([...new Set(Object.values(served(found)))], ["https"]);
  });

  it("sends to https what comes in clear", async () => {
    const redirect = (await made({ ...own, tls: true }))["redirect-to-https"];
    assert.equal((redirect?.spec["parentRefs"] as JsonObject[])[0]?.["sectionName"], "http");
    assert.deepEqual((redirect?.spec["rules"] as JsonObject[])[0]?.["filters"], [
      { type: "RequestRedirect", requestRedirect: { scheme: "https", statusCode: 301 } },
    ]);
  });

  it("bears annotations, cert-manager's among them; the user's own win", async () => {
    const annotations = async (config: object) =>
      (await made({ ...own, ...config }))["open-gateway"]?.metadata.annotations;
    assert.equal(await annotations({}), undefined);
    assert.deepEqual(
      await annotations({ tls: { clusterIssuer: "letsencrypt" }, gatewayAnnotations: { "a.org/b": "c" } }),
      { "cert-manager.io/cluster-issuer": "letsencrypt", "a.org/b": "c" },
    );
    assert.deepEqual(
      await annotations({
        tls: { clusterIssuer: "letsencrypt" },
        gatewayAnnotations: { "cert-manager.io/cluster-issuer": "other" },
      }),
      { "cert-manager.io/cluster-issuer": "other" },
    );
  });

  it("gets a ReferenceGrant for certificates in another namespace, each Secret once, and else none", async () => {
    const found = await made({
      ...own,
      tls: {
        secretNamespace: "certs",
        secretName: { frontend: "w", authn: "w", snowplow: "w", eventsPresenter: "events" },
      },
    });
    assert.deepEqual(found["grant-certificates"]?.metadata, {
      name: "certificates-for-krateo-system",
      namespace: "certs",
    });
    assert.deepEqual(found["grant-certificates"]?.spec, {
      from: [{ group: "gateway.networking.k8s.io", kind: "Gateway", namespace: "krateo-system" }],
      to: [
        { group: "", kind: "Secret", name: "w" },
        { group: "", kind: "Secret", name: "events" },
      ],
    });
    const references = listenersOf(found).flatMap(({ tls }) => tls?.certificateRefs ?? []);
    assert.deepEqual([...new Set(references.map(({ namespace }) => namespace))], ["certs"]);
    assert.equal((await made({ ...own, tls: true }))["grant-certificates"], undefined);
  });
});

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
