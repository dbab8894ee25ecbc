import assert from "node:assert/strict";
import { loadSettings } from "../../configuration/load.ts";
import { recordOf, storedInputs } from "../../configuration/snapshot.ts";
import type { JsonObject, Step } from "../../model/settings.ts";
import { goldenInputs } from "../golden/inputs.ts";
import { maskedStep } from "../golden/sections.ts";
import { loadLocal } from "./project.ts";

const document = `
componentsDefinition:
  shop: {description: demo, steps: [greet, note]}
  extras: {steps: [mail]}
steps:
  - {id: greet, type: var, with: {name: WHO, value: "you.{{ .Namespace }}"}}
  - {id: note, type: object, with: {apiVersion: v1, kind: ConfigMap, metadata: {name: note}, data: {who: "\${WHO}"}}}
  - {id: mail, type: chart, with: {repo: mail, url: https://charts.example.org, version: 1.0.0, values: {ttl: 60, from: null, none: {}}}}
`;

describe("the snapshot", () => {
  it("holds definitions and computed steps, before variables are expanded and defaults filled in", async () => {
    const { snapshot } = await loadLocal(
      document,
      "components: {extras: {enabled: false, helmDefaults: {log: info}}}",
      {
        namespace: "demo",
      },
    );
    assert.deepEqual(snapshot, {
      componentsDefinition: {
        extras: { steps: ["mail"] },
        shop: { description: "demo", steps: ["greet", "note"] },
      },
      installationVersion: "local",
      steps: [
        { id: "greet", type: "var", with: { name: "WHO", value: "you.demo" } },
        {
          id: "note",
          type: "object",
          with: { apiVersion: "v1", kind: "ConfigMap", metadata: { name: "note" }, data: { who: "${WHO}" } },
        },
        {
          id: "mail",
          type: "chart",
          skip: true,
          with: {
            repo: "mail",
            url: "https://charts.example.org",
            version: "1.0.0",
            values: { ttl: 60, from: null, none: {}, log: "info" },
          },
        },
      ],
    });
  });

  it("is stored without a null, and an annotation says which defaults the steps take away", async () => {
    const { snapshot } = await loadLocal(
      `componentsDefinition: {shop: {steps: [mail, bare]}}
steps:
  - {id: mail, type: chart, with: {repo: mail, url: https://charts.example.org, version: 1.0.0, values: {
      from: null, log: {level: null, format: json}, tolerations: [{key: a, effect: null}], none: {}}}}
  - {id: bare, type: chart, with: {repo: bare, url: https://charts.example.org, version: 1.0.0, timeout: null}}`,
      "components: {shop: {helmDefaults: {image: {tag: null}}}}",
    );
    const { spec, removedDefaults } = recordOf(snapshot);
    const chart = (repo: string) => ({ repo, url: "https://charts.example.org", version: "1.0.0" });
    assert.deepEqual(spec["steps"], [
      {
        id: "mail",
        type: "chart",
        with: {
          ...chart("mail"),
          values: { log: { format: "json" }, tolerations: [{ key: "a" }], none: {}, image: {} },
        },
      },
      { id: "bare", type: "chart", with: { ...chart("bare"), values: { image: {} } } },
    ]);
    assert.deepEqual(JSON.parse(removedDefaults ?? ""), {
      mail: { values: { from: null, log: { level: null }, image: { tag: null } } },
      bare: { timeout: null, values: { image: { tag: null } } },
    });
    assert.deepEqual(storedInputs({ spec, removedDefaults })["mail"], {
      ...chart("mail"),
      values: {
        from: null,
        log: { level: null, format: "json" },
        tolerations: [{ key: "a" }],
        none: {},
        image: { tag: null },
      },
    });
  });

  it("has no such annotation where no step takes a default away", async () => {
    assert.equal(
      recordOf((await loadLocal(document.replace("from: null, ", ""))).snapshot).removedDefaults,
      undefined,
    );
  });

  it("keeps what a definition says, and leaves out what is absent or empty", async () => {
    const { snapshot } = await loadLocal(
      `componentsDefinition:
  full: {description: d, enabled: false, steps: [a], helmDefaults: {x: 1}, stepConfig: {a: {with: {value: z}}}}
  bare: {description: "", enabled: null, steps: [], helmDefaults: {}, stepConfig: null}
steps: [{id: a, type: var, with: {name: A, value: y}}]`,
    );
    assert.deepEqual(snapshot.componentsDefinition, {
      full: {
        description: "d",
        enabled: false,
        steps: ["a"],
        helmDefaults: { x: 1 },
        stepConfig: { a: { with: { value: "z" } } },
      },
      bare: {},
    });
  });

  it("is frozen, as all settings are", async () => {
    const settings = await loadLocal(document);
    const frozen = (value: unknown): boolean =>
      typeof value !== "object" ||
      value === null ||
      (Object.isFrozen(value) && Object.values(value).every(frozen));
    assert.ok(frozen(settings));
  });
});

/** The input that a step of the bundled release comes from, nothing left to defaults. */
function inputOf(step: Step): object {
  if (step.type === "object") return step.manifest;
  if (step.type === "var") {
    const { apiVersion, kind, name, namespace, selector } = step.valueFrom ?? {};
    return { name: step.name, valueFrom: { apiVersion, kind, metadata: { name, namespace }, selector } };
  }
  const { name: repo, url, version } = step.chart;
  const timeout = `${step.timeoutSeconds / 60}m`;
  return {
    repo,
    url,
    version,
    releaseName: step.release.name,
    wait: step.wait,
    timeout,
    values: step.values,
  };
}

function withDefaults({ type, with: input }: JsonObject, namespace: string): object {
  const { metadata, ...rest } = input as JsonObject;
  if (type === "chart") return { wait: true, timeout: "15m", values: {}, ...rest };
  return type === "object" ? { ...rest, metadata: { namespace, ...(metadata as JsonObject) } } : rest;
}

describe("the snapshot repeats the steps of the settings, secrets masked: not every golden has to show it", () => {
  for (const { name, config } of goldenInputs) {
    it(`with ${name}`, async () => {
      const { snapshot, steps, namespace } = await loadSettings(config, import.meta.dirname);
      assert.deepEqual(
        snapshot.steps.map((step) => ({ ...step, with: withDefaults(step, namespace) })),
        steps.map(maskedStep).map((step) => ({
          id: step.id,
          type: step.type,
          ...(step.enabled ? {} : { skip: true }),
          with: inputOf(step),
        })),
      );
    });
  }
});
