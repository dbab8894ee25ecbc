/** Checks that the namespaces' Pod Security level admits the charts' pods. */
import { knownChart } from "../../../components/catalogue.ts";
import type { Check } from "../../../model/check.ts";
import type { ChartStep, Settings } from "../../../model/settings.ts";
import { chartStepsOf } from "../../../plan/plan.ts";
import type { KubeObject } from "../../client/api.ts";

interface SecurityContext {
  readonly runAsNonRoot?: unknown;
  readonly allowPrivilegeEscalation?: unknown;
  readonly seccompProfile?: { readonly type?: unknown } | null;
  readonly capabilities?: { readonly drop?: unknown } | null;
}

/**
 * Whether the namespaces' Pod Security level lets the charts' pods in. `baseline` suits all of them.
 *
 * @param namespaces Those that exist; undefined: they may not be listed.
 */
export function checkPodSecurity(settings: Settings, namespaces: readonly KubeObject[] | undefined): Check[] {
  const steps = chartStepsOf(settings);
  const places = new Set([settings.namespace, ...steps.map(({ release }) => release.namespace)]);
  return [...places].flatMap((place): Check[] => {
    const labels = namespaces?.find(({ metadata }) => metadata.name === place)?.metadata.labels;
    const level = labels?.["pod-security.kubernetes.io/enforce"];
    if (!level) return [];
    const base = {
      check: "pod security",
      subject: `namespace ${place}`,
      expected: "a level that the charts' pods meet",
    };
    const refused =
      level === "restricted"
        ? steps.filter((step) => step.release.namespace === place && !meetsRestricted(step))
        : [];
    if (refused.length === 0) return [{ ...base, status: "OK", found: `enforces ${level}`, next: "" }];
    const shown = refused.slice(0, 4).map(({ release }) => release.name);
    const names = shown.join(", ") + (refused.length > 4 ? ` and ${refused.length - 4} more` : "");
    return [
      {
        ...base,
        status: "ERROR",
        found: `enforces ${level}, which refuses the pods of ${names}`,
        next: remedy(refused, place),
      },
    ];
  });
}

function remedy(refused: readonly ChartStep[], namespace: string): string {
  const relabel = `kubectl label namespace ${namespace} pod-security.kubernetes.io/enforce=baseline --overwrite`;
  return refused.every(({ chart }) => knownChart(chart.name)?.restricted === "never")
    ? `leave it out (profile no-finops), or lower the level: ${relabel}`
    : `run them without privileges (profile openshift does so for all that can), or lower the level: ${relabel}`;
}

function meetsRestricted({ chart, values }: ChartStep): boolean {
  const restricted = knownChart(chart.name)?.restricted;
  if (restricted !== undefined) return restricted === "always";
  const pod = (values["podSecurityContext"] ?? {}) as SecurityContext;
  const container = (values["securityContext"] ?? {}) as SecurityContext;
  const drop = container.capabilities?.drop;
  const seccomp = container.seccompProfile?.type ?? pod.seccompProfile?.type;
  return (
    container.allowPrivilegeEscalation === false &&
    Array.isArray(drop) &&
    drop.includes("ALL") &&
    (container.runAsNonRoot ?? pod.runAsNonRoot) === true &&
    (seccomp === "RuntimeDefault" || seccomp === "Localhost")
  );
}
