/** The Secret with logins at the registries that images come from. */
import { Secret } from "@pulumi/kubernetes/core/v1/secret.js";
import * as pulumi from "@pulumi/pulumi";
import { objectKey } from "../model/inventory.ts";
import type { PlanNode } from "../plan/plan.ts";
import { adoption, marker } from "./adoption.ts";
import type { BuildContext } from "./build-context.ts";

/**
 * Makes the pull Secret out of the stack configuration's logins, and follows them. One of that name that somebody else made
 * stays as it is.
 */
export function createRegistryLogin(build: BuildContext, node: PlanNode, parent: pulumi.Resource): Secret {
  const { namespace, images } = build.settings;
  const name = node.id;
  const existing = build.inventory.objects[objectKey("v1", "Secret", namespace, name)];
  const auths = Object.fromEntries(
    Object.entries(images.logins ?? {}).map(([host, { username, password }]) => {
      const auth = Buffer.from(`${username}:${password}`).toString("base64");
      return [host, { username, password, auth }];
    }),
  );
  return new Secret(
    name,
    {
      metadata: { name, namespace, ...marker(existing) },
      type: "kubernetes.io/dockerconfigjson",
      stringData: pulumi.secret({ ".dockerconfigjson": JSON.stringify({ auths }) }),
    },
    {
      parent,
      dependsOn: build.needsOf(node),
      hooks: build.guarded,
      ...adoption(existing, `${namespace}/${name}`, ["metadata", "data", "stringData", "type", "immutable"]),
    },
  );
}
