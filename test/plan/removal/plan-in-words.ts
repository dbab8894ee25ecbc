/** Plans of a removal, and what they hold in words. */

import { objectText } from "../../../plan/removal/objects.ts";
import { type RemovalPlan, removalPlan } from "../../../plan/removal/removal-plan.ts";
import type { RemovalSurvey } from "../../../plan/removal/survey.ts";
import { survey } from "../../support/removal.ts";

export const plan = (given: Partial<RemovalSurvey>, purgeData = false): RemovalPlan =>
  removalPlan(survey(given), { purgeData });
export const texts = (objects: RemovalPlan["crds"]): string[] => objects.map(objectText);
export const leftovers = ({ leftovers }: RemovalPlan): string[] =>
  leftovers.map(({ object, release, why }) => `${objectText(object)}, of ${release.name}: ${why}`);
export const retained = ({ retained }: RemovalPlan): string[] =>
  retained.map(({ what, why }) => `${what}: ${why}`);
