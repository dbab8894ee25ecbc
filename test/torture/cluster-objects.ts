/** Objects of a cluster that no namespace holds. */
import { list, pathOf } from "../../cluster/client/api.ts";
import { connect } from "../../cluster/client/connection.ts";
import { paths } from "../support/rehearsal.ts";

const kinds: readonly [apiVersion: string, plural: string][] = [
  ["v1", "namespaces"],
  ["apiextensions.k8s.io/v1", "customresourcedefinitions"],
  ["rbac.authorization.k8s.io/v1", "clusterroles"],
  ["rbac.authorization.k8s.io/v1", "clusterrolebindings"],
  ["admissionregistration.k8s.io/v1", "mutatingwebhookconfigurations"],
  ["admissionregistration.k8s.io/v1", "validatingwebhookconfigurations"],
  ["admissionregistration.k8s.io/v1", "validatingadmissionpolicies"],
  ["admissionregistration.k8s.io/v1", "validatingadmissionpolicybindings"],
];

/** Those that there are, as `PLURAL NAME`. */
export async function clusterObjects(): Promise<Set<string>> {
  const connection = connect({ kubeconfig: paths.kubeconfig });
  const found = await Promise.all(
    kinds.map(async ([apiVersion, plural]) =>
      (await list(connection, pathOf(apiVersion, plural))).map(
        ({ metadata }) => `${plural} ${metadata.name}`,
      ),
    ),
  );
  return new Set(found.flat());
}
