/** What somebody who migrates should know beside the single changes. */
import type { Circumstances, Fate, Override } from "./outcome.ts";

/** Components that 2.7.0 had nothing of. */
const newComponents = ["cnpg", "db-maintenance", "resources-stack", "events-stack"];

/** In sentences. */
export function notesOf({ platform, steps, absent }: Circumstances, fates: readonly Fate[]): string[] {
  const charts = steps
    .filter(({ type, component }) => type === "chart" && newComponents.includes(component))
    .filter(({ component }) => !absent.has(component))
    .map((step) => String(step.with["repo"]))
    .join(", ");
  const overrides = fates.flatMap(({ outcome }) => (outcome.kind === "carried" ? outcome.overrides : []));
  return [
    ...(overrides.some(isImageSource)
      ? [
          `You take images from a registry of your own. Charts that are new in 3.0.0 take theirs from public ones until you set image.repository (and imagePullSecrets) for them, too: ${charts}.`,
        ]
      : []),
    ...(overrides.some(({ path }) => path.at(-2) === "with" && path.at(-1) === "url")
      ? [
          `You take charts from a repository of your own. In place of each url: line, pulumi config set krateo:chartMirror URL takes all charts from there; new in 3.0.0 are: ${charts}.`,
        ]
      : []),
    ...(fates.some(({ outcome }) => outcome.kind === "configured" && outcome.key === "krateo:openshift")
      ? ["OpenShift: krateo:type routes gives the platform Routes, with https, in place of what 2.7.0 had."]
      : []),
    ...new Set(
      fates.flatMap(({ outcome }) =>
        "note" in outcome && outcome.kind === "configured" && outcome.note ? [`${outcome.note}.`] : [],
      ),
    ),
    ...platform.steps.flatMap(({ id, dropped }) =>
      dropped.map(({ entry, why }) => `${id}: ${entry} says nothing and is left out: ${why}.`),
    ),
    ...platform.ignored.map((path) => `${path} has no meaning, and is left out.`),
  ];
}

function isImageSource({ path }: Override): boolean {
  return path.at(-1) === "imagePullSecrets" || (path.at(-2) === "image" && path.at(-1) === "repository");
}
