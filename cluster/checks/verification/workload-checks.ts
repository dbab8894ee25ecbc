/** Checks that the objects of the releases' manifests exist and are ready. */
import type { Check } from "../../../model/check.ts";
import { releaseKey } from "../../../model/inventory.ts";
import type { Settings } from "../../../model/settings.ts";
import { reapplyCommand } from "../../../plan/reapply.ts";
import type { KubeObject } from "../../client/api.ts";
import type { HelmRelease } from "../../client/helm-release.ts";
import { readinessOf, type WaitedObject, waitedObjects } from "../../diagnose/workload.ts";
import { chartSteps, type Observation } from "../../observation.ts";

/**
 * Every object of the releases' manifests that can be not ready: there, ready, and with the replicas that its
 * manifest asks for. One check for each at fault, and one for each release where none is.
 */
export function checkWorkloads(settings: Settings, observed: Observation): Check[] {
  return chartSteps(settings)
    .filter((step) => step.enabled)
    .flatMap(({ release: { name, namespace } }) => {
      const release = observed.releases.get(`${namespace}/${name}`);
      if (!release) return [];
      const results = waitedObjects(release).map((object) =>
        checkObject(settings, object, release, observed),
      );
      const faults = results.filter((check) => check.status !== "OK");
      if (faults.length > 0 || results.length === 0) return faults;
      const working = results.filter(({ subject }) => !subject.startsWith("Service "));
      const found = (working.length > 0 ? working : results)
        .map(({ subject, found }) => `${subject}: ${found}`)
        .join("; ");
      return [
        {
          check: "workload",
          subject: name,
          status: "OK" as const,
          found,
          expected: "all available",
          next: "",
        },
      ];
    });
}

function checkObject(
  settings: Settings,
  object: WaitedObject,
  release: HelmRelease,
  { objects }: Observation,
): Check {
  const { kind, metadata } = object;
  const namespace = metadata.namespace ?? release.namespace;
  const live = objects.get(`${kind}/${namespace}/${metadata.name}`);
  const base = { check: "workload", subject: `${kind} ${metadata.name}`, expected: "available" };
  if (!live) {
    return { ...base, status: "ERROR", found: "does not exist", next: restore(settings, release) };
  }
  const { ready, detail } = readinessOf(kind, live);
  if (!ready) {
    const next = `kubectl describe ${kind.toLowerCase()} ${metadata.name} -n ${namespace}`;
    return { ...base, status: "ERROR", found: detail, next };
  }
  return scaled(base, object, live, namespace) ?? { ...base, status: "OK", found: detail, next: "" };
}

/** A workload that somebody scaled is ready in its own eyes: zero of zero pods. */
function scaled(
  base: Pick<Check, "check" | "subject">,
  object: WaitedObject,
  live: KubeObject,
  namespace: string,
): Check | undefined {
  if (object.kind !== "Deployment" && object.kind !== "StatefulSet") return undefined;
  const wanted = (object as Replicated).spec?.replicas ?? 1;
  const actual = (live as Replicated).spec?.replicas ?? 1;
  // More than the chart asks for, or as many as an autoscaler chose, is no fault.
  if (actual >= wanted) return undefined;
  return {
    ...base,
    status: actual === 0 ? "ERROR" : "WARNING",
    found: `scaled to ${actual}`,
    expected: `${wanted} replicas`,
    next: `kubectl scale ${object.kind.toLowerCase()} ${object.metadata.name} -n ${namespace} --replicas=${wanted}`,
  };
}

/** What puts back an object of a release that was deleted or edited. */
export function restore(settings: Settings, release: HelmRelease | undefined): string {
  if (!release) return "npx pulumi up --refresh";
  if (release.info.status !== "deployed") return unfinished(release);
  return reapplyCommand(releaseKey(release, settings.namespace));
}

/** What goes on with a release that is not deployed: any `up` applies one that failed again. */
export function unfinished({ info }: HelmRelease): string {
  return info.status === "failed" ? "npx pulumi up" : "npx krateo repair && npx pulumi up";
}

interface Replicated {
  readonly spec?: { readonly replicas?: number };
}
