/**
 * What this program, Pulumi's Kubernetes provider and Helm ask of the API server, whatever the charts hold. The one list of
 * it: `krateo rbac` prints it and `krateo preflight` asks for it. test/integration/rights.test.ts holds it against what
 * the API server records.
 */
import { postgresGroup } from "../../components/cnpg.ts";
import { legacyCleaner, legacyRunner } from "../../components/deprecated.ts";
import type { Settings } from "../../model/settings.ts";
import { chartStepsOf } from "../plan.ts";
import { rbacGroup } from "./planned-objects.ts";
import { includes, type Purpose, type Right } from "./right.ts";

interface Request {
  /** The first purpose that needs it. */
  readonly since: Purpose;
  /** Where: cluster-wide, in the installation's namespace, or in that of every release. */
  readonly in: "cluster" | "home" | "releases";
  readonly group: string;
  readonly resources: readonly string[];
  readonly names?: readonly string[];
  readonly verbs: readonly string[];
  readonly why: string;
}

/** Requests of which each purpose makes all that stand up to it. */
export function ownRequests(settings: Settings, purpose: Purpose): Right[] {
  const { namespace } = settings;
  const namespaces = [
    ...new Set([namespace, ...chartStepsOf(settings).map(({ release }) => release.namespace)]),
  ];
  const places = { cluster: [undefined], home: [namespace], releases: namespaces };
  return requests(settings)
    .filter(({ since }) => includes(purpose, since))
    .flatMap(({ group, resources, verbs, names, why, in: place }) =>
      places[place].flatMap((one) =>
        resources.map((resource) => ({
          group,
          resource,
          verbs,
          ...(one !== undefined && { namespace: one }),
          ...(names && { names }),
          why,
        })),
      ),
    );
}

const admission = "admissionregistration.k8s.io";

/** One of the requests, by its place, its kinds and what is done with them. */
function request(
  since: Purpose,
  place: Request["in"],
  group: string,
  resources: string,
  verbs: string,
  why: string,
  names?: readonly string[],
): Request {
  return {
    since,
    in: place,
    group,
    resources: resources.split(" "),
    verbs: verbs.split(" "),
    why,
    ...(names && { names }),
  };
}

function requests(settings: Settings): Request[] {
  const ready = "tell what is ready, what is not and why";
  const ways = "find the ways into the cluster";
  const legacy = "find what is left of Krateo 2.7.0";
  const retire = "remove the rights that installers of Krateo 2.7.0 leave";
  const bindings = [legacyRunner.binding, legacyCleaner.binding];
  const whose =
    "tell whose the objects of the whole cluster are, before the installation and before a removal";
  const record = "keep the record of what is installed";
  const lock = "keep other runs away while this one changes something";
  return [
    request(
      "operate",
      "cluster",
      "",
      "namespaces",
      "get",
      "tell by the UID of kube-system which cluster this is, and whether the installation's namespace is there",
      ["kube-system", settings.namespace],
    ),
    request(
      "verify",
      "releases",
      "",
      "secrets",
      "get list",
      "read Helm's records and the platform's Secrets",
    ),
    request("verify", "releases", "", "configmaps persistentvolumeclaims pods services", "list", ready),
    request("verify", "releases", "apps", "daemonsets deployments statefulsets", "list", ready),
    request("verify", "releases", "batch", "jobs", "list", ready),
    request("verify", "releases", postgresGroup, "clusters databases", "list", ready),
    request("verify", "releases", "networking.k8s.io", "ingresses", "list", ways),
    request("verify", "releases", "route.openshift.io", "routes", "list", ways),
    request("verify", "home", "gateway.networking.k8s.io", "httproutes", "list", ways),
    request("verify", "home", "", "configmaps", "get", "read which addresses the frontend tells browsers"),
    request("verify", "cluster", "", "nodes", "list", "find the addresses of nodes, which browsers are told"),
    request("verify", "home", "krateo.io", "installations", "get", "read what is installed"),
    request("verify", "home", "coordination.k8s.io", "leases", "get", "tell whether a run is in progress"),
    request("verify", "home", "", "persistentvolumeclaims serviceaccounts", "get", legacy),
    request("verify", "home", "batch", "jobs", "get", legacy),
    request("verify", "cluster", "krateo.io", "krateoplatformops", "list", legacy),
    request("verify", "cluster", rbacGroup, "clusterrolebindings", "get", legacy, bindings),

    request("operate", "home", "coordination.k8s.io", "leases", "update", lock),
    request("operate", "releases", "", "secrets", "create update patch delete", "let Helm keep its records"),
    request("operate", "releases", "apps", "replicasets", "list", "let Helm wait until workloads are ready"),
    request("operate", "releases", "", "events", "list watch", "say why something is not ready"),
    request("operate", "releases", postgresGroup, "clusters", "get", "wait until PostgreSQL is ready"),
    request("operate", "cluster", "", "services", "list", "tell whether node ports are free"),
    request("operate", "home", "krateo.io", "installations", "patch", record),

    request("install", "home", "coordination.k8s.io", "leases", "create", lock),
    request("install", "home", "krateo.io", "installations", "list watch create delete", record),
    request("install", "home", "", "secrets", "watch", "let Pulumi wait until its Secrets are gone"),
    request("install", "cluster", "krateo.io", "installations", "list", "find other installations"),
    request(
      "install",
      "cluster",
      "",
      "events",
      "list watch",
      "let Pulumi watch what it makes in no namespace",
    ),
    request("install", "cluster", "", "pods", "list", "tell how much of the nodes is free"),
    request(
      "install",
      "cluster",
      "storage.k8s.io",
      "storageclasses",
      "list",
      "tell whether there is storage",
    ),
    request("install", "cluster", "", "namespaces", "list", whose),
    request("install", "cluster", "apiextensions.k8s.io", "customresourcedefinitions", "list", whose),
    request("install", "cluster", rbacGroup, "clusterrolebindings clusterroles rolebindings", "list", whose),
    request(
      "install",
      "cluster",
      admission,
      "mutatingwebhookconfigurations validatingadmissionpolicies validatingwebhookconfigurations",
      "list",
      whose,
    ),
    request(
      "install",
      "releases",
      "*",
      "*",
      "list",
      "find what would be lost or left in it, before a removal",
    ),
    request(
      "install",
      "releases",
      "",
      "persistentvolumeclaims",
      "delete",
      "remove volumes, when that is asked for",
    ),

    request(
      "migrate",
      "home",
      "krateo.io",
      "krateoplatformops",
      "get create patch delete",
      "back up the object of Krateo 2.7.0, remove it without its finalizer, or put it back",
    ),
    request(
      "migrate",
      "home",
      "apps",
      "deployments",
      "get patch",
      "stop the installer of Krateo 2.7.0, or start it again",
    ),
    request("migrate", "home", "", "services", "create patch", "try out whether node ports are free"),
    request(
      "migrate",
      "cluster",
      "",
      "persistentvolumes",
      settings.purgeVolumes ? "get list patch" : "get list",
      "say what becomes of the volume of Krateo 2.7.0",
    ),
    request("migrate", "home", "batch", "jobs", "delete", retire, [legacyRunner.job]),
    request("migrate", "home", "", "serviceaccounts", "delete", retire, [legacyRunner.account]),
    request("migrate", "cluster", rbacGroup, "clusterrolebindings", "delete", retire, bindings),
  ];
}
