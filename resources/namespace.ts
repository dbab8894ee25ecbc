/** The Namespace of the installation. */
import { Namespace } from "@pulumi/kubernetes/core/v1/namespace.js";
import type * as pulumi from "@pulumi/pulumi";
import { adoption, marker } from "./adoption.ts";
import type { BuildContext } from "./build-context.ts";

/**
 * The namespace of every Helm release. It is kept on removal: its volumes and the users' own objects live in
 * it. Labels that others put on it (OpenShift's ranges, Pod Security levels) survive.
 */
export function createNamespace(build: BuildContext, parent: pulumi.Resource): pulumi.Resource {
  const { namespace } = build.settings;
  const existing = build.inventory.namespace;
  return new Namespace(
    "namespace",
    { metadata: { name: namespace, ...marker(existing) } },
    {
      parent,
      hooks: build.explained,
      ...adoption(existing, namespace, ["metadata", "spec"]),
      retainOnDelete: true,
    },
  );
}
