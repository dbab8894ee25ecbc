/** The Services of Krateo 3.0.0 that can be reached from outside the cluster: what components/ says of them, in one list. */
import { knownChartSteps } from "../../components/catalogue.ts";
import type { ServiceDescription } from "../../components/description.ts";

/** One Service that a browser, or a client outside the cluster, may talk to. */
export interface ExposableService extends ServiceDescription {
  /** Name of the Helm release and of its Service. */
  readonly name: string;
  readonly component: string;
  /** Step that installs its chart. */
  readonly step: string;
}

const ranks: Readonly<Record<ServiceDescription["role"], number>> = { page: 0, api: 1, internal: 2 };

/** The page first, then what it calls, then what is reachable only when `krateo:expose` names it. */
export const exposableServices: readonly ExposableService[] = knownChartSteps
  .flatMap(({ id, component, chart: { name, service } }) =>
    service ? [{ ...service, name, component, step: id }] : [],
  )
  .toSorted((one, other) => ranks[one.role] - ranks[other.role]);

/** Those that browsers talk to. */
export const browserServices: readonly ExposableService[] = exposableServices.filter(
  ({ role }) => role !== "internal",
);

/** The one whose page calls the others. */
export const pageService: ExposableService = exposableServices.find(
  ({ role }) => role === "page",
) as ExposableService;

/** The name as the stack's outputs have it: `eventsPresenter` for events-presenter. */
export function outputName(service: string): string {
  return service.replace(/-([a-z])/g, (_, letter: string) => letter.toUpperCase());
}

/** The Service of that name, in either spelling; undefined when there is none. */
export function serviceNamed(text: string): ExposableService | undefined {
  return exposableServices.find(({ name }) => name === text || outputName(name) === text);
}
