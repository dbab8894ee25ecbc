/** The Installation object: the record of what is installed. */
import { CustomResource } from "@pulumi/kubernetes/apiextensions/customResource.js";
import { CustomResourceDefinition } from "@pulumi/kubernetes/apiextensions/v1/customResourceDefinition.js";
import type * as pulumi from "@pulumi/pulumi";
import { recordOf, removedDefaultsAnnotation } from "../configuration/snapshot.ts";
import {
  installationCrd,
  installationKey,
  installationName,
  versionAnnotation,
} from "../plan/installation.ts";
import type { PlanNode } from "../plan/plan.ts";
import { adoption, marker, owning } from "./adoption.ts";
import type { BuildContext } from "./build-context.ts";

/**
 * The record of what is installed, in upstream's shape, so that its `plan --diff-installed` reads it. It comes
 * last, after everything else has succeeded. It has no finalizer: upstream's own makes the deletion of the
 * object, and of its namespace, hang for ever.
 */
export function createSnapshot(
  build: BuildContext,
  node: PlanNode,
  parent: pulumi.Resource,
): pulumi.Resource {
  const { namespace, snapshot } = build.settings;
  const { spec, removedDefaults } = recordOf(snapshot);
  const existingCrd = build.inventory.objects[installationKey.crd];
  const crd = new CustomResourceDefinition(
    "installation-kind",
    { ...installationCrd, metadata: { name: installationCrd.metadata.name, ...marker(existingCrd) } },
    {
      parent,
      // It is in no namespace, but the run holds the Lease only when that one is there.
      dependsOn: build.resource("namespace"),
      hooks: build.guarded,
      ...adoption(existingCrd, installationCrd.metadata.name, ["metadata", "spec"]),
    },
  );
  const existing = build.inventory.objects[installationKey.object(namespace)];
  const needs = [crd, ...build.needsOf(node)];
  return new CustomResource(
    "snapshot",
    {
      apiVersion: "krateo.io/v1",
      kind: "Installation",
      metadata: {
        name: installationName,
        namespace,
        annotations: {
          ...marker(existing).annotations,
          ...owning,
          [versionAnnotation]: snapshot.installationVersion,
          ...(removedDefaults !== undefined && { [removedDefaultsAnnotation]: removedDefaults }),
        },
      },
      spec: { spec },
    },
    {
      parent,
      dependsOn:
        existing && !existing.ours ? build.afterwards(needs, () => build.args.maskSnapshot()) : needs,
      hooks: build.guarded,
      ...adoption(existing, `${namespace}/${installationName}`, []),
    },
  );
}
