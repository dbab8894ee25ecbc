/** Groups whose kinds Helm knows; to it everything else is unstructured. */
const builtInGroups = [
  "",
  "apps",
  "autoscaling",
  "batch",
  "policy",
  ...[
    "admissionregistration",
    "apiextensions",
    "authentication",
    "authorization",
    "certificates",
    "coordination",
    "discovery",
    "events",
    "flowcontrol.apiserver",
    "networking",
    "node",
    "rbac.authorization",
    "resource",
    "scheduling",
    "storage",
  ].map((group) => `${group}.k8s.io`),
];

/**
 * True for an object that Helm upgrades by the difference between the former and the new manifest alone. For others
 * it takes the live object into account, and so puts back what was edited by hand.
 */
export function isUnstructured({ apiVersion }: { readonly apiVersion: string }): boolean {
  const group = apiVersion.includes("/") ? (apiVersion.split("/")[0] as string) : "";
  return !builtInGroups.includes(group);
}
