/** What an `up` would uninstall because it is switched off now, and may not unless the user has agreed. */

import { amount } from "../../model/amount.ts";
import { type Dependents, type Inventory, releaseKey } from "../../model/inventory.ts";
import type { PreviousRun } from "../../model/previous-run.ts";
import type { Problem } from "../../model/problem.ts";
import { type ChartStep, localVersion, type Settings } from "../../model/settings.ts";
import { firstFew } from "./objects.ts";

interface Loss {
  readonly step: ChartStep;
  readonly key: string;
  /** False when it cannot be known whether the stack installed the release. */
  readonly certain: boolean;
}

/**
 * Taking a component out of a live stack uninstalls its Helm releases, and every object of the kinds that they
 * brought. Refused unless `allowRemoval` names the component; and, even then, while objects are left that only the
 * component itself could let go of. A release that this stack did not install is not touched by an `up`, and is no
 * reason to refuse one.
 */
export function switchedOffProblems(
  settings: Settings,
  inventory: Inventory,
  previous: PreviousRun | undefined,
): Problem[] {
  const losses = lossesOf(settings, inventory, previous);
  const components = [...new Set(losses.map(({ step }) => step.component))];
  return [
    ...components.flatMap((component) => {
      const own = losses.filter(({ step }) => step.component === component);
      return settings.allowRemoval.includes(component)
        ? heldProblem(component, own, inventory)
        : [refusal(component, own, settings, inventory)];
    }),
    ...vanishedProblems(settings, inventory, previous),
  ];
}

/** Releases that exist although their step is switched off, and that the stack has or may have installed. */
function lossesOf(settings: Settings, inventory: Inventory, previous: PreviousRun | undefined): Loss[] {
  return switchedOff(settings).flatMap((step): Loss[] => {
    const key = releaseKey(step.release, settings.namespace);
    const existing = inventory.releases[key];
    if (!existing || (step.chart.name !== "" && existing.chart !== step.chart.name)) return [];
    if (previous?.releases)
      return step.release.name in previous.releases ? [{ step, key, certain: true }] : [];
    // Outputs exist after the first run that succeeds: before it, only the marks show that one has begun.
    const begun =
      previous !== undefined ||
      inventory.namespace?.ours === true ||
      Object.values(inventory.secrets).some(({ ours }) => ours);
    return begun ? [{ step, key, certain: false }] : [];
  });
}

/** Chart steps whose Helm release no step that is switched on installs. */
export function switchedOff(settings: Settings): ChartStep[] {
  const charts = settings.steps.filter((step): step is ChartStep => step.type === "chart");
  const key = ({ release }: ChartStep): string => releaseKey(release, settings.namespace);
  const installed = new Set(charts.filter(({ enabled }) => enabled).map(key));
  return charts.filter((step) => !step.enabled && !installed.has(key(step)));
}

function refusal(
  component: string,
  losses: readonly Loss[],
  { allowRemoval, components }: Settings,
  inventory: Inventory,
): Problem {
  const certain = losses.every((loss) => loss.certain);
  const releases = losses.map(({ key }) => {
    const { chart, chartVersion } = inventory.releases[key] as { chart: string; chartVersion: string };
    return `${key} (${chart} ${chartVersion})`;
  });
  const { objects, volumes } = dependentsOf(losses, inventory);
  const count = objects.reduce((sum, { names }) => sum + names.length, 0);
  const gone = volumes.filter(({ goes }) => goes).map(({ name }) => name);
  const kept = volumes.filter(({ goes }) => !goes).map(({ name }) => name);
  const lost = [
    `${amount(releases.length, "Helm release")}: ${releases.join(", ")}`,
    count === 0
      ? "no user objects"
      : `${amount(count, "user object")}: ${objects.map(({ kind, names }) => `${names.length} ${kind} (${firstFew(names)})`).join(", ")}`,
    ...(gone.length > 0 ? [`volumes: ${gone.join(", ")}`] : []),
    ...(kept.length > 0 ? [`the users of these volumes, which stay: ${kept.join(", ")}`] : []),
  ];
  const agreed = [...allowRemoval, component].join(",");
  // A version of the platform may have some of its steps no more, and a user may skip them.
  const skipped = components.some(({ name, enabled }) => name === component && enabled)
    ? losses.map(({ step }) => step.id).join(", ")
    : undefined;
  const subject = skipped
    ? `of component ${component}, ${skipped} is skipped`
    : `component ${component} is switched off`;
  return {
    what: certain
      ? `${subject}, but installed: this would remove it`
      : `${subject}, but its releases exist; if an earlier run of this stack installed them, this would remove them`,
    path: skipped ? "steps" : `components.${component}.enabled`,
    given: `would be lost: ${lost.join("; ")}`,
    next: `${skipped ? "install it again" : "switch it on again"}, or agree to the loss: pulumi config set krateo:allowRemoval ${agreed}`,
  };
}

/** Who clears these finalizers goes with the component, so that its removal would never end. */
function heldProblem(component: string, losses: readonly Loss[], inventory: Inventory): Problem[] {
  const held = dependentsOf(losses, inventory).objects.filter((group) => group.held.length > 0);
  if (held.length === 0) return [];
  return [
    {
      what: `component ${component} cannot be removed yet: a finalizer that only the component itself clears holds objects of users`,
      path: "krateo:allowRemoval",
      given: held.map(({ kind, held }) => `${held.length} ${kind} (${firstFew(held)})`).join(", "),
      next: `delete them while it runs: ${held.map(deletion).join(" && ")}`,
    },
  ];
}

function deletion({ crd, held }: Dependents["objects"][number]): string {
  const namespaces = new Map<string, string[]>();
  for (const place of held) {
    const [name = "", namespace = ""] = place.split("/").reverse();
    namespaces.set(namespace, [...(namespaces.get(namespace) ?? []), name]);
  }
  return [...namespaces]
    .map(
      ([namespace, names]) =>
        `kubectl delete ${crd}${namespace ? ` -n ${namespace}` : ""} ${names.join(" ")}`,
    )
    .join(" && ");
}

function dependentsOf(losses: readonly Loss[], { dependents = {} }: Inventory): Dependents {
  const all = losses.flatMap(({ key }) => dependents[key] ?? []);
  return { objects: all.flatMap(({ objects }) => objects), volumes: all.flatMap(({ volumes }) => volumes) };
}

/** Releases that the stack installed and the document does not know any more, under any name or state. */
function vanishedProblems(
  settings: Settings,
  inventory: Inventory,
  previous: PreviousRun | undefined,
): Problem[] {
  const charts = settings.steps.filter((step): step is ChartStep => step.type === "chart");
  const known = new Set(charts.map(({ release }) => release.name));
  return Object.entries(previous?.releases ?? {}).flatMap(([name, version]): Problem[] => {
    if (known.has(name) || !(name in inventory.releases)) return [];
    const chart = version.split(" ")[0] as string;
    const renamed = charts.find((step) => step.chart.name === chart);
    if (renamed && settings.allowRemoval.includes(renamed.component)) return [];
    const next = renamed
      ? `set its releaseName back to ${name}, or agree to its removal: pulumi config set krateo:allowRemoval ${[...settings.allowRemoval, renamed.component].join(",")}`
      : settings.platformVersion === localVersion
        ? "put the step back into the release document, and switch its component off there to remove it"
        : "set krateo:version back to one that has it, and switch its component off there to remove it";
    return [
      {
        what: `the Helm release ${name} is installed, but no step installs it any more: this would remove it`,
        ...(renamed && { path: `steps.${renamed.id}` }),
        given: `${version}${renamed ? `, now to be installed as ${renamed.release.name}` : ""}`,
        next,
      },
    ];
  });
}
