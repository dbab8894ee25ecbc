import assert from "node:assert/strict";
import { parse } from "yaml";
import { renderDocument } from "../../configuration/render.ts";
import { load } from "./project.ts";

const inputs: Record<string, unknown>[] = [
  { profiles: "debug,openshift" },
  { type: "loadbalancer", profiles: "no-finops,lb-hostname" },
  { type: "ingress", domain: "d.example.org", namespace: "elsewhere" },
];

describe("the rendered document", () => {
  for (const config of inputs) {
    it(`resolves to the steps it was made from: ${JSON.stringify(config)}`, async () => {
      const settings = await load({}, config);
      const { type, namespace } = config;
      const again = await load(
        { "krateo.yaml": renderDocument(settings) },
        { version: "local", type, ...(namespace === undefined ? {} : { namespace }) },
      );
      assert.deepEqual(again.steps, settings.steps);
      assert.deepEqual(again.components, settings.components);
      assert.equal(
        renderDocument(again).split("\n").slice(2).join("\n"),
        renderDocument(settings).split("\n").slice(2).join("\n"),
      );
    });
  }

  it("is the same text every time", async () => {
    assert.equal(renderDocument(await load({})), renderDocument(await load({})));
  });

  it("keeps text that looks like something else text", async () => {
    const values = {
      a: "0777",
      b: "yes",
      c: "1_000",
      d: "null",
      e: "2024-01-02",
      f: "1:30",
      g: "true",
      h: "0o17",
      i: "{{ .Namespace }} {{.Namespace}} \\x7b {{ .Release.Name }}",
      j: "first\n{{ .Namespace }}\n",
      k: "${}HOME",
    };
    const settings = await load(
      {},
      { set: { "components.finops.stepConfig.install-opa.helmValues.x": values } },
    );
    const again = await load({ "krateo.yaml": renderDocument(settings) }, { version: "local" });
    const opa = again.steps.find(({ id }) => id === "install-opa");
    assert.deepEqual(opa?.type === "chart" && opa.values["x"], values);
  });

  it("spells out the defaults and switches components off, not steps", async () => {
    const document = parse(renderDocument(await load({}, { profiles: "no-finops" })));
    assert.equal(document.componentsDefinition.finops.enabled, false);
    assert.deepEqual(Object.keys(document), ["componentsDefinition", "steps"]);
    const portal = document.steps.find(({ id }: { id: string }) => id === "install-portal");
    assert.deepEqual(portal, {
      id: "install-portal",
      type: "chart",
      with: {
        releaseName: "portal",
        namespace: "krateo-system",
        wait: true,
        timeout: "900s",
        maxHistory: 10,
        repo: "portal",
        url: "https://marketplace.krateo.io",
        version: "1.3.4",
      },
    });
  });
});
