import type { ChartStep, Settings, VariableStep } from "../../model/settings.ts";
import type { PlanNode } from "../../plan/plan.ts";
import { delaySeconds, podStartSeconds, releasesWithDelay } from "../simulation/delays.ts";

/** Its pods are the operator's work: the release is deployed before they start, the gates wait for them. */
const postgresRelease = "pg-cluster";

/** Its pod is scheduled once the volume that it claims is there. */
const releaseWithVolume = "cratedb";

/**
 * Seconds that the rehearsal's realistic stand-ins alone make a node of the plan take, everything it needs being
 * there: pods that start, load balancers that get an address, a PostgreSQL cluster that becomes ready. Helm, the
 * engine and the control plane take none in this model.
 */
export function simulatedSeconds(node: PlanNode, settings: Settings): number {
  if (node.id === "database") return primarySeconds() + delaySeconds("database", true);
  // The operator makes the standbys then, they start, and it calls the cluster ready.
  if (node.id === "standbys")
    return primarySeconds() + 2 * delaySeconds("operator", true) + delaySeconds("standby", true);
  const step = settings.steps.find(({ id }) => id === node.id);
  if (step?.type === "var") return isAddress(step) ? delaySeconds("loadBalancer", true) : 0;
  return step?.type === "chart" && step.wait ? releaseSeconds(step) : 0;
}

/** What a load balancer gives a Service: a release that waits for its pods has it by then. */
function isAddress({ valueFrom }: VariableStep): boolean {
  return valueFrom?.kind === "Service" && valueFrom.selector.startsWith(".status.loadBalancer");
}

/** The operator makes the primary, and it starts. */
function primarySeconds(): number {
  return delaySeconds("operator", true) + podStartSeconds(postgresRelease, true);
}

function releaseSeconds({ release, values }: ChartStep): number {
  const { name } = release;
  const pods = name !== postgresRelease && releasesWithDelay.includes(name) ? podStartSeconds(name, true) : 0;
  const volume = name === releaseWithVolume ? delaySeconds("volume", true) : 0;
  const service = values["service"] as { type?: string } | undefined;
  const address = service?.type === "LoadBalancer" ? delaySeconds("loadBalancer", true) : 0;
  return Math.max(volume + pods, address);
}
