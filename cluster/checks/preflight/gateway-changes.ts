/** Checks, for an installed platform, only new and changed HTTPRoutes and Gateways. */
import { gatewayApi } from "../../../configuration/exposure/http-routes.ts";
import type { Check } from "../../../model/check.ts";
import type { Settings } from "../../../model/settings.ts";
import { type Gateway, gatewayParents, type HttpRoute } from "../../../plan/gateway-api.ts";
import { apiGroups, type KubeObject, list, pathOf } from "../../client/api.ts";
import type { Connection } from "../../client/connection.ts";
import { readCertificates } from "./certificate-surroundings.ts";
import { checkCertificates, issuerOf } from "./certificates.ts";
import { checkGateways, type PlannedGateway, plannedOf, secretsOf } from "./gateway.ts";
import { readGatewaySurroundings } from "./gateway-surroundings.ts";
import { permitted } from "./permitted.ts";

/**
 * Whether the cluster is ready for those HTTPRoutes and Gateways of an installed platform that are new or become others;
 * as `checkChangedIngresses`.
 *
 * @throws UnreachableError
 */
export async function checkChangedGateways(connection: Connection, settings: Settings): Promise<Check[]> {
  const { made, gateways, routes } = plannedOf(settings);
  if (gateways.length + routes.length === 0) return [];
  const allowed = permitted();
  const live = async <T>(plural: string): Promise<T[]> =>
    (await allowed(plural, list<T>(connection, pathOf(gatewayApi, plural)))) ?? [];
  const [liveGateways, liveRoutes] = await Promise.all([
    live<Gateway & KubeObject>("gateways"),
    live<HttpRoute>("httproutes"),
  ]);
  const changedGateways = gateways.filter((one) => !liveGateways.some((other) => isSameGateway(one, other)));
  const changedRoutes = routes.filter((one) => !liveRoutes.some((other) => isSameRoute(one, other)));
  if (changedGateways.length + changedRoutes.length === 0) return [];
  const planned = { made, gateways: changedGateways, routes: changedRoutes };
  const [around, certificates, groups] = await Promise.all([
    readGatewaySurroundings(connection, planned, allowed),
    readCertificates(connection, changedGateways, allowed),
    allowed("API groups", apiGroups(connection)),
  ]);
  return [
    ...checkGateways(planned, around, settings.exposure.https),
    ...checkCertificates(changedGateways, { ...certificates, groups }),
  ];
}

/** By all that checks look at. */
function isSameGateway(one: PlannedGateway, { metadata, spec }: Gateway & KubeObject): boolean {
  const { name, namespace } = one;
  return (
    metadata.name === name &&
    metadata.namespace === namespace &&
    spec?.gatewayClassName === one.className &&
    secretsOf(spec, namespace).join() === one.tlsSecrets.join() &&
    issuerOf({ namespace, annotations: metadata.annotations ?? {} }) === issuerOf(one)
  );
}

function isSameRoute(one: HttpRoute, other: HttpRoute): boolean {
  const asked = (route: HttpRoute): string => {
    const { metadata, spec } = route;
    return JSON.stringify([
      metadata.namespace,
      metadata.name,
      spec?.hostnames,
      gatewayParents(route).map(({ name, namespace = metadata.namespace, sectionName }) => [
        namespace,
        name,
        sectionName,
      ]),
    ]);
  };
  return asked(one) === asked(other);
}
