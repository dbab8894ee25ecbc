/** Tells which rights of a role an account does not hold itself: Kubernetes lets nobody give away more than that. */
import { isMap } from "../../model/secret-value.ts";
import type { Json } from "../../model/settings.ts";
import type { Right } from "./right.ts";

/** A rule of a role, as its manifest has it. */
export interface PolicyRule {
  readonly apiGroups?: readonly string[];
  readonly resources?: readonly string[];
  readonly resourceNames?: readonly string[];
  readonly verbs?: readonly string[];
  readonly nonResourceURLs?: readonly string[];
}

/** The rules of a Role or ClusterRole; one that gathers the rules of others counts as one that may do everything. */
export function rulesOf(role: Json): readonly PolicyRule[] {
  if (!isMap(role)) return [];
  if (isMap(role["aggregationRule"])) return [{ apiGroups: ["*"], resources: ["*"], verbs: ["*"] }];
  return Array.isArray(role["rules"]) ? (role["rules"].filter(isMap) as unknown as PolicyRule[]) : [];
}

/**
 * The first thing that rules allow and an account may not do, in words; undefined when it may do all of it.
 *
 * @param held What the account may do where the rules are going to count: cluster-wide, or in their namespace too.
 */
export function excessOf(rules: readonly PolicyRule[], held: readonly Right[]): string | undefined {
  for (const rule of rules) {
    const url = rule.nonResourceURLs?.[0];
    if (url !== undefined) return `${(rule.verbs ?? []).join(", ")} ${url}`;
    for (const group of rule.apiGroups ?? [])
      for (const resource of rule.resources ?? [])
        for (const verb of rule.verbs ?? [])
          for (const name of rule.resourceNames?.length ? rule.resourceNames : [undefined])
            if (!held.some((right) => allows(right, { group, resource, verb, name })))
              return `${verb} ${resource}${group === "" ? "" : `.${group}`}`;
  }
  return undefined;
}

interface Action {
  readonly group: string;
  readonly resource: string;
  readonly verb: string;
  readonly name: string | undefined;
}

/** Of a held right no verb is a wildcard. */
function allows({ group, resource, verbs, names }: Right, action: Action): boolean {
  const { name } = action;
  return (
    (group === "*" || group === action.group) &&
    (resource === "*" || resource === action.resource) &&
    verbs.includes(action.verb) &&
    (names === undefined || (name !== undefined && names.includes(name)))
  );
}
