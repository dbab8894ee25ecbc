import { Namespace } from "@pulumi/kubernetes/core/v1/namespace.js";
import type * as pulumi from "@pulumi/pulumi";
import { adoption, marker } from "./adoption.ts";
import type { Site } from "./site.ts";

/**
 * The namespace of every Helm release. It is kept on removal: its volumes and the users' own objects live in
 * it. Labels that others put on it (OpenShift's ranges, Pod Security levels) survive.
 */
export function createNamespace(site: Site, parent: pulumi.Resource): pulumi.Resource {
  const { namespace } = site.settings;
  const existing = site.inventory.namespace;
  const created = new Namespace(
    "namespace",
    { metadata: { name: namespace, ...marker(existing) } },
    {
      parent,
      hooks: site.explained,
      ...adoption(existing, namespace, ["metadata", "spec"]),
      retainOnDelete: true,
    },
  );
  created.id.apply(() => site.args.enter());
  return created;
}
