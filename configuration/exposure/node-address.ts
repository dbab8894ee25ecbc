/** Which address of the cluster's nodes browsers are told in type nodeport. */
import type { ExistingNode } from "../../model/inventory.ts";
import type { Settings } from "../../model/settings.ts";
import { expandable, variablesIn } from "../variables.ts";

/** Variable that documents may use without setting it. */
export const nodeAddressVariable = "NODE_ADDRESS";

/** Stands for the address in the plan of a cluster that could not be read. */
export const unknownNodeAddress = "node-address.invalid";

/** The ports that Kubernetes gives out as node ports, unless an API server is told otherwise. */
export const nodePortRange = { first: 30000, last: 32767 } as const;

export function isNodePort(port: number): boolean {
  return port >= nodePortRange.first && port <= nodePortRange.last;
}

/** What an inventory says of addresses. */
interface FoundAddresses {
  readonly nodes?: readonly ExistingNode[];
  readonly frontendAddress?: string;
  readonly unreachable?: string;
}

/** True when the address has to be found in the cluster: it is used, and `krateo:nodeAddress` does not say it. */
export function needsNodes(settings: Settings): boolean {
  if (settings.nodeAddress !== undefined) return false;
  return settings.steps.some(
    (step) => step.enabled && variablesIn(expandable(step)).includes(nodeAddressVariable),
  );
}

/** True when the stack's outputs say the address, also where nothing is told it, as without a frontend. */
export function saysNodeAddress({ type, nodeAddress }: Settings): boolean {
  return type === "nodeport" && nodeAddress === undefined;
}

/**
 * The configured address, else one that the cluster's nodes give; in brackets where it is IPv6.
 *
 * @returns undefined when no node tells an address
 */
export function nodeAddressOf(
  settings: Settings,
  { nodes, frontendAddress, unreachable }: FoundAddresses,
): string | undefined {
  if (settings.nodeAddress !== undefined) return settings.nodeAddress;
  if (unreachable !== undefined) return unknownNodeAddress;
  return chooseNodeAddress(nodes ?? [], frontendAddress);
}

/**
 * An ExternalIP of a node, else an InternalIP; of several nodes a ready one, the oldest, since new nodes are the
 * first that an autoscaler takes away again.
 *
 * @param recorded What the installed frontend tells browsers now. It stays for as long as a node has it: another
 * choice would change the address of a platform that works, whenever a node comes or goes.
 */
export function chooseNodeAddress(
  nodes: readonly ExistingNode[],
  recorded: string | undefined,
): string | undefined {
  const kept = nodes.some(({ externalIps, internalIps, names }) =>
    [...externalIps, ...internalIps, ...names].some((address) => bracketed(address) === recorded),
  );
  if (recorded !== undefined && kept) return recorded;
  const byPreference = nodes.toSorted(
    (one, other) =>
      Number(other.ready) - Number(one.ready) ||
      one.createdAt - other.createdAt ||
      (one.name < other.name ? -1 : 1),
  );
  const address =
    byPreference.flatMap(({ externalIps }) => externalIps)[0] ??
    byPreference.flatMap(({ internalIps }) => internalIps)[0];
  return address === undefined ? undefined : bracketed(address);
}

/** As it stands in a URL. */
function bracketed(address: string): string {
  return address.includes(":") && !address.startsWith("[") ? `[${address}]` : address;
}
