import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import {
  clusterRecipes,
  kubernetesProviderRecipe,
  kubernetesVersionFor,
  kubernetesVersions,
  pulumiRecipe,
  type Recipe,
} from "../../rehearsal/toolchain/recipes.ts";

const recipes = [...clusterRecipes(), pulumiRecipe, kubernetesProviderRecipe];

/** The versions that a folder's go.mod takes modules at, by module. */
function versionsIn(folder: string): Map<string, string> {
  const path = join(import.meta.dirname, "..", "..", "rehearsal", "toolchain", folder, "go.mod");
  const text = readFileSync(path, "utf8");
  const required = [...text.matchAll(/^(?:require |\t)(\S+) (v\S+)/gm)];
  const replaced = [...text.matchAll(/^(?:replace |\t)(\S+) => \S+ (v\S+)/gm)];
  const known = new Set(required.map(([, module]) => module));
  return new Map(
    [...required, ...replaced.filter(([, module]) => known.has(module))].map(([, module, version]) => [
      module as string,
      version as string,
    ]),
  );
}

describe("the recipes", () => {
  for (const { name, binaries, packages } of recipes) {
    it(`give ${name} one binary for each package`, () => assert.equal(binaries.length, packages.length));
  }
  it("yield every binary once", () => {
    const all = recipes.flatMap(({ binaries }) => binaries);
    assert.deepEqual(all.length, new Set(all).size);
  });
  for (const { name, version, packages, folder } of recipes) {
    if (folder !== "tools") continue;
    it(`say of ${name} the version that go.mod takes`, () => {
      const found = [...versionsIn(folder)].find(([module]) => `${packages[0]}/`.startsWith(`${module}/`));
      assert.equal(found?.[1], `v${version}`);
    });
  }
  it("compile what the tools and the provider share from the same versions, so that it is compiled once", () => {
    const [tools, provider] = [versionsIn("tools"), versionsIn("kubernetes-provider")];
    const shared = [...provider.keys()].filter((module) => tools.has(module));
    assert.ok(shared.length > 100);
    assert.deepEqual(
      shared.filter((module) => provider.get(module) !== tools.get(module)),
      ["github.com/pulumi/pulumi/pkg/v3", "github.com/pulumi/pulumi/sdk/v3"],
    );
  });
});

describe("the Kubernetes version of a rehearsal", () => {
  const table: [string, string | undefined][] = [
    ["1.33.13", "1.33.13"],
    ["1.33", "1.33.13"],
    ["1.3", undefined],
    ["1.33.1", undefined],
    ["newest", kubernetesVersions.at(-1)],
    ["1.30", undefined],
  ];
  for (const [text, version] of table) {
    it(`${text} is ${version}`, () => assert.equal(kubernetesVersionFor(text), version));
  }
  it("decides the version that the binaries tell", () => {
    for (const version of kubernetesVersions) {
      const { version: built, linkerFlags = "" } = clusterRecipes(version)[0] as Recipe;
      assert.equal(built, version);
      assert.match(
        linkerFlags,
        new RegExp(`component-base/version.gitVersion=v${version} .*gitMinor=${version.split(".")[1]} `),
      );
    }
  });
});
