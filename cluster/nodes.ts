/** Reads the nodes and what the frontend tells browsers. */
import { browserServices, pageService } from "../configuration/exposure/exposed-services.ts";
import { isNodePort } from "../configuration/exposure/node-address.ts";
import type { ExistingNode } from "../model/inventory.ts";
import type { JsonObject, Settings } from "../model/settings.ts";
import { type KubeObject, list, pathOf } from "./client/api.ts";
import type { Connection } from "./client/connection.ts";
import type { HelmRelease } from "./client/helm-release.ts";
import type { RequestOptions } from "./client/request.ts";

interface Node extends KubeObject {
  readonly status?: {
    readonly addresses?: readonly { readonly type: string; readonly address: string }[];
    readonly conditions?: readonly { readonly type: string; readonly status: string }[];
  };
}

/** The cluster's nodes with their addresses. Errors as `get` in api.ts. */
export async function readNodes(
  connection: Connection,
  options: RequestOptions = {},
): Promise<ExistingNode[]> {
  const nodes = await list<Node>(connection, pathOf("v1", "nodes"), options);
  return nodes.map(({ metadata, status }) => {
    const ofType = (...types: string[]): string[] =>
      (status?.addresses ?? []).filter(({ type }) => types.includes(type)).map(({ address }) => address);
    return {
      name: metadata.name,
      createdAt: Date.parse(metadata.creationTimestamp ?? "") || 0,
      ready: status?.conditions?.some((one) => one.type === "Ready" && one.status === "True") ?? false,
      externalIps: ofType("ExternalIP"),
      internalIps: ofType("InternalIP"),
      names: ofType("Hostname", "InternalDNS", "ExternalDNS"),
    };
  });
}

/** The key of the first service that the page calls. */
const firstUrlKey = browserServices.flatMap(({ urlKeys }) => urlKeys ?? [])[0] as string;

/** Host at whose node port the installed page tells browsers to find that service; undefined when it names no node port. */
export function frontendAddressOf(
  settings: Settings,
  releases: ReadonlyMap<string, HelmRelease>,
): string | undefined {
  const page = settings.steps.find(({ id }) => id === pageService.step);
  if (page?.type !== "chart") return undefined;
  const config = releases.get(page.release.name)?.config as { config?: JsonObject } | undefined;
  const url = config?.config?.[firstUrlKey];
  if (typeof url !== "string" || !URL.canParse(url)) return undefined;
  const { hostname, port } = new URL(url);
  return isNodePort(Number(port)) ? hostname : undefined;
}
