import { needsNodes, nodeAddressOf, unknownNodeAddress } from "../configuration/exposure/node-address.ts";
import { amount } from "../model/amount.ts";
import { damagedNote, damagedProblem } from "../model/helm-record.ts";
import { type Inventory, releaseKey } from "../model/inventory.ts";
import type { PreviousRun } from "../model/previous-run.ts";
import type { Problem } from "../model/problem.ts";
import type { Settings } from "../model/settings.ts";
import { concerns } from "./concerned-records.ts";
import { deletionProblems } from "./deletion-problems.ts";
import { chartStepsOf } from "./plan.ts";
import { switchedOffProblems } from "./removal/guard.ts";
import { routeApi } from "./route.ts";
import { secretProblems, secretWarnings } from "./secret-problems.ts";
import { versionProblems } from "./version-change.ts";

/**
 * The reasons not to start that lie in what the cluster holds, whatever is to be changed.
 *
 * @param previous What the stack's last run recorded.
 * @param preview Nothing will be changed this time.
 * @param migration Reasons not to migrate an earlier platform version that is there.
 */
export function preconditionProblems(
  settings: Settings,
  inventory: Inventory,
  {
    previous,
    preview,
    migration,
  }: {
    readonly previous: PreviousRun | undefined;
    readonly preview: boolean;
    readonly migration: readonly Problem[];
  },
): Problem[] {
  return [
    ...outOfReach(inventory, previous, preview),
    ...wrongCluster(inventory, previous),
    ...movedNamespace(settings, previous),
    ...versionProblems(settings, inventory),
    ...noRoutes(settings, inventory),
    ...(inventory.damaged ?? []).filter(concerns(settings, previous)).map(damagedProblem),
    ...migration,
    ...switchedOffProblems(settings, inventory, previous),
    ...foreignReleases(settings, inventory),
    ...deletionProblems(settings, inventory),
    ...secretProblems(settings, inventory),
    ...nodeAddressProblems(settings, inventory),
  ];
}

/** What is worth knowing before a run, although it is no reason to stop it. */
export function preconditionWarnings(
  settings: Settings,
  inventory: Inventory,
  previous?: PreviousRun,
): Problem[] {
  const concerned = concerns(settings, previous);
  const unseen: Problem[] = inventory.unreachable
    ? [{ what: inventory.unreachable, next: "the plan supposes an empty cluster" }]
    : [];
  if (inventory.unreachable && needsNodes(settings))
    unseen.push({
      what: `the plan says ${unknownNodeAddress} for the address of a node, which up will read`,
    });
  return [
    ...settings.warnings.map((what) => ({ what })),
    ...movedAddress(settings, inventory),
    ...secretWarnings(settings, inventory),
    ...unseen,
    ...(inventory.damaged ?? []).filter((record) => !concerned(record)).map(damagedNote),
  ];
}

/**
 * Upstream's release sends browsers to 127.0.0.1, where kind maps the ports. No node has that address, so another one is
 * chosen, which browsers on another machine than the cluster's may not reach.
 */
function movedAddress(settings: Settings, inventory: Inventory): Problem[] {
  const { frontendAddress: told, unreachable } = inventory;
  if (!needsNodes(settings) || unreachable || told === undefined) return [];
  const address = nodeAddressOf(settings, inventory);
  if (address === undefined || address === told) return [];
  return [
    {
      what: `browsers, which the frontend sends to ${told} now, will be sent to ${address}, the address of a node`,
      next: `to keep it: pulumi config set krateo:nodeAddress ${told}`,
    },
  ];
}

/** A new stack can be planned without its cluster; what is installed cannot be judged unseen. */
function outOfReach(
  { unreachable, isAway }: Inventory,
  previous: PreviousRun | undefined,
  preview: boolean,
): Problem[] {
  if (!unreachable || (preview && !previous)) return [];
  const next = "nothing was planned or changed; try again once it answers";
  return [{ what: unreachable, next, ...(isAway && { later: isAway }) }];
}

function wrongCluster(inventory: Inventory, previous: PreviousRun | undefined): Problem[] {
  if (!previous || !inventory.clusterUid || previous.clusterUid === inventory.clusterUid) return [];
  return [
    {
      what: "this is not the cluster that this stack was installed on",
      given: `kube-system has UID ${inventory.clusterUid}, the stack's cluster ${previous.clusterUid}`,
      next: "switch the kubeconfig or context back, or make a stack of its own for this cluster with `pulumi stack init`",
    },
  ];
}

function movedNamespace(settings: Settings, previous: PreviousRun | undefined): Problem[] {
  if (!previous || previous.namespace === settings.namespace) return [];
  return [
    {
      what: "the namespace of an installed platform cannot be changed: every release, volume and user object lives in it",
      path: "krateo:namespace",
      given: settings.namespace,
      allowed: [previous.namespace],
      next: "set it back, or install again with another stack",
    },
  ];
}

/** The settings that OpenShift asks for are of no use elsewhere: cratedb's chart, for one, makes a kind that only OpenShift has. */
function noRoutes(settings: Settings, { routesServed, unreachable }: Inventory): Problem[] {
  if (!settings.openshift || routesServed || unreachable) return [];
  return [
    {
      what: "the configuration is for OpenShift, and this cluster is not OpenShift: it does not serve Routes",
      given: `no ${routeApi} in the cluster's API`,
      next:
        settings.type === "routes"
          ? "set krateo:type to another type and take krateo:openshift and the profile openshift out, or choose another cluster"
          : "take krateo:openshift and the profile openshift out, or choose another cluster",
    },
  ];
}

function foreignReleases(settings: Settings, inventory: Inventory): Problem[] {
  return chartStepsOf(settings).flatMap(({ id, release, chart }) => {
    const existing = inventory.releases[releaseKey(release, settings.namespace)];
    if (!existing || existing.chart === chart.name || chart.name === "") return [];
    return [
      {
        what: `the Helm release ${release.name} in namespace ${release.namespace} belongs to another chart`,
        path: `steps.${id}`,
        given: `chart ${existing.chart} ${existing.chartVersion}`,
        allowed: [`chart ${chart.name}`],
        next: `give the step another releaseName, or remove that release if it is yours: helm uninstall ${release.name} -n ${release.namespace}`,
      },
    ];
  });
}

/** Type nodeport without an address would send every browser to nowhere. */
function nodeAddressProblems(settings: Settings, inventory: Inventory): Problem[] {
  if (!needsNodes(settings) || nodeAddressOf(settings, inventory) !== undefined) return [];
  return [
    {
      what: "no node of the cluster has an address that browsers could use",
      path: "krateo:nodeAddress",
      given: `${amount(inventory.nodes?.length ?? 0, "node")}, none with an ExternalIP or InternalIP`,
      next: "pulumi config set krateo:nodeAddress ADDRESS",
    },
  ];
}
