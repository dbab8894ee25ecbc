import assert from "node:assert/strict";
import { imageList } from "../../../configuration/images/rendered-comparison.ts";
import { chartStep, settingsOf } from "../../support/settings.ts";

const opa = chartStep("install-opa", {
  chart: { name: "opa-kube-mgmt", version: "0.2.3", kind: "repository", url: "https://c.example.org" },
});
const known = ["ghcr.io/krateoplatformops/opa:1.4.2-static", "ghcr.io/krateoplatformops/kube-mgmt:9.0.1"];
const shop = chartStep("install-shop");

describe("the list of images beside rendered charts", () => {
  it("has nothing against it where both say the same", () => {
    const { images, warnings } = imageList(settingsOf([opa]), new Map([["install-opa", known]]));
    assert.deepEqual(
      images.map(({ reference }) => reference),
      known,
    );
    assert.deepEqual(warnings, []);
  });

  it("warns of an image that it lacks, and of one that the manifests lack", () => {
    const found = [known[0] as string, "docker.io/library/busybox:1"];
    assert.deepEqual(imageList(settingsOf([opa]), new Map([["install-opa", found]])).warnings, [
      "step install-opa: its rendered manifests name docker.io/library/busybox:1, which is not in the list",
      `step install-opa: ${known[1]} is in the list, but its rendered manifests do not name it`,
    ]);
  });

  it("does not look for what an operator starts", () => {
    const scraper = chartStep("install-finops-operator-scraper", {
      chart: { ...opa.chart, name: "finops-operator-scraper" },
    });
    const found = ["ghcr.io/krateoplatformops/finops-operator-scraper:0.2.3"];
    assert.deepEqual(imageList(settingsOf([scraper]), new Map([[scraper.id, found]])).warnings, []);
  });

  it("takes the images of a chart that is not known out of its manifests", () => {
    const { images, warnings } = imageList(
      settingsOf([shop]),
      new Map([[shop.id, ["r.example.org/shop:1"]]]),
    );
    assert.deepEqual(images, [
      {
        reference: "r.example.org/shop:1",
        source: "r.example.org/shop:1",
        step: "install-shop",
        component: "shop",
        chart: "shop 1.0.0",
        keys: [],
      },
    ]);
    assert.deepEqual(warnings, []);
  });

  it("says which charts' images it does not know where nothing is rendered", () => {
    assert.deepEqual(imageList(settingsOf([opa, shop]), undefined).warnings, [
      "step install-shop installs chart shop, whose images this program does not know: none of them is in the list; with helm on the PATH they are read in its templates",
    ]);
  });
});
