/** Formats a removal plan. */
import { amount } from "../model/amount.ts";
import { byKind, countsOf, firstFew, isCrd, type LiveObject, placeOf } from "../plan/removal/objects.ts";
import type { RemovalPlan } from "../plan/removal/removal-plan.ts";
import type { LiveRelease } from "../plan/removal/survey.ts";

/** The plan as the operator reads it before anything is touched: what goes, in which order, and what stays. */
export function planText(plan: RemovalPlan): string {
  const { releases, interrupted, stackObjects, namespaces, userObjects, leftovers, crds } = plan;
  const clusterWide = plan.manifest.filter(
    (object) => object.namespace === undefined && !isCrd(object) && object.kind !== "Namespace",
  );
  const sections: [string, string[]][] = [
    [
      `first, while their controllers still run: ${amount(userObjects.length, "user object")}`,
      userObjects.length === 0 ? [] : userLines(plan),
    ],
    ["then, left unfinished by a run that was killed", interrupted.map(releaseLine)],
    [
      "then, by pulumi destroy, in the reverse order of installation",
      [
        ...(releases.length > 0
          ? [`${amount(releases.length, "Helm release")}: ${releases.map(releaseText).toSorted().join(", ")}`]
          : []),
        ...countsOf(stackObjects),
        ...byKind(clusterWide).map(
          ([kind, objects]) => `${objects.length} ${kind}, cluster-wide: ${objects.map(placeOf).join(", ")}`,
        ),
        ...namespaces.map(({ name }) => `Namespace ${name}, with everything in it`),
        ...plan.ownedVolumes.map(
          (claim) => `PersistentVolumeClaim ${placeOf(claim)} and its data: its owner goes`,
        ),
      ],
    ],
    [
      `with them or after them: ${amount(crds.length, "CustomResourceDefinition")}, each with every object of its kind`,
      crds.length === 0 ? [] : crdLines(crds),
    ],
    [
      "after them, since Helm leaves it behind",
      leftovers.map(
        ({ object, release, why }) => `${object.kind} ${placeOf(object)}, of ${release.name}: ${why}`,
      ),
    ],
    [
      "last of all (--purge-data)",
      [
        ...plan.volumes.map((claim) => `PersistentVolumeClaim ${placeOf(claim)} and its data`),
        ...(plan.ownNamespace ? [`Namespace ${plan.ownNamespace.name}`] : []),
      ],
    ],
  ];
  const goes = sections.filter(([, lines]) => lines.length > 0);
  return [
    "GOES",
    ...goes.flatMap(([title, lines]) => [`  ${title}`, ...lines.map((line) => `    ${line}`)]),
    ...(goes.length === 0 ? ["  nothing: none of it is there"] : []),
    ...retainedLines(plan),
  ].join("\n");
}

/** What stays and why, as the lines of a section; none when nothing does. */
export function retainedLines({ retained }: Pick<RemovalPlan, "retained">): string[] {
  return retained.length === 0 ? [] : ["STAYS", ...retained.map(({ what, why }) => `  ${what}: ${why}`)];
}

function userLines({ userObjects, waves }: RemovalPlan): string[] {
  const first = new Set(waves.flat());
  return byKind(userObjects).flatMap(([kind, objects]) => {
    const held = objects.filter(({ finalizers }) => finalizers.length > 0);
    const finalizers = [...new Set(held.flatMap((object) => object.finalizers))];
    return [
      `${objects.length} ${kind}: ${firstFew(objects.map(placeOf))}${
        objects.some((object) => first.has(object)) ? "" : ", later, with its namespace"
      }`,
      ...(held.length > 0 ? [`  held by finalizer ${finalizers.join(", ")} until somebody clears it`] : []),
    ];
  });
}

function crdLines(crds: readonly LiveObject[]): string[] {
  const groups = new Map<string, string[]>();
  for (const { name } of crds) {
    const [plural = "", ...group] = name.split(".");
    groups.set(group.join("."), [...(groups.get(group.join(".")) ?? []), plural]);
  }
  return [...groups].map(([group, plurals]) => `${group}: ${plurals.toSorted().join(", ")}`).toSorted();
}

function releaseLine(release: LiveRelease): string {
  return `Helm release ${releaseText(release)}, ${release.status}`;
}

function releaseText({ name, chart, chartVersion }: LiveRelease): string {
  return name === chart ? `${name} ${chartVersion}` : `${name} (${chart} ${chartVersion})`;
}
