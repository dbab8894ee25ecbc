/** Checks that the cluster has what the planned Ingresses need. */
import type { Check } from "../../../model/check.ts";
import type { ObjectStep, Settings } from "../../../model/settings.ts";
import { chartStepsOf } from "../../../plan/plan.ts";
import type { KubeObject } from "../../client/api.ts";
import type { Certified } from "./certificates.ts";

/** An Ingress that the installation makes, as far as the cluster has to be ready for it; named as its Helm release or object. */
export interface PlannedIngress extends Certified {
  readonly kind: "Ingress";
  /** Undefined: the cluster's default. */
  readonly className?: string;
}

/** What checks of Ingresses look at; undefined what may not be read. */
export interface IngressSurroundings {
  readonly ingressClasses?: readonly KubeObject[];
}

interface IngressValues {
  readonly enabled?: unknown;
  readonly className?: unknown;
  readonly annotations?: Readonly<Record<string, unknown>> | null;
  readonly tls?: readonly { readonly secretName?: unknown }[] | null;
}

interface IngressSpec {
  readonly ingressClassName?: unknown;
  readonly tls?: readonly { readonly secretName?: unknown }[] | null;
}

/** The Ingresses of charts that have the usual values, and of the document's own objects. */
export function ingressesOf(settings: Settings): PlannedIngress[] {
  const ofCharts = chartStepsOf(settings).flatMap(({ release, values }) => {
    const ingress = values["ingress"] as IngressValues | null | undefined;
    if (ingress?.enabled !== true) return [];
    const { className, annotations, tls } = ingress;
    return [planned(release, className, annotations, tls)];
  });
  const ofObjects = settings.steps
    .filter((step): step is ObjectStep => step.type === "object" && step.enabled)
    .filter(({ manifest }) => manifest.kind === "Ingress")
    .map(({ manifest: { metadata, spec } }) => {
      const { ingressClassName, tls } = (spec ?? {}) as IngressSpec;
      const place = { name: metadata.name, namespace: metadata.namespace ?? settings.namespace };
      return planned(place, ingressClassName, metadata["annotations"] as IngressValues["annotations"], tls);
    });
  return [...ofCharts, ...ofObjects];
}

function planned(
  { name, namespace }: { readonly name: string; readonly namespace: string },
  className: unknown,
  annotations: IngressValues["annotations"],
  tls: IngressValues["tls"],
): PlannedIngress {
  const entries = Object.entries(annotations ?? {}).map(([key, value]) => [key, String(value)]);
  return {
    kind: "Ingress",
    name,
    namespace,
    ...(className ? { className: String(className) } : {}),
    annotations: Object.fromEntries(entries),
    tlsSecrets: (tls ?? []).flatMap(({ secretName }) => (secretName ? [`${namespace}/${secretName}`] : [])),
  };
}

/** For the bundled release, and for charts beside it. */
const classKey = "krateo:ingressClass, or a chart's own ingress.className";

/** Whether something will serve the Ingresses. */
export function checkIngresses(
  ingresses: readonly PlannedIngress[],
  { ingressClasses }: IngressSurroundings,
): Check[] {
  if (!ingressClasses) return [];
  // The older annotation chooses a controller without an IngressClass.
  const modern = ingresses.filter(({ annotations }) => !annotations["kubernetes.io/ingress.class"]);
  const names = ingressClasses.map(({ metadata }) => metadata.name);
  const known = names.length > 0 ? `there are ${names.join(", ")}` : "there is none";
  return [...new Set(modern.map(({ className }) => className))].map((className): Check => {
    const users = modern.filter((ingress) => ingress.className === className).map(({ name }) => name);
    if (className !== undefined) {
      const there = names.includes(className);
      return {
        check: "ingress",
        subject: `IngressClass ${className}`,
        status: there ? "OK" : "ERROR",
        found: there ? "exists" : `does not exist; ${known}`,
        expected: `an IngressClass for the Ingresses of ${users.join(", ")}`,
        next: there ? "" : `install its ingress controller, or name another class: ${classKey}`,
      };
    }
    const standard = ingressClasses.find(isDefaultIngressClass)?.metadata.name;
    return {
      check: "ingress",
      subject: "default IngressClass",
      status: standard ? "OK" : "WARNING",
      found: standard ?? `none is marked as default; ${known}`,
      expected: `one for the Ingresses of ${users.join(", ")}, which name none`,
      next: standard
        ? ""
        : `name a class, unless the controller also serves Ingresses without one (Traefik does): ${classKey}`,
    };
  });
}

/** Whether an IngressClass is the one for Ingresses without a class. */
export function isDefaultIngressClass({ metadata }: KubeObject): boolean {
  return metadata.annotations?.["ingressclass.kubernetes.io/is-default-class"] === "true";
}
