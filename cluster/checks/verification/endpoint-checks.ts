/** Checks the Services, Ingresses, Routes and HTTPRoutes that browsers call. */
import type { V1Service } from "@kubernetes/client-node";
import { browserServices } from "../../../configuration/exposure/exposed-services.ts";
import { hostnamesOf, httpRouteTo, isOwnGateway } from "../../../configuration/exposure/http-routes.ts";
import type { Check } from "../../../model/check.ts";
import type { ChartStep, Settings } from "../../../model/settings.ts";
import { gatewayTrouble, httpRouteTrouble } from "../../../plan/gateway-api.ts";
import { admittedHost, routeTo, routeTrouble } from "../../../plan/route.ts";
import { chartSteps, type Observation } from "../../observation.ts";
import { restore } from "./workload-checks.ts";

/** The part of those charts' values that says how they are reached. */
interface ExposedValues {
  readonly service?: { readonly type?: unknown; readonly port?: unknown; readonly nodePort?: unknown };
  readonly ingress?: { readonly enabled?: unknown; readonly hosts?: readonly { readonly host?: string }[] };
}

/**
 * The Services (with their Ingresses, Routes and HTTPRoutes) that a browser talks to: there, of the type and with the
 * ports that the values announce; and the Gateways that the installation has made for them.
 */
export function checkEndpoints(settings: Settings, observed: Observation): Check[] {
  const ofServices = chartSteps(settings)
    .filter((step) => step.enabled && browserServices.some(({ name }) => name === step.chart.name))
    .flatMap((step) => [
      checkService(settings, step, observed),
      ...checkIngress(settings, step, observed),
      ...checkRoute(settings, step, observed),
      ...checkHttpRoute(settings, step, observed),
    ]);
  return [...ofServices, ...checkGateways(settings, observed)];
}

function checkService(settings: Settings, step: ChartStep, { objects, releases }: Observation): Check {
  const { name, namespace } = step.release;
  const { service = {} } = step.values as ExposedValues;
  const announced = { type: text(service.type), port: text(service.port), nodePort: text(service.nodePort) };
  // A nodePort in the values means nothing for a Service that has none.
  if (announced.type === "ClusterIP") announced.nodePort = undefined;

  const base = { check: "endpoint", subject: `Service ${name}`, expected: words(announced) };
  const release = releases.get(`${namespace}/${name}`);
  const next = restore(settings, release);
  const live = objects.get(`Service/${namespace}/${name}`) as V1Service | undefined;
  if (!live) return { ...base, status: "ERROR", found: "does not exist", next };
  const ports = live.spec?.ports ?? [];
  const port = ports.find((candidate) => String(candidate.port) === announced.port) ?? ports[0];
  const actual = {
    type: live.spec?.type ?? "ClusterIP",
    port: text(port?.port),
    nodePort: announced.nodePort && text(port?.nodePort),
  };
  const differs = (key: keyof typeof actual) =>
    announced[key] !== undefined && announced[key] !== actual[key];
  if (differs("type") || differs("port")) return { ...base, status: "ERROR", found: words(actual), next };
  if (!differs("nodePort")) return { ...base, status: "OK", found: words(actual), next: "" };
  return { ...base, status: "WARNING", found: words(actual), next: otherNodePort(step) };
}

/**
 * Some charts (events-presenter's among them) take `service.nodePort` and do not render it. The frontend is told the
 * real port, so all is well unless something in front of the nodes lets only the announced one through.
 */
function otherNodePort({ release }: ChartStep): string {
  return (
    "its chart gave it another node port, and the frontend uses that one; if only the expected one is open, set it " +
    `with kubectl edit service ${release.name} -n ${release.namespace}, then run npx pulumi up`
  );
}

function checkIngress(settings: Settings, step: ChartStep, { ingressHosts, releases }: Observation): Check[] {
  const { name, namespace } = step.release;
  const { ingress } = step.values as ExposedValues;
  const hosts = (ingress?.hosts ?? []).flatMap(({ host }) => host ?? []);
  if (ingress?.enabled !== true || hosts.length === 0) return [];
  const release = releases.get(`${namespace}/${name}`);
  const found = ingressHosts.get(`${namespace}/${name}`);
  const right = hosts.every((host) => found?.includes(host));
  return [
    {
      check: "endpoint",
      subject: `Ingress ${name}`,
      status: right ? "OK" : "ERROR",
      found: found ? found.join(", ") : "does not exist",
      expected: hosts.join(", "),
      next: right ? "" : restore(settings, release),
    },
  ];
}

/** A Route that no router admits is there all the same: only its status says that it leads nowhere. */
function checkRoute(settings: Settings, step: ChartStep, { routes }: Observation): Check[] {
  const wanted = routeTo(settings, step.release);
  if (!wanted) return [];
  const { name, namespace } = wanted.manifest.metadata;
  const live = routes.get(`${namespace}/${name}`);
  const trouble = routeTrouble(live);
  const host = (wanted.manifest["spec"] as { host?: string } | undefined)?.host;
  const found = live && admittedHost(live);
  const right = trouble === undefined && (host === undefined || host === found);
  return [
    {
      check: "endpoint",
      subject: `Route ${name}`,
      status: right ? "OK" : "ERROR",
      found: trouble ?? `admitted at ${found}`,
      expected: `admitted at ${host ?? "the host that OpenShift gives it"}`,
      next: right ? "" : live ? `oc describe route ${name} -n ${namespace}` : "npx pulumi up --refresh",
    },
  ];
}

/** As a Route's, its status alone says whether it leads anywhere. */
function checkHttpRoute({ steps }: Settings, step: ChartStep, { httpRoutes }: Observation): Check[] {
  const wanted = httpRouteTo(steps, step.release);
  if (!wanted) return [];
  const { name, namespace } = wanted.manifest.metadata;
  const live = httpRoutes.get(`${namespace}/${name}`);
  const hosts = hostnamesOf(wanted).join(", ");
  const found = live?.spec?.hostnames?.join(", ");
  const trouble = httpRouteTrouble(live);
  const right = trouble === undefined && found === hosts;
  return [
    {
      check: "endpoint",
      subject: `HTTPRoute ${name}`,
      status: right ? "OK" : "ERROR",
      found: trouble ?? `served at ${found}`,
      expected: `served at ${hosts}`,
      next: right ? "" : nextFor("httproute", live, trouble, name, namespace),
    },
  ];
}

/** Gateways of our own: listening, each listener with its certificate. */
function checkGateways({ steps }: Settings, { gateways }: Observation): Check[] {
  return steps
    .filter((step) => isOwnGateway(step))
    .filter(({ enabled }) => enabled)
    .map(({ manifest: { metadata } }) => {
      const { name, namespace } = metadata;
      const live = gateways.get(`${namespace}/${name}`);
      const trouble = gatewayTrouble(live);
      const addresses = (live?.status?.addresses ?? []).map(({ value }) => value).join(", ");
      return {
        check: "endpoint",
        subject: `Gateway ${name}`,
        status: trouble === undefined ? "OK" : "ERROR",
        found: trouble ?? `listening${addresses && ` at ${addresses}`}`,
        expected: "listening",
        next: trouble === undefined ? "" : nextFor("gateway", live, trouble, name, namespace),
      };
    });
}

/** A refresh makes what is gone, and puts back what somebody has changed; for the rest the controller has to be asked. */
function nextFor(
  resource: string,
  live: object | undefined,
  trouble: string | undefined,
  name: string,
  namespace: string | undefined,
): string {
  return live && trouble ? `kubectl describe ${resource} ${name} -n ${namespace}` : "npx pulumi up --refresh";
}

/** A value as text; undefined when it is absent, or holds a variable that only the installation fills in. */
function text(value: unknown): string | undefined {
  if (value === undefined || value === null || value === "") return undefined;
  return String(value).includes("$") ? undefined : String(value);
}

function words({ type, port, nodePort }: { type?: string; port?: string; nodePort?: string }): string {
  const parts = [type, port && `port ${port}`, nodePort && `node port ${nodePort}`].filter(Boolean);
  return parts.length > 0 ? parts.join(", ") : "any type and port";
}
