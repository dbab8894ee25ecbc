/** Checks, for an installed platform, only new and changed Ingresses. */
import type { Check } from "../../../model/check.ts";
import type { Settings } from "../../../model/settings.ts";
import { apiGroups, type KubeObject, list, pathOf } from "../../client/api.ts";
import type { Connection } from "../../client/connection.ts";
import { readCertificates } from "./certificate-surroundings.ts";
import { checkCertificates, issuerOf } from "./certificates.ts";
import { checkIngresses, ingressesOf, type PlannedIngress } from "./ingress.ts";
import { readIngressSurroundings } from "./ingress-surroundings.ts";
import { permitted } from "./permitted.ts";

interface IngressObject extends KubeObject {
  readonly spec?: {
    readonly ingressClassName?: string;
    readonly tls?: readonly { readonly secretName?: string }[];
  };
}

/**
 * Whether the cluster is ready for those Ingresses of an installed platform that are new or become others. What is
 * there already is no reason to stop a run that is about something else. Nothing is said of what may not be read.
 *
 * @throws UnreachableError
 */
export async function checkChangedIngresses(connection: Connection, settings: Settings): Promise<Check[]> {
  const planned = ingressesOf(settings);
  if (planned.length === 0) return [];
  const allowed = permitted();
  const namespaces = [...new Set(planned.map(({ namespace }) => namespace))];
  const live = await Promise.all(
    namespaces.map((namespace) =>
      allowed(
        "Ingresses",
        list<IngressObject>(connection, pathOf("networking.k8s.io/v1", "ingresses", namespace)),
      ),
    ),
  );
  const changed = planned.filter(
    (one) => !live[namespaces.indexOf(one.namespace)]?.some((other) => isSame(one, other)),
  );
  if (changed.length === 0) return [];
  const [around, certificates, groups] = await Promise.all([
    readIngressSurroundings(connection, changed, allowed),
    readCertificates(connection, changed, allowed),
    allowed("API groups", apiGroups(connection)),
  ]);
  return [...checkIngresses(changed, around), ...checkCertificates(changed, { ...certificates, groups })];
}

/** By all that checks look at. */
function isSame(one: PlannedIngress, { metadata, spec }: IngressObject): boolean {
  const { name, namespace } = one;
  const secrets = (spec?.tls ?? []).flatMap(({ secretName }) =>
    secretName === undefined ? [] : [`${namespace}/${secretName}`],
  );
  const issuer = issuerOf({ namespace, annotations: metadata.annotations ?? {} });
  return (
    metadata.name === name &&
    // A default class is filled in by the API server.
    (one.className ?? spec?.ingressClassName) === spec?.ingressClassName &&
    secrets.join() === one.tlsSecrets.join() &&
    issuer === issuerOf(one)
  );
}
