import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { parse } from "yaml";
import { loadSettings } from "../../configuration/load.ts";
import type { JsonObject } from "../../model/settings.ts";
import { Platform } from "../../resources/platform.ts";
import { emptyInventory } from "../support/inventory.ts";
import { type Registration, registrations } from "../support/recorded.ts";
import { platformArgs } from "./platform-args.ts";

const file = join(import.meta.dirname, "registered.yaml");
const { every, ...types } = parse(readFileSync(file, "utf8")) as Readonly<Record<string, readonly string[]>>;

const configurations: Readonly<Record<string, JsonObject>> = {
  nodeport: {},
  loadbalancer: { type: "loadbalancer" },
  ingress: { type: "ingress", domain: "krateo.example.org" },
  gateway: {
    type: "gateway",
    domain: "krateo.example.org",
    gatewayClass: "c",
    expose: "resources-presenter,finops-database-handler",
    tls: { secretName: "wildcard", secretNamespace: "certificates" },
  },
  routes: { type: "routes", openshift: true },
  openshift: { type: "loadbalancer", openshift: true },
};

/** A Service and a Route at once, with an address each. */
const reachable = {
  spec: { type: "NodePort", host: "h", ports: [{ port: 1, nodePort: 30082 }] },
  status: {
    loadBalancer: { ingress: [{ ip: "192.0.2.9" }] },
    ingress: [{ host: "h", conditions: [{ type: "Admitted", status: "True" }] }],
  },
};

/** What is written to the cluster although the run may not hold the Lease: without its hook, or before its namespace. */
function unguarded(all: readonly Registration[]): string[] {
  // A password bears the name of the Secret that takes it.
  const named = new Map(all.filter(({ type }) => !type.startsWith("random:")).map((one) => [one.name, one]));
  const before = (name: string, found = new Set<string>()): ReadonlySet<string> => {
    const direct = (named.get(name)?.dependsOn ?? []).filter((on) => !found.has(on));
    for (const on of direct) before(on, found.add(on));
    return found;
  };
  const writes = all.filter(({ type, name }) => /^(kubernetes|command):/.test(type) && name !== "namespace");
  return writes
    .filter(
      ({ name, hooks: { beforeCreate, beforeUpdate } }) =>
        !beforeCreate.includes("lease") || !beforeUpdate.includes("lease") || !before(name).has("namespace"),
    )
    .map(({ type, name }) => `${type} ${name}`);
}

describe("the resources of a fresh installation", () => {
  for (const [type, values] of Object.entries(configurations)) {
    it(`are those that stacks out there hold, of ${type}`, async () => {
      const settings = await loadSettings({ values, secretKeys: [] }, import.meta.dirname);
      const node = {
        name: "n",
        createdAt: 0,
        ready: true,
        externalIps: ["192.0.2.1"],
        internalIps: [],
        names: [],
      };
      const inventory = { ...emptyInventory, nodes: [node] };
      const args = platformArgs(settings, { inventory, read: async () => reachable });
      const all = await registrations(() => new Platform("krateo", args));
      assert.deepEqual(
        all.map(({ type, name, parent }) => `${type} ${name} < ${parent}`.trim()).toSorted(),
        [...(every ?? []), ...(types[type] ?? [])].toSorted(),
      );
      assert.deepEqual(unguarded(all), []);
    });
  }
});
