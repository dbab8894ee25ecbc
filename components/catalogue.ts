/** All components of Krateo 3.0.0 in the order of the release document: where readers ask for a step or a chart. */
import { backend } from "./backend.ts";
import { cnpg } from "./cnpg.ts";
import { composableOperations } from "./composable-operations.ts";
import { dbMaintenance } from "./db-maintenance.ts";
import type {
  ChartDescription,
  ComponentDescription,
  GateDescription,
  StepDescription,
} from "./description.ts";
import { eventsStack } from "./events-stack.ts";
import { finops } from "./finops.ts";
import { frontend } from "./frontend.ts";
import { operatorGenerator } from "./operator-generator.ts";
import { portalDefaults } from "./portal-defaults.ts";
import { resourcesStack } from "./resources-stack.ts";

export const components: readonly ComponentDescription[] = [
  backend,
  cnpg,
  dbMaintenance,
  resourcesStack,
  eventsStack,
  frontend,
  portalDefaults,
  composableOperations,
  operatorGenerator,
  finops,
];

/** A step with the name of its component. */
export interface KnownStep extends StepDescription {
  readonly component: string;
}

/** A step that installs a chart. */
export interface KnownChartStep extends KnownStep {
  readonly chart: ChartDescription;
}

const steps: ReadonlyMap<string, KnownStep> = new Map(
  components.flatMap(({ name, steps }) => steps.map((step) => [step.id, { ...step, component: name }])),
);

export const knownChartSteps: readonly KnownChartStep[] = [...steps.values()].filter(
  (step): step is KnownChartStep => step.chart !== undefined,
);

const charts: ReadonlyMap<string, ChartDescription> = new Map(
  knownChartSteps.map(({ chart }) => [chart.name, chart]),
);

/** Steps with a wait behind them, once for each wait. */
export const gatedSteps: readonly (KnownStep & { readonly gate: GateDescription })[] = [
  ...steps.values(),
].flatMap((step) => (step.gates ?? []).map((gate) => ({ ...step, gate })));

/** Id of the step that makes the database: the one that gate `database` stands behind. */
export const databaseStep: string = gatedSteps.find(({ gate }) => gate.id === "database")?.id as string;

/** undefined for a step of another document. */
export function knownStep(id: string): KnownStep | undefined {
  return steps.get(id);
}

/** undefined for a chart that Krateo 3.0.0 does not have. */
export function knownChart(name: string): ChartDescription | undefined {
  return charts.get(name);
}

/** undefined for a component of another document. */
export function knownComponent(name: string): ComponentDescription | undefined {
  return components.find((component) => component.name === name);
}
