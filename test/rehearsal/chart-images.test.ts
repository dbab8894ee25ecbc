import assert from "node:assert/strict";
import { delimiter, dirname } from "node:path";
import { fetchCharts } from "../../charts/fetch.ts";
import { imagesOfManifests, renderedManifests } from "../../cluster/checks/rendering/rendered-manifests.ts";
import { imageList } from "../../configuration/images/rendered-comparison.ts";
import { chartStepsOf } from "../../plan/plan.ts";
import { withProject } from "../commands/session.ts";
import { load } from "../configuration/project.ts";
import { describeWithHelm, helm, packedCharts } from "./chart-rendering.ts";

/** What speaks against the list of images, by the charts' own templates. */
async function differences(config: Record<string, unknown>): Promise<readonly string[]> {
  const settings = await load({}, config);
  const { directory, remove } = withProject({});
  const path = process.env["PATH"];
  process.env["PATH"] = [dirname(helm ?? ""), path].join(delimiter);
  try {
    const steps = chartStepsOf(settings);
    const mirror = await packedCharts();
    const charts = await fetchCharts(steps, { directory, mirror });
    const archives = new Map([...charts].map(([id, file]) => [id, `${directory}/${file}`]));
    const manifests = await renderedManifests(steps, archives);
    const rendered = new Map([...manifests].map(([step, one]) => [step, imagesOfManifests(one)]));
    assert.equal(rendered.size, steps.length);
    return imageList(settings, rendered).warnings;
  } finally {
    process.env["PATH"] = path;
    remove();
  }
}

describeWithHelm("images of the stand-in charts", () => {
  before(packedCharts);

  it("are those that the program lists", async () => {
    assert.deepEqual(await differences({}), []);
  });

  it("are those that it lists on OpenShift, from a registry of the user's own, too", async () => {
    const config = {
      openshift: true,
      imageRegistry: "mirror.example.org/krateo",
      imagePullSecrets: "regcred",
    };
    assert.deepEqual(await differences(config), []);
  });

  it("follow values that switch one off, or choose another version", async () => {
    const path = "components.finops.stepConfig.install-opa.helmValues.mgmt";
    assert.deepEqual(await differences({ set: { [path]: { enabled: false } } }), []);
    const name = "components.cnpg.stepConfig.install-pg-cluster.helmValues.version.postgresql";
    assert.deepEqual(await differences({ set: { [name]: "17" } }), []);
  });
});
