import type { AddressInfo } from "node:net";
import { createServer, type Socket } from "node:net";
import { makeCertificates } from "../cluster/client/certificates.ts";
import { apply } from "./rehearsed-cluster.ts";

/**
 * Lets the cluster's admission ask a webhook that never answers before a Deployment of krateo-system is created or
 * changed, and refuse it then.
 *
 * @returns a function that ends the webhook's server; the configuration stays
 */
export async function silentWebhook(name: string): Promise<() => void> {
  const open = new Set<Socket>();
  const server = createServer((socket) => void open.add(socket.on("error", () => undefined)));
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const { port } = server.address() as AddressInfo;
  const rule = { apiGroups: ["apps"], apiVersions: ["v1"], resources: ["deployments"] };
  await apply({
    apiVersion: "admissionregistration.k8s.io/v1",
    kind: "ValidatingWebhookConfiguration",
    metadata: { name },
    webhooks: [
      {
        name,
        clientConfig: {
          url: `https://localhost:${port}/`,
          caBundle: Buffer.from(makeCertificates().authority).toString("base64"),
        },
        rules: [{ ...rule, operations: ["CREATE", "UPDATE"] }],
        namespaceSelector: { matchLabels: { "kubernetes.io/metadata.name": "krateo-system" } },
        failurePolicy: "Fail",
        timeoutSeconds: 2,
        sideEffects: "None",
        admissionReviewVersions: ["v1"],
      },
    ],
  });
  return () => {
    for (const socket of open) socket.destroy();
    server.close();
  };
}
