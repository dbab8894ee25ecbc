/** Reads what Ingresses depend on: classes, issuers, TLS Secrets. */
import { get, type KubeObject, list, pathOf, type RequestOptions } from "../../client/api.ts";
import type { Connection } from "../../client/connection.ts";
import {
  type IngressSurroundings,
  type IssuerObject,
  issuerOf,
  type PlannedIngress,
  type SecretObject,
} from "./ingress.ts";
import type { Allowed } from "./permitted.ts";

/** Reads only what the Ingresses name; the API groups are left to others. Errors as `get` in api.ts. */
export async function readIngressSurroundings(
  connection: Connection,
  ingresses: readonly PlannedIngress[],
  allowed: Allowed,
  options: RequestOptions = {},
): Promise<Omit<IngressSurroundings, "groups">> {
  if (ingresses.length === 0) return { tlsSecrets: new Map(), issuers: new Map() };
  const secretKeys = ingresses.flatMap(({ namespace, tlsSecrets }) =>
    tlsSecrets.map((name) => `${namespace}/${name}`),
  );
  const issuerKeys = ingresses.flatMap((ingress) => issuerOf(ingress) ?? []);
  const readAll = async <T>(
    kind: string,
    keys: readonly string[],
    read: (key: string) => Promise<T | undefined>,
  ) => {
    const entries = await Promise.all(
      [...new Set(keys)].map(async (key) => {
        const found = await allowed(
          `${kind}${key}`,
          read(key).then((object) => object ?? "absent"),
        );
        return [key, found ?? "unreadable"] as const;
      }),
    );
    return new Map(entries);
  };
  const [ingressClasses, secrets, issuers] = await Promise.all([
    allowed(
      "ingress classes",
      list<KubeObject>(connection, pathOf("networking.k8s.io/v1", "ingressclasses"), options),
    ),
    readAll("Secret ", secretKeys, (key) => {
      const [namespace, name] = key.split("/");
      return get<SecretObject>(connection, pathOf("v1", "secrets", namespace, name), options);
    }),
    readAll("", issuerKeys, (key) => {
      const [kind, ...place] = key.split("/");
      const path =
        kind === "ClusterIssuer"
          ? pathOf("cert-manager.io/v1", "clusterissuers", undefined, place[0])
          : pathOf("cert-manager.io/v1", "issuers", place[0], place[1]);
      return get<IssuerObject>(connection, path, options);
    }),
  ]);
  return { ingressClasses, tlsSecrets: secrets, issuers };
}
