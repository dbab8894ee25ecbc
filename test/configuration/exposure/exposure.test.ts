import assert from "node:assert/strict";
import type { JsonObject, ObjectStep } from "../../../model/settings.ts";
import { planOf } from "../../../plan/plan.ts";
import { load, problemsOf } from "../project.ts";
import { balancer, browserSteps, frontendConfig, own, reachable, service, sources } from "./ways-in.ts";

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
