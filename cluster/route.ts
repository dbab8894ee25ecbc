/** Says why no router serves a Route. */
import { type Route, routeApi, routeTrouble } from "../plan/route.ts";
import { get, pathOf } from "./client/api.ts";
import type { Connection } from "./client/connection.ts";

/**
 * Why no router serves a Route, for a run that waited in vain. Never throws: it is called when something has failed
 * already.
 *
 * @returns lines for the user; empty when a router has admitted it
 */
export async function explainRoute(
  connection: Connection,
  namespace: string,
  name: string,
): Promise<readonly string[]> {
  try {
    const trouble = routeTrouble(await get<Route>(connection, pathOf(routeApi, "routes", namespace, name)));
    if (trouble === undefined) return [];
    return [
      `Route ${name} in namespace ${namespace} does not work: ${trouble}`,
      `  look further: oc describe route ${name} -n ${namespace}; oc get pods -n openshift-ingress`,
    ];
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    return [`cannot read why no router serves Route ${name}: ${reason}`];
  }
}
