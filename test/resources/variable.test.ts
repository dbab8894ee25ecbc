import assert from "node:assert/strict";
import * as pulumi from "@pulumi/pulumi";
import type { Inventory } from "../../model/inventory.ts";
import type { JsonObject, VariableStep } from "../../model/settings.ts";
import { type PlanNode, planOf } from "../../plan/plan.ts";
import { BuildContext } from "../../resources/build-context.ts";
import { readVariable } from "../../resources/variable.ts";
import { emptyInventory } from "../support/inventory.ts";
import { chartStep, settingsOf, variableStep } from "../support/settings.ts";
import { release, resolved } from "./built-platform.ts";
import { platformArgs } from "./platform-args.ts";

/** The value that a selector gives on an object, or the message it ends in. */
async function read(selector: string, object: JsonObject | undefined): Promise<string> {
  const step = variableStep("extract", "IP", "authn");
  const selected = { ...step, valueFrom: { ...step.valueFrom, selector } } as VariableStep;
  const build = new BuildContext(platformArgs(settingsOf([selected]), { read: async () => object }));
  const { value } = readVariable(build, selected, { id: step.id, kind: "variable", needs: [] });
  return await resolved(value).catch((error: Error) => error.message);
}

const service: JsonObject = {
  spec: { ports: [{ port: 80, nodePort: 30082 }, { port: 443 }] },
  status: { loadBalancer: { ingress: [{ hostname: "lb.example.org" }] } },
  big: 3221225472,
  on: false,
};

describe("a variable read from a live object", () => {
  const cases: [string, string, string][] = [
    ["is a string as it stands", ".status.loadBalancer.ingress[0].hostname", "lb.example.org"],
    ["is a number as text", ".spec.ports[0].nodePort", "30082"],
    ["keeps large numbers whole", ".big", "3221225472"],
    ["is false as text, too", ".on", "false"],
    ["may be any jq program", '.spec.ports | map(.port) | "\\(add)"', "523"],
  ];
  for (const [name, selector, expected] of cases) {
    it(name, async () => assert.equal(await read(selector, service), expected));
  }

  const refusals: [string, string, RegExp][] = [
    [
      "nothing found",
      ".status.missing",
      /Step extract: the selector \.status\.missing gives null on Service krateo-system\/authn; one string/,
    ],
    ["a map", ".spec.ports[0]", /gives \{"port":80,"nodePort":30082\}/],
    ["several results", ".spec.ports[].port", /gives 80, 443/],
    ["no result", "empty", /gives nothing/],
    [
      "a faulty selector",
      ".spec.ports[",
      /the selector \.spec\.ports\[ fails on Service krateo-system\/authn/,
    ],
    [
      "an IP where there is a host name",
      ".status.loadBalancer.ingress[0].ip",
      /pulumi config set krateo:loadBalancerAddress hostname/,
    ],
  ];
  for (const [name, selector, expected] of refusals) {
    it(`refuses ${name}`, async () => assert.match(await read(selector, service), expected));
  }

  it("refuses an object that is not there", async () => {
    assert.match(
      await read(".x", undefined),
      /there is no Service krateo-system\/authn, so \$\{IP\} has no value/,
    );
  });
});

describe("a variable of a Service whose release is being installed", () => {
  const step = variableStep("extract", "IP", "web");
  const wanted = {
    ...step,
    valueFrom: { ...step.valueFrom, selector: ".status.loadBalancer.ingress[0].ip" },
  } as VariableStep;
  const web = chartStep("install-web", { release: { name: "web", namespace: "krateo-system" } });
  const at = (ip?: string): JsonObject => ({
    status: { loadBalancer: ip === undefined ? {} : { ingress: [{ ip }] } },
  });

  /** The value, with a release that is done when its status says so; each look finds the next object, the last one for ever. */
  function begin(
    looks: readonly (JsonObject | Error | undefined)[],
    { status, inventory = {} }: { status: Promise<string>; inventory?: Partial<Inventory> },
  ) {
    const left = [...looks];
    const read = async () => {
      const found = left.length > 1 ? left.shift() : left[0];
      if (found instanceof Error) throw found;
      return found;
    };
    const settings = settingsOf([web, wanted]);
    const args = platformArgs(settings, { read, inventory: { ...emptyInventory, ...inventory } });
    const build = new BuildContext(args);
    const made = { status: pulumi.output(status) } as unknown as pulumi.Resource;
    const nodes = new Map(planOf(settings).map((node) => [node.id, node]));
    build.built(nodes.get(web.id) as PlanNode, [made]);
    const { value, after } = readVariable(build, wanted, nodes.get(step.id) as PlanNode);
    return { value: resolved(value).catch((error: Error) => error.message), waits: after.includes(made) };
  }
  const never = new Promise<string>(() => {});
  const soon = (given: string) => new Promise<string>((resolve) => setTimeout(resolve, 100, given));
  const installed = { releases: { web: { ...release, chart: "web" } } };

  it("is read as soon as the cluster has it, and nobody waits for the release", async () => {
    const { value, waits } = begin([undefined, at(), new Error("away"), at("192.0.2.7")], { status: never });
    assert.deepEqual([await value, waits], ["192.0.2.7", false]);
  });

  it("waits for the release where the Service was there before: it may get another address", async () => {
    const looks = [at("192.0.2.1"), at("192.0.2.7")];
    assert.equal(await begin(looks, { status: soon("deployed") }).value, "192.0.2.7");
  });

  it("waits for an upgrade, which may change it", async () => {
    let upgraded = false;
    const status = soon("deployed").finally(() => (upgraded = true));
    const { value, waits } = begin([at("192.0.2.7")], { status, inventory: installed });
    await value;
    assert.ok(upgraded);
    assert.deepEqual([await value, waits], ["192.0.2.7", true]);
  });

  it("says why there is none when the release is done", async () => {
    const { value } = begin([undefined], { status: soon("deployed") });
    assert.match(await value, /there is no Service krateo-system\/web, so \$\{IP\} has no value/);
  });

  it("ends when the release fails", async () => {
    const status = new Promise<string>((_, reject) => setTimeout(() => reject(new Error("no pods")), 100));
    const { value } = begin([undefined], { status });
    assert.equal(await value, "Step extract: ${IP} has no value, because what it is read from failed.");
  });
});
