/** The Services of Krateo 3.0.0 that can be reached from outside the cluster, and what their charts let one say of them. */

/** One Service that a browser, or a client outside the cluster, may talk to. */
export interface ExposableService {
  /** Name of the Helm release and of its Service. */
  readonly name: string;
  readonly component: string;
  /** Step that installs its chart. */
  readonly step: string;
  /** False for what only the platform itself calls: it is reachable when `krateo:expose` names it. */
  readonly calledByBrowsers: boolean;
  /** Port of the Service, and of the container behind it. */
  readonly port: number;
  readonly targetPort: number;
  /** Where type nodeport puts it unless `krateo:nodePorts` says otherwise. */
  readonly nodePort: number;
  /** True when type nodeport exposes it without being asked. */
  readonly onNodePort: boolean;
  /** First label of its host below `krateo:domain`. */
  readonly hostLabel: string;
  /** False when the chart renders no `service.annotations`: a Service of our own bears them instead. */
  readonly takesAnnotations: boolean;
  /** False when the chart renders no `service.nodePort`: a Service of our own holds the port instead. */
  readonly takesNodePort: boolean;
}

export const exposableServices: readonly ExposableService[] = [
  {
    name: "frontend",
    component: "frontend",
    step: "install-frontend",
    calledByBrowsers: true,
    port: 8080,
    targetPort: 8080,
    nodePort: 30080,
    onNodePort: true,
    hostLabel: "app",
    takesAnnotations: true,
    takesNodePort: true,
  },
  {
    name: "authn",
    component: "backend",
    step: "install-authn",
    calledByBrowsers: true,
    port: 8082,
    targetPort: 8082,
    nodePort: 30082,
    onNodePort: true,
    hostLabel: "authn",
    takesAnnotations: true,
    takesNodePort: true,
  },
  {
    name: "snowplow",
    component: "backend",
    step: "install-snowplow",
    calledByBrowsers: true,
    port: 8081,
    targetPort: 8081,
    nodePort: 30081,
    onNodePort: true,
    hostLabel: "snowplow",
    takesAnnotations: false,
    takesNodePort: true,
  },
  {
    name: "events-presenter",
    component: "events-stack",
    step: "install-events-presenter",
    calledByBrowsers: true,
    port: 8083,
    targetPort: 8083,
    nodePort: 30083,
    onNodePort: true,
    hostLabel: "events-presenter",
    takesAnnotations: false,
    takesNodePort: false,
  },
  {
    name: "resources-presenter",
    component: "resources-stack",
    step: "install-resources-presenter",
    calledByBrowsers: false,
    port: 8080,
    targetPort: 8085,
    nodePort: 30084,
    onNodePort: false,
    hostLabel: "resources-presenter",
    takesAnnotations: false,
    takesNodePort: false,
  },
  {
    name: "finops-database-handler",
    component: "finops",
    step: "install-finops-database-handler",
    calledByBrowsers: false,
    port: 8088,
    targetPort: 8088,
    nodePort: 30086,
    onNodePort: true,
    hostLabel: "finops-database-handler",
    takesAnnotations: true,
    takesNodePort: true,
  },
];

/** The name as the stack's outputs have it: `eventsPresenter` for events-presenter. */
export function outputName(service: string): string {
  return service.replace(/-([a-z])/g, (_, letter: string) => letter.toUpperCase());
}

/** The Service of that name, in either spelling; undefined when there is none. */
export function serviceNamed(text: string): ExposableService | undefined {
  return exposableServices.find(({ name }) => name === text || outputName(name) === text);
}

/** Id of the step that makes a Service of our own beside a chart's. */
export function publishingStep({ name }: ExposableService): string {
  return `publish-${name}`;
}
