/** Checks the rights that an installation needs. */
import { knownChart, knownStep } from "../../../components/catalogue.ts";
import { gatewayGroup } from "../../../configuration/exposure/gateway.ts";
import { needsNodes } from "../../../configuration/exposure/node-address.ts";
import type { Check } from "../../../model/check.ts";
import type { Settings } from "../../../model/settings.ts";
import { chartStepsOf } from "../../../plan/plan.ts";
import { isRoute } from "../../../plan/route.ts";
import type { Right } from "./access-review.ts";
import { ingressesOf } from "./ingress.ts";

const all = ["get", "list", "watch", "create", "update", "patch", "delete"];
const rbac = "rbac.authorization.k8s.io";

/** Kinds in the namespace of a Helm release, whichever chart it is of. */
const namespaced: readonly Omit<Right, "namespace">[] = [
  // Helm keeps its releases in Secrets.
  ...["secrets", "configmaps", "services", "serviceaccounts"].map((resource) => ({
    group: "",
    resource,
    verbs: all,
  })),
  { group: "", resource: "pods", verbs: ["get", "list"] },
  { group: "", resource: "events", verbs: ["list"] },
  { group: "", resource: "persistentvolumeclaims", verbs: ["get", "list", "delete"] },
  { group: "apps", resource: "deployments", verbs: all },
  { group: "apps", resource: "statefulsets", verbs: all },
  { group: "batch", resource: "jobs", verbs: all },
  { group: rbac, resource: "roles", verbs: all },
  { group: rbac, resource: "rolebindings", verbs: all },
  { group: "coordination.k8s.io", resource: "leases", verbs: ["get", "create", "update"] },
  { group: "krateo.io", resource: "installations", verbs: all },
];

const clusterWide: readonly Right[] = [
  { group: "", resource: "namespaces", verbs: ["get", "list", "create", "update", "patch"] },
  { group: "apiextensions.k8s.io", resource: "customresourcedefinitions", verbs: all },
  // Who creates a role must have all its rights or escalate; who binds one, all its rights or bind.
  { group: rbac, resource: "clusterroles", verbs: [...all, "escalate", "bind"] },
  { group: rbac, resource: "clusterrolebindings", verbs: all },
];

/** Kinds of the Gateway API that steps of our own make, with their plurals. */
const gatewayKinds: Readonly<Record<string, string>> = {
  Gateway: "gateways",
  HTTPRoute: "httproutes",
  ReferenceGrant: "referencegrants",
};

/** What an installation with these settings does, in terms of RBAC. */
export function rightsNeeded(settings: Settings): Right[] {
  const steps = chartStepsOf(settings);
  const namespaces = [settings.namespace, ...steps.map((step) => step.release.namespace)];
  const rights = [
    ...clusterWide,
    ...namespaces.flatMap((namespace) => namespaced.map((right) => ({ ...right, namespace }))),
    ...ingressesOf(settings).map(
      ({ namespace }): Right => ({
        group: "networking.k8s.io",
        resource: "ingresses",
        verbs: all,
        namespace,
      }),
    ),
    ...settings.steps.flatMap((step): Right[] => {
      if (step.type !== "object" || !step.enabled || knownStep(step.id) === undefined) return [];
      const { apiVersion, kind, metadata } = step.manifest;
      const resource = gatewayKinds[kind];
      if (resource === undefined || apiVersion.split("/")[0] !== gatewayGroup) return [];
      return [{ group: gatewayGroup, resource, verbs: all, namespace: metadata.namespace }];
    }),
    ...steps.flatMap(({ chart, release }) =>
      (knownChart(chart.name)?.rights ?? []).flatMap(({ group, resources, namespaced }) =>
        resources.map(
          (resource): Right => ({
            group,
            resource,
            verbs: all,
            ...(namespaced && { namespace: release.namespace }),
          }),
        ),
      ),
    ),
    ...(needsNodes(settings) ? [{ group: "", resource: "nodes", verbs: ["list"] }] : []),
    ...(settings.steps.some((step) => step.enabled && isRoute(step))
      ? [{ group: "route.openshift.io", resource: "routes", verbs: all, namespace: settings.namespace }]
      : []),
  ];
  const keyOf = ({ group, resource, namespace }: Right): string => [namespace, group, resource].join("/");
  return [...new Map(rights.map((right) => [keyOf(right), right])).values()];
}

/** One line when nothing is missing, else one for each kind. @param missing Undefined: it could not be asked. */
export function checkRights(context: string, missing: readonly Right[] | undefined): Check[] {
  if (!missing) return [];
  const base = { check: "permission", expected: "all that an installation does" };
  if (missing.length === 0) {
    return [{ ...base, subject: `user of context ${context}`, status: "OK", found: "all granted", next: "" }];
  }
  return missing.map(({ group, resource, verbs, namespace }) => ({
    ...base,
    subject: group === "" ? resource : `${resource}.${group}`,
    status: "ERROR",
    found: `may not ${verbs.join(", ")}${namespace === undefined ? "" : ` in namespace ${namespace}`}`,
    next: "install as a cluster administrator (krateo:context), or have the right granted",
  }));
}
