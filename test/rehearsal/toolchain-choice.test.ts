import assert from "node:assert/strict";
import { satisfies } from "../../rehearsal/toolchain/plugins.ts";
import {
  clusterRecipes,
  kubernetesProviderRecipe,
  kubernetesVersionFor,
  kubernetesVersions,
  pulumiRecipe,
  type Recipe,
} from "../../rehearsal/toolchain/recipes.ts";
import { chooseSource } from "../../rehearsal/toolchain/tool-download.ts";

describe("where the tools come from", () => {
  const before = process.env.KRATEO_TOOLCHAIN;
  afterEach(() => {
    if (before === undefined) delete process.env.KRATEO_TOOLCHAIN;
    else process.env.KRATEO_TOOLCHAIN = before;
  });
  const silent = () => undefined;

  for (const source of ["download", "build"] as const) {
    it(`is what KRATEO_TOOLCHAIN=${source} says`, async () => {
      process.env.KRATEO_TOOLCHAIN = source;
      assert.equal(await chooseSource(false, silent), source);
    });
  }
  it("is the cache, without asking the network, when it holds everything", async () => {
    delete process.env.KRATEO_TOOLCHAIN;
    assert.equal(await chooseSource(true, silent), "build");
  });
  it("is not decided by another word", async () => {
    process.env.KRATEO_TOOLCHAIN = "compile";
    await assert.rejects(chooseSource(true, silent), {
      message: 'KRATEO_TOOLCHAIN is "compile"; it may be "download" or "build", or unset',
    });
  });
});

describe("an official plugin", () => {
  const table: [string, string, boolean][] = [
    ["4.21.2", "4.21.2", true],
    ["4.21.3", "4.21.2", true],
    ["4.22.0", "4.21.2", true],
    ["4.21.1", "4.21.2", false],
    ["4.20.9", "4.21.2", false],
    ["5.0.0", "4.21.2", false],
    ["4.21.2-alpha.1", "4.21.2", false],
    ["", "4.21.2", false],
  ];
  for (const [version, wanted, expected] of table) {
    it(`of version "${version}" is ${expected ? "" : "not "}used where ${wanted} is wanted`, () => {
      assert.equal(satisfies(version, wanted), expected);
    });
  }
});

describe("the recipes", () => {
  const recipes = [...clusterRecipes(), pulumiRecipe, kubernetesProviderRecipe];
  for (const { name, binaries, packages } of recipes) {
    it(`give ${name} one binary for each package`, () => assert.equal(binaries.length, packages.length));
  }
  it("yield every binary once", () => {
    const all = recipes.flatMap(({ binaries }) => binaries);
    assert.deepEqual(all.length, new Set(all).size);
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
