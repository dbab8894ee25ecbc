/** Checks that the cluster has the certificates, or the issuers of certificates, that planned Ingresses and Gateways name. */
import type { Check } from "../../../model/check.ts";
import type { KubeObject } from "../../client/api.ts";

/** A planned object that names certificates. */
export interface Certified {
  readonly kind: "Ingress" | "Gateway";
  readonly name: string;
  readonly namespace: string;
  readonly annotations: Readonly<Record<string, string>>;
  /** The Secrets with its certificates, each as `NAMESPACE/NAME`. */
  readonly tlsSecrets: readonly string[];
}

/** What these checks look at; undefined what may not be read. */
export interface CertificateSurroundings {
  /** Those that are named, by `NAMESPACE/NAME`. */
  readonly tlsSecrets: ReadonlyMap<string, SecretObject | "absent" | "unreadable">;
  /** Those that are named, by `ClusterIssuer/NAME` or `Issuer/NAMESPACE/NAME`. */
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

/** Key in `CertificateSurroundings.issuers` of the issuer that an object names for cert-manager. */
export function issuerOf({
  annotations,
  namespace,
}: Pick<Certified, "annotations" | "namespace">): string | undefined {
  const cluster = annotations["cert-manager.io/cluster-issuer"];
  if (cluster) return `ClusterIssuer/${cluster}`;
  const local = annotations["cert-manager.io/issuer"];
  return local && `Issuer/${namespace}/${local}`;
}

/** Whether each certificate is there, or somebody to make it. */
export function checkCertificates(users: readonly Certified[], around: CertificateSurroundings): Check[] {
  const issuers = new Map(
    users.flatMap((user) => {
      const key = issuerOf(user);
      return key === undefined ? [] : [[key, user] as const];
    }),
  );
  return [
    ...[...issuers].flatMap(([key, { kind }]) => checkIssuer(key, kind, around)),
    ...secretChecks(users, around),
  ];
}

function checkIssuer(
  key: string,
  kind: Certified["kind"],
  { issuers, groups }: CertificateSurroundings,
): Check[] {
  const issuer = issuers.get(key);
  if (!groups || !issuer || issuer === "unreadable") return [];
  const check = kind.toLowerCase();
  const base = { check, subject: key.replace("/", " "), expected: "a ready cert-manager issuer" };
  if (!groups.includes("cert-manager.io")) {
    const next = `install cert-manager, or give the ${kind} Secrets with certificates and no issuer`;
    return [{ ...base, status: "ERROR", found: "the cluster has no cert-manager", next }];
  }
  if (issuer === "absent") {
    return [{ ...base, status: "ERROR", found: "does not exist", next: "create it, or name another one" }];
  }
  const ready = readinessOf(issuer);
  if (isReadyIssuer(issuer)) return [{ ...base, status: "OK", found: "ready", next: "" }];
  const found = `not ready${ready?.message ? `: ${ready.message}` : ""}`;
  const { name, namespace } = issuer.metadata;
  const next = `kubectl describe ${namespace ? "issuer" : "clusterissuer"} ${name}${namespace ? ` -n ${namespace}` : ""}`;
  return [{ ...base, status: "WARNING", found, next }];
}

function readinessOf({ status }: IssuerObject) {
  return status?.conditions?.find(({ type }) => type === "Ready");
}

/** Whether cert-manager can issue certificates with it. */
export function isReadyIssuer(issuer: IssuerObject): boolean {
  return readinessOf(issuer)?.status === "True";
}

/** One for each Secret, however many objects name it. */
function secretChecks(
  all: readonly Certified[],
  { tlsSecrets }: Pick<CertificateSurroundings, "tlsSecrets">,
): Check[] {
  const keys = all.flatMap((one) => one.tlsSecrets);
  return [...new Set(keys)].flatMap((key): Check[] => {
    const [namespace, name] = key.split("/") as [string, string];
    const users = all.filter((one) => one.tlsSecrets.includes(key));
    const [{ kind }] = users as [Certified];
    const secret = tlsSecrets.get(key);
    const base = {
      check: kind.toLowerCase(),
      subject: `Secret ${name}`,
      expected: `a Secret of type kubernetes.io/tls for the ${kind} of ${users.map((one) => one.name).join(", ")}`,
    };
    if (!secret || secret === "unreadable") return [];
    if (secret === "absent") {
      // cert-manager makes it once its user is there.
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
