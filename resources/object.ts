/** The object of an `object` step. */
import type { Command } from "@pulumi/command/local/command.js";
import * as pulumi from "@pulumi/pulumi";
import { expandVariables, variablesIn } from "../configuration/variables.ts";
import { objectKey } from "../model/inventory.ts";
import type { ObjectStep } from "../model/settings.ts";
import type { PlanNode } from "../plan/plan.ts";
import { adoption, marker, owning } from "./adoption.ts";
import type { BuildContext } from "./build-context.ts";

/**
 * The object of an `object` step. One that was there before keeps living when the installation is removed;
 * labels and annotations of the document are kept, which upstream's CLI drops.
 *
 * @param annotations Further ones, for Pulumi's provider; the document's own win.
 * @param filledIn Property paths that the cluster fills in and never changes: on an object that is imported they would
 * count as taken away, and only a new object could do without them.
 */
export function createObject(
  build: BuildContext,
  step: ObjectStep,
  node: PlanNode,
  parent: pulumi.Resource,
  annotations: Readonly<Record<string, string>> = {},
  filledIn: readonly string[] = [],
): pulumi.CustomResource {
  const { apiVersion, kind, metadata, ...body } = step.manifest;
  const existing = build.inventory.objects[objectKey(apiVersion, kind, metadata.namespace, metadata.name)];
  const id = metadata.namespace ? `${metadata.namespace}/${metadata.name}` : metadata.name;
  const filled = pulumi
    .all([build.variables(variablesIn(step.manifest)), freeToTake(build, kind)])
    .apply(([variables]) => expandVariables(step.manifest, variables) as ObjectStep["manifest"]);
  return new KubernetesObject(
    typeToken(apiVersion, kind),
    step.id,
    {
      apiVersion,
      kind,
      metadata: filled.apply((manifest) => ({
        ...manifest.metadata,
        annotations: {
          ...owning,
          ...annotations,
          ...(manifest.metadata["annotations"] as object),
          ...marker(existing).annotations,
        },
      })),
      ...Object.fromEntries(Object.keys(body).map((key) => [key, filled.apply((manifest) => manifest[key])])),
    },
    {
      parent,
      dependsOn: build.needsOf(node),
      hooks: build.guarded,
      ...adoption(existing, id, []),
      ...(existing && filledIn.length > 0 && { ignoreChanges: [...filledIn] }),
    },
  );
}

/**
 * Settles once a Service may have its node port. A preview asks the API server about each object that it knows whole,
 * and fails where a release that is removed first still holds the port.
 */
function freeToTake(build: BuildContext, kind: string): pulumi.Input<unknown> {
  const removed = kind === "Service" && build.inventory.legacy.releases.length > 0;
  return removed ? (build.resource("cleanup") as Command | undefined)?.stdout : undefined;
}

/** Any kind of object, as the provider's SDK makes one. */
class KubernetesObject extends pulumi.CustomResource {}

/** The provider's name for a kind. It takes none of the core group without `core`, which the SDK's own class leaves out. */
function typeToken(apiVersion: string, kind: string): string {
  return `kubernetes:${apiVersion.includes("/") ? apiVersion : `core/${apiVersion}`}:${kind}`;
}
