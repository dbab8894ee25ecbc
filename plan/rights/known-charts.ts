/** Rights on the objects of charts that nobody has rendered: by what is known of them, and on all objects of a kind. */
import { knownChart } from "../../components/catalogue.ts";
import type { ChartStep } from "../../model/settings.ts";
import { rbacGroup } from "./planned-objects.ts";
import type { Right } from "./right.ts";

const all = ["get", "create", "patch", "update", "delete"];

/** Kinds in the namespace of a Helm release, whichever chart it is of. */
const namespaced: readonly (readonly [group: string, resources: readonly string[]])[] = [
  ["", ["configmaps", "secrets", "serviceaccounts", "services"]],
  ["apps", ["deployments", "statefulsets"]],
  ["batch", ["jobs"]],
  [rbacGroup, ["rolebindings", "roles"]],
];

const clusterWide: readonly (readonly [group: string, resource: string, verbs: readonly string[]])[] = [
  ["apiextensions.k8s.io", "customresourcedefinitions", all],
  // Who makes a role must have all its rights or escalate; who binds one, all its rights or bind.
  [rbacGroup, "clusterroles", [...all, "escalate", "bind"]],
  [rbacGroup, "clusterrolebindings", all],
];

/** What a step's chart makes although no rendering shows it. */
export function rightsByLookup({ chart, release }: ChartStep): Right[] {
  const why = `make, change and remove what chart ${chart.name} makes where it finds something in the cluster`;
  return (knownChart(chart.name)?.madeByLookup ?? []).flatMap(({ group, resources, namespaced }) =>
    resources.map((resource) => ({
      ...{ group, resource, verbs: all, why },
      ...(namespaced && { namespace: release.namespace }),
    })),
  );
}

/** What installing the chart of a step takes, as far as it is known. */
export function rightsOnChart({ chart, release, values }: ChartStep): Right[] {
  const why = `make, change and remove what is asked for by chart ${chart.name}`;
  const { namespace } = release;
  const { enabled } = (values["ingress"] ?? {}) as { enabled?: unknown };
  return [
    ...clusterWide.map(([group, resource, verbs]) => ({ group, resource, verbs, why })),
    ...[...namespaced, ...(enabled === true ? [["networking.k8s.io", ["ingresses"]] as const] : [])].flatMap(
      ([group, resources]) => resources.map((resource) => ({ group, resource, verbs: all, namespace, why })),
    ),
    ...(knownChart(chart.name)?.rights ?? []).flatMap(({ group, resources, namespaced }) =>
      resources.map((resource) => ({ group, resource, verbs: all, ...(namespaced && { namespace }), why })),
    ),
  ];
}
