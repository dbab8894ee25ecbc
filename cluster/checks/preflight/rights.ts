/** Checks the rights that an installation needs. */
import type { Check } from "../../../model/check.ts";
import { firstFew } from "../../../plan/removal/objects.ts";
import type { Purpose, Right } from "../../../plan/rights/right.ts";

/**
 * One line when nothing is missing, else one for each kind in each place.
 *
 * @param missing Undefined: it could not be asked.
 * @param purpose What they are for.
 */
export function checkRights(
  context: string,
  missing: readonly Right[] | undefined,
  purpose: Purpose = "install",
): Check[] {
  if (!missing) return [];
  const doing = purpose === "migrate" ? "a migration" : "an installation";
  const base = { check: "permission", expected: `all that ${doing} does` };
  if (missing.length === 0) {
    return [{ ...base, subject: `user of context ${context}`, status: "OK", found: "all granted", next: "" }];
  }
  const kinds = Map.groupBy(missing, ({ group, resource, namespace }) =>
    JSON.stringify([namespace, group, resource]),
  );
  return [...kinds.values()].map((rights) => {
    const [{ group, resource, namespace }] = rights as [Right, ...Right[]];
    const verbs = [...new Set(rights.flatMap((right) => right.verbs))];
    return {
      ...base,
      subject: group === "" ? resource : `${resource}.${group}`,
      status: "ERROR",
      found: `may not ${verbs.join(", ")}${namespace === undefined ? "" : ` in namespace ${namespace}`}`,
      expected: firstFew(
        rights.map(({ why }) => why),
        2,
      ),
      next: `have them granted: npx krateo rbac --for ${purpose} prints the roles; or be a cluster administrator (krateo:context)`,
    };
  });
}
