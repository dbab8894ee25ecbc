/** Checks that the cluster has what the planned Ingresses need. */
import type { Check } from "../../../model/check.ts";
import type { ObjectStep, Settings } from "../../../model/settings.ts";
import { chartStepsOf } from "../../../plan/plan.ts";
import type { KubeObject } from "../../client/api.ts";

/** An Ingress that the installation makes, as far as the cluster has to be ready for it. */
export interface PlannedIngress {
  /** Helm release or object that it belongs to. */
  readonly name: string;
  readonly namespace: string;
  /** Undefined: the cluster's default. */
  readonly className?: string;
  readonly annotations: Readonly<Record<string, string>>;
  /** Names of the Secrets with its certificates. */
  readonly tlsSecrets: readonly string[];
}

/** What checks of Ingresses look at; undefined what may not be read. */
export interface IngressSurroundings {
  readonly ingressClasses?: readonly KubeObject[];
  /** Those that an Ingress names, by `NAMESPACE/NAME`. */
  readonly tlsSecrets: ReadonlyMap<string, SecretObject | "absent" | "unreadable">;
  /** Those that an Ingress names, by `ClusterIssuer/NAME` or `Issuer/NAMESPACE/NAME`. */
  readonly issuers: ReadonlyMap<string, IssuerObject | "absent" | "unreadable">;
  /** Names of the API groups that are served. */
  readonly groups?: readonly string[];
}

export interface SecretObject extends KubeObject {
  readonly type?: string;
  readonly data?: Readonly<Record<string, string>>;
}

export interface IssuerObject extends KubeObject {
  readonly status?: {
    readonly conditions?: readonly {
      readonly type: string;
      readonly status: string;
      readonly message?: string;
    }[];
  };
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
    name,
    namespace,
    ...(className ? { className: String(className) } : {}),
    annotations: Object.fromEntries(entries),
    tlsSecrets: (tls ?? []).flatMap(({ secretName }) => (secretName ? [String(secretName)] : [])),
  };
}

/** Key in `IngressSurroundings.issuers` of the issuer that an Ingress names for cert-manager. */
export function issuerOf({ annotations, namespace }: PlannedIngress): string | undefined {
  const cluster = annotations["cert-manager.io/cluster-issuer"];
  if (cluster) return `ClusterIssuer/${cluster}`;
  const local = annotations["cert-manager.io/issuer"];
  return local && `Issuer/${namespace}/${local}`;
}

/** Whether something will serve the Ingresses, with a certificate where they name one. */
export function checkIngresses(ingresses: readonly PlannedIngress[], around: IngressSurroundings): Check[] {
  const issuers = new Set(ingresses.flatMap((ingress) => issuerOf(ingress) ?? []));
  return [
    ...classChecks(ingresses, around),
    ...[...issuers].flatMap((key) => checkIssuer(key, around)),
    ...secretChecks(ingresses, around),
  ];
}

/** For the bundled release, and for charts beside it. */
const classKey = "krateo:ingressClass, or a chart's own ingress.className";

function classChecks(ingresses: readonly PlannedIngress[], { ingressClasses }: IngressSurroundings): Check[] {
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
    const standard = ingressClasses.find(isDefault)?.metadata.name;
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

function isDefault({ metadata }: KubeObject): boolean {
  return metadata.annotations?.["ingressclass.kubernetes.io/is-default-class"] === "true";
}

function checkIssuer(key: string, { issuers, groups }: IngressSurroundings): Check[] {
  const issuer = issuers.get(key);
  if (!groups || !issuer || issuer === "unreadable") return [];
  const base = { check: "ingress", subject: key.replace("/", " "), expected: "a ready cert-manager issuer" };
  if (!groups.includes("cert-manager.io")) {
    const next = "install cert-manager, or give the Ingresses Secrets with certificates and no issuer";
    return [{ ...base, status: "ERROR", found: "the cluster has no cert-manager", next }];
  }
  if (issuer === "absent") {
    return [{ ...base, status: "ERROR", found: "does not exist", next: "create it, or name another one" }];
  }
  const ready = issuer.status?.conditions?.find(({ type }) => type === "Ready");
  if (ready?.status === "True") return [{ ...base, status: "OK", found: "ready", next: "" }];
  const found = `not ready${ready?.message ? `: ${ready.message}` : ""}`;
  const { name, namespace } = issuer.metadata;
  const next = `kubectl describe ${namespace ? "issuer" : "clusterissuer"} ${name}${namespace ? ` -n ${namespace}` : ""}`;
  return [{ ...base, status: "WARNING", found, next }];
}

/** One for each Secret, however many Ingresses name it. */
function secretChecks(ingresses: readonly PlannedIngress[], { tlsSecrets }: IngressSurroundings): Check[] {
  const keys = ingresses.flatMap(({ namespace, tlsSecrets: names }) =>
    names.map((name) => `${namespace}/${name}`),
  );
  return [...new Set(keys)].flatMap((key): Check[] => {
    const [namespace, name] = key.split("/") as [string, string];
    const users = ingresses.filter((one) => one.namespace === namespace && one.tlsSecrets.includes(name));
    const secret = tlsSecrets.get(key);
    const base = {
      check: "ingress",
      subject: `Secret ${name}`,
      expected: `a Secret of type kubernetes.io/tls for the Ingress of ${users.map((one) => one.name).join(", ")}`,
    };
    if (!secret || secret === "unreadable") return [];
    if (secret === "absent") {
      // cert-manager makes it once the Ingress is there.
      if (users.every(issuerOf)) return [];
      const create = `kubectl create secret tls ${name} --cert=FILE --key=FILE -n ${namespace}`;
      return [{ ...base, status: "ERROR", found: `does not exist in namespace ${namespace}`, next: create }];
    }
    const right = secret.type === "kubernetes.io/tls";
    const lacking = ["tls.crt", "tls.key"].filter((part) => !secret.data?.[part]);
    if (right && lacking.length === 0) {
      return [{ ...base, status: "OK", found: "of type kubernetes.io/tls", next: "" }];
    }
    const found = right ? `lacks ${lacking.join(" and ")}` : `is of type ${secret.type ?? "Opaque"}`;
    const next = `a Secret's type cannot be changed: delete it and create it anew with kubectl create secret tls ${name}`;
    return [{ ...base, status: "ERROR", found, next }];
  });
}
