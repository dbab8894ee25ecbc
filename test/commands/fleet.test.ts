import assert from "node:assert/strict";
import { existsSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { parseAllDocuments } from "yaml";
import { krateo, withProject } from "./session.ts";

const fleet = (clusters: string) =>
  `image: registry.example.org/krateo:1.0.0\nbackend: s3://state\nrings: [{name: one}]\nclusters: ${clusters}\n`;

describe("krateo fleet render", () => {
  let directory: string;
  let remove: () => void;
  beforeEach(() => {
    ({ directory, remove } = withProject({
      "fleet.yaml": fleet("[{name: a, ring: one}, {name: b, ring: one}]"),
    }));
  });
  afterEach(() => remove());

  it("prints the Stacks", async () => {
    const { code, printed } = await krateo(directory, "fleet", "render", "fleet.yaml");
    assert.equal(code, 0);
    assert.deepEqual(
      parseAllDocuments(printed).map((document) => document.getIn(["metadata", "name"])),
      ["a", "b"],
    );
  });

  it("writes them with a page, and removes those whose clusters are gone", async () => {
    const first = await krateo(directory, "fleet", "render", "fleet.yaml", "--output", "hub");
    assert.equal(first.printed, "hub has 2 Stacks and README.md, which says who gets what and when");
    writeFileSync(join(directory, "hub", "00-one", "own.yaml"), "kind: ConfigMap\n");
    writeFileSync(join(directory, "fleet.yaml"), fleet("[{name: b, ring: one}]"));
    const second = await krateo(directory, "fleet", "render", "fleet.yaml", "--output", "hub");
    assert.equal(second.code, 0, second.noted);
    assert.match(second.printed, /^removed hub\/00-one\/a\.yaml: /);
    assert.deepEqual(readdirSync(join(directory, "hub", "00-one")).toSorted(), ["b.yaml", "own.yaml"]);
  });

  it("changes nothing where a file of the user's has the name of one of its own", async () => {
    await krateo(directory, "fleet", "render", "fleet.yaml", "--output", "hub");
    writeFileSync(join(directory, "hub", "README.md"), "# Ours\n");
    writeFileSync(join(directory, "fleet.yaml"), fleet("[{name: c, ring: one}]"));
    const { code, noted } = await krateo(directory, "fleet", "render", "fleet.yaml", "--output", "hub");
    assert.equal(code, 1);
    assert.match(noted, /hub\/README\.md\n.*move it away/s);
    assert.equal(readFileSync(join(directory, "hub", "README.md"), "utf8"), "# Ours\n");
    assert.ok(!existsSync(join(directory, "hub", "00-one", "c.yaml")));
  });

  it("leaves what another fleet, or another folder's rendering, has written", async () => {
    await krateo(directory, "fleet", "render", "fleet.yaml", "--output", "hubs/one");
    writeFileSync(join(directory, "other.yaml"), fleet("[{name: c, ring: one}]"));
    const beside = await krateo(directory, "fleet", "render", "other.yaml", "--output", "hubs");
    assert.equal(beside.code, 0, beside.noted);
    assert.doesNotMatch(beside.printed, /removed/);
    const above = await krateo(directory, "fleet", "render", "fleet.yaml", "--output", ".");
    assert.equal(above.code, 0, above.noted);
    assert.doesNotMatch(above.printed, /removed/);
    const same = await krateo(directory, "fleet", "render", "other.yaml", "--output", "hubs/one");
    assert.equal(same.code, 1);
    assert.match(same.noted, /was not rendered from other\.yaml, and nothing was changed\n.*README\.md/);
    rmSync(join(directory, "hubs", "one", "README.md"));
    assert.equal((await krateo(directory, "fleet", "render", "other.yaml", "--output", "hubs/one")).code, 0);
    const left = readdirSync(join(directory, "hubs", "one", "00-one")).toSorted();
    assert.deepEqual(left, ["a.yaml", "b.yaml", "c.yaml"]);
  });

  it("knows its files again however the fleet's file is named", async () => {
    await krateo(directory, "fleet", "render", "fleet.yaml", "--output", "hub");
    const again = await krateo(
      directory,
      "fleet",
      "render",
      join(directory, "fleet.yaml"),
      "--output",
      "hub",
    );
    assert.equal(again.code, 0, again.noted);
    assert.ok(!readFileSync(join(directory, "hub", "README.md"), "utf8").includes(directory));
  });

  it("says what is wrong, and writes nothing", async () => {
    writeFileSync(join(directory, "fleet.yaml"), fleet("[{name: a, ring: two}]"));
    const { code, noted } = await krateo(directory, "fleet", "render", "fleet.yaml", "--output", "hub");
    assert.equal(code, 1);
    assert.match(noted, /there is no ring two\n +where: +fleet\.yaml, line 4, clusters\[0\]\.ring\n/);
    assert.ok(!existsSync(join(directory, "hub")));
    const missing = await krateo(directory, "fleet", "render", "fleets.yaml");
    assert.equal(missing.code, 1);
    assert.match(missing.noted, /there is no such file\n +where: +fleets\.yaml\n/);
  });
});
