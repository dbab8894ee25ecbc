/** What a `pulumi destroy` typed by hand takes of users' objects, and why it must not start as it is. */

import { amount } from "../../model/amount.ts";
import type { Problem } from "../../model/problem.ts";
import { heldProblems, recordProblems } from "./blockers.ts";
import { type RemovalContext, removalContextOf } from "./context.ts";
import { countsOf, inOrder, isCrd, type LiveObject } from "./objects.ts";
import type { RemovalSurvey } from "./survey.ts";
import { userObjectsOf, wavesOf } from "./users.ts";

/** Environment variable that says how many users' objects a destroy may delete. */
export const confirmationVariable = "KRATEO_CONFIRM_USER_OBJECTS";

export interface DestroyedObjects {
  /** All that go because their definition or their namespace goes with a Helm release. */
  readonly userObjects: readonly LiveObject[];
  /** Those that have to be deleted first, wave by wave, while who clears their finalizers still runs. */
  readonly waves: readonly (readonly LiveObject[])[];
}

/** Users' objects that go with the stack's Helm releases. What Helm leaves behind keeps its objects, too. */
export function destroyedBy(survey: RemovalSurvey): DestroyedObjects {
  const context = removalContextOf(survey);
  const crds = [...context.manifest.filter(isCrd), ...generatedBy(context)];
  const namespaces = context.manifest.filter(({ kind }) => kind === "Namespace");
  const userObjects = inOrder(
    userObjectsOf(survey, { crds, namespaces, own: [...context.manifest, ...recorded(context)] }),
  );
  return { userObjects, waves: wavesOf(context, userObjects, crds) };
}

/**
 * Reasons to stop a destroy before anything is removed: objects that nobody will let go of, and more users' objects
 * than were confirmed. Fewer are no reason: some may have gone with others that were confirmed, too.
 *
 * @param stack Name of the stack, for the command to type next.
 */
export function destroyProblems(
  survey: RemovalSurvey,
  { userObjects }: DestroyedObjects,
  confirmed: number,
  stack: string,
): Problem[] {
  const context = removalContextOf(survey);
  const held = [
    ...recordProblems(survey),
    ...heldProblems(survey, { userObjects, manifest: context.manifest, stackObjects: recorded(context) }),
  ];
  const count = userObjects.length;
  if (count <= confirmed) return held;
  return [
    ...held,
    {
      what: `${amount(count, "user object")} would go with the installation, and nobody has confirmed that; nothing has been removed`,
      given: countsOf(userObjects).join(", "),
      next:
        `npx krateo uninstall --dry-run --stack ${stack} lists all that goes, and without --dry-run removes it in order; ` +
        `or back up what is needed and run pulumi destroy with ${confirmationVariable}=${count}: they are deleted first, while their controllers run`,
    },
  ];
}

/** Definitions that going charts made out of users' objects. */
function generatedBy({ survey, going }: RemovalContext): LiveObject[] {
  const names = going.flatMap(({ chart }) => survey.generated[chart] ?? []);
  return survey.objects.filter((object) => isCrd(object) && names.includes(object.name));
}

function recorded({ survey, find }: RemovalContext): LiveObject[] {
  return survey.stack.objects.flatMap((name) => find(name) ?? []);
}
