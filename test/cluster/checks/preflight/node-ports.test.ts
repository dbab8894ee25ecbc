import assert from "node:assert/strict";
import { judge } from "../../../../cluster/checks/preflight/preflight.ts";
import type { Settings, Step } from "../../../../model/settings.ts";
import { ofRelease, portHolder, readyCluster } from "../../../support/cluster-reading.ts";
import { emptyInventory } from "../../../support/inventory.ts";
import { chartStep, objectStep, settingsOf } from "../../../support/settings.ts";
import { cases, found, type Line } from "./findings.ts";

describe("preflight", () => {
  describe("of node ports", () => {
    const authn = chartStep("install-authn", {
      component: "backend",
      values: { service: { type: "NodePort", nodePort: "30082" } },
    });
    const held =
      (...services: ReturnType<typeof portHolder>[]) =>
      () =>
        found("node port", [authn, chartStep("install-snowplow")], { services });
    const free: Line[] = [["OK", "node ports", "30082: free, or this installation's own"]];
    cases([
      [
        "names the Service that holds one",
        held(portHolder("web", 30082, { namespace: "shop" })),
        [["ERROR", "node port 30082", "held by Service shop/web"]],
      ],
      [
        "names its Helm release, too",
        held(portHolder("web", 30082, { namespace: "shop", ...ofRelease("web", "shop") })),
        [["ERROR", "node port 30082", "held by Service shop/web (Helm release web)"]],
      ],
      ["does not mind other ports", held(portHolder("web", 30081)), free],
      ["does not mind its own release's Service", held(portHolder("authn", 30082, ofRelease("authn"))), free],
      [
        "minds a release of the same name in another namespace",
        held(portHolder("authn", 30082, { namespace: "old", ...ofRelease("authn", "old") })),
        [["ERROR", "node port 30082", "held by Service old/authn (Helm release authn)"]],
      ],
      [
        "warns of two releases of its own that exchange ports",
        held(portHolder("snowplow", 30082, ofRelease("snowplow"))),
        [["WARNING", "node port 30082", "held by Service krateo-system/snowplow (Helm release snowplow)"]],
      ],
      [
        "finds a load balancer's health check port",
        held({ metadata: { name: "lb", namespace: "shop" }, spec: { healthCheckNodePort: 30082 } }),
        [["ERROR", "node port 30082", "held by Service shop/lb"]],
      ],
      [
        "does not mind what a legacy release holds that goes first",
        () =>
          found(
            "node port",
            [authn],
            { services: [portHolder("eventsse-external", 30082, ofRelease("eventsse"))] },
            {
              inventory: {
                legacy: {
                  releases: [{ name: "eventsse", chart: "eventsse", chartVersion: "0.5.9" }],
                  volumes: [],
                },
              },
            },
          ),
        free,
      ],
      [
        "knows ports of ClusterIP Services, and of what is switched off, for none",
        () =>
          found("node port", [
            chartStep("a", { values: { service: { type: "ClusterIP", nodePort: 30082 } } }),
            chartStep("b", { values: { extra: { enabled: false, type: "NodePort", nodePort: 30082 } } }),
            { ...authn, enabled: false },
          ]),
        [],
      ],
      [
        "finds ports in lists of ports, and in Services of the document itself",
        () =>
          found(
            "node port",
            [
              chartStep("a", { values: { metrics: { type: "NodePort", ports: [{ nodePort: 30090 }] } } }),
              objectStep("b", {
                apiVersion: "v1",
                kind: "Service",
                metadata: { name: "b", namespace: "shop" },
                spec: { type: "LoadBalancer", ports: [{ port: 80, nodePort: 30091 }] },
              }),
            ],
            { services: [portHolder("b", 30091, { namespace: "shop" }), portHolder("x", 30090)] },
          ),
        [["ERROR", "node port 30090", "held by Service krateo-system/x"]],
      ],
    ]);

    const own = objectStep("publish-events-presenter", {
      apiVersion: "v1",
      kind: "Service",
      metadata: { name: "events-presenter-external" },
      spec: { type: "NodePort", ports: [{ port: 8083, nodePort: 30082 }] },
    });
    const path = "components.backend.stepConfig.install-authn.helmValues.service.nodePort";
    const ways: [string, Step, Partial<Settings>, string][] = [
      [
        "a chart's Service",
        authn,
        {},
        "choose another one: pulumi config set --path krateo:nodePorts.authn PORT",
      ],
      [
        "a Service of our own",
        own,
        {},
        "choose another one: pulumi config set --path krateo:nodePorts.events-presenter PORT",
      ],
      [
        "a version that was added",
        authn,
        { platformVersion: "3.1.0" },
        "choose another one: pulumi config set --path krateo:nodePorts.authn PORT",
      ],
      ["a type without that key", authn, { type: "loadbalancer" }, `set another one at ${path}`],
      [
        "a release document of the user's own",
        authn,
        { platformVersion: "local" },
        `set another one at ${path}`,
      ],
      ["a step of the user's own", { ...own, id: "expose-shop" }, {}, "set another one in step expose-shop"],
    ];
    for (const [name, step, given, expected] of ways) {
      it(`says how to take another port: ${name}`, () => {
        const services = [portHolder("web", 30082)];
        const [check] = judge(
          settingsOf([step], given),
          emptyInventory,
          readyCluster({ services }),
          () => [],
        ).filter((one) => one.check === "node port");
        assert.equal(
          check?.next,
          `${expected}, or take it off that Service: kubectl edit service web -n krateo-system`,
        );
      });
    }
  });
});
