import assert from "node:assert/strict";
import type { JsonObject, VariableStep } from "../../model/settings.ts";
import { BuildContext } from "../../resources/build-context.ts";
import { readVariable } from "../../resources/variable.ts";
import { settingsOf, variableStep } from "../support/settings.ts";
import { platformArgs } from "./platform-args.ts";

/** The value that a selector gives on an object, or the message it ends in. */
async function read(selector: string, object: JsonObject | undefined): Promise<string> {
  const step = variableStep("extract", "IP", "authn");
  const selected = { ...step, valueFrom: { ...step.valueFrom, selector } } as VariableStep;
  const build = new BuildContext(platformArgs(settingsOf([selected]), { read: async () => object }));
  const output = readVariable(build, selected, []);
  const { promise } = output as unknown as { promise: () => Promise<string> };
  return await promise.call(output).catch((error: Error) => error.message);
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
