/** What somebody who migrates should know beside the single changes. */

import type { ChangeOutcome, MergeContext, Override } from "./change-outcome.ts";
import { imageRegistry } from "./legacy-defaults.ts";

/** Components that 2.7.0 had nothing of. */
const newComponents = ["cnpg", "db-maintenance", "resources-stack", "events-stack"];

/** In sentences. */
export function notesOf(
  { platform, steps, absent }: MergeContext,
  outcomes: readonly ChangeOutcome[],
): string[] {
  const charts = steps
    .filter(({ type, component }) => type === "chart" && newComponents.includes(component))
    .filter(({ component }) => !absent.has(component))
    .map((step) => String(step.with["repo"]))
    .join(", ");
  const overrides = outcomes.flatMap(({ outcome }) => (outcome.kind === "carried" ? outcome.overrides : []));
  return [
    ...(overrides.some(isImageSource)
      ? [
          `You take images from a registry of your own. Charts that are new in 3.0.0 take theirs from public ones until you set image.repository for them, too: ${charts}.`,
        ]
      : []),
    ...(overrides.some(isPullSecret)
      ? [
          `You give charts imagePullSecrets. Charts that are new in 3.0.0 have none until you set them there, too: ${charts}.`,
        ]
      : []),
    ...(overrides.some(({ path }) => path.at(-2) === "with" && path.at(-1) === "url")
      ? [
          `You take charts from a repository of your own. In place of each url: line, pulumi config set krateo:chartMirror URL takes all charts from there; new in 3.0.0 are: ${charts}.`,
        ]
      : []),
    ...(outcomes.some(({ outcome }) => outcome.kind === "configured" && outcome.key === "krateo:openshift")
      ? ["OpenShift: krateo:type routes gives the platform Routes, with https, in place of what 2.7.0 had."]
      : []),
    ...new Set(
      outcomes.flatMap(({ outcome }) =>
        "note" in outcome && outcome.kind === "configured" && outcome.note ? [`${outcome.note}.`] : [],
      ),
    ),
    ...platform.steps.flatMap(({ id, dropped }) =>
      dropped.map(({ entry, why }) => `${id}: ${entry} is left out: ${why}.`),
    ),
    ...platform.leftOut,
  ];
}

/** An image that is taken from elsewhere than 2.7.0's own charts take it from. */
function isImageSource({ path, value }: Override): boolean {
  return path.at(-2) === "image" && path.at(-1) === "repository" && !String(value).startsWith(imageRegistry);
}

function isPullSecret({ path }: Override): boolean {
  return path.at(-1) === "imagePullSecrets";
}
