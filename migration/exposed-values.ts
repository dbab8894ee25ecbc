/**
 * Rules for the values by which the platform is reached from outside: they belong together, and some are said once for
 * all of 3.0.0's steps in the stack configuration.
 */
import { valueAt } from "../model/path.ts";
import type { Json, Path } from "../model/settings.ts";
import { carriedValue, type MergeContext, type Outcome, settingsOf, valuesOf } from "./change-outcome.ts";
import { type Change, isSame } from "./changes.ts";
import {
  frontendUrls,
  type LegacyService,
  legacyDomain,
  legacyHosts,
  legacyServices,
} from "./legacy-defaults.ts";
import { isHostOfDomain, serviceSteps } from "./legacy-exposure.ts";
import { plainValue } from "./plain-value.ts";
import { successorOf, type TargetStep } from "./target-steps.ts";

const newHost = `events come from events-presenter.DOMAIN in 3.0.0: make its name resolve as eventsse.DOMAIN did`;

/** What becomes of such a value; undefined for one that is not about exposure, or that needs no rule of its own. */
export function exposedValue(
  change: Change,
  path: Path,
  step: TargetStep,
  context: MergeContext,
): Outcome | undefined {
  const service = serviceSteps[change.standsFor ?? ""];
  if (service === undefined || change.yours === undefined) return undefined;
  const [first, second] = path;
  if (service === "finops-database-handler" && context.type === "ingress" && first === "ingress") {
    return {
      kind: "left",
      why: "3.0.0 gives the cost database no host: only what runs in the cluster calls it",
    };
  }
  if (first === "config" && service === "frontend") return frontendUrl(change, path, step, context);
  if (first === "ingress" && second === "hosts") return hosts(change, path, step, service, context);
  if (first === "ingress" && second === "tls" && service === "eventsse")
    return withEventsHost(plainValue(change, path, step, context), context);
  if (first === "service" && second === "type") return serviceType(change, path, step, service, context);
  if (first === "service" && second === "nodePort") return nodePort(step, change, service, context);
  return undefined;
}

function frontendUrl(
  change: Change,
  path: Path,
  step: TargetStep,
  context: MergeContext,
): Outcome | undefined {
  const { exposure, type } = context;
  const key = String(path[1]);
  if (!(key in frontendUrls)) return undefined;
  const service = frontendUrls[key as keyof typeof frontendUrls];
  if (type === "nodeport" && exposure.nodeAddress !== undefined) {
    return { kind: "configured", key: "krateo:nodeAddress", value: exposure.nodeAddress };
  }
  const { domain } = exposure;
  if (
    type === "ingress" &&
    domain !== undefined &&
    change.yours === `http://${legacyServices[service].label}.${domain}` &&
    !(service === "eventsse" && exposure.keepsEventsHost)
  ) {
    return { kind: "configured", key: "krateo:domain", value: domain };
  }
  const outcome = plainValue(change, path, step, context);
  return service === "eventsse" ? withEventsHost(outcome, context) : outcome;
}

function hosts(
  change: Change,
  path: Path,
  step: TargetStep,
  service: LegacyService,
  context: MergeContext,
): Outcome {
  const { exposure } = context;
  const { domain } = exposure;
  const keeps = service === "eventsse" && exposure.keepsEventsHost;
  if (!keeps && domain !== undefined && isHostOfDomain(service, change.yours as Json, exposure)) {
    const note = service === "eventsse" ? { note: newHost.replaceAll("DOMAIN", domain) } : {};
    return { kind: "configured", key: "krateo:domain", value: domain, ...note };
  }
  return plainValue(change, path, step, context);
}

/**
 * A certificate and a URL are made for a host. Where the host is 2.7.0's default, so that it is no change of the
 * user's, it goes along.
 */
function withEventsHost(outcome: Outcome, { type, steps, exposure, changes }: MergeContext): Outcome {
  const step = successorOf(steps, "install-eventsse");
  const isCarried = changes.some(
    ({ standsFor, path }) => standsFor === "install-eventsse" && path[1] === "ingress" && path[2] === "hosts",
  );
  if (outcome.kind !== "carried" || type !== "ingress" || !exposure.keepsEventsHost) return outcome;
  if (isCarried || step === undefined) return outcome;
  const path = [...settingsOf(step), "helmValues", "ingress", "hosts"];
  const host = { path, value: legacyHosts("eventsse", legacyDomain) };
  return { ...outcome, overrides: [...outcome.overrides, host] };
}

function serviceType(
  change: Change,
  path: Path,
  step: TargetStep,
  service: LegacyService,
  context: MergeContext,
): Outcome {
  const { type } = context;
  const { yours } = change;
  const standard = valueAt(valuesOf(step), path);
  if (isSame(yours, standard as Json)) return { kind: "same", why: "3.0.0 has the same value" };
  const readsPort = legacyServices[service].variable !== undefined;
  if (readsPort && type === "nodeport" && yours === "ClusterIP") {
    return {
      kind: "left",
      why: `type nodeport reads the node port of this Service, and a ClusterIP has none`,
      next: "choose the type that fits with --type, or give the variable's step a fixed value",
    };
  }
  if (readsPort && type === "loadbalancer" && yours !== "LoadBalancer") {
    return {
      kind: "left",
      why: "type loadbalancer reads the load balancer's address of this Service",
      next: "choose the type that fits with --type, or give the variables' steps fixed values",
    };
  }
  const hasPort = valueAt(valuesOf(step), ["service", "nodePort"]) !== undefined;
  if (yours !== "ClusterIP" || !hasPort) return plainValue(change, path, step, context);
  // A node port on a Service that has none is refused by the API server.
  return carriedValue(step, path, yours, { more: [{ path: ["service", "nodePort"], value: null }] });
}

function nodePort(
  step: TargetStep,
  change: Change,
  service: LegacyService,
  context: MergeContext,
): Outcome | undefined {
  const { type } = context;
  // Its successor's chart renders no port: in type nodeport a Service of our own holds it.
  if (service === "eventsse" && type === "nodeport") {
    const key = "krateo:nodePorts.events-presenter";
    return { kind: "configured", key, isPath: true, value: String(change.yours) };
  }
  if (service === "eventsse" && type === "loadbalancer")
    return { kind: "left", why: "the chart of events-presenter lets the cluster choose the port" };
  const yours = valueAt(change.step.with, ["values", "service", "type"]);
  const standard = valueAt(valuesOf(step), ["service", "type"]);
  const serviceType = yours === "ClusterIP" || yours === "LoadBalancer" ? yours : standard;
  if (serviceType !== "ClusterIP") return undefined;
  return { kind: "left", why: "its Service has no node port in 3.0.0: it is reached in another way" };
}
