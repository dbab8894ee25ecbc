import { type KubeConfig, KubernetesObjectApi } from "@kubernetes/client-node";

/** A kind of OpenShift's own API servers, as a CRD with a loose schema: it proves that a kind is served, not what is in it. */
function definition(group: string, kind: string, plural: string, scope: "Namespaced" | "Cluster") {
  return {
    apiVersion: "apiextensions.k8s.io/v1",
    kind: "CustomResourceDefinition",
    metadata: { name: `${plural}.${group}` },
    spec: {
      group,
      scope,
      names: { kind, listKind: `${kind}List`, plural, singular: kind.toLowerCase() },
      versions: [
        {
          name: "v1",
          served: true,
          storage: true,
          subresources: { status: {} },
          // In the client's spelling: it drops what it does not know, and every field would then be unknown.
          schema: { openAPIV3Schema: { type: "object", x_kubernetes_preserve_unknown_fields: true } },
        },
      ],
    },
  };
}

/** What of OpenShift the platform needs to be there: Routes, and the kind of cratedb's security constraints. */
export const openShiftKinds = [
  definition("route.openshift.io", "Route", "routes", "Namespaced"),
  definition("security.openshift.io", "SecurityContextConstraints", "securitycontextconstraints", "Cluster"),
];

/** Makes a cluster look like OpenShift in these two points; safe to repeat. */
export async function furnishOpenShift(config: KubeConfig): Promise<void> {
  const api = KubernetesObjectApi.makeApiClient(config);
  for (const kind of openShiftKinds) {
    await api.create(kind).catch((error) => {
      if (error.code !== 409) throw error;
    });
  }
}
