/** The objects that give rights to an account, each rule with its reason. */
import { Document, type YAMLMap, type YAMLSeq } from "yaml";
import type { JsonObject } from "../../model/settings.ts";
import { rbacGroup } from "./planned-objects.ts";
import { type Purpose, type Right, rightsLabel } from "./right.ts";

/** Who gets the rights. */
export type Subject =
  | { readonly kind: "ServiceAccount"; readonly name: string; readonly namespace: string }
  | { readonly kind: "User"; readonly name: string };

/** An object, and what is said in front of its rules. */
export interface RoleObject {
  readonly object: JsonObject;
  /** One for each rule; none for an object without rules. */
  readonly reasons: readonly string[];
}

/** A namespace that has to be there before a role in it, with what Helm has to find on it if a chart asks for it, too. */
export interface NamespaceNeeded {
  readonly name: string;
  readonly release?: { readonly name: string; readonly namespace: string };
}

/** A namespace as it has to be before a role in it can be made. */
export function namespaceObject({ name, release }: NamespaceNeeded): RoleObject {
  const marks = release && {
    labels: { "app.kubernetes.io/managed-by": "Helm" },
    annotations: {
      "meta.helm.sh/release-name": release.name,
      "meta.helm.sh/release-namespace": release.namespace,
    },
  };
  return withoutRules({ apiVersion: "v1", kind: "Namespace", metadata: { name, ...marks } });
}

/** A service account. */
export function accountObject(
  purpose: Purpose,
  { name, namespace }: { name: string; namespace: string },
): RoleObject {
  const labels = { [rightsLabel]: purpose };
  return withoutRules({ apiVersion: "v1", kind: "ServiceAccount", metadata: { name, namespace, labels } });
}

function withoutRules(object: JsonObject): RoleObject {
  return { object, reasons: [] };
}

/** A ClusterRole, and a Role in each namespace, each with its binding to the account. */
export function roleObjects(purpose: Purpose, rights: readonly Right[], account: Subject): RoleObject[] {
  const name = `krateo-${purpose}`;
  const apiVersion = `${rbacGroup}/v1`;
  const places = [...new Set(rights.map(({ namespace }) => namespace ?? ""))].toSorted();
  return places.flatMap((namespace) => {
    const kind = namespace === "" ? "ClusterRole" : "Role";
    const metadata = { name, ...(namespace !== "" && { namespace }), labels: { [rightsLabel]: purpose } };
    const rules = rulesOf(rights.filter((right) => (right.namespace ?? "") === namespace));
    const subjects = [subjectOf(account)];
    const roleRef = { apiGroup: rbacGroup, kind, name };
    // A binding for each account: a second one must not take the first one's rights away.
    const bound = { ...metadata, name: [name, ...identityOf(account)].join(":") };
    return [
      {
        object: { apiVersion, kind, metadata, rules: rules.map(({ rule }) => rule) },
        reasons: rules.map(({ why }) => why),
      },
      withoutRules({ apiVersion, kind: `${kind}Binding`, metadata: bound, roleRef, subjects }),
    ];
  });
}

/** What tells an account from others, without what no name of an object may have. */
function identityOf(account: Subject): string[] {
  const parts = account.kind === "ServiceAccount" ? [account.namespace, account.name] : [account.name];
  return parts.map((part) => part.replaceAll(/[/%]/g, ":"));
}

function subjectOf(account: Subject): JsonObject {
  return account.kind === "ServiceAccount"
    ? { ...account }
    : { apiGroup: rbacGroup, kind: account.kind, name: account.name };
}

/** Rights with the same verbs and the same reason are one rule for each API group. */
function rulesOf(rights: readonly Right[]): { rule: JsonObject; why: string }[] {
  const groups = Map.groupBy(withAllNames(rights), ({ group, verbs, names, why }) =>
    JSON.stringify([group, verbs, names, why]),
  );
  return [...groups.values()].map((group) => {
    const [{ group: apiGroup, verbs, names, why }] = group as [Right, ...Right[]];
    const resources = [...new Set(group.map(({ resource }) => resource))].toSorted();
    return {
      rule: {
        apiGroups: [apiGroup],
        resources,
        ...(names && { resourceNames: [...names] }),
        verbs: [...verbs],
      },
      why,
    };
  });
}

/** What is the same of a kind but for the names is one right for all of them. */
function withAllNames(rights: readonly Right[]): Right[] {
  const groups = Map.groupBy(rights, ({ names, ...right }) => JSON.stringify([right, names === undefined]));
  return [...groups.values()].map((group) => {
    const [first] = group as [Right, ...Right[]];
    const names = new Set(group.flatMap((right) => right.names ?? []));
    return { ...first, ...(names.size > 0 && { names: [...names].toSorted() }) };
  });
}

/** The objects as YAML documents, the reason of each rule as a comment above it. */
export function asYaml(objects: readonly RoleObject[]): string {
  return objects.map(({ object, reasons }) => documentOf(object, reasons)).join("---\n");
}

function documentOf(object: JsonObject, reasons: readonly string[]): string {
  const document = new Document(object);
  const rules = document.get("rules") as YAMLSeq<YAMLMap> | undefined;
  for (const [index, rule] of (rules?.items ?? []).entries()) {
    rule.commentBefore = ` ${reasons[index]}`;
    // Names are many: one a line.
    for (const key of ["apiGroups", "resources", "verbs"]) (rule.get(key) as YAMLSeq).flow = true;
  }
  return document.toString({ lineWidth: 120, flowCollectionPadding: false });
}
