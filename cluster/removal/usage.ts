/** Finds what else uses an object that a removal would delete. */
import type { LiveObject } from "../../plan/removal/objects.ts";
import { type KubeObject, list, pathOf } from "../client/api.ts";
import type { Connection } from "../client/connection.ts";
import { liveObject } from "./objects.ts";

interface Binding extends KubeObject {
  readonly roleRef: { readonly kind: string; readonly name: string };
  readonly subjects?: readonly {
    readonly kind: string;
    readonly name: string;
    readonly namespace?: string;
  }[];
}

const rbac = "rbac.authorization.k8s.io/v1";

/**
 * Notes on cluster-wide roles and bindings who uses them: that is what tells one of ours from a namesake. Every binding of
 * the cluster is read for it, and nothing where there is no such object.
 *
 * @param isConcerned Whether an object is of a name that a release or a chart has.
 * @throws as `get` in api.ts
 */
export async function withUsers(
  connection: Connection,
  objects: readonly LiveObject[],
  isConcerned: (object: LiveObject) => boolean,
): Promise<LiveObject[]> {
  const concerned = new Set(
    objects.filter((object) => /^ClusterRole(Binding)?$/.test(object.kind) && isConcerned(object)),
  );
  if (concerned.size === 0) return [...objects];
  const [everywhere, inNamespaces] = await Promise.all([
    list<Binding>(connection, pathOf(rbac, "clusterrolebindings")),
    list<Binding>(connection, pathOf(rbac, "rolebindings")),
  ]);
  const usersOf = ({ kind, name }: LiveObject): string[] => {
    const bindings =
      kind === "ClusterRoleBinding"
        ? everywhere.filter(({ metadata }) => metadata.name === name)
        : [...everywhere, ...inNamespaces].filter(
            ({ roleRef }) => roleRef.kind === kind && roleRef.name === name,
          );
    return [...new Set(bindings.flatMap(({ subjects = [], metadata }) => subjects.map(userText(metadata))))];
  };
  return objects.map((object) => (concerned.has(object) ? { ...object, usedBy: usersOf(object) } : object));
}

/** A service account counts as its namespace, however a binding names it. */
function userText({ namespace: home }: KubeObject["metadata"]) {
  return ({ kind, name, namespace = home }: NonNullable<Binding["subjects"]>[number]): string => {
    if (kind === "ServiceAccount") return `namespace ${namespace}`;
    const [, account] = /^system:serviceaccounts?:([^:]+)/.exec(name) ?? [];
    return account ? `namespace ${account}` : `${kind} ${name}`;
  };
}

interface WebhookConfiguration extends KubeObject {
  readonly webhooks?: readonly {
    readonly clientConfig?: { readonly service?: { readonly namespace: string } };
  }[];
}

/** The mutating webhooks of the cluster, with the namespaces of the Services that they call. Errors as `get` in api.ts. */
export async function readWebhooks(connection: Connection): Promise<LiveObject[]> {
  const apiVersion = "admissionregistration.k8s.io/v1";
  const path = pathOf(apiVersion, "mutatingwebhookconfigurations");
  const found = await list<WebhookConfiguration>(connection, path);
  return found.map((configuration) => ({
    ...liveObject(configuration, apiVersion, "MutatingWebhookConfiguration"),
    usedBy: (configuration.webhooks ?? []).flatMap(({ clientConfig }) =>
      clientConfig?.service ? `namespace ${clientConfig.service.namespace}` : [],
    ),
  }));
}
