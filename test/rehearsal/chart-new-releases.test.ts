import assert from "node:assert/strict";
import { mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { delimiter, dirname, join } from "node:path";
import { checkRendering, type RenderingFindings } from "../../cluster/checks/rendering/check-rendering.ts";
import type { Connection } from "../../cluster/client/connection.ts";
import { valuePlaces } from "../../configuration/computed-step.ts";
import { loadConfiguration } from "../../configuration/load.ts";
import type { Inventory } from "../../model/inventory.ts";
import { chartStepsOf } from "../../plan/plan.ts";
import { emptyInventory } from "../support/inventory.ts";
import { chartStep, settingsOf } from "../support/settings.ts";
import { archiveOf, describeWithHelm, helm, packedCharts, runHelm } from "./chart-rendering.ts";

/** Nothing but helm is asked. */
const nowhere = {} as Connection;
const unreachable: Inventory = { ...emptyInventory, unreachable: "not asked" };
const remembered = { has: () => false, keep: async () => {} };

describeWithHelm("new releases, by the real helm", () => {
  const path = process.env["PATH"];
  let folder: string;

  before(async () => {
    await packedCharts();
    folder = await mkdtemp(join(tmpdir(), "krateo-new-releases-"));
    process.env["PATH"] = [dirname(helm ?? ""), path].join(delimiter);
  });

  after(async () => {
    process.env["PATH"] = path;
    await rm(folder, { recursive: true });
  });

  /** What is found of the bundled release. @param overrides Text of krateo-overrides.yaml. */
  async function bundled(values: Record<string, unknown>, overrides = ""): Promise<RenderingFindings> {
    await writeFile(join(folder, "krateo-overrides.yaml"), overrides);
    const { settings, steps } = await loadConfiguration({ values, secretKeys: [] }, folder);
    const archives = chartStepsOf(settings).map(
      async ({ id, chart }) => [id, await archiveOf(chart.name)] as const,
    );
    const charts = new Map(await Promise.all(archives));
    const circumstances = { inventory: unreachable, charts, place: valuePlaces(steps), remembered };
    return await checkRendering(nowhere, settings, circumstances);
  }

  /** What is found of a chart with these files. */
  async function own(files: Readonly<Record<string, string>>): Promise<string[]> {
    const chart = join(folder, "web");
    await rm(chart, { recursive: true, force: true });
    const all = { "Chart.yaml": "{apiVersion: v2, name: web, version: 1.0.0}", ...files };
    for (const [name, content] of Object.entries(all)) {
      await mkdir(dirname(join(chart, name)), { recursive: true });
      await writeFile(join(chart, name), content);
    }
    const { code, stderr } = await runHelm(["package", chart, "--destination", folder]);
    assert.equal(code, 0, stderr);
    const step = chartStep("install-web", { values: { foo: { a: 1 }, port: "x" } });
    const { checks } = await checkRendering(nowhere, settingsOf([step]), {
      inventory: unreachable,
      charts: new Map([["install-web", join(folder, "web-1.0.0.tgz")]]),
      place: () => undefined,
      remembered,
    });
    return checks.map(({ status, found }) => `${status} ${found}`);
  }

  for (const values of [
    { type: "nodeport" },
    { type: "loadbalancer" },
    { type: "ingress", domain: "krateo.example.org" },
    { type: "routes", openshift: true },
    { type: "nodeport", profiles: ["small", "debug", "monitoring"] },
  ]) {
    it(`render with the values of ${JSON.stringify(values)}`, async () => {
      const { checks, rendered } = await bundled(values);
      assert.deepEqual([checks, rendered?.charts], [[], 21]);
    });
  }

  it("are refused with the place of each value", async () => {
    const overrides = `
components:
  backend:
    stepConfig:
      install-authn:
        helmValues:
          service:
            port: x
          imgae: {}
`;
    const { checks } = await bundled({ type: "nodeport" }, overrides);
    assert.deepEqual(
      checks.map(({ status, found, next }) => [status, found, next]),
      [
        [
          "ERROR",
          "chart authn 0.22.2 does not take imgae: additional properties 'imgae' not allowed",
          "correct krateo-overrides.yaml, line 9, components.backend.stepConfig.install-authn.helmValues.imgae; npx krateo explain authn.imgae says which layers set it",
        ],
        [
          "ERROR",
          "chart authn 0.22.2 does not take service.port: got string, want integer",
          "correct krateo-overrides.yaml, line 8, components.backend.stepConfig.install-authn.helmValues.service.port; npx krateo explain authn.service.port says which layers set it",
        ],
      ],
    );
  });

  const cases: [rule: string, files: Readonly<Record<string, string>>, expected: readonly string[]][] = [
    [
      "are refused for a template that fails",
      { "templates/a.yaml": "a: {{ .Values.foo.bar.baz }}" },
      [
        'ERROR chart web 1.0.0 does not render with its values: template: web/templates/a.yaml:1:13: executing "web/templates/a.yaml" at <.Values.foo.bar.baz>: nil pointer evaluating interface {}.baz',
      ],
    ],
    [
      "are refused for what is no YAML",
      { "templates/a.yaml": "a: b: {{ .Values.port }}" },
      [
        "ERROR chart web 1.0.0 does not render with its values: YAML parse error on web/templates/a.yaml: error converting YAML to JSON: yaml: mapping values are not allowed in this context",
      ],
    ],
    [
      "are uncertain for another version of Kubernetes than the one that is supposed",
      { "Chart.yaml": "{apiVersion: v2, name: web, version: 1.0.0, kubeVersion: '>=1.99.0'}" },
      [
        "WARNING chart web 1.0.0 does not render with its values: chart requires kubeVersion: >=1.99.0 which is incompatible with Kubernetes v1.31.0; what the cluster serves could not be read",
      ],
    ],
    [
      "render where a template looks up what is not there",
      { "templates/a.yaml": '{{ if (lookup "v1" "Secret" "x" "y") }}a: b{{ end }}' },
      [],
    ],
    [
      "are uncertain where a template needs what it looks up",
      { "templates/a.yaml": 'a: {{ required "no login" (lookup "v1" "Secret" "x" "y").data }}' },
      [
        "WARNING chart web 1.0.0 does not render with its values: execution error at (web/templates/a.yaml:1:6): no login; it looks objects up in the cluster, which was not asked",
      ],
    ],
    [
      "are no word where their schema is another's on the network",
      { "values.schema.json": '{"properties": {"port": {"$ref": "http://schemas.example.org/port.json"}}}' },
      [],
    ],
  ];
  for (const [rule, files, expected] of cases) {
    it(rule, async () => assert.deepEqual(await own(files), expected));
  }
});
