import assert from "node:assert/strict";
import type { JsonObject, ObjectStep, Settings } from "../../../model/settings.ts";
import { planOf } from "../../../plan/plan.ts";
import { chartStep, load, problemsOf, reportOf } from "../project.ts";

const ingress = { type: "ingress", domain: "d.example.org" };
const balancer = { type: "loadbalancer" };

const service = (settings: Settings, id: string): unknown => chartStep(settings, id).values["service"];
const ingressOf = (settings: Settings, id: string) => chartStep(settings, id).values["ingress"] as JsonObject;
const frontendConfig = (settings: Settings) =>
  chartStep(settings, "install-frontend").values["config"] as JsonObject;

function own(settings: Settings, id: string): ObjectStep | undefined {
  return settings.steps.find((step): step is ObjectStep => step.id === id && step.type === "object");
}

/** Objects that a variable is read from, with the selector. */
function sources(settings: Settings): Record<string, string> {
  return Object.fromEntries(
    settings.steps.flatMap((step) =>
      step.type === "var" && step.valueFrom
        ? [[step.name, `${step.valueFrom.name} ${step.valueFrom.selector}`]]
        : [],
    ),
  );
}

/** Services that have a way in from outside, by step. */
function reachable(settings: Settings): string[] {
  return settings.steps.flatMap((step) => {
    if (step.type === "object") return [step.id];
    if (step.type !== "chart") return [];
    const { type } = (step.values["service"] ?? {}) as { type?: string };
    const open = step.values["ingress"] !== undefined || type === "NodePort" || type === "LoadBalancer";
    return open ? [step.id] : [];
  });
}

const browserSteps = ["install-authn", "install-snowplow", "install-events-presenter", "install-frontend"];

describe("type nodeport", () => {
  it("tells browsers an address of a node and the ports as they are, never 127.0.0.1 unasked (D8)", async () => {
    const settings = await load({});
    assert.deepEqual(
      ["AUTHN", "SNOWPLOW", "EVENTS", "EVENTS_PUSH"].map(
        (name) => frontendConfig(settings)[`${name}_API_BASE_URL`],
      ),
      [
        "http://${NODE_ADDRESS}:${AUTHN_PORT}",
        "http://${NODE_ADDRESS}:${SNOWPLOW_PORT}",
        "http://${NODE_ADDRESS}:${EVENTS_PRESENTER_PORT}",
        "http://${NODE_ADDRESS}:${EVENTS_PRESENTER_PORT}",
      ],
    );
    assert.equal(settings.nodeAddress, undefined);
    assert.ok(!JSON.stringify(settings).includes("127.0.0.1"));
    assert.equal((await load({}, { nodeAddress: "127.0.0.1" })).nodeAddress, "127.0.0.1");
  });

  it("holds events-presenter's port with a Service of its own, since the chart lets the cluster choose", async () => {
    const settings = await load({});
    assert.deepEqual(service(settings, "install-events-presenter"), { type: "ClusterIP" });
    assert.deepEqual(own(settings, "publish-events-presenter")?.manifest, {
      apiVersion: "v1",
      kind: "Service",
      metadata: {
        name: "events-presenter-external",
        namespace: "krateo-system",
      },
      spec: {
        type: "NodePort",
        selector: {
          "app.kubernetes.io/name": "events-presenter",
          "app.kubernetes.io/instance": "events-presenter",
        },
        ports: [{ name: "http", port: 8083, targetPort: 8083, protocol: "TCP", nodePort: 30083 }],
      },
    });
    assert.equal(
      sources(settings)["EVENTS_PRESENTER_PORT"],
      "events-presenter-external .spec.ports[0].nodePort",
    );
  });

  it("changes ports in one place, whoever holds them", async () => {
    const settings = await load({}, { nodePorts: { frontend: 31080, eventsPresenter: 31083 } });
    assert.deepEqual(service(settings, "install-frontend"), { type: "NodePort", nodePort: 31080 });
    assert.deepEqual(service(settings, "install-authn"), { type: "NodePort", nodePort: 30082 });
    const { spec } = own(settings, "publish-events-presenter")?.manifest as unknown as {
      spec: { ports: { nodePort: number }[] };
    };
    assert.equal(spec.ports[0]?.nodePort, 31083);
  });

  it("exposes resources-presenter on request", async () => {
    const without = await load({});
    const settings = await load({}, { expose: ["resources-presenter"] });
    assert.deepEqual(
      reachable(settings).filter((id) => !reachable(without).includes(id)),
      ["publish-resources-presenter"],
    );
    const { spec } = own(settings, "publish-resources-presenter")?.manifest as unknown as {
      spec: { ports: unknown[] };
    };
    assert.deepEqual(spec.ports, [
      { name: "http", port: 8080, targetPort: 8085, protocol: "TCP", nodePort: 30084 },
    ]);
    assert.deepEqual(settings.exposure.services, [
      "frontend",
      "authn",
      "snowplow",
      "events-presenter",
      "resources-presenter",
      "finops-database-handler",
    ]);
  });

  it("makes a Service of its own after the release whose pods it leads to; who needs its port waits for neither", async () => {
    const plan = planOf(await load({}));
    const needs = (id: string) => plan.find((node) => node.id === id)?.needs.map(({ on }) => on);
    assert.deepEqual(needs("publish-events-presenter"), ["cleanup", "install-events-presenter"]);
    assert.deepEqual(needs("extract-events-presenter-port"), ["cleanup"]);
  });
});

describe("type loadbalancer", () => {
  it("opens what browsers call, on the charts' own ports, and nothing else (D6)", async () => {
    const settings = await load({}, balancer);
    assert.deepEqual(reachable(settings).toSorted(), browserSteps.toSorted());
    assert.equal(service(settings, "install-resources-presenter"), undefined);
    assert.deepEqual(service(settings, "install-finops-database-handler"), { type: "ClusterIP" });
  });

  it("opens resources-presenter and finops-database-handler on request", async () => {
    const settings = await load({}, { ...balancer, expose: "resources-presenter,finops-database-handler" });
    assert.deepEqual(service(settings, "install-resources-presenter"), { type: "LoadBalancer" });
    assert.deepEqual(service(settings, "install-finops-database-handler"), { type: "LoadBalancer" });
  });

  it("takes whichever address the load balancer has, the IP first, unless one kind is forced", async () => {
    const ip = async (config: object) => sources(await load({}, { ...balancer, ...config }))["AUTHN_IP"];
    assert.equal(await ip({}), "authn .status.loadBalancer.ingress[0] | .ip // .hostname");
    assert.equal(await ip({ loadBalancerAddress: "ip" }), "authn .status.loadBalancer.ingress[0].ip");
    assert.equal(
      await ip({ loadBalancerAddress: "hostname" }),
      "authn .status.loadBalancer.ingress[0].hostname",
    );
    assert.equal(await ip({ profiles: "lb-hostname" }), "authn .status.loadBalancer.ingress[0].hostname");
  });

  it("refuses a profile and a key that contradict each other", async () => {
    const problems = await problemsOf(
      load({}, { ...balancer, loadBalancerAddress: "ip", profiles: "lb-hostname" }),
    );
    assert.deepEqual(
      problems.map(({ what }) => what),
      ["profile lb-hostname takes host names, and krateo:loadBalancerAddress takes IP addresses"],
    );
  });

  it("gives annotations to the chart where it takes them", async () => {
    const settings = await load({}, { ...balancer, serviceAnnotations: { authn: { "example.com/a": "b" } } });
    assert.deepEqual(service(settings, "install-authn"), {
      type: "LoadBalancer",
      annotations: { "example.com/a": "b" },
    });
    assert.deepEqual(reachable(settings).toSorted(), browserSteps.toSorted());
  });

  it("exposes by an annotated Service of its own what takes none, and reads that Service's address", async () => {
    const settings = await load(
      {},
      {
        ...balancer,
        expose: "resources-presenter",
        serviceAnnotations: { "example.com/all": "yes", snowplow: { "example.com/all": "no" } },
      },
    );
    for (const name of ["snowplow", "events-presenter", "resources-presenter"]) {
      assert.deepEqual(service(settings, `install-${name}`), { type: "ClusterIP" }, name);
      const { metadata, spec } = own(settings, `publish-${name}`)?.manifest as ObjectStep["manifest"];
      assert.equal(metadata.name, `${name}-external`);
      assert.deepEqual(metadata["annotations"], {
        "example.com/all": name === "snowplow" ? "no" : "yes",
      });
      assert.equal((spec as JsonObject)["type"], "LoadBalancer");
    }
    assert.deepEqual(sources(settings), {
      AUTHN_IP: "authn .status.loadBalancer.ingress[0] | .ip // .hostname",
      AUTHN_PORT: "authn .spec.ports[0].port",
      SNOWPLOW_IP: "snowplow-external .status.loadBalancer.ingress[0] | .ip // .hostname",
      SNOWPLOW_PORT: "snowplow-external .spec.ports[0].port",
      EVENTSSE_IP: "events-presenter-external .status.loadBalancer.ingress[0] | .ip // .hostname",
      EVENTSSE_PORT: "events-presenter-external .spec.ports[0].port",
      FINOPS_DATABASE_HANDLER_INTERNAL_PORT: "finops-database-handler .spec.ports[0].port",
    });
  });
});

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

describe("exposure and the other layers", () => {
  const overrides = (values: string): string =>
    `components: {backend: {stepConfig: {install-authn: {helmValues: {service: ${values}}}}}}`;

  it("lies above krateo-overrides.yaml and below set", async () => {
    const files = { "krateo-overrides.yaml": overrides("{nodePort: 31000}") };
    const port = async (config: object) =>
      (service(await load(files, { ...config }), "install-authn") as JsonObject)["nodePort"];
    assert.equal(await port({}), 31000);
    assert.equal(await port({ nodePorts: { authn: 31001 } }), 31001);
    const path = "components.backend.stepConfig.install-authn.helmValues.service.nodePort";
    assert.equal(await port({ nodePorts: { authn: 31001 }, set: { [path]: 31002 } }), 31002);
  });

  it("refuses a port that the overrides take a second time", async () => {
    const files = { "krateo-overrides.yaml": overrides("{nodePort: 30083}") };
    assert.deepEqual(await reportOf(load(files)), [
      "krateo-overrides.yaml:1 components.backend.stepConfig.install-authn.helmValues.service.nodePort: steps install-authn and publish-events-presenter take the same node port, 30083",
    ]);
    assert.deepEqual(
      (await problemsOf(load({}, { nodePorts: { authn: 30083 } }))).length,
      1,
      "krateo:nodePorts is reported once",
    );
  });

  it("refuses to expose a Service of a component that is switched off", async () => {
    const problems = await problemsOf(load({}, { expose: "finops-database-handler", profiles: "no-finops" }));
    assert.deepEqual(
      problems.map(({ what }) => what),
      ["krateo:expose names finops-database-handler, but component finops is switched off"],
    );
  });

  it("keeps valid what was: a domain with type loadbalancer, and a node address elsewhere, only warn", async () => {
    const { warnings } = await load({}, { ...balancer, domain: "d.example.org", nodeAddress: "192.0.2.1" });
    assert.deepEqual(warnings, [
      "krateo:domain is only used by types ingress, gateway, routes, not by loadbalancer",
      "krateo:nodeAddress is only used by type nodeport, not by loadbalancer",
    ]);
  });
});
