/** Rules for steps that install no chart, and for steps that are there or missing as a whole. */

import { knownStep } from "../components/catalogue.ts";
import { deprecatedReleases } from "../components/deprecated.ts";
import type { JsonObject } from "../model/settings.ts";
import { carriedInput, type MergeContext, type Outcome } from "./change-outcome.ts";
import { type Change, changesOf, releaseOf } from "./changes.ts";
import { legacyDefaults } from "./legacy-defaults.ts";
import type { LegacyPlatform } from "./legacy-platform.ts";
import { type TargetStep, targetOf } from "./target-steps.ts";

const hostname = ".status.loadBalancer.ingress[0].hostname";

/** What becomes of a change in a `var` step. */
export function variableOutcome(change: Change, { steps, changes }: MergeContext): Outcome {
  const target = targetOf(steps, change.standsFor ?? "");
  if (target === undefined) {
    return { kind: "left", why: `3.0.0 has no variable ${change.step.with["name"]} for this type` };
  }
  const path = change.path.join(".");
  if (path === "value") {
    if (change.yours === undefined || change.yours === null)
      return { kind: "same", why: "3.0.0 reads the variable, too" };
    return carriedInput(target, [
      { path: ["value"], value: String(change.yours) },
      { path: ["valueFrom"], value: null },
    ]);
  }
  if (path === "valueFrom" && change.step.with["value"] !== undefined) {
    return { kind: "same", why: "the fixed value that stands in its place is carried" };
  }
  if (path === "valueFrom.selector" && typeof change.yours === "string") {
    const all = changes.filter(({ standsFor, path: at }) => /-lb-ip$/.test(standsFor ?? "") && at.length > 1);
    if (all.length === 3 && all.every(({ yours }) => yours === hostname)) {
      return { kind: "configured", key: "krateo:loadBalancerAddress", value: "hostname" };
    }
    return carriedInput(target, [{ path: ["valueFrom", "selector"], value: change.yours }]);
  }
  return { kind: "left", why: `3.0.0 reads variable ${target.with["name"]} from a Service of its own` };
}

/** What becomes of a change in an `object` step. */
export function objectOutcome(change: Change): Outcome {
  const { name } = change.step.with["metadata"] as JsonObject;
  if (change.standsFor === "create-jwt-sign-key") {
    return {
      kind: "left",
      why: "Secret jwt-sign-key is adopted as it is in the cluster, its key included",
      ...(name !== "jwt-sign-key" && {
        next: `copy the key of Secret ${name} into Secret jwt-sign-key, or everybody has to sign in again`,
      }),
    };
  }
  return { kind: "left", why: "the object stays as it is" };
}

/** What becomes of a step of the user's own. */
export function addedStep({ step }: Change, { steps }: MergeContext): Outcome {
  if (step.type === "var") {
    return { kind: "left", why: "only steps of a document of your own can use a variable of your own" };
  }
  if (step.type === "object") {
    return {
      kind: "left",
      why: "the object stays in the cluster as it is, and nobody looks after it any more",
      next: "keep it with kubectl",
    };
  }
  const release = releaseOf(step);
  const same = steps.find((one) => one.type === "chart" && one.with["releaseName"] === release);
  if (same !== undefined) {
    return {
      kind: "left",
      why:
        same.with["repo"] === step.with["name"]
          ? `3.0.0 brings release ${release} itself and takes yours over`
          : `3.0.0 installs chart ${same.with["repo"]} as release ${release}, and yours has that name`,
      next:
        same.with["repo"] === step.with["name"]
          ? `set values of yours in components.${same.component}.stepConfig.${same.id}.helmValues`
          : `rename or remove yours before the upgrade: helm uninstall ${release}`,
    };
  }
  return {
    kind: "left",
    why: `Helm release ${release} stays as it is, and nobody looks after it any more`,
    next: "upgrade it with helm from now on",
  };
}

/** What becomes of a step that the user took out. */
export function removedStep({ standsFor }: Change, { steps, absent }: MergeContext): Outcome {
  const target = targetOf(steps, standsFor ?? "");
  if (target === undefined) return { kind: "same", why: "3.0.0 does not have it either" };
  if (!absent.has(target.component)) {
    return {
      kind: "left",
      why: `only a whole component can be left out, and your object has others of ${target.component}, or others need it`,
      next: `to leave out all of it: components.${target.component}.enabled: false`,
    };
  }
  return {
    kind: "carried",
    overrides: [{ path: ["components", target.component, "enabled"], value: false }],
  };
}

/** Components of 3.0.0 of which the user's object has none of the charts, and which nobody else needs. */
export function absentComponents(
  platform: LegacyPlatform,
  steps: readonly TargetStep[],
  type: MergeContext["type"],
): Set<string> {
  const missing = new Set(
    changesOf(platform, type)
      .filter(({ kind, path, step }) => kind === "removed" && path.length === 0 && step.type === "chart")
      .map(({ standsFor }) => standsFor),
  );
  const former = legacyDefaults(type, platform.namespace)
    .filter((step) => step.type === "chart")
    .filter((step) => !deprecatedReleases.some(({ name }) => name === releaseOf(step)));
  const all = [...new Set(steps.map(({ component }) => component))];
  const absent = new Set(
    all.filter((component) => {
      const charts = former.filter(({ id }) => targetOf(steps, id)?.component === component);
      return charts.length > 0 && charts.every(({ id }) => missing.has(id));
    }),
  );
  // A component that another one needs has to stay, whatever was there before.
  for (const component of [...absent]) if (isNeeded(component, steps, absent)) absent.delete(component);
  return absent;
}

function isNeeded(component: string, steps: readonly TargetStep[], absent: ReadonlySet<string>): boolean {
  const own = steps.filter((step) => step.component === component);
  const variables = own.filter(({ type }) => type === "var").map((step) => `\${${step.with["name"]}}`);
  return steps
    .filter((step) => step.component !== component && !absent.has(step.component))
    .some(
      (step) =>
        knownStep(step.id)?.needs.some(({ on }) => own.some(({ id }) => id === on)) ||
        variables.some((variable) => JSON.stringify(step.with).includes(variable)),
    );
}
