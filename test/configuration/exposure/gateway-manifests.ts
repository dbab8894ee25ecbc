/** Configurations of type gateway, and the manifests that they lead to. */

import type { JsonObject, ObjectStep, Settings } from "../../../model/settings.ts";
import { load } from "../project.ts";

export const own = { type: "gateway", domain: "d.example.org", gatewayClass: "envoy" };
export const existing = { type: "gateway", domain: "d.example.org", gateway: { name: "shared" } };
export const browserSteps = ["attach-authn", "attach-snowplow", "attach-events-presenter", "attach-frontend"];

interface Manifest {
  readonly kind: string;
  readonly metadata: { name: string; namespace: string; annotations?: JsonObject };
  readonly spec: JsonObject;
}

export function manifests(settings: Settings): Record<string, Manifest> {
  const objects = settings.steps.filter((step): step is ObjectStep => step.type === "object");
  return Object.fromEntries(objects.map(({ id, manifest }) => [id, manifest as unknown as Manifest]));
}

export async function made(config: Record<string, unknown>): Promise<Record<string, Manifest>> {
  return manifests(await load({}, config));
}

interface Listener {
  readonly name: string;
  readonly protocol: string;
  readonly hostname?: string;
  readonly tls?: { readonly certificateRefs: readonly JsonObject[] };
}

export const listenersOf = (found: Record<string, Manifest>): Listener[] =>
  found["open-gateway"]?.spec["listeners"] as unknown as Listener[];

/** Listener by host: where each HTTPRoute asks to be served. */
export function served(found: Record<string, Manifest>): Record<string, unknown> {
  const routes = Object.values(found).filter(({ kind, spec }) => kind === "HTTPRoute" && spec["hostnames"]);
  return Object.fromEntries(
    routes.map(({ spec }) => [
      (spec["hostnames"] as string[])[0],
      (spec["parentRefs"] as { sectionName?: string }[])[0]?.sectionName,
    ]),
  );
}
