/** Asks the API server whether the user has given rights. */
import type { Right } from "../../plan/rights/right.ts";
import { ask, pathOf } from "./api.ts";
import type { Connection } from "./connection.ts";
import { inParallel } from "./parallel.ts";
import type { RequestOptions } from "./request.ts";

/**
 * Asks the API server which of the rights the user lacks. A cluster administrator costs one request; only for others
 * is every verb of every kind asked for.
 *
 * @param rights Made only for a user who is no cluster administrator.
 * @returns the rights at fault, each with just the verbs that are missing
 * @throws as `get` in api.ts
 */
export async function missingRights(
  connection: Connection,
  rights: () => Promise<readonly Right[]>,
  options: RequestOptions = {},
): Promise<Right[]> {
  if (await isAllowed(connection, { group: "*", resource: "*", verb: "*" }, options)) return [];
  const questions = (await rights()).flatMap(questionsOf);
  const answers = await inParallel(questions, ({ attributes }) => isAllowed(connection, attributes, options));
  const refused = questions.filter((_, index) => !answers[index]);
  const byRight = Map.groupBy(refused, ({ right }) => right);
  return [...byRight].map(([right, lacking]) => {
    const verbs = new Set(lacking.map(({ attributes: { verb } }) => verb));
    const names = new Set(lacking.flatMap(({ attributes: { name } }) => name ?? []));
    return { ...right, verbs: [...verbs], ...(names.size > 0 && { names: [...names] }) };
  });
}

/** What is asked about, as RBAC has it. */
interface Attributes {
  readonly group: string;
  readonly resource: string;
  readonly subresource?: string;
  readonly verb: string;
  readonly namespace?: string;
  readonly name?: string;
}

function questionsOf(right: Right): { right: Right; attributes: Attributes }[] {
  const { group, namespace, names = [undefined], verbs } = right;
  const [resource = "", subresource] = right.resource.split("/");
  return verbs.flatMap((verb) =>
    names.map((name) => ({
      right,
      attributes: {
        group,
        resource,
        verb,
        ...(subresource !== undefined && { subresource }),
        ...(namespace !== undefined && { namespace }),
        ...(name !== undefined && { name }),
      },
    })),
  );
}

/** True when the user may do it. Errors as `get` in api.ts. */
export async function isAllowed(
  connection: Connection,
  resourceAttributes: Attributes,
  options: RequestOptions = {},
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
