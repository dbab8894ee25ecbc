/** Says what to do about an object that cannot be changed in place. */
import type { ManifestObject } from "../../client/manifest.ts";

/** What goes when an object is deleted so that Helm makes it again, and what stays, by kind. */
const losses: Readonly<Record<string, string>> = {
  StatefulSet:
    "its pods go and are made again; its volumes and their data stay, in the size and class that they have",
  Deployment: "its pods go and are made again; no data goes with it",
  DaemonSet: "its pods go and are made again; no data goes with it",
  Service: "its cluster address goes, and an address or node port that the values do not set; its pods stay",
  Secret: "keys that the chart does not set go with it",
  ConfigMap: "keys that the chart does not set go with it",
  Job: "its pods go, and it runs again",
};

/** What to do about an object that only a new one could replace: what goes, what stays. @param namespace Undefined: it has none. */
export function deletionText({ kind, metadata }: ManifestObject, namespace: string | undefined): string {
  const scope = namespace ? ` -n ${namespace}` : "";
  const loss = losses[kind] ?? "it is made again at once, and nothing else goes";
  return (
    `take the change back, or kubectl delete ${kind.toLowerCase()} ${metadata.name}${scope} and then npx pulumi up: ` +
    loss
  );
}

/** What to do about an object that must not be deleted. */
export function keepingText({ kind, metadata }: ManifestObject, namespace: string | undefined): string {
  if (kind === "PersistentVolumeClaim")
    return "take the change back: a volume can only grow, and keeps its class";
  const scope = namespace ? ` -n ${namespace}` : "";
  return `take the change back, or see what refuses it: kubectl get ${kind.toLowerCase()} ${metadata.name}${scope} -o yaml`;
}
