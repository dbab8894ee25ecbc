import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { bundledProfiles, bundledRelease } from "../../configuration/bundle.ts";
import { exposableServices } from "../../configuration/exposure/exposed-services.ts";
import { exposureKeys } from "../../configuration/exposure/keys.ts";
import { bundleTokens } from "../../configuration/exposure/layer.ts";
import { nodeAddressVariable } from "../../configuration/exposure/node-address.ts";
import { documentSteps, resolveComponents } from "../../configuration/resolved-components.ts";
import { parseSetPath } from "../../configuration/set-paths.ts";
import { stackConfigKeys } from "../../configuration/stack-config.ts";
import { releaseTypes } from "../../model/settings.ts";

const read = (name: string) => readFileSync(join(import.meta.dirname, "..", "..", "docs", name), "utf8");
const text = read("configuration.md");

/** First cells of the table below a heading, without their quotes. */
function rowsBelow(heading: string): string[] {
  const section = text.split(`\n## ${heading}\n`)[1]?.split("\n## ")[0] ?? "";
  return [...section.matchAll(/^\| `([^`]+)` \|/gm)].map((match) => match[1] as string);
}

describe("docs/configuration.md", () => {
  it("has a row for every key of the stack configuration, and none for a key that is none", () => {
    assert.deepEqual(rowsBelow("Stack configuration").toSorted(), stackConfigKeys().toSorted());
  });

  const tokens = bundleTokens("krateo-system", { domain: "example.org" }, "http://o");
  const releases = releaseTypes.map((type) => bundledRelease(type, tokens).root);

  it("names components and steps that the bundled release has", () => {
    const paths = [...text.matchAll(/`(components\.[^`]+)`/g)].map((match) => match[1] as string);
    assert.ok(paths.length > 15);
    for (const path of paths) {
      const [, component, , step] = parseSetPath(path) ?? assert.fail(`no path: ${path}`);
      const found = releases.some((root) =>
        resolveComponents(root).some(({ name, steps }) => name === component && steps.includes(String(step))),
      );
      assert.ok(found, path);
    }
  });

  it("names the variables that the bundled release and the program set, and no others", () => {
    const section = text.split("\n## Variables\n")[1]?.split("\n## ")[0] ?? "";
    const named = new Set([...section.matchAll(/`([A-Z]+(?:_[A-Z]+)+)`/g)].map((match) => match[1]));
    const set = releases.flatMap((root) =>
      documentSteps(root).flatMap(({ with: input }) =>
        (input as { name?: string; valueFrom?: object })?.valueFrom ? [(input as { name: string }).name] : [],
      ),
    );
    assert.deepEqual([...named].toSorted(), [...new Set([...set, nodeAddressVariable])].toSorted());
  });
});

describe("docs/profiles.md", () => {
  it("has a row for every bundled profile, and none for one that is none", () => {
    const [, table] = read("profiles.md").split("| profile | for |");
    const rows = [...(table?.split("\n\n")[0] ?? "").matchAll(/^\| `([^`]+)` \|/gm)].map((match) => match[1]);
    assert.deepEqual(rows.toSorted(), [...bundledProfiles]);
  });
});

describe("docs/exposure.md", () => {
  const exposure = read("exposure.md");

  it("has the Services' node ports as the program has them", () => {
    const rows = [...exposure.matchAll(/^\| `([-a-z]+)` \| (\d+) \| (.+) \|$/gm)];
    assert.deepEqual(
      rows.map(([, name, port, when]) => [name, Number(port), when === "always"]).toSorted(),
      exposableServices.map(({ name, nodePort, onNodePort }) => [name, nodePort, onNodePort]).toSorted(),
    );
  });

  it("maps on kind the very ports that a browser calls (D12)", () => {
    const mapped = [...exposure.matchAll(/containerPort: (\d+), hostPort: (\d+)/g)];
    const ports = exposableServices
      .filter((one) => one.role !== "internal")
      .map(({ nodePort }) => String(nodePort));
    assert.deepEqual(
      mapped.map(([, inside, outside]) => [inside, outside]),
      ports.toSorted().map((port) => [port, port]),
    );
  });

  it("has every key for exposure in a command or in text", () => {
    for (const key of Object.keys(exposureKeys)) assert.match(exposure, new RegExp(`krateo:${key}\\b`), key);
  });
});
