import assert from "node:assert/strict";
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { parse } from "yaml";
import { components, gatedSteps, knownChartSteps, knownStep } from "../../components/catalogue.ts";
import { secretNames } from "../../components/secrets.ts";
import { bundledCharts, bundledText } from "../../configuration/bundle.ts";

const root = join(import.meta.dirname, "..", "..");
const bundled = parse(bundledText("base.yaml")) as {
  readonly componentsDefinition: Readonly<Record<string, object>>;
  readonly steps: readonly { readonly id: string; readonly type: string }[];
};

describe("the catalogue of components", () => {
  it("has the type tokens that are in every state out there", () => {
    assert.deepEqual(
      components.map(({ name, typeToken }) => [name, typeToken]),
      [
        ["backend", "krateo:platform:Backend"],
        ["cnpg", "krateo:platform:Cnpg"],
        ["db-maintenance", "krateo:platform:DbMaintenance"],
        ["resources-stack", "krateo:platform:ResourcesStack"],
        ["events-stack", "krateo:platform:EventsStack"],
        ["frontend", "krateo:platform:Frontend"],
        ["portal-defaults", "krateo:platform:PortalDefaults"],
        ["composable-operations", "krateo:platform:ComposableOperations"],
        ["operator-generator", "krateo:platform:OperatorGenerator"],
        ["finops", "krateo:platform:Finops"],
      ],
    );
  });

  it("describes the components and charts of the bundled release, in its order, and no others", () => {
    assert.deepEqual(
      components.map(({ name }) => name),
      Object.keys(bundled.componentsDefinition),
    );
    assert.deepEqual(
      knownChartSteps.map(({ chart }) => chart.name),
      bundledCharts,
    );
  });

  it("has every step of the bundled release but those that read a variable, and no others", () => {
    const known = components.flatMap(({ steps }) => steps.map(({ id }) => id)).toSorted();
    const expected = bundled.steps.filter(({ type }) => type !== "var").map(({ id }) => id);
    assert.deepEqual(known, expected.toSorted());
  });

  it("needs only what there is", () => {
    const prerequisites = new Set<string>([...secretNames, ...gatedSteps.map(({ gate }) => gate.id)]);
    const unknown = components.flatMap(({ steps }) =>
      steps.flatMap(({ id, needs, uses = [] }) =>
        [...needs, ...uses]
          .filter(({ on }) => !prerequisites.has(on) && knownStep(on) === undefined)
          .map(({ on }) => `${id} needs ${on}`),
      ),
    );
    assert.deepEqual(unknown, []);
  });

  it("says where each service that browsers call answers without a login, and only of those", () => {
    const services = knownChartSteps.flatMap(({ chart: { name, service } }) =>
      service ? [{ name, ...service }] : [],
    );
    assert.deepEqual(
      services.filter(({ healthPath }) => healthPath !== undefined).map(({ name }) => name),
      services.filter(({ role }) => role !== "internal").map(({ name }) => name),
    );
  });

  it("is the only place that names a chart or a step", () => {
    // Words of English, or of Kubernetes, that are names of charts, too.
    const words = ["cluster", "portal"];
    const names = new Set([
      ...bundledCharts.filter((name) => !words.includes(name)),
      ...bundled.steps.map(({ id }) => id),
    ]);
    const found = sources().flatMap((file) =>
      literalsOf(readFileSync(join(root, file), "utf8"))
        .filter((text) => names.has(text))
        .map((text) => `${file}: ${text}`),
    );
    assert.deepEqual(found, []);
  });
});

/** The program's own files, but for those that may: facts, documents, and the way from 2.7.0. */
function sources(): string[] {
  const folders = ["charts", "cluster", "commands", "configuration", "engine", "model", "network"];
  const files = [...folders, "plan", "resources", "run"].flatMap((folder) =>
    (readdirSync(join(root, folder), { recursive: true }) as string[]).map((file) => join(folder, file)),
  );
  return ["index.ts", ...files.filter((file) => file.endsWith(".ts"))];
}

/** Contents of the plain texts in quotes, whole ones only. */
function literalsOf(source: string): string[] {
  return [...source.matchAll(/"([^"\n]*)"/g)].map(([, text]) => text as string);
}
