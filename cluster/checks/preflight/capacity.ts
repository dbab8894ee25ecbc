/** Checks that the nodes have enough free CPU and memory. */
import type { V1Node } from "@kubernetes/client-node";
import type { Check } from "../../../model/check.ts";
import { sizeOf } from "../../client/quantity.ts";
import type { CheckedPod } from "./pods.ts";

/** What Krateo's documentation asks for, in cores and bytes. */
const recommended = { cpu: 12, memory: 16 * 2 ** 30 };

type Resource = keyof typeof recommended;
type PodSpec = NonNullable<CheckedPod["spec"]>;

/**
 * Whether nodes that take pods have enough left over. Never an ERROR: nodes may come when pods do, and a platform
 * without cost collection needs less.
 *
 * @param own Namespace of the installation: its pods are part of what it needs.
 */
export function checkCapacity(
  nodes: readonly V1Node[] | undefined,
  pods: readonly CheckedPod[] | undefined,
  own: string,
): Check[] {
  if (!nodes || !pods) return [];
  const base = {
    check: "capacity",
    subject: "nodes",
    expected: "12 vCPU and 16 GiB that no pod has asked for",
  };
  const open = nodes.filter(takesPods);
  if (open.length === 0) {
    const found = `none of ${nodes.length} is ready and takes pods`;
    return [{ ...base, status: "WARNING", found, next: "add a node, unless the cluster does so by itself" }];
  }
  const names = new Set(open.map(({ metadata }) => metadata?.name));
  const others = pods.filter(
    ({ metadata, spec, status }) =>
      metadata?.namespace !== own &&
      names.has(spec?.nodeName) &&
      status?.phase !== "Succeeded" &&
      status?.phase !== "Failed",
  );
  const free = (resource: Resource): number =>
    sum(open.map(({ status }) => sizeOf(status?.allocatable?.[resource]) ?? 0)) -
    sum(others.map(({ spec }) => (spec ? requestOf(spec, resource) : 0)));
  const [cpu, memory] = [free("cpu"), free("memory")];
  const enough = cpu >= recommended.cpu && memory >= recommended.memory;
  return [
    {
      ...base,
      status: enough ? "OK" : "WARNING",
      found: `${amount(cpu)} vCPU and ${amount(memory / 2 ** 30)} GiB free on ${open.length} of ${nodes.length} nodes`,
      next: enough
        ? ""
        : "add a node, or leave out finops (profile no-finops); pods without room stay pending",
    },
  ];
}

function takesPods({ spec, status }: V1Node): boolean {
  const ready = status?.conditions?.some(({ type, status }) => type === "Ready" && status === "True");
  const tainted = spec?.taints?.some(({ effect }) => effect === "NoSchedule" || effect === "NoExecute");
  return ready === true && !spec?.unschedulable && !tainted;
}

/** As the scheduler counts: containers together with sidecars, or the largest init container if that is more. */
function requestOf({ containers, initContainers = [], overhead }: PodSpec, resource: Resource): number {
  const of = ({ resources }: PodSpec["containers"][number]): number =>
    sizeOf(resources?.requests?.[resource]) ?? 0;
  const sidecars = initContainers.filter(({ restartPolicy }) => restartPolicy === "Always");
  const running = sum(containers.map(of)) + sum(sidecars.map(of));
  return Math.max(running, ...initContainers.map(of)) + (sizeOf(overhead?.[resource]) ?? 0);
}

function sum(numbers: readonly number[]): number {
  return numbers.reduce((total, number) => total + number, 0);
}

function amount(value: number): string {
  return String(Math.round(value * 10) / 10);
}
