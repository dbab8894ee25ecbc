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
import { explainTrouble } from "./explain-trouble.ts";

/**
 * Why no Gateway serves an HTTPRoute, for a run that waited in vain: what the controller says of it, and of the Gateways
 * that it names; empty when a Gateway serves it. Never throws.
 */
export async function explainHttpRoute(
  connection: Connection,
  namespace: string,
  name: string,
): Promise<readonly string[]> {
  const about = {
    subject: `HTTPRoute ${name} in namespace ${namespace}`,
    question: `why no Gateway serves HTTPRoute ${name}`,
    commands: `kubectl describe httproute ${name} -n ${namespace}`,
  };
  return await explainTrouble(about, async () => {
    const route = await get<HttpRoute>(connection, pathOf(gatewayApi, "httproutes", namespace, name));
    const trouble = httpRouteTrouble(route);
    if (trouble === undefined) return { trouble };
    const parents = await Promise.all(
      (route ? gatewayParents(route) : []).map(async (parent) => {
        const home = parent.namespace ?? namespace;
        const reason = gatewayTrouble(await readGateway(connection, home, parent.name));
        return reason === undefined ? [] : [`  Gateway ${parent.name} in namespace ${home}: ${reason}`];
      }),
    );
    return { trouble, more: parents.flat() };
  });
}

/** The same of a Gateway; empty when all its listeners work. */
export async function explainGateway(
  connection: Connection,
  namespace: string,
  name: string,
): Promise<readonly string[]> {
  const about = {
    subject: `Gateway ${name} in namespace ${namespace}`,
    question: `why Gateway ${name} does not listen`,
    commands: `kubectl describe gateway ${name} -n ${namespace}`,
  };
  return await explainTrouble(about, async () => ({
    trouble: gatewayTrouble(await readGateway(connection, namespace, name)),
  }));
}

async function readGateway(
  connection: Connection,
  namespace: string,
  name: string,
): Promise<Gateway | undefined> {
  return await get<Gateway>(connection, pathOf(gatewayApi, "gateways", namespace, name));
}
