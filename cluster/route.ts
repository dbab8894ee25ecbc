/** Says why no router serves a Route. */
import { type Route, routeApi, routeTrouble } from "../plan/route.ts";
import { get, pathOf } from "./client/api.ts";
import type { Connection } from "./client/connection.ts";
import { explainTrouble } from "./explain-trouble.ts";

/** Why no router serves a Route, for a run that waited in vain; empty when a router has admitted it. Never throws. */
export async function explainRoute(
  connection: Connection,
  namespace: string,
  name: string,
): Promise<readonly string[]> {
  const about = {
    subject: `Route ${name} in namespace ${namespace}`,
    question: `why no router serves Route ${name}`,
    commands: `oc describe route ${name} -n ${namespace}; oc get pods -n openshift-ingress`,
  };
  return await explainTrouble(about, async () => ({
    trouble: routeTrouble(await get<Route>(connection, pathOf(routeApi, "routes", namespace, name))),
  }));
}
