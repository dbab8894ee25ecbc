import assert from "node:assert/strict";
import type { JsonObject } from "../../../model/settings.ts";
import { load, problemsOf } from "../project.ts";
import { browserSteps, frontendConfig, ingress, ingressOf, reachable } from "./ways-in.ts";

describe("type ingress", () => {
  it("opens what browsers call through the Ingress only (D7)", async () => {
    const settings = await load({}, ingress);
    assert.deepEqual(reachable(settings).toSorted(), browserSteps.toSorted());
    assert.ok(!/nodePort|NodePort|LoadBalancer/.test(JSON.stringify(settings.steps)));
  });

  it("keeps the stream of events open past nginx's read time-out (D7)", async () => {
    const { annotations } = ingressOf(await load({}, ingress), "install-events-presenter");
    assert.deepEqual(annotations, {
      "nginx.ingress.kubernetes.io/proxy-read-timeout": "3600",
      "nginx.ingress.kubernetes.io/proxy-send-timeout": "3600",
      "nginx.ingress.kubernetes.io/proxy-buffering": "off",
    });
  });

  it("names hosts one by one, in Ingresses and URLs alike", async () => {
    const settings = await load({}, { ...ingress, hosts: { authn: "login.example.org" } });
    assert.deepEqual(ingressOf(settings, "install-authn")["hosts"], [
      { host: "login.example.org", paths: [{ path: "/", pathType: "Prefix" }] },
    ]);
    assert.equal(frontendConfig(settings)["AUTHN_API_BASE_URL"], "http://login.example.org");
    assert.equal(frontendConfig(settings)["SNOWPLOW_API_BASE_URL"], "http://snowplow.d.example.org");
  });

  it("gives class and annotations to every Ingress, and keeps its own annotations", async () => {
    const settings = await load(
      {},
      { ...ingress, ingressClass: "traefik", ingressAnnotations: { a: "b", authn: { a: "c" } } },
    );
    for (const id of browserSteps) assert.equal(ingressOf(settings, id)["className"], "traefik");
    assert.deepEqual(ingressOf(settings, "install-authn")["annotations"], { a: "c" });
    assert.deepEqual(ingressOf(settings, "install-frontend")["annotations"], { a: "b" });
    const events = ingressOf(settings, "install-events-presenter")["annotations"] as JsonObject;
    assert.equal(Object.keys(events).length, 4);
  });

  const ways: [name: string, tls: JsonObject, config: JsonObject, secret: string | undefined][] = [
    ["one Secret for all hosts", { secretName: "wildcard" }, {}, "wildcard"],
    [
      "a Secret for each host",
      { secretName: { frontend: "f", authn: "a", snowplow: "s", "events-presenter": "e" } },
      {},
      "a",
    ],
    ["cert-manager", { clusterIssuer: "letsencrypt" }, {}, "authn-tls"],
    ["a proxy in front of the cluster", { external: true }, {}, undefined],
  ];
  for (const [name, tls, config, secretName] of ways) {
    it(`speaks https everywhere with ${name} (D7)`, async () => {
      const settings = await load({}, { ...ingress, ...config, tls });
      for (const key of ["AUTHN", "SNOWPLOW", "EVENTS", "EVENTS_PUSH"]) {
        assert.match(String(frontendConfig(settings)[`${key}_API_BASE_URL`]), /^https:/);
      }
      assert.equal(settings.exposure.https, true);
      const { tls: entries, annotations } = ingressOf(settings, "install-authn");
      const expected =
        secretName === undefined ? undefined : [{ secretName, hosts: ["authn.d.example.org"] }];
      assert.deepEqual(entries, expected);
      assert.deepEqual(
        annotations,
        tls["clusterIssuer"] ? { "cert-manager.io/cluster-issuer": "letsencrypt" } : undefined,
      );
    });
  }

  it("refuses profile tls beside krateo:tls", async () => {
    const problems = await problemsOf(load({}, { ...ingress, profiles: "tls", tls: { external: true } }));
    assert.deepEqual(
      problems.map(({ path }) => path),
      ["krateo:tls"],
    );
  });

  it("gives a host to resources-presenter on request", async () => {
    const settings = await load(
      {},
      { ...ingress, expose: "resources-presenter", ingressClass: "nginx", tls: { secretName: "all" } },
    );
    assert.deepEqual(ingressOf(settings, "install-resources-presenter"), {
      enabled: true,
      className: "nginx",
      hosts: [{ host: "resources-presenter.d.example.org", paths: [{ path: "/", pathType: "Prefix" }] }],
      tls: [{ secretName: "all", hosts: ["resources-presenter.d.example.org"] }],
    });
  });
});
