import { mkdir, readFile, writeFile } from "node:fs/promises";
import { dirname } from "node:path";
import { parse, stringify } from "yaml";
import { ask, pathOf } from "../../cluster/client/api.ts";
import { connect } from "../../cluster/client/connection.ts";
import type { JsonObject } from "../../model/settings.ts";
import { kubeconfig, scratch } from "./rehearsal.ts";
import { apply } from "./rehearsed-cluster.ts";

/**
 * Makes a service account that may do no more than rules of a ClusterRole say.
 *
 * @returns a kubeconfig for it
 */
export async function kubeconfigOfVisitor(name: string, rules: JsonObject[]): Promise<string> {
  const account = { name, namespace: "default" };
  const rbac = "rbac.authorization.k8s.io";
  await apply({ apiVersion: "v1", kind: "ServiceAccount", metadata: account });
  await apply({ apiVersion: `${rbac}/v1`, kind: "ClusterRole", metadata: { name }, rules });
  await apply({
    apiVersion: `${rbac}/v1`,
    kind: "ClusterRoleBinding",
    metadata: { name },
    roleRef: { apiGroup: rbac, kind: "ClusterRole", name },
    subjects: [{ kind: "ServiceAccount", ...account }],
  });
  return await kubeconfigOf(account);
}

/** A kubeconfig for a service account, which must exist. */
export async function kubeconfigOf({
  name,
  namespace,
}: {
  name: string;
  namespace: string;
}): Promise<string> {
  const path = `${pathOf("v1", "serviceaccounts", namespace, name)}/token`;
  const request = { apiVersion: "authentication.k8s.io/v1", kind: "TokenRequest", spec: {} };
  const answer = await ask<{ status: { token: string } }>(connect({ kubeconfig }), path, request);
  const config = parse(await readFile(kubeconfig, "utf8"));
  const [context] = config.contexts;
  const visitor = {
    ...config,
    users: [{ name, user: { token: answer?.status.token } }],
    contexts: [{ ...context, context: { ...context.context, user: name } }],
  };
  const file = scratch(`${name}.kubeconfig`);
  await mkdir(dirname(file), { recursive: true });
  await writeFile(file, stringify(visitor));
  return file;
}
