import assert from "node:assert/strict";
import { rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { parse } from "yaml";
import { withHelm } from "../cluster/helm-stand-in.ts";
import { krateo, type Run, withProject } from "./session.ts";

const document = JSON.stringify({
  componentsDefinition: { shop: { steps: ["a", "b"] } },
  steps: [
    {
      id: "a",
      type: "chart",
      with: {
        ...{ url: "https://charts.example.org", repo: "finops-operator-scraper", version: "0.5.1" },
        values: { image: { tag: "1" } },
      },
    },
    {
      id: "b",
      type: "chart",
      with: { url: "https://charts.example.org", repo: "deviser", version: "0.5.1" },
    },
  ],
});
const mirrored = "config: { krateo:version: local, krateo:imageRegistry: mirror.example.org/krateo }\n";
const ghcr = "ghcr.io/krateoplatformops";
const scraper = "finops-operator-scraper:1";
const generic = "finops-prometheus-scraper-generic:0.4.1";

describe("krateo images", () => {
  let directory: string;
  let remove: () => void;

  before(() => {
    ({ directory, remove } = withProject({
      "krateo.yaml": document,
      "Pulumi.plain.yaml": "config: { krateo:version: local }\n",
      "Pulumi.mirrored.yaml": mirrored,
    }));
  });
  after(() => remove());

  /** Without a helm. */
  const images = (stack: string, ...words: string[]): Promise<Run> =>
    withHelm(undefined, () => krateo(directory, "images", "--stack", stack, ...words));

  it("lists what pods name, one a line, and says what it was not compared with", async () => {
    assert.deepEqual(await images("plain"), {
      code: 0,
      printed: [`${ghcr}/${scraper}`, `${ghcr}/${generic}`, `${ghcr}/deviser:0.5.1`].join("\n"),
      noted: "not compared with the charts' templates: there is no helm on the PATH",
    });
    const { printed } = await images("mirrored", "--format", "list");
    assert.equal(printed.split("\n")[0], `mirror.example.org/krateo/krateoplatformops/${scraper}`);
  });

  it("says why, with chart, step, values and who starts it", async () => {
    const { printed } = await images("plain", "--why");
    assert.deepEqual(
      printed.split("\n").map((line) => line.trim().split(/ {2,}/)),
      [
        ["IMAGE", "CHART", "STEP", "VALUES", "STARTED BY"],
        [
          `${ghcr}/${scraper}`,
          "finops-operator-scraper 0.5.1",
          "a",
          "image.repository, image.tag",
          "the installation",
        ],
        [
          `${ghcr}/${generic}`,
          "finops-operator-scraper 0.5.1",
          "a",
          "env.REGISTRY, env.SCRAPER_VERSION",
          "finops-operator-scraper, for each ScraperConfig",
        ],
        [`${ghcr}/deviser:0.5.1`, "deviser 0.5.1", "b", "image.repository, image.tag", "the installation"],
      ],
    );
  });

  it("prints JSON with the value that names pull Secrets", async () => {
    const { printed } = await images("mirrored", "--json");
    assert.deepEqual(JSON.parse(printed).images[1], {
      step: "a",
      component: "shop",
      reference: `mirror.example.org/krateo/krateoplatformops/${generic}`,
      source: `${ghcr}/${generic}`,
      chart: "finops-operator-scraper 0.5.1",
      keys: ["env.REGISTRY", "env.SCRAPER_VERSION"],
      startedBy: "finops-operator-scraper, for each ScraperConfig",
      login: "env.REGISTRY_CREDENTIALS",
    });
  });

  it("writes commands that copy to where pods look for the images", async () => {
    const run = (await images("mirrored")).printed.split("\n");
    const lines = async (format: string) =>
      (await images("mirrored", "--format", format)).printed.split("\n");
    assert.deepEqual(
      await lines("skopeo"),
      run.map((target) => {
        const source = target.replace("mirror.example.org/krateo", "ghcr.io");
        return `skopeo copy --all docker://${source} docker://${target}`;
      }),
    );
    assert.deepEqual(
      await lines("crane"),
      run.map((target) => `crane copy ${target.replace("mirror.example.org/krateo", "ghcr.io")} ${target}`),
    );
  });

  it("writes the files of hauler and zarf, with the images where they are published", async () => {
    const names = [`${ghcr}/${scraper}`, `${ghcr}/${generic}`, `${ghcr}/deviser:0.5.1`];
    assert.deepEqual(parse((await images("mirrored", "--format", "hauler")).printed), {
      apiVersion: "content.hauler.cattle.io/v1",
      kind: "Images",
      metadata: { name: "krateo-local" },
      spec: { images: names.map((name) => ({ name })) },
    });
    assert.deepEqual(parse((await images("plain", "--format", "zarf")).printed), {
      kind: "ZarfPackageConfig",
      metadata: { name: "krateo", version: "local" },
      components: [{ name: "images", required: true, images: names }],
    });
  });

  it("copies nothing that the user has in that registry already", async () => {
    const own = "mirror.example.org/krateo/mine/deviser";
    writeFileSync(
      join(directory, "krateo-overrides.yaml"),
      `components: { shop: { stepConfig: { b: { helmValues: { image: { repository: ${own} } } } } } }\n`,
    );
    try {
      for (const format of ["skopeo", "crane", "hauler", "zarf"])
        assert.doesNotMatch((await images("mirrored", "--format", format)).printed, /mine\/deviser/, format);
      assert.match((await images("mirrored")).printed, /^mirror\.example\.org\/krateo\/mine\/deviser:/m);
    } finally {
      rmSync(join(directory, "krateo-overrides.yaml"));
    }
  });

  it("asks for the registry that is copied to", async () => {
    const { code, printed, noted } = await images("plain", "--format", "skopeo");
    assert.deepEqual([code, printed], [1, ""]);
    assert.match(
      noted,
      /--format skopeo writes commands that copy to krateo:imageRegistry, which is not set/,
    );
    assert.match(noted, /next: {4}pulumi config set krateo:imageRegistry registry\.example\.org\/krateo/);
  });

  it("says why it could not be compared where charts cannot be had", async () => {
    const { directory, remove } = withProject({
      "krateo.yaml": document,
      "Pulumi.lost.yaml": "config: { krateo:version: local, krateo:chartMirror: nowhere }\n",
    });
    try {
      const helm = { version: { output: "v3.21.4\n" } };
      const { code, printed, noted } = await withHelm(helm, () =>
        krateo(directory, "images", "--stack", "lost"),
      );
      assert.equal(code, 0);
      assert.equal(printed.split("\n").length, 3);
      assert.match(noted, /^not compared with the charts' templates:\n1 problem:\n1\. .*cannot be fetched/);
    } finally {
      remove();
    }
  });
});
