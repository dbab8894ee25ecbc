/** Accounts with just the rights that `krateo rbac` prints, and what they asked of the API server. */
import assert from "node:assert/strict";
import { isDeepStrictEqual } from "node:util";
import type { JsonObject } from "../../model/settings.ts";
import type { Purpose } from "../../plan/rights/right.ts";
import type { AuditedRequest } from "../support/audit-log.ts";
import { apply, put } from "../support/rehearsed-cluster.ts";
import type { TestStack } from "../support/test-stack.ts";
import { kubeconfigOf } from "../support/visitor.ts";

/** Namespace of the accounts. */
export const accounts = "ci";

/** Makes that namespace. */
export async function makeNamespace(): Promise<void> {
  await apply({ apiVersion: "v1", kind: "Namespace", metadata: { name: accounts } });
}

interface Rule {
  readonly apiGroups: readonly string[];
  readonly resources: readonly string[];
  readonly resourceNames?: readonly string[];
  readonly verbs: readonly string[];
}

/** A rule of a role that was given to an account, with where it counts. */
export interface Given extends Rule {
  readonly namespace?: string;
}

/** The rules that are printed for an account of the purpose's name, and the objects that give them. */
async function printed(stack: TestStack, purpose: Purpose): Promise<{ items: JsonObject[]; rules: Given[] }> {
  const words = ["rbac", "--for", purpose, "--service-account", `${accounts}/${purpose}`];
  const { code, stdout, output } = await stack.krateo(...words, "-o", "json");
  assert.equal(code, 0, output);
  const { items } = JSON.parse(stdout) as { items: JsonObject[] };
  const rules = items.flatMap((object) => {
    const { namespace } = object["metadata"] as { namespace?: string };
    return ((object["rules"] ?? []) as unknown as Rule[]).map((rule) => ({
      ...rule,
      ...(namespace !== undefined && { namespace }),
    }));
  });
  return { items, rules };
}

/** Makes an account for a purpose. @returns its kubeconfig, and the rules that it has */
export async function accountFor(
  stack: TestStack,
  purpose: Purpose,
): Promise<{ kubeconfig: string; rules: Given[] }> {
  const account = { namespace: accounts, name: purpose };
  await put({ apiVersion: "v1", kind: "ServiceAccount", metadata: account });
  const { items, rules } = await printed(stack, purpose);
  for (const object of items) await put(object);
  return { kubeconfig: await kubeconfigOf(account), rules };
}

/** Those of the rules that are not printed for another purpose, each with one kind and one verb. */
export async function beyond(stack: TestStack, rules: readonly Given[], purpose: Purpose): Promise<Given[]> {
  const single = (all: readonly Given[]): Given[] =>
    all.flatMap((rule) =>
      rule.resources.flatMap((resource) =>
        rule.verbs.map((verb) => ({ ...rule, resources: [resource], verbs: [verb] })),
      ),
    );
  const others = single((await printed(stack, purpose)).rules);
  const covers = (other: Given, rule: Given): boolean =>
    isDeepStrictEqual(
      [other.apiGroups, other.resources, other.verbs, other.namespace],
      [rule.apiGroups, rule.resources, rule.verbs, rule.namespace],
    ) &&
    (other.resourceNames === undefined ||
      (rule.resourceNames ?? []).every((name) => other.resourceNames?.includes(name)));
  return single(rules).filter((rule) => !others.some((other) => covers(other, rule)));
}

/** What preflight says of the account's rights. */
export async function permissions(stack: TestStack): Promise<string[]> {
  const { code, stdout, output } = await stack.krateo("preflight", "--json");
  assert.equal(code, 0, output);
  const { checks } = JSON.parse(stdout) as { checks: { check: string; found: string }[] };
  return checks.filter(({ check }) => check === "permission").map(({ found }) => found);
}

/** @returns what the command printed */
export async function succeeds(work: Promise<{ code: number; output: string }>): Promise<string> {
  const { code, output } = await work;
  assert.equal(code, 0, output);
  return output;
}

/** Requests that were refused. */
export const refusedIn = (requests: readonly AuditedRequest[]): string[] => [
  ...new Set(
    requests
      .filter(({ status }) => status === 403)
      .map(({ verb, group, resource, namespace = "", name = "" }) =>
        `${verb} ${resource}${group && `.${group}`} ${namespace}/${name}`.trim(),
      ),
  ),
];

/**
 * What of the rules no request needed: a verb on a kind in a place. Nothing records that somebody gave away rights.
 *
 * @param spare Verbs that may be needed on each kind, and are not in this test: they have to be used at all.
 */
export function unusedIn(
  rules: readonly Given[],
  requests: readonly AuditedRequest[],
  spare: readonly string[],
): string[] {
  const used = new Set<string>();
  const unused = rules.flatMap(({ apiGroups: [group], resources, resourceNames, verbs, namespace }) =>
    resources.flatMap((resource) =>
      verbs.flatMap((verb) => {
        const isUsed = requests.some(
          (one) =>
            one.status !== 403 &&
            (group === "*" || group === one.group) &&
            (resource === "*" || resource === one.resource) &&
            verb === one.verb &&
            (namespace === undefined || one.namespace === namespace) &&
            (resourceNames === undefined || (one.name !== undefined && resourceNames.includes(one.name))),
        );
        if (isUsed) used.add(verb);
        const one = `${verb} ${resource}.${group} in ${namespace ?? "the cluster"}`;
        return isUsed || spare.includes(verb) || ["bind", "escalate"].includes(verb) ? [] : [one];
      }),
    ),
  );
  return [...new Set([...unused, ...spare.filter((verb) => !used.has(verb))])];
}
