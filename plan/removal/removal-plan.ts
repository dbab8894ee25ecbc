/** What goes, in which way, and what stays when an installation is removed. */

import { type RemovalContext, removalContextOf } from "./context.ts";
import { namespaceOf, operatorCrdsOf, volumesOf } from "./data.ts";
import { bearsMarker } from "./known.ts";
import { type Leftover, leftoversOf } from "./leftovers.ts";
import { identityOf, inOrder, isCrd, type LiveObject, objectText } from "./objects.ts";
import type { Retained } from "./retained.ts";
import type { LiveRelease, RemovalSurvey } from "./survey.ts";
import { userObjectsOf, wavesOf } from "./users.ts";

export interface RemovalPlan {
  /** Helm releases that the stack's destroy uninstalls. */
  readonly releases: readonly LiveRelease[];
  /** Helm releases that a killed run began and the state does not know, in the order of their removal. */
  readonly interrupted: readonly LiveRelease[];
  /** Objects of those releases that Helm deletes. */
  readonly manifest: readonly LiveObject[];
  /** Other objects of the stack. */
  readonly stackObjects: readonly LiveObject[];
  /** Definitions that go, whatever makes them go: every object of theirs goes with them. */
  readonly crds: readonly LiveObject[];
  /** Namespaces that a Helm release made: they go with everything in them. */
  readonly namespaces: readonly LiveObject[];
  readonly userObjects: readonly LiveObject[];
  /** Those of them that are deleted first, wave by wave: the next starts when the last is gone. */
  readonly waves: readonly (readonly LiveObject[])[];
  /** What Helm leaves behind, deleted after it. */
  readonly leftovers: readonly Leftover[];
  /** Claims that are deleted after everything that uses them. */
  readonly volumes: readonly LiveObject[];
  /** Claims that go with an object of a release. */
  readonly ownedVolumes: readonly LiveObject[];
  /** The installation's namespace, when it goes: last of all. */
  readonly ownNamespace?: LiveObject;
  readonly retained: readonly Retained[];
}

/** Decides about everything that a survey found. The same survey always gives the same plan. */
export function removalPlan(
  survey: RemovalSurvey,
  { purgeData }: { readonly purgeData: boolean },
): RemovalPlan {
  const context = removalContextOf(survey);
  const { releases, interrupted, manifest } = context;
  const recorded = stackObjectsOf(context);
  const operator = operatorCrdsOf(context, purgeData);
  const left = leftoversOf(context, [...recorded, ...operator.crds], purgeData);
  const crds = crdsOf(context, [
    ...recorded,
    ...operator.crds,
    ...left.leftovers.map(({ object }) => object),
  ]);
  const namespaces = manifest.filter(({ kind }) => kind === "Namespace");
  const userObjects = userObjectsOf(survey, {
    crds,
    namespaces,
    own: [...manifest, ...recorded, ...left.leftovers.map(({ object }) => object)],
  });
  const data = volumesOf(context, purgeData);
  const stackObjects = recorded.filter((object) => !isCrd(object));
  const leftovers = left.leftovers.filter(({ object }) => !isCrd(object));
  const gone = [...stackObjects, ...left.leftovers.map(({ object }) => object), ...crds, ...userObjects];
  const own = namespaceOf(context, [...gone, ...data.volumes, ...data.owned], purgeData);
  return {
    releases,
    interrupted,
    manifest,
    stackObjects: inOrder(stackObjects),
    crds: inOrder(crds),
    namespaces,
    userObjects: inOrder(userObjects),
    waves: wavesOf(context, inOrder(userObjects), crds),
    leftovers: inOrder(leftovers.map(({ object }) => object)).map(
      (object) => leftovers.find((one) => one.object === object) as Leftover,
    ),
    volumes: data.volumes,
    ownedVolumes: data.owned,
    ...(own.namespace && { ownNamespace: own.namespace }),
    retained: [
      ...own.retained,
      ...data.retained,
      ...left.retained,
      ...operator.retained,
      ...retainedObjects(context),
      ...foreignObjects(context),
    ],
  };
}

/** What is left of what the plan removes, each thing in words. Empty when nothing is left to do. */
export function remainsOf(plan: RemovalPlan): string[] {
  const releases = [...plan.releases, ...plan.interrupted].map(
    ({ name, namespace, status }) => `Helm release ${namespace}/${name} (${status})`,
  );
  const objects = [
    ...plan.crds,
    ...plan.namespaces,
    ...plan.stackObjects,
    ...plan.leftovers.map(({ object }) => object),
    ...plan.volumes,
    ...(plan.ownNamespace ? [plan.ownNamespace] : []),
    // What holds a definition or a release is named too, though it would go by itself.
    ...[...plan.userObjects, ...plan.manifest].filter(({ deletedAt }) => deletedAt !== undefined),
  ];
  return [...releases, ...new Set(objects.map(heldText))];
}

/** An object in words, with what holds it when it should have gone. */
export function heldText(object: LiveObject): string {
  if (object.deletedAt === undefined) return objectText(object);
  const { finalizers } = object;
  const held = finalizers.length > 0 ? `, held by finalizer ${finalizers.join(", ")}` : "";
  return `${objectText(object)} (being deleted${held})`;
}

/** What the stack made itself, and what bears its mark although the state has lost it. */
function stackObjectsOf({ survey, foreign, find }: RemovalContext): LiveObject[] {
  const { stack, objects, namespace, elsewhere } = survey;
  const recorded = stack.objects.flatMap((name) => (name.retained ? [] : (find(name) ?? [])));
  // Beside the releases of another stack, the mark may be that other stack's.
  if (foreign.length > 0) return recorded;
  const known = new Set(stack.objects.map(identityOf));
  const alone = elsewhere !== "unreadable" && Object.keys(elsewhere).length === 0;
  const lost = objects.filter(
    (object) =>
      bearsMarker(object) &&
      object.kind !== "Namespace" &&
      (object.namespace === namespace || (object.namespace === undefined && alone)) &&
      !known.has(identityOf(object)),
  );
  return [...recorded, ...lost];
}

/** Definitions among the going objects, and those that going charts made out of users' objects. */
function crdsOf({ survey, going, manifest }: RemovalContext, others: readonly LiveObject[]): LiveObject[] {
  const generated = going.flatMap(({ chart }) => survey.generated[chart] ?? []);
  const made = survey.objects.filter(({ name }) => generated.includes(name));
  return [...new Set([...manifest, ...others, ...made].filter(isCrd))];
}

function retainedObjects({ survey, find }: RemovalContext): Retained[] {
  return survey.stack.objects.flatMap((name) => {
    const object = name.retained && name.kind !== "Namespace" ? find(name) : undefined;
    return object ? [{ what: objectText(object), why: "it was there before this program" }] : [];
  });
}

function foreignObjects({ foreign, survey }: RemovalContext): Retained[] {
  return [
    ...foreign.map(({ name, namespace, chart, chartVersion }) => ({
      what: `Helm release ${namespace}/${name} (${chart} ${chartVersion})`,
      why: `this stack did not install it; if it is yours: helm uninstall ${name} -n ${namespace}`,
    })),
    ...survey.damaged.map(({ release, namespace, secret, reason }) => ({
      what: `Helm release ${namespace}/${release}`,
      why: `this program cannot read its record: Secret ${secret} ${reason}`,
    })),
  ];
}
