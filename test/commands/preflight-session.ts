/** Runs of `krateo preflight`. */

import { loadSettings } from "../../configuration/load.ts";
import { type Handler, holding, kubeconfigOf, withApiServer } from "../cluster/api-server.ts";
import { type HelmAnswer, withHelm } from "../cluster/helm-stand-in.ts";
import { krateo, withProject } from "./session.ts";

export const namespace = "/api/v1/namespaces/krateo-system";
const standard = {
  metadata: { name: "standard", annotations: { "storageclass.kubernetes.io/is-default-class": "true" } },
  provisioner: "csi",
};
const objects = {
  "/version": { gitVersion: "v1.31.2" },
  "/apis": { groups: [] },
  "/api/v1/namespaces/kube-system": { metadata: { name: "kube-system", uid: "cluster" } },
  "/apis/storage.k8s.io/v1/storageclasses": { items: [standard] },
  "/api/v1/nodes": {
    items: [
      {
        metadata: { name: "node", uid: "n" },
        status: { addresses: [{ type: "InternalIP", address: "10.0.0.1" }] },
      },
    ],
  },
};

/** An API server for an administrator, with these objects. */
export function server(given: Readonly<Record<string, unknown>> = {}): Handler {
  const answer = holding({ ...objects, ...given });
  return (method, path) =>
    method === "POST" ? { status: 201, body: { status: { allowed: true } } } : answer(method, path);
}

/** What `pulumi stack export` prints of a stack that was installed there. */
export const exported = (clusterUid: string, namespace: string): string =>
  JSON.stringify({
    deployment: {
      resources: [
        { urn: "a", type: "pulumi:providers:kubernetes", outputs: { clusterIdentifier: clusterUid } },
        { urn: "b", type: "kubernetes:core/v1:Namespace", outputs: { metadata: { name: namespace } } },
      ],
    },
  });

/** Runs the command in a project with a stack `dev`, on that cluster. @param state What the stack's state holds. */
export async function run(
  handler: Handler,
  words: readonly string[],
  state = "{}",
  files: Readonly<Record<string, string>> = {},
  helm?: Readonly<Record<string, HelmAnswer>>,
) {
  return await withHelm(helm, () => runAsItIs(handler, words, state, files));
}

async function runAsItIs(
  handler: Handler,
  words: readonly string[],
  state: string,
  files: Readonly<Record<string, string>>,
) {
  let result: Awaited<ReturnType<typeof krateo>> | undefined;
  await withApiServer(handler, async (connection) => {
    const { directory, remove } = withProject({
      "Pulumi.dev.yaml": "config:\n  krateo:type: ingress\n  krateo:domain: krateo.test\n",
      "node_modules/.bin/pulumi": `#!/bin/sh\n[ "$2" = export ] && echo '${state}'\n`,
      kubeconfig: JSON.stringify(kubeconfigOf("shop", connection.server)),
      ...files,
    });
    try {
      result = await krateo(directory, "preflight", "--kubeconfig", `${directory}/kubeconfig`, ...words);
    } finally {
      remove();
    }
  });
  return result as Awaited<ReturnType<typeof krateo>>;
}

export interface Report {
  readonly verdict: string;
  readonly checks: readonly { readonly check: string; readonly status: string; readonly found: string }[];
}

/** Settings of an empty stack. */
export const plain = () => loadSettings({ values: {}, secretKeys: [] }, import.meta.dirname);
