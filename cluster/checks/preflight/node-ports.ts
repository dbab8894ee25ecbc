/** Checks that the node ports are free. */
import type { V1Service } from "@kubernetes/client-node";
import { publishingStep } from "../../../components/outside.ts";
import { exposableServices } from "../../../configuration/exposure/exposed-services.ts";
import { type PlannedPort, plannedPorts } from "../../../configuration/exposure/planned-ports.ts";
import type { Check } from "../../../model/check.ts";
import type { Inventory } from "../../../model/inventory.ts";
import { localVersion, type Settings } from "../../../model/settings.ts";

/**
 * Whether the node ports are free. What this installation holds itself is no collision, nor what it removes first.
 *
 * @param services All Services of the cluster; undefined: they may not be listed.
 */
export function checkNodePorts(
  settings: Settings,
  inventory: Inventory,
  services: readonly V1Service[] | undefined,
): Check[] {
  const planned = plannedPorts(settings);
  if (!services || planned.length === 0) return [];
  const faults = planned.flatMap(({ port, step }): Check[] => {
    const holder = services.find((service) => holds(service, port));
    if (!holder) return [];
    const owner = ownerOf(holder);
    if (isOwn(step, holder, settings) || isFreed(owner, settings, inventory)) return [];
    const { name, namespace } = holder.metadata ?? {};
    const base = { check: "node port", subject: `node port ${port}`, expected: `free, for step ${step.id}` };
    const found = `held by Service ${namespace}/${name}${owner ? ` (Helm release ${owner.name})` : ""}`;
    if (owner && isPlanned(owner, settings)) {
      const next = "the two releases exchange ports: change one to a third port first, then set both";
      return [{ ...base, status: "WARNING", found, next }];
    }
    const next = `${otherPort(step, settings)}, or take it off that Service: kubectl edit service ${name} -n ${namespace}`;
    return [{ ...base, status: "ERROR", found, next }];
  });
  if (faults.length > 0) return faults;
  const ports = planned.map(({ port }) => port).sort();
  return [
    {
      check: "node port",
      subject: "node ports",
      status: "OK",
      found: `${ports.join(", ")}: free, or this installation's own`,
      expected: "free",
      next: "",
    },
  ];
}

function holds({ spec }: V1Service, port: number): boolean {
  return spec?.healthCheckNodePort === port || (spec?.ports ?? []).some(({ nodePort }) => nodePort === port);
}

interface Owner {
  readonly name: string;
  readonly namespace: string;
}

function ownerOf({ metadata }: V1Service): Owner | undefined {
  const name = metadata?.annotations?.["meta.helm.sh/release-name"];
  const namespace = metadata?.annotations?.["meta.helm.sh/release-namespace"];
  return name && namespace ? { name, namespace } : undefined;
}

function isOwn(step: PlannedPort["step"], holder: V1Service, { namespace }: Settings): boolean {
  if (step.type === "chart") {
    const owner = ownerOf(holder);
    return owner?.name === step.release.name && owner.namespace === step.release.namespace;
  }
  const { metadata } = step.manifest;
  return (
    holder.metadata?.name === metadata.name && holder.metadata.namespace === (metadata.namespace ?? namespace)
  );
}

/** Releases of an earlier platform version are removed before any other is installed. */
function isFreed(owner: Owner | undefined, { namespace }: Settings, { legacy }: Inventory): boolean {
  return owner?.namespace === namespace && legacy.releases.some(({ name }) => name === owner.name);
}

function isPlanned(owner: Owner, { steps }: Settings): boolean {
  return steps.some(
    (step) =>
      step.type === "chart" &&
      step.enabled &&
      step.release.name === owner.name &&
      step.release.namespace === owner.namespace,
  );
}

/** How to take another port. The key is of no use to a release document of the user's own, or to a Service of theirs. */
function otherPort({ type, component, id }: PlannedPort["step"], settings: Settings): string {
  const service = exposableServices.find((one) => id === one.step || id === publishingStep(one.name));
  if (service && settings.type === "nodeport" && settings.platformVersion !== localVersion)
    return `choose another one: pulumi config set --path krateo:nodePorts.${service.name} PORT`;
  return type === "chart"
    ? `set another one at components.${component}.stepConfig.${id}.helmValues.service.nodePort`
    : `set another one in step ${id}`;
}
