/** Makes all preflight checks. */
import type { V1Service } from "@kubernetes/client-node";
import { plannedPorts } from "../../../configuration/exposure/planned-ports.ts";
import type { Check } from "../../../model/check.ts";
import type { Inventory } from "../../../model/inventory.ts";
import { ConfigurationError } from "../../../model/problem.ts";
import type { Settings } from "../../../model/settings.ts";
import { purposeOfUp } from "../../../plan/rights/migration.ts";
import { rightsNeeded } from "../../../plan/rights/needed.ts";
import type { Right } from "../../../plan/rights/right.ts";
import { list, pathOf } from "../../client/api.ts";
import { UnreachableError } from "../../client/api-errors.ts";
import type { Connection } from "../../client/connection.ts";
import { checkCapacity } from "./capacity.ts";
import { checkCertificates } from "./certificates.ts";
import { checkDatabase } from "./external-database.ts";
import { checkGateways, plannedOf } from "./gateway.ts";
import { checkChangedGateways } from "./gateway-changes.ts";
import { checkIngresses, ingressesOf } from "./ingress.ts";
import { checkChangedIngresses } from "./ingress-changes.ts";
import { checkInstallations, type LegacyChecks } from "./installations.ts";
import { checkIdentity, checkOpenShift, checkSigner, checkVersion } from "./kubernetes.ts";
import { checkNodePorts } from "./node-ports.ts";
import { checkOwnership, checkWebhooks } from "./ownership.ts";
import { checkPodSecurity } from "./pod-security.ts";
import { checkPullSecrets } from "./pull-secrets.ts";
import { type ClusterReading, readForPreflight } from "./reading.ts";
import { checkRights } from "./rights.ts";
import { checkStorage } from "./storage.ts";

/** Makes the list only where it is needed: charts are rendered for it. */
type Rights = () => Promise<readonly Right[]>;

/**
 * Whether a cluster is ready for an installation; that the configuration is well-formed was settled without it.
 *
 * @param reading The inventory, which may still be under way: both are read at the same time.
 * @param checkLegacy Judges an earlier platform version.
 * @param rights What an installation may have to do, for a user who is no cluster administrator; default: by what is known
 *   of the charts.
 * @returns one ERROR when the cluster is out of reach
 * @throws ConfigurationError when the inventory may not be read, and nobody can say which rights are missing
 */
export async function preflight(
  connection: Connection,
  settings: Settings,
  reading: Promise<Inventory>,
  checkLegacy: LegacyChecks,
  rights: Rights = async () => rightsNeeded(settings, "install", { rendered: new Map() }),
): Promise<Check[]> {
  const stop = new AbortController();
  const around = readForPreflight(connection, settings, rights, { signal: stop.signal });
  // Awaited below; until then its failure must not end the process.
  around.catch(() => undefined);
  let refusal: ConfigurationError | undefined;
  const inventory = await reading.catch((error: unknown) => {
    if (error instanceof ConfigurationError) refusal = error;
    else throw error;
    return undefined;
  });
  if (inventory?.unreachable) {
    stop.abort();
    return [outOfReach(connection, inventory.unreachable, inventory.isAway)];
  }
  try {
    const cluster = await around;
    if (refusal && !cluster.missingRights?.length) throw refusal;
    return judge(settings, inventory, cluster, checkLegacy);
  } catch (error) {
    if (error instanceof UnreachableError)
      return [outOfReach(connection, error.message, error.isForLater || undefined)];
    throw error;
  }
}

/**
 * The same for a run of the program, where it has a platform to make. Of one that is there only the ways in are checked,
 * which may have changed: Helm would find a port taken when half of the others have moved, and nobody would serve an
 * Ingress or an HTTPRoute of a class that is not there.
 *
 * @param isNew The stack has made nothing yet.
 * @param rights As of `preflight`.
 */
export async function preflightOfRun(
  connection: Connection,
  settings: Settings,
  reading: Promise<Inventory>,
  isNew: Promise<boolean>,
  checkLegacy: LegacyChecks,
  rights?: Rights,
): Promise<Check[]> {
  if (await isNew) {
    const checks = await preflight(connection, settings, reading, checkLegacy, rights);
    // A cluster out of reach is the inventory's to report.
    return (await reading).unreachable ? [] : checks;
  }
  const services = readServices(connection, settings);
  const hosts = Promise.all([
    checkChangedIngresses(connection, settings),
    checkChangedGateways(connection, settings),
  ]);
  // Awaited below; until then its failure must not end the process.
  hosts.catch(() => undefined);
  const inventory = await reading;
  if (inventory.unreachable) return [];
  const { releases, platform } = inventory.legacy;
  if (platform || releases.length > 0)
    return await preflight(connection, settings, reading, checkLegacy, rights);
  return [...checkNodePorts(settings, inventory, await services), ...(await hosts).flat()];
}

/** Undefined where no node port is asked for, and where they cannot be read: an `up` goes without. */
async function readServices(connection: Connection, settings: Settings): Promise<V1Service[] | undefined> {
  if (plannedPorts(settings).length === 0) return undefined;
  return await list<V1Service>(connection, pathOf("v1", "services")).catch(() => undefined);
}

/**
 * Judges what was read by what the settings say; the order is that of the report.
 *
 * @param inventory Undefined: it may not be read, so that nothing can be said about what is installed.
 */
export function judge(
  settings: Settings,
  inventory: Inventory | undefined,
  cluster: ClusterReading,
  checkLegacy: LegacyChecks,
): Check[] {
  const { server, context, version, groups, services, clusterScoped } = cluster;
  const ingresses = ingressesOf(settings);
  const planned = plannedOf(settings);
  return [
    checkIdentity({ server, context, uid: inventory?.clusterUid }),
    ...(version === undefined ? [] : [checkVersion(version), ...checkSigner(version)]),
    ...checkRights(context, cluster.missingRights, inventory && purposeOfUp(inventory)),
    ...unread(cluster),
    ...(inventory ? checkInstallations(settings, inventory, cluster, checkLegacy) : []),
    ...checkOwnership(settings, clusterScoped),
    ...checkWebhooks(clusterScoped, services, cluster.pods),
    ...(inventory ? checkStorage(settings, inventory, cluster.storageClasses) : []),
    ...checkDatabase(settings, cluster.database, services),
    ...checkPullSecrets(settings, cluster.pullSecrets),
    ...checkCapacity(cluster.nodes, cluster.pods, settings.namespace),
    ...(inventory ? checkNodePorts(settings, inventory, services) : []),
    ...checkIngresses(ingresses, cluster),
    ...checkGateways(planned, cluster, settings.exposure.https),
    ...checkCertificates([...ingresses, ...planned.gateways], cluster),
    ...(groups ? checkOpenShift(settings, groups) : []),
    ...checkPodSecurity(settings, clusterScoped.Namespace),
  ];
}

function outOfReach({ context }: Connection, reason: string, later: true | undefined): Check {
  return {
    check: "cluster",
    subject: `context ${context || "(none)"}`,
    status: "ERROR",
    found: reason,
    expected: "an API server that answers",
    next: "start the cluster, or choose another one: --kubeconfig, --context",
    ...(later && { later }),
  };
}

/** What was left out because it may not be read; an installation may do without these rights. */
function unread({ refused }: ClusterReading): Check[] {
  if (refused.length === 0) return [];
  return [
    {
      check: "permission",
      subject: "what preflight reads",
      status: "WARNING",
      found: `may not read ${[...new Set(refused)].join(", ")}: not checked`,
      expected: "read access to the whole cluster",
      next: "ask somebody who may read them to run this",
    },
  ];
}
