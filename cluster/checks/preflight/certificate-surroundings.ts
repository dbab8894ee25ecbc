/** Reads the certificates and issuers that planned objects name. */
import { get, pathOf } from "../../client/api.ts";
import type { Connection } from "../../client/connection.ts";
import type { RequestOptions } from "../../client/request.ts";
import {
  type CertificateSurroundings,
  type Certified,
  type IssuerObject,
  issuerOf,
  type SecretObject,
} from "./certificates.ts";
import type { Allowed } from "./permitted.ts";

/** Reads only what is named; the API groups are left to others. Errors as `get` in api.ts. */
export async function readCertificates(
  connection: Connection,
  users: readonly Certified[],
  allowed: Allowed,
  options: RequestOptions = {},
): Promise<Omit<CertificateSurroundings, "groups">> {
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
  const [tlsSecrets, issuers] = await Promise.all([
    readAll(
      "Secret ",
      users.flatMap((user) => user.tlsSecrets),
      (key) => {
        const [namespace, name] = key.split("/");
        return get<SecretObject>(connection, pathOf("v1", "secrets", namespace, name), options);
      },
    ),
    readAll(
      "",
      users.flatMap((user) => issuerOf(user) ?? []),
      (key) => {
        const [kind, ...place] = key.split("/");
        const path =
          kind === "ClusterIssuer"
            ? pathOf("cert-manager.io/v1", "clusterissuers", undefined, place[0])
            : pathOf("cert-manager.io/v1", "issuers", place[0], place[1]);
        return get<IssuerObject>(connection, path, options);
      },
    ),
  ]);
  return { tlsSecrets, issuers };
}
