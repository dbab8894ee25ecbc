/** Rights to give away rights: for the roles and bindings of charts that go beyond what the account may do itself. */
import { excessOf, type PolicyRule, rulesOf } from "./coverage.ts";
import type { KindFinder } from "./kinds.ts";
import { namespaceOf, type PlannedObject, rbacGroup } from "./planned-objects.ts";
import type { Right } from "./right.ts";

/**
 * What Kubernetes asks of an account that makes roles and binds them, beside the right to make such objects: all that the
 * role allows, or `escalate`; and all that a bound role allows, or `bind` for that role. A role that is not among the
 * objects counts as one that allows more.
 *
 * `escalate` cannot be limited to some names: a request that makes an object has none.
 *
 * @param held All that the account may do otherwise.
 */
export function rightsToDelegate(
  objects: readonly PlannedObject[],
  kindOf: KindFinder,
  held: readonly Right[],
): Right[] {
  const heldIn = (namespace: string | undefined): Right[] =>
    held.filter((right) => right.namespace === undefined || right.namespace === namespace);
  const ofKind = (pattern: RegExp): Placed[] =>
    objects.flatMap((object) => {
      const { apiVersion, kind } = object.manifest;
      if (!apiVersion.startsWith(`${rbacGroup}/`) || !pattern.test(kind)) return [];
      return [{ object, namespace: namespaceOf(object, kindOf(apiVersion, kind)) }];
    });
  const roles = ofKind(/^(Cluster)?Role$/);
  const known = new Map(
    roles.map(({ object, namespace }) => [
      keyOf(object.manifest.kind, object.manifest.metadata.name, namespace),
      rulesOf(object.manifest),
    ]),
  );
  const escalations = roles.flatMap(({ object, namespace }): Right[] => {
    const excess = excessOf(rulesOf(object.manifest), heldIn(namespace));
    if (excess === undefined) return [];
    const { kind, metadata } = object.manifest;
    const why = `${kind} ${metadata.name} of ${object.maker} allows more than this account may do (${excess})`;
    return [{ ...rbac(kind === "Role" ? "roles" : "clusterroles", ["escalate"], namespace), why }];
  });
  const bindings = ofKind(/^(Cluster)?RoleBinding$/).flatMap(({ object, namespace }): Right[] => {
    const { kind, name } = object.manifest["roleRef"] as { kind: string; name: string };
    const rules: readonly PolicyRule[] = known.get(keyOf(kind, name, namespace)) ?? [unknown];
    const excess = excessOf(rules, heldIn(namespace));
    if (excess === undefined) return [];
    const to = `${object.manifest.kind} ${object.manifest.metadata.name} of ${object.maker}`;
    const why = `${to} gives away ${kind} ${name}, which allows more than this account may do`;
    return [{ ...rbac(kind === "Role" ? "roles" : "clusterroles", ["bind"], namespace), names: [name], why }];
  });
  return [...onePerKind(escalations), ...bindings];
}

interface Placed {
  readonly object: PlannedObject;
  readonly namespace: string | undefined;
}

/** Of a role that somebody else makes nothing is known. */
const unknown: PolicyRule = { apiGroups: ["*"], resources: ["*"], verbs: ["*"] };

function rbac(resource: string, verbs: readonly string[], namespace: string | undefined) {
  return { group: rbacGroup, resource, verbs, ...(namespace !== undefined && { namespace }) };
}

function keyOf(kind: string, name: string, namespace: string | undefined): string {
  return [kind, name, kind === "Role" ? namespace : ""].join("/");
}

/** One right for all roles of a kind in a place; its reason is the first of them. */
function onePerKind(rights: readonly Right[]): Right[] {
  const groups = Map.groupBy(rights, ({ resource, namespace }) => JSON.stringify([resource, namespace]));
  return [...groups.values()].map((group) => {
    const [first, ...rest] = group as [Right, ...Right[]];
    return rest.length === 0 ? first : { ...first, why: `${first.why}; so do ${rest.length} more` };
  });
}
