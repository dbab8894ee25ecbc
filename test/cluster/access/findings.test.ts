import assert from "node:assert/strict";
import type { LiveAccess } from "../../../cluster/access/access.ts";
import { findingsOf, hostsLines } from "../../../cluster/access/findings.ts";
import type { Certificate, Probe } from "../../../cluster/access/probe.ts";
import type { ProbedEndpoint } from "../../../cluster/access/probes.ts";
import { endpointsOf } from "../../../cluster/access/ways.ts";
import { apiOf, httpRoute, ingress, live, service, serviceNames } from "./live.ts";

const now = Date.parse("2026-01-01T00:00:00Z");
const ok = (url: string, more: Partial<Probe> = {}): Probe => ({
  url,
  outcome: "answered",
  status: 200,
  ...more,
});
const sound: Certificate = {
  subject: "a.example.org",
  issuer: "An authority",
  expires: "2026-06-01T00:00:00.000Z",
  expired: false,
  trusted: true,
  hostMatches: true,
};

/** An installation behind Ingresses; the page and the others at http unless the scheme is given. */
function installation({ page = "http", api = "http" } = {}): LiveAccess {
  const hosts = serviceNames.map((name) => ingress(name, `${name}.example.org`, { tls: page === "https" }));
  const [authn, snowplow, events] = ["authn", "snowplow", "events-presenter"].map(
    (name) => `${api}://${name}.example.org`,
  );
  return live({
    services: serviceNames.map((name) => service(name)),
    ingresses: hosts,
    api: apiOf(authn as string, snowplow as string, events as string),
  });
}

/** The endpoints as they look when authn's probe, or what else is given of it, is as told and all others answer. */
function probed(given: LiveAccess, authn: Partial<ProbedEndpoint> = {}, scheme = "http"): ProbedEndpoint[] {
  return endpointsOf(given).map((endpoint): ProbedEndpoint => {
    const url = endpoint.configured[0]?.url ?? `${scheme}://${endpoint.chart}.example.org`;
    const configuredProbes = new Map(
      endpoint.configured.map((configured) => [configured.url ?? "", ok(configured.url ?? "")]),
    );
    const base: ProbedEndpoint = {
      ...endpoint,
      url,
      source: `Ingress ${endpoint.chart}`,
      configuredProbes,
      probe: ok(url),
    };
    return endpoint.name === "authn" ? { ...base, ...authn } : base;
  });
}

const findings = (authn: Partial<ProbedEndpoint>, given = installation()) =>
  findingsOf(probed(given, authn), given, now);
const url = "http://authn.example.org";

describe("what a browser would stumble over", () => {
  it("is nothing when all answer and all addresses agree", () => {
    assert.deepEqual(findings({}), []);
  });

  const failures: [string, Partial<ProbedEndpoint>, RegExp, RegExp][] = [
    [
      "a refused connection",
      { probe: { url, outcome: "refused", fault: "connection refused" } },
      /connection refused/,
      /ready pods/,
    ],
    [
      "a time-out",
      { probe: { url, outcome: "timeout", fault: "no answer within 5 s" } },
      /no answer within 5 s/,
      /port-forward/,
    ],
    [
      "a host that the controller does not know",
      { probe: ok(url, { status: 404 }) },
      /HTTP 404/,
      /does not know authn/,
    ],
    [
      "pods that are not ready",
      { probe: ok(url, { status: 503 }) },
      /HTTP 503/,
      /kubectl get pods,endpointslices -A -l /,
    ],
    [
      "a name without DNS and an Ingress without controller",
      { probe: { url, outcome: "unresolved", fault: "the name authn.example.org does not resolve" } },
      /does not resolve/,
      /Ingress authn shows no address yet/,
    ],
    [
      "a name without DNS and a Gateway without an address",
      {
        probe: { url, outcome: "unresolved", fault: "the name authn.example.org does not resolve" },
        ways: endpointsOf(
          live({ services: [service("authn")], httpRoutes: [httpRoute("authn", "authn.example.org")] }),
        ).flatMap(({ ways }) => ways),
      },
      /does not resolve/,
      /the Gateway of HTTPRoute authn shows no address yet/,
    ],
    [
      "an expired certificate",
      {
        probe: ok(url, {
          outcome: "certificate",
          fault: "expired",
          certificate: { ...sound, expired: true },
        }),
      },
      /expired/,
      /renew it/,
    ],
    [
      "another host's certificate",
      {
        probe: ok(url, {
          outcome: "certificate",
          fault: "other",
          certificate: { ...sound, hostMatches: false },
        }),
      },
      /other/,
      /a certificate for authn\.example\.org/,
    ],
    [
      "a certificate that nobody here trusts",
      {
        probe: ok(url, {
          outcome: "certificate",
          fault: "self-signed",
          certificate: { ...sound, trusted: false },
        }),
      },
      /self-signed/,
      /trusted ones/,
    ],
    [
      "nothing that leads in",
      { url: undefined, probe: undefined, source: "Service authn is reached inside the cluster only" },
      /inside the cluster only/,
      /krateo:type/,
    ],
  ];
  for (const [name, authn, what, next] of failures) {
    it(`is ${name}`, () => {
      const [first, ...rest] = findings(authn).filter(({ subject }) => subject === "authn");
      assert.equal(first?.level, "ERROR");
      assert.match(first?.what ?? "", what);
      assert.match(first?.next ?? "", next);
      assert.deepEqual(rest, []);
    });
  }

  it("is a certificate about to expire, as a warning", () => {
    const [only, ...rest] = findings({
      probe: ok(url, { certificate: { ...sound, expires: "2026-01-11T12:00:00.000Z" } }),
    });
    assert.deepEqual([only?.level, only?.what, rest], ["WARNING", "its certificate expires in 10 days", []]);
    assert.deepEqual(findings({ probe: ok(url, { certificate: sound }) }), []);
  });

  it("is a redirect of calls, which browsers do not follow", () => {
    const redirected = ok(url, { status: 308, location: "https://authn.example.org/health" });
    const [only, ...rest] = findings({ probe: redirected, configuredProbes: new Map([[url, redirected]]) });
    assert.match(
      only?.what ?? "",
      /redirects to https:\/\/authn\.example\.org\/health: browsers do not follow/,
    );
    assert.deepEqual(rest, []);
  });

  it("is an encrypted page that calls unencrypted services", () => {
    const given = installation({ page: "https" });
    const found = findingsOf(probed(given, {}, "https"), given, now);
    assert.deepEqual(
      found.map(({ subject, level }) => `${level} ${subject}`),
      ["ERROR authn", "ERROR snowplow", "ERROR events-presenter"],
    );
    assert.match(found[0]?.what ?? "", /browsers block such calls/);
    const both = installation({ page: "https", api: "https" });
    assert.deepEqual(findingsOf(probed(both, {}, "https"), both, now), []);
  });
});

describe("what the frontend tells the browser", () => {
  const nodes = {
    services: [
      ...serviceNames.map((name, index) => service(name, { type: "NodePort", nodePort: 30080 + index })),
    ],
    nodeAddresses: ["10.0.0.7"],
  };

  it("is wrong when it names another port than the Service has, and the fix is said", () => {
    const configured = "http://10.0.0.7:31999";
    const given = live({
      ...nodes,
      api: apiOf(configured, "http://10.0.0.7:30082", "http://10.0.0.7:30083"),
    });
    const refused: Probe = { url: configured, outcome: "refused", fault: "connection refused" };
    const right = "http://10.0.0.7:30081";
    const found = findingsOf(
      probed(given, {
        url: right,
        source: "node port of Service authn",
        configuredProbes: new Map([[configured, refused]]),
        probe: ok(right),
      }),
      given,
      now,
    );
    assert.equal(found.length, 1);
    assert.deepEqual([found[0]?.level, found[0]?.subject], ["ERROR", "AUTHN_API_BASE_URL"]);
    assert.equal(
      found[0]?.what,
      `ConfigMap frontend-config-vars sends browsers to ${configured}; authn is at ${right} (node port of Service authn)`,
    );
    assert.match(
      found[0]?.next ?? "",
      /components\.frontend\.stepConfig\.install-frontend\.helmValues\.config\.AUTHN_API_BASE_URL to http:\/\/10\.0\.0\.7:30081/,
    );
  });

  it("is right at an address that no object announces, when authn answers there", () => {
    const configured = "https://gateway.example.org";
    const given = live({
      ...nodes,
      api: apiOf(configured, "http://10.0.0.7:30082", "http://10.0.0.7:30083"),
    });
    assert.deepEqual(findingsOf(probed(given), given, now), []);
  });

  it("is wrong when a key is missing, and when it is no URL", () => {
    const { AUTHN_API_BASE_URL: _authn, ...rest } = apiOf(
      "",
      "http://10.0.0.7:30082",
      "http://10.0.0.7:30083",
    );
    const given = live({ ...nodes, api: { ...rest, SNOWPLOW_API_BASE_URL: "$SNOWPLOW_IP" } });
    const found = findingsOf(probed(given), given, now).filter(({ subject }) => subject.endsWith("_URL"));
    assert.match(found[0]?.what ?? "", /does not say where authn is/);
    assert.match(found[1]?.what ?? "", /says \$SNOWPLOW_IP, which is not an http or https URL/);
    assert.equal(found.length, 2);
  });
});

describe("hosts-file lines", () => {
  it("put the names of one address together", () => {
    const given = installation();
    const behind = { address: "203.0.113.9", probe: ok(url) };
    const endpoints = probed(given).map((endpoint) => ({ ...endpoint, behind }));
    assert.deepEqual(hostsLines(endpoints), [
      "203.0.113.9 frontend.example.org authn.example.org snowplow.example.org events-presenter.example.org",
    ]);
    assert.deepEqual(hostsLines(probed(given)), []);
  });
});
