/** HTTPRoutes and Gateways, and what preflight of type gateway finds about them. */

import assert from "node:assert/strict";
import type { GatewaySurroundings } from "../../../../cluster/checks/preflight/gateway.ts";
import { judge } from "../../../../cluster/checks/preflight/preflight.ts";
import type { JsonObject, Settings, Step } from "../../../../model/settings.ts";
import { object, readyCluster } from "../../../support/cluster-reading.ts";
import { emptyInventory } from "../../../support/inventory.ts";
import { objectStep, settingsOf } from "../../../support/settings.ts";
import type { Line } from "./findings.ts";

export const apiVersion = "gateway.networking.k8s.io/v1";
export const at = (namespace: string) => ({ name: "shared", namespace });

/** The step of an HTTPRoute. */
export const route = (parent: JsonObject, hosts: string[] = ["app.example.org"], name = "frontend"): Step =>
  objectStep(`attach-${name}`, {
    apiVersion,
    kind: "HTTPRoute",
    metadata: { name, namespace: "krateo-system" },
    spec: { hostnames: hosts, parentRefs: [parent], rules: [] },
  });
/** The step of a Gateway of our own, with its class. */
export const own = (listeners: JsonObject[] = [], annotations: JsonObject = {}): Step =>
  objectStep("open-gateway", {
    apiVersion,
    kind: "Gateway",
    metadata: { name: "krateo", namespace: "krateo-system", annotations },
    spec: { gatewayClassName: "envoy", listeners },
  });
/** A step that components/ does not know. */
export const others = (kind: string, spec: JsonObject): Step =>
  objectStep(`my-${kind}`, {
    apiVersion,
    kind,
    metadata: { name: "mine", namespace: "krateo-system" },
    spec,
  });
export const toOwn = route({ name: "krateo" });
export const toShared = route(at("gateways"));

/** The status of what a controller has taken. */
export const accepted = {
  ...object("envoy"),
  status: { conditions: [{ type: "Accepted", status: "True" }] },
};
export const listener = (given: object = {}) => ({
  name: "web",
  protocol: "HTTP",
  port: 80,
  allowedRoutes: { namespaces: { from: "All" } },
  ...given,
});
/** A live Gateway of others. */
export const shared = (listeners: object[] = [listener()], given: object = {}) => ({
  metadata: { name: "shared", namespace: "gateways", uid: "g", generation: 1 },
  spec: { gatewayClassName: "envoy", listeners },
  status: { conditions: [{ type: "Programmed", status: "True", observedGeneration: 1 }] },
  ...given,
});

const ready: GatewaySurroundings = {
  gatewayApi: true,
  gatewayClasses: [accepted],
  gateways: [shared() as never],
  namespaceLabels: new Map([["krateo-system", { "kubernetes.io/metadata.name": "krateo-system" }]]),
};

/** What preflight says of a cluster that is ready but for `given`. */
export function found(steps: readonly Step[], given: object = {}, settings: Partial<Settings> = {}): Line[] {
  const cluster = readyCluster({ ...ready, ...given });
  return judge(settingsOf(steps, settings), emptyInventory, cluster, () => [])
    .filter(({ check }) => check === "gateway")
    .map(({ status, subject, found, next }) => {
      assert.equal(next === "", status === "OK", `${subject}: ${next}`);
      return [status, subject, found];
    });
}

export const served: Line = ["OK", "Gateway API", "v1 is served"];
export const open: Line = ["OK", "Gateway gateways/shared", "taken by listener web"];
export const https = { exposure: { services: [], https: true } };
export const ofShared = (...listeners: object[]) => ({ gateways: [shared(listeners)] });
