/** Reasons not to start a removal: what would hang half-way through is found before anything is touched. */
import { amount } from "../../model/amount.ts";
import { damagedProblem } from "../../model/helm-record.ts";
import type { Problem } from "../../model/problem.ts";
import { sameRelease } from "./context.ts";
import { crdsFolderOf } from "./known.ts";
import { byKind, countsOf, firstFew, identityOf, type LiveObject, placeOf } from "./objects.ts";
import type { RemovalPlan } from "./removal-plan.ts";
import type { LiveRelease, RemovalSurvey, StackRecord } from "./survey.ts";
import { crdsByKind } from "./users.ts";

/** Whoever clears a finalizer does so within this time, or not at all. */
const graceSeconds = 60;

/**
 * A stack whose state speaks of another cluster or namespace must not be destroyed here: a refresh would find all
 * of it gone, and forget the real one.
 */
export function placeProblems(
  { clusterUid, namespace, filled }: StackRecord,
  live: { readonly clusterUid: string; readonly namespace: string; readonly server: string },
): Problem[] {
  const problems: Problem[] = [];
  if (filled && clusterUid !== undefined && clusterUid !== live.clusterUid) {
    problems.push({
      what: `the cluster at ${live.server} is not the one that this stack was installed on`,
      given: `kube-system has UID ${live.clusterUid}, the stack's cluster ${clusterUid}`,
      next: "switch the kubeconfig or context back, or name the right stack with --stack; nothing was changed",
    });
  }
  if (filled && namespace !== undefined && namespace !== live.namespace) {
    problems.push({
      what: "the stack is installed in another namespace than the configuration names",
      path: "krateo:namespace",
      given: live.namespace,
      allowed: [namespace],
      next: "set it back; nothing was changed",
    });
  }
  return problems;
}

/** Releases that would go, and whose record nobody can read: what goes with them is not known. */
export function recordProblems({ damaged, configured, stack }: RemovalSurvey): Problem[] {
  const own = [...configured, ...stack.releases, ...stack.interrupted];
  return damaged
    .filter(({ release, namespace }) => own.some((one) => sameRelease(one, { name: release, namespace })))
    .map(damagedProblem);
}

/** Objects that nobody will let go of, so that whatever deletes them would wait in vain. */
export function heldProblems(
  survey: RemovalSurvey,
  plan: Pick<RemovalPlan, "userObjects" | "manifest" | "stackObjects">,
): Problem[] {
  const held = [...new Set([...plan.userObjects, ...plan.manifest, ...plan.stackObjects])].filter(
    ({ finalizers }) => finalizers.length > 0,
  );
  const crdOf = crdsByKind(survey.customKinds);
  const isStuck = ({ deletedAt }: LiveObject): boolean =>
    deletedAt !== undefined && survey.readAt - deletedAt > graceSeconds * 1000;
  const stuck = held.filter(isStuck);
  const problems = byKind(stuck).map(([kind, objects]): Problem => {
    const [first] = objects as [LiveObject];
    const seconds = Math.round((survey.readAt - (first.deletedAt as number)) / 1000);
    return {
      what: `${objects.length} ${kind}: in deletion for ${seconds} s and more, and ${objects.length === 1 ? "its finalizer is" : "their finalizers are"} not cleared`,
      given: heldNames(objects),
      next: `find out why its finalizer is not cleared; if nobody ever will, clear it: ${clearing(first, crdOf(first))}`,
    };
  });
  const unattended = new Map<LiveRelease, LiveObject[]>();
  for (const object of held.filter((one) => !isStuck(one))) {
    const finalizing = finalizingRelease(survey, crdOf(object));
    if (finalizing?.available !== false) continue;
    unattended.set(finalizing, [...(unattended.get(finalizing) ?? []), object]);
  }
  for (const [release, objects] of unattended) {
    problems.push({
      what: `${countsOf(objects).join(", ")} can only go while ${release.name} runs, and it does not`,
      given: heldNames(objects),
      next: `make it run first: kubectl describe ${workloadsOf(release).join(" ")} -n ${release.namespace}`,
    });
  }
  return problems;
}

/** The number of users' objects that go must be known to whoever removes them. */
export function confirmationProblems(plan: RemovalPlan, confirmed: number | undefined): Problem[] {
  const count = plan.userObjects.length;
  if (count === (confirmed ?? 0)) return [];
  if (confirmed !== undefined) {
    return [
      {
        what: `--confirm-user-objects says ${confirmed}, but ${count} would go`,
        given: countsOf(plan.userObjects).join(", ") || "none",
        next: "look at the list again; somebody has made or removed some since",
      },
    ];
  }
  return [
    {
      what: `${amount(count, "user object")} would go too, and nobody has confirmed that`,
      given: countsOf(plan.userObjects).join(", "),
      next: `back up what is needed, then add --confirm-user-objects ${count}`,
    },
  ];
}

/** The command that takes an object's finalizers away. */
export function clearing({ kind, namespace, name }: LiveObject, crd: string | undefined): string {
  const scope = namespace ? ` -n ${namespace}` : "";
  return `kubectl patch ${crd ?? kind.toLowerCase()} ${name}${scope} --type=merge -p '{"metadata":{"finalizers":null}}'`;
}

function heldNames(objects: readonly LiveObject[]): string {
  return firstFew(objects.map((object) => `${placeOf(object)} held by ${object.finalizers.join(", ")}`));
}

function workloadsOf({ manifest }: LiveRelease): string[] {
  return manifest
    .filter(({ kind }) => kind === "Deployment" || kind === "StatefulSet")
    .map(({ kind, name }) => `${kind.toLowerCase()}/${name}`);
}

/** The release that brings a definition also brings what clears its objects' finalizers. */
function finalizingRelease(survey: RemovalSurvey, crd: string | undefined): LiveRelease | undefined {
  if (crd === undefined) return undefined;
  const identity = identityOf({
    apiVersion: "apiextensions.k8s.io/v1",
    kind: "CustomResourceDefinition",
    name: crd,
  });
  return survey.releases.find(
    (release) =>
      crdsFolderOf(release.chart).includes(crd) ||
      release.manifest.some((entry) => identityOf(entry) === identity),
  );
}
