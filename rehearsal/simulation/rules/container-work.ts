import { randomBytes } from "node:crypto";
import type { ClusterApi } from "../cluster-api.ts";
import type { Item, World } from "../world.ts";

/** What a chart's own scripts do in its containers, for those on which the rest of an installation depends. */
export async function doContainerWork(api: ClusterApi, world: World, pod: Item): Promise<void> {
  if (pod.metadata?.labels?.["app.kubernetes.io/name"] === "cratedb") await writeCrateSecret(api, world, pod);
  if (isNotebookCleanup(world, pod)) await freeNotebookSecrets(api, world, pod);
  await grantConstraints(api, pod);
}

/**
 * `oc adm policy add-scc-to-user CONSTRAINTS -z ACCOUNT -n NAMESPACE`, which cratedb's Job runs on OpenShift: a ClusterRole
 * that may use the constraints, and its binding in the namespace. Neither bears a label.
 */
async function grantConstraints(api: ClusterApi, pod: Item): Promise<void> {
  const words: string[] = pod.spec?.containers?.[0]?.args ?? [];
  const [constraints = "", , account = "", , namespace = ""] = words.slice(3);
  if (words.slice(0, 3).join(" ") !== "adm policy add-scc-to-user") return;
  const apiVersion = "rbac.authorization.k8s.io/v1";
  const name = `system:openshift:scc:${constraints}`;
  await api.ensure({
    apiVersion,
    kind: "ClusterRole",
    metadata: { name },
    rules: [
      {
        apiGroups: ["security.openshift.io"],
        resources: ["securitycontextconstraints"],
        resourceNames: [constraints],
        verbs: ["use"],
      },
    ],
  });
  await api.ensure({
    apiVersion,
    kind: "RoleBinding",
    metadata: { name, namespace },
    roleRef: { apiGroup: "rbac.authorization.k8s.io", kind: "ClusterRole", name },
    subjects: [{ kind: "ServiceAccount", name: account, namespace }],
  });
}

/**
 * The script in cratedb's container, before the container counts as running: it writes its own credentials,
 * and stays silent when its ServiceAccount may not do so, or when they are there already.
 */
async function writeCrateSecret(api: ClusterApi, world: World, pod: Item): Promise<void> {
  const namespace = pod.metadata?.namespace ?? "";
  const here = (items: Item[], name: string) =>
    items.some(({ metadata }) => metadata?.namespace === namespace && metadata.name === name);
  const allowed =
    here(world.list("serviceAccounts"), "cratedb") && here(world.list("roles"), "cratedb-secret-creator");
  if (!allowed || here(world.list("secrets"), "cratedb-system-credentials")) return;
  await api.create({
    apiVersion: "v1",
    kind: "Secret",
    metadata: { name: "cratedb-system-credentials", namespace },
    stringData: { username: "system", password: randomBytes(18).toString("base64url") },
  });
}

const secretFinalizer = "finops.krateo.io/notebooks";

/** Whether the pod belongs to the Job that finops-notebooks runs after its removal. */
function isNotebookCleanup(world: World, pod: Item): boolean {
  const owner = pod.metadata?.ownerReferences?.find(({ kind }) => kind === "Job")?.name;
  return world
    .list("jobs")
    .some(
      ({ metadata }) =>
        metadata?.name === owner &&
        metadata?.namespace === pod.metadata?.namespace &&
        metadata?.annotations?.["helm.sh/hook"]?.includes("post-delete"),
    );
}

/** The script in that Job: it takes away the finalizer that keeps the chart's Secret. */
async function freeNotebookSecrets(api: ClusterApi, world: World, pod: Item): Promise<void> {
  for (const secret of world.list("secrets")) {
    const { namespace, finalizers } = secret.metadata ?? {};
    if (namespace !== pod.metadata?.namespace || !finalizers?.includes(secretFinalizer)) continue;
    await api.patch("secrets", secret, {
      metadata: { finalizers: finalizers.filter((finalizer) => finalizer !== secretFinalizer) },
    });
  }
}
