/** Reads what Ingresses depend on beside their certificates: classes. */
import { type KubeObject, list, pathOf } from "../../client/api.ts";
import type { Connection } from "../../client/connection.ts";
import type { RequestOptions } from "../../client/request.ts";
import type { IngressSurroundings, PlannedIngress } from "./ingress.ts";
import type { Allowed } from "./permitted.ts";

/** Reads nothing where there are no Ingresses. Errors as `list` in api.ts. */
export async function readIngressSurroundings(
  connection: Connection,
  ingresses: readonly PlannedIngress[],
  allowed: Allowed,
  options: RequestOptions = {},
): Promise<IngressSurroundings> {
  if (ingresses.length === 0) return {};
  const path = pathOf("networking.k8s.io/v1", "ingressclasses");
  const classes = await allowed("ingress classes", list<KubeObject>(connection, path, options));
  return { ingressClasses: classes };
}
