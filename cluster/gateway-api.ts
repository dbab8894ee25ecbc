/** Says why a Gateway does not listen, and why none serves an HTTPRoute. */
import { gatewayApi } from "../configuration/exposure/http-routes.ts";
import {
  type Gateway,
  gatewayParents,
  gatewayTrouble,
  type HttpRoute,
  httpRouteTrouble,
} from "../plan/gateway-api.ts";
import { get, pathOf } from "./client/api.ts";
import type { Connection } from "./client/connection.ts";

/**
 * Why no Gateway serves an HTTPRoute, for a run that waited in vain: what the controller says of it, and of the Gateways
 * that it names. Never throws: it is called when something has failed already.
 *
 * @returns lines for the user; empty when a Gateway serves it
 */
export async function explainHttpRoute(
  connection: Connection,
  namespace: string,
  name: string,
): Promise<readonly string[]> {
  try {
    const route = await get<HttpRoute>(connection, pathOf(gatewayApi, "httproutes", namespace, name));
    const trouble = httpRouteTrouble(route);
    if (trouble === undefined) return [];
    const parents = await Promise.all(
      (route ? gatewayParents(route) : []).map(async (parent) => {
        const home = parent.namespace ?? namespace;
        const reason = gatewayTrouble(await readGateway(connection, home, parent.name));
        return reason === undefined ? [] : [`  Gateway ${parent.name} in namespace ${home}: ${reason}`];
      }),
    );
    return [
      `HTTPRoute ${name} in namespace ${namespace} does not work: ${trouble}`,
      ...parents.flat(),
      `  look further: kubectl describe httproute ${name} -n ${namespace}`,
    ];
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    return [`cannot read why no Gateway serves HTTPRoute ${name}: ${reason}`];
  }
}

/** The same of a Gateway; empty when all its listeners work. */
export async function explainGateway(
  connection: Connection,
  namespace: string,
  name: string,
): Promise<readonly string[]> {
  try {
    const gateway = await readGateway(connection, namespace, name);
    const trouble = gatewayTrouble(gateway);
    if (trouble === undefined) return [];
    return [
      `Gateway ${name} in namespace ${namespace} does not work: ${trouble}`,
      `  look further: kubectl describe gateway ${name} -n ${namespace}`,
    ];
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    return [`cannot read why Gateway ${name} does not listen: ${reason}`];
  }
}

async function readGateway(
  connection: Connection,
  namespace: string,
  name: string,
): Promise<Gateway | undefined> {
  return await get<Gateway>(connection, pathOf(gatewayApi, "gateways", namespace, name));
}
