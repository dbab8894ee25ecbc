/** Asks the API server whether the user has given rights. */
import { ask, pathOf, type RequestOptions } from "../../client/api.ts";
import type { Connection } from "../../client/connection.ts";
import { inParallel } from "../../client/parallel.ts";

/** What may be done with the objects of one kind. */
export interface Right {
  readonly group: string;
  /** Plural, as RBAC names it. */
  readonly resource: string;
  readonly verbs: readonly string[];
  /** Undefined: in the whole cluster. */
  readonly namespace?: string;
}

/**
 * Asks the API server which of the rights the user lacks. A cluster administrator costs one request; only for others
 * is every verb of every kind asked for.
 *
 * @returns the rights at fault, each with just the verbs that are missing
 * @throws as `get` in api.ts
 */
export async function missingRights(
  connection: Connection,
  rights: readonly Right[],
  options: RequestOptions = {},
): Promise<Right[]> {
  const may = (attributes: object): Promise<boolean> => isAllowed(connection, attributes, options);
  if (await may({ group: "*", resource: "*", verb: "*" })) return [];
  const questions = rights.flatMap((right) => right.verbs.map((verb) => ({ right, verb })));
  const answers = await inParallel(questions, ({ right: { group, resource, namespace }, verb }) =>
    may({ group, resource, verb, ...(namespace !== undefined && { namespace }) }),
  );
  return rights.flatMap((right) => {
    const verbs = questions.flatMap((question, index) =>
      question.right === right && !answers[index] ? [question.verb] : [],
    );
    return verbs.length > 0 ? [{ ...right, verbs }] : [];
  });
}

async function isAllowed(
  connection: Connection,
  resourceAttributes: object,
  options: RequestOptions,
): Promise<boolean> {
  const review = {
    apiVersion: "authorization.k8s.io/v1",
    kind: "SelfSubjectAccessReview",
    spec: { resourceAttributes },
  };
  const path = pathOf(review.apiVersion, "selfsubjectaccessreviews");
  const answer = await ask<{ status?: { allowed?: boolean } }>(connection, path, review, options);
  return answer?.status?.allowed === true;
}
