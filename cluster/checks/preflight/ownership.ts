/** Checks that cluster-scoped names are free or belong to this installation, and that no webhook blocks it. */
import type { V1Service } from "@kubernetes/client-node";
import { knownChart } from "../../../components/catalogue.ts";
import type { ClusterScopedKind } from "../../../components/description.ts";
import type { Check } from "../../../model/check.ts";
import type { ChartStep, Settings } from "../../../model/settings.ts";
import { chartStepsOf } from "../../../plan/plan.ts";
import type { KubeObject } from "../../client/api.ts";
import { isPodReady } from "../../diagnose/workload.ts";
import type { CheckedPod } from "./pods.ts";

/** Objects that a cluster has once, by kind. */
export type ClusterScoped = Readonly<Record<ClusterScopedKind, readonly KubeObject[] | undefined>>;

export const clusterScopedKinds = {
  CustomResourceDefinition: { apiVersion: "apiextensions.k8s.io/v1", plural: "customresourcedefinitions" },
  ClusterRole: { apiVersion: "rbac.authorization.k8s.io/v1", plural: "clusterroles" },
  Namespace: { apiVersion: "v1", plural: "namespaces" },
  ValidatingAdmissionPolicy: {
    apiVersion: "admissionregistration.k8s.io/v1",
    plural: "validatingadmissionpolicies",
  },
  MutatingWebhookConfiguration: {
    apiVersion: "admissionregistration.k8s.io/v1",
    plural: "mutatingwebhookconfigurations",
  },
  ValidatingWebhookConfiguration: {
    apiVersion: "admissionregistration.k8s.io/v1",
    plural: "validatingwebhookconfigurations",
  },
} as const satisfies Record<ClusterScopedKind, { apiVersion: string; plural: string }>;

/** Whether what the charts make once in a cluster is free, or belongs to the very release that will make it. */
export function checkOwnership(settings: Settings, existing: ClusterScoped): Check[] {
  const steps = chartStepsOf(settings);
  const faults = steps.flatMap((step) => faultsOf(step, existing));
  if (faults.length > 0) return faults;
  if (Object.values(existing).some((objects) => objects === undefined)) return [];
  return [
    {
      check: "ownership",
      subject: "cluster-scoped names",
      status: "OK",
      found: "free, or this installation's own",
      expected: "nobody else's",
      next: "",
    },
  ];
}

function faultsOf(step: ChartStep, existing: ClusterScoped): Check[] {
  const claimed = Object.entries(knownChart(step.chart.name)?.clusterScoped ?? {}).flatMap(
    ([kind, patterns]) =>
      (existing[kind as ClusterScopedKind] ?? [])
        .filter(({ metadata }) => patterns.some((pattern) => pattern.test(metadata.name)))
        .map(({ metadata }) => ({ label: `${kind} ${metadata.name}`, metadata, owner: ownerIn(metadata) })),
  );
  const base = { check: "ownership", subject: `step ${step.id}` };
  const going = claimed.filter(({ metadata }) => metadata.deletionTimestamp !== undefined);
  const foreign = claimed.filter(
    ({ owner }) => owner?.name !== step.release.name || owner.namespace !== step.release.namespace,
  );
  const owners = [...new Set(foreign.map(({ owner }) => owner && `${owner.namespace}/${owner.name}`))];
  return [
    ...owners.map((owner): Check => {
      const labels = foreign
        .filter((one) => (one.owner && `${one.owner.namespace}/${one.owner.name}`) === owner)
        .map(({ label }) => label);
      return {
        ...base,
        status: "ERROR",
        found: `${some(labels)} ${labels.length === 1 ? "belongs" : "belong"} to ${owner ? `Helm release ${owner}` : "no Helm release"}`,
        expected: `objects of Helm release ${step.release.namespace}/${step.release.name}, or none`,
        next: owner ? otherInstallation(step) : takeOver(step, labels[0] as string),
      };
    }),
    ...(going.length > 0
      ? [
          {
            ...base,
            status: "ERROR" as const,
            found: `${some(going.map(({ label }) => label))}: being deleted`,
            expected: "kept, or gone",
            next: "wait until it is gone; if it stays, a finalizer of it or of its objects holds it",
          },
        ]
      : []),
  ];
}

function ownerIn({
  labels,
  annotations,
}: KubeObject["metadata"]): { name: string; namespace: string } | undefined {
  const name = annotations?.["meta.helm.sh/release-name"];
  const namespace = annotations?.["meta.helm.sh/release-namespace"];
  return labels?.["app.kubernetes.io/managed-by"] === "Helm" && name && namespace
    ? { name, namespace }
    : undefined;
}

function some(labels: readonly string[]): string {
  return labels.length > 1 ? `${labels[0]} and ${labels.length - 1} more` : (labels[0] as string);
}

function otherInstallation({ chart }: ChartStep): string {
  return (
    knownChart(chart.name)?.instead?.ofAnother ??
    "a cluster has one Krateo: use that installation's namespace (krateo:namespace), or remove it first"
  );
}

function takeOver({ release, chart }: ChartStep, label: string): string {
  const [kind = "", name] = label.split(" ");
  const object = `${kind.toLowerCase()} ${name}`;
  const mark =
    `kubectl label --overwrite ${object} app.kubernetes.io/managed-by=Helm && kubectl annotate --overwrite ${object} ` +
    `meta.helm.sh/release-name=${release.name} meta.helm.sh/release-namespace=${release.namespace}`;
  const where = knownChart(chart.name)?.instead?.ofNobody ?? "";
  return `if nobody needs it, delete it; to hand each one over to Helm: ${mark}${where}`;
}

/** The part of a webhook configuration that says whom it blocks. */
export interface WebhookObject extends KubeObject {
  readonly webhooks?: readonly {
    readonly name: string;
    readonly failurePolicy?: string;
    readonly clientConfig?: { readonly service?: { readonly name: string; readonly namespace: string } };
    readonly rules?: readonly { readonly apiGroups?: readonly string[] }[];
  }[];
}

/** API groups of what an installation creates. */
const groupsCreated =
  /^(\*|apps|batch|networking\.k8s\.io|rbac\.authorization\.k8s\.io|postgresql\.cnpg\.io|(.+\.)?krateo\.io|)$/;

/**
 * Webhooks that refuse what an installation creates because nothing answers at the Service behind them.
 *
 * @param services All Services of the cluster; undefined: they may not be listed.
 * @param pods All pods of the cluster; undefined: they may not be listed, and only the Services are looked at.
 */
export function checkWebhooks(
  existing: ClusterScoped,
  services: readonly V1Service[] | undefined,
  pods: readonly CheckedPod[] | undefined,
): Check[] {
  if (!services) return [];
  return (["MutatingWebhookConfiguration", "ValidatingWebhookConfiguration"] as const).flatMap((kind) =>
    ((existing[kind] ?? []) as readonly WebhookObject[]).flatMap((configuration): Check[] => {
      const [fault] = (configuration.webhooks ?? []).flatMap(({ failurePolicy, clientConfig, rules }) => {
        const service = clientConfig?.service;
        const concerned = rules?.some(({ apiGroups }) =>
          apiGroups?.some((group) => groupsCreated.test(group)),
        );
        if (!service || failurePolicy === "Ignore" || !concerned) return [];
        return silenceOf(service, services, pods) ?? [];
      });
      if (!fault) return [];
      return [
        {
          check: "webhook",
          subject: `${kind} ${configuration.metadata.name}`,
          status: "WARNING",
          found: `${fault}, and its failurePolicy is Fail`,
          expected: "webhooks that answer",
          next: `bring its Service back, or remove it: kubectl delete ${kind.toLowerCase()} ${configuration.metadata.name}`,
        },
      ];
    }),
  );
}

/** Why nothing answers at a webhook's Service; undefined where something does, or where its pods may not be read. */
function silenceOf(
  { namespace, name }: { readonly namespace?: string; readonly name?: string },
  services: readonly V1Service[],
  pods: readonly CheckedPod[] | undefined,
): string | undefined {
  const service = services.find(
    ({ metadata }) => metadata?.namespace === namespace && metadata?.name === name,
  );
  if (!service) return `its Service ${namespace}/${name} does not exist`;
  const selector = Object.entries(service.spec?.selector ?? {});
  // Somebody else gives a Service without a selector its addresses.
  if (!pods || selector.length === 0) return undefined;
  const answers = pods.some(
    (pod) =>
      pod.metadata?.namespace === namespace &&
      pod.metadata?.deletionTimestamp === undefined &&
      selector.every(([key, value]) => pod.metadata?.labels?.[key] === value) &&
      pod.status?.phase === "Running" &&
      isPodReady(pod),
  );
  return answers ? undefined : `no pod of its Service ${namespace}/${name} is ready`;
}
