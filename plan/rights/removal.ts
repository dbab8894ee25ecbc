/** Rights to remove what no release's manifest names: users' objects, and what charts leave behind. */
import type { ChartStep, Settings } from "../../model/settings.ts";
import { chartStepsOf } from "../plan.ts";
import { configuredRelease, crdsFolderOf, knownLeftovers } from "../removal/known.ts";
import type { KindFinder } from "./kinds.ts";
import { namespaceOf, type PlannedObject, rbacGroup } from "./planned-objects.ts";
import type { Right } from "./right.ts";

/**
 * What a removal does beside deleting the objects that charts and steps make.
 *
 * @param generated Names of definitions that were made out of users' objects.
 */
export function rightsToRemove(
  settings: Settings,
  objects: readonly PlannedObject[],
  kindOf: KindFinder,
  generated: readonly string[],
): Right[] {
  const steps = chartStepsOf(settings);
  const namespaces = objects.filter(
    ({ manifest }) => manifest.apiVersion === "v1" && manifest.kind === "Namespace",
  );
  const going = new Set(namespaces.map(({ manifest }) => manifest.metadata.name));
  return [
    ...rightsOnUserObjects(steps, objects),
    ...generated.flatMap((name): Right[] => [
      userObjects(name, ["get", "list", "delete"]),
      {
        ...{ group: "apiextensions.k8s.io", resource: "customresourcedefinitions", verbs: ["get", "delete"] },
        ...{ names: [name], why: "remove the kinds that were made out of users' objects" },
      },
    ]),
    ...namespaces.map(({ manifest: { metadata } }) => ({
      group: "*",
      resource: "*",
      verbs: ["list"],
      namespace: metadata.name,
      why: "find what would go with the namespace, before a removal",
    })),
    // The role in it goes with the namespace, and Helm still waits.
    ...objects.flatMap((object): Right[] => {
      const { group, resource, ...kind } = kindOf(object.manifest.apiVersion, object.manifest.kind);
      const namespace = namespaceOf(object, kind);
      if (namespace === undefined || !going.has(namespace)) return [];
      const why = `wait until what is in namespace ${namespace} is gone`;
      return [{ group, resource, verbs: ["get"], names: [object.manifest.metadata.name], why }];
    }),
    ...steps.flatMap((step) =>
      knownLeftovers(configuredRelease(step))
        // What hooks make is among the objects of the chart, and so are definitions.
        .filter(({ maker }) => maker === "container" || (maker === "oc" && settings.openshift))
        .flatMap(({ kind, name }): Right[] => {
          const apiVersion = apiVersions[kind];
          if (apiVersion === undefined) return [];
          const found = kindOf(apiVersion, kind);
          const manifest = { apiVersion, kind, metadata: { name } };
          const namespace = namespaceOf({ maker: "", home: step.release.namespace, manifest }, found);
          return [
            {
              group: found.group,
              resource: found.resource,
              verbs: ["get", "patch", "delete"],
              names: [name],
              ...(namespace !== undefined && { namespace }),
              why: `mark and remove what chart ${step.chart.name} leaves`,
            },
          ];
        }),
    ),
  ];
}

/** A definition that stays, for its data or for others, keeps the objects of its kind: they are only looked at. */
function rightsOnUserObjects(steps: readonly ChartStep[], objects: readonly PlannedObject[]): Right[] {
  const ofFolders = new Set(steps.flatMap(({ chart }) => crdsFolderOf(chart.name)));
  const definitions = objects.filter(({ manifest }) => manifest.kind === "CustomResourceDefinition");
  return definitions.map(({ manifest: { metadata } }) => {
    const { annotations } = metadata as { annotations?: Readonly<Record<string, unknown>> | null };
    const stays = annotations?.["helm.sh/resource-policy"] === "keep" || ofFolders.has(metadata.name);
    return userObjects(metadata.name, stays ? ["list"] : ["get", "list", "delete"]);
  });
}

/** @param definition Name of their kind's definition: PLURAL.GROUP. */
function userObjects(definition: string, verbs: readonly string[]): Right {
  const [resource = "", ...group] = definition.split(".");
  const why = verbs.includes("delete")
    ? "find what users made, and remove it when they have confirmed that"
    : "find what users made";
  return { group: group.join("."), resource, verbs, why };
}

/** Of the kinds of leftovers; Secrets in the namespace of a release may be removed anyway. */
const apiVersions: Readonly<Record<string, string>> = {
  ClusterRole: `${rbacGroup}/v1`,
  ClusterRoleBinding: `${rbacGroup}/v1`,
  MutatingWebhookConfiguration: "admissionregistration.k8s.io/v1",
  RoleBinding: `${rbacGroup}/v1`,
};
