/** Checks the Services that the release document adds to those of charts. */
import { isDeepStrictEqual } from "node:util";
import type { V1Service } from "@kubernetes/client-node";
import type { Check } from "../../../model/check.ts";
import type { ObjectStep, Settings } from "../../../model/settings.ts";
import type { KubeObject } from "../../client/api.ts";
import { readinessOf } from "../../diagnose/workload.ts";
import type { Observation } from "../../observation.ts";

/**
 * The Services that documents make beside those of charts: there, as announced, with an address where they wait for
 * one, and selecting what a chart's Service selects. A chart that labels its pods otherwise would leave them without
 * a single pod, and nothing else would say so.
 */
export function checkOwnServices(settings: Settings, { objects }: Observation): Check[] {
  const own = settings.steps.filter(
    (step): step is ObjectStep => step.type === "object" && step.enabled && step.manifest.kind === "Service",
  );
  return own.map(({ manifest }) => {
    const { name, namespace = settings.namespace } = manifest.metadata;
    const live = objects.get(`Service/${namespace}/${name}`) as V1Service | undefined;
    const planned = manifest as unknown as V1Service;
    const base = { check: "endpoint", subject: `Service ${name}`, expected: words(planned) };
    if (!live) return { ...base, status: "ERROR", found: "does not exist", next: "npx pulumi up --refresh" };
    const found = words(live, planned);
    if (found !== base.expected) return { ...base, status: "ERROR", found, next: "npx pulumi up --refresh" };
    const { ready, detail } = readinessOf("Service", live as KubeObject);
    if (!ready) {
      return {
        ...base,
        status: "ERROR",
        found: detail,
        next: `kubectl describe service ${name} -n ${namespace}`,
      };
    }
    if (!hasTwin(live, objects)) {
      return {
        ...base,
        status: "ERROR",
        found: `selects ${JSON.stringify(live.spec?.selector)}, as no chart's Service does`,
        next: "set its spec.selector in krateo-overrides.yaml to that of its chart's Service",
      };
    }
    return { ...base, status: "OK", found, next: "" };
  });
}

/** Whether another Service selects the same pods. */
function hasTwin(live: V1Service, objects: Observation["objects"]): boolean {
  return [...objects].some(([key, object]) => {
    const { metadata, spec } = object as V1Service;
    return (
      key.startsWith("Service/") &&
      metadata?.uid !== live.metadata?.uid &&
      metadata?.namespace === live.metadata?.namespace &&
      isDeepStrictEqual(spec?.selector, live.spec?.selector)
    );
  });
}

/** Type and port; the node port only where it was asked for. */
function words({ spec }: V1Service, asked?: V1Service): string {
  const port = spec?.ports?.[0];
  const wantsNodePort = (asked ?? { spec }).spec?.ports?.[0]?.nodePort !== undefined;
  return [spec?.type ?? "ClusterIP", `port ${port?.port}`, wantsNodePort && `node port ${port?.nodePort}`]
    .filter(Boolean)
    .join(", ");
}
