/** Reads what HTTPRoutes and Gateways depend on beside certificates: the API, classes, Gateways, labels of namespaces. */
import { gatewayApi } from "../../../configuration/exposure/http-routes.ts";
import type { Gateway } from "../../../plan/gateway-api.ts";
import { get, type KubeObject, list, pathOf } from "../../client/api.ts";
import type { Connection } from "../../client/connection.ts";
import type { RequestOptions } from "../../client/request.ts";
import type { GatewayClass, GatewaySurroundings, Planned } from "./gateway.ts";
import type { Allowed } from "./permitted.ts";

/** A namespace has its own name as a label from its creation. */
const nameLabel = "kubernetes.io/metadata.name";

/** Reads nothing where there are neither Gateways nor HTTPRoutes. Errors as `get` in api.ts. */
export async function readGatewaySurroundings(
  connection: Connection,
  { gateways, routes }: Planned,
  allowed: Allowed,
  options: RequestOptions = {},
): Promise<GatewaySurroundings> {
  if (gateways.length + routes.length === 0) return { namespaceLabels: new Map() };
  const homes = [...new Set(routes.flatMap(({ metadata }) => metadata.namespace ?? []))];
  const every = <T>(what: string, plural: string) =>
    allowed(what, list<T>(connection, pathOf(gatewayApi, plural), options));
  const [api, gatewayClasses, live, namespaces] = await Promise.all([
    allowed(
      "the Gateway API",
      get<object>(connection, `/apis/${gatewayApi}`, options).then((found) => ({
        isServed: found !== undefined,
      })),
    ),
    every<GatewayClass>("gateway classes", "gatewayclasses"),
    every<Gateway & KubeObject>("gateways", "gateways"),
    Promise.all(
      homes.map((name) =>
        allowed(
          `namespace ${name}`,
          get<KubeObject>(connection, pathOf("v1", "namespaces", undefined, name), options).then((found) => ({
            // One that is not there yet gets no other label.
            labels: { ...found?.metadata.labels, [nameLabel]: name },
          })),
        ),
      ),
    ),
  ]);
  return {
    gatewayApi: api?.isServed,
    gatewayClasses,
    gateways: live,
    namespaceLabels: new Map(
      homes.flatMap((name, index) => (namespaces[index] ? [[name, namespaces[index].labels] as const] : [])),
    ),
  };
}
