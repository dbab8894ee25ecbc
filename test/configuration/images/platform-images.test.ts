import assert from "node:assert/strict";
import { knownChartSteps } from "../../../components/catalogue.ts";
import { type PlatformImage, platformImages } from "../../../configuration/images/platform-images.ts";
import type { ChartStep } from "../../../model/settings.ts";
import { chartStep as aChart, objectStep, settingsOf } from "../../support/settings.ts";
import { load } from "../project.ts";

const krateo = "ghcr.io/krateoplatformops";

const short = ({ step, reference, keys }: PlatformImage): string => `${step} ${reference} ${keys.join(" ")}`;

/** Images of one chart with these values. */
function imagesOf(id: string, values: ChartStep["values"], version?: string): string[] {
  const { chart } = knownChartSteps.find((known) => known.id === id) ?? assert.fail(id);
  const step = aChart(id, { values });
  const source = { ...step.chart, name: chart.name, version: version ?? "9.9.9" };
  return platformImages(settingsOf([{ ...step, chart: source }])).map(({ reference }) => reference);
}

describe("the images of a platform", () => {
  it("are those of each chart, with the values that choose them", async () => {
    const usual = "image.repository image.tag";
    assert.deepEqual(platformImages(await load({})).map(short), [
      `install-authn ${krateo}/authn:0.22.2 ${usual}`,
      `install-snowplow ${krateo}/snowplow:0.20.6 ${usual}`,
      `install-cnpg ghcr.io/cloudnative-pg/cloudnative-pg:1.28.1 ${usual}`,
      "install-pg-cluster ghcr.io/cloudnative-pg/postgresql:18 cluster.imageName",
      `install-deviser ${krateo}/deviser:0.5.1 ${usual}`,
      `install-resources-ingester ${krateo}/resources-ingester:1.1.0 ${usual}`,
      `install-resources-presenter ${krateo}/resources-presenter:0.10.3 ${usual}`,
      `install-events-ingester ${krateo}/events-ingester:0.5.1 ${usual}`,
      `install-events-presenter ${krateo}/events-presenter:0.7.4 ${usual}`,
      `install-frontend ${krateo}/frontend:1.0.23 ${usual}`,
      `install-core-provider ${krateo}/core-provider:1.0.0 ${usual}`,
      `install-core-provider ${krateo}/chart-inspector:1.0.0 chartInspector.image.repository chartInspector.image.tag`,
      `install-core-provider ${krateo}/composition-dynamic-controller:1.0.0 cdc.image.repository cdc.image.tag`,
      `install-oasgen-provider ${krateo}/oasgen-provider:0.11.1 ${usual}`,
      `install-oasgen-provider ${krateo}/rest-dynamic-controller:0.7.0 rdc.image.repository rdc.image.tag`,
      `install-finops-cratedb ${krateo}/crate:5.9.6 ${usual}`,
      `install-finops-operator-exporter ${krateo}/finops-operator-exporter:0.5.2 ${usual}`,
      `install-finops-operator-exporter ${krateo}/finops-prometheus-exporter:0.5.1 env.REGISTRY env.EXPORTER_NAME env.EXPORTER_VERSION`,
      `install-finops-operator-focus ${krateo}/finops-operator-focus:0.4.3 ${usual}`,
      `install-finops-database-handler ${krateo}/finops-database-handler:0.5.4 ${usual}`,
      `install-finops-database-handler-uploader ${krateo}/finops-database-handler-uploader:0.2.1 ${usual}`,
      `install-finops-notebooks ${krateo}/kubectl:1.33.1 `,
      `install-finops-operator-scraper ${krateo}/finops-operator-scraper:0.5.1 ${usual}`,
      `install-finops-operator-scraper ${krateo}/finops-prometheus-scraper-generic:0.4.1 env.REGISTRY env.SCRAPER_VERSION`,
      `install-opa ${krateo}/opa:1.4.2-static ${usual}`,
      `install-opa ${krateo}/kube-mgmt:9.0.1 mgmt.image.repository mgmt.image.tag`,
    ]);
  });

  it("say who starts those that are not there at once", async () => {
    const later = platformImages(await load({})).filter(({ startedBy }) => startedBy !== undefined);
    assert.deepEqual(
      later.map(({ reference, startedBy }) => `${reference.split("/").at(-1)}: ${startedBy}`),
      [
        "postgresql:18: CloudNativePG, for each instance of PostgreSQL",
        "composition-dynamic-controller:1.0.0: core-provider, for each CompositionDefinition",
        "rest-dynamic-controller:0.7.0: oasgen-provider, for each RestDefinition",
        "finops-prometheus-exporter:0.5.1: finops-operator-exporter, for each ExporterScraperConfig",
        "kubectl:1.33.1: Helm, when the release is removed",
        "finops-prometheus-scraper-generic:0.4.1: finops-operator-scraper, for each ScraperConfig",
      ],
    );
  });

  it("have one more on OpenShift, and none of what is switched off", async () => {
    const openshift = platformImages(await load({}, { openshift: true })).map(short);
    assert.equal(openshift.length, 27);
    assert.ok(
      openshift.includes(
        "install-finops-cratedb quay.io/openshift/origin-cli:4.16 openshift.preInstallJob.image",
      ),
    );
    const small = platformImages(await load({}, { profiles: "no-finops" }));
    assert.deepEqual(
      small.filter(({ component }) => component === "finops"),
      [],
    );
    assert.equal(small.length, 15);
  });

  const chosen: [what: string, id: string, values: ChartStep["values"], images: string[]][] = [
    ["the chart's version is the tag without one", "install-authn", {}, [`${krateo}/authn:9.9.9`]],
    ["an empty tag is none", "install-authn", { image: { tag: "" } }, [`${krateo}/authn:9.9.9`]],
    ["null removes the chart's own", "install-authn", { image: { tag: null } }, [`${krateo}/authn:9.9.9`]],
    [
      "repository and tag are two values",
      "install-authn",
      { image: { repository: "r.example.org/a", tag: "2" } },
      ["r.example.org/a:2"],
    ],
    [
      "PostgreSQL's version is its tag",
      "install-pg-cluster",
      { version: { postgresql: "17" } },
      ["ghcr.io/cloudnative-pg/postgresql:17"],
    ],
    [
      "one value names PostgreSQL's image and tag",
      "install-pg-cluster",
      { version: { postgresql: "17" }, cluster: { imageName: "r.example.org/pg:1" } },
      ["r.example.org/pg:1"],
    ],
    [
      "an exporter is put together of three",
      "install-finops-operator-exporter",
      { env: { REGISTRY: "r.example.org/", EXPORTER_NAME: "mine", EXPORTER_VERSION: "3" } },
      [`${krateo}/finops-operator-exporter:9.9.9`, "r.example.org/mine:3"],
    ],
    [
      "a scraper of two",
      "install-finops-operator-scraper",
      { env: { REGISTRY: "r.example.org" } },
      [`${krateo}/finops-operator-scraper:9.9.9`, "r.example.org/finops-prometheus-scraper-generic:0.4.1"],
    ],
    [
      "what is switched off is not run",
      "install-opa",
      { mgmt: { enabled: false } },
      [`${krateo}/opa:1.4.2-static`],
    ],
  ];
  for (const [what, id, values, images] of chosen) {
    it(`follow the values: ${what}`, () => assert.deepEqual(imagesOf(id, values), images));
  }

  it("are in the objects among the steps, too, in whichever container", () => {
    const template = {
      spec: {
        initContainers: [{ name: "a", image: "busybox" }],
        containers: [
          { name: "b", image: "r.example.org/b:1" },
          { name: "c", image: "busybox" },
        ],
      },
    };
    const job = { spec: { jobTemplate: { spec: { template } } } };
    const step = objectStep("nightly", {
      apiVersion: "batch/v1",
      kind: "CronJob",
      metadata: { name: "n" },
      ...job,
    });
    assert.deepEqual(platformImages(settingsOf([step])).map(short), [
      "nightly busybox ",
      "nightly r.example.org/b:1 ",
    ]);
  });
});
