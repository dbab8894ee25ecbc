import { createServer } from "node:https";
import type { AddressInfo } from "node:net";
import type { JsonObject } from "../../model/settings.ts";
import { makeCertificates } from "../cluster/client/certificates.ts";
import { apply } from "./rehearsed-cluster.ts";

/** Objects with this label are rewritten. */
export const mirrored = { mirrored: "yes" };

/**
 * Lets the cluster's admission put `mirror/` before the image of every new Deployment and Job with the label, and leave
 * the same in objects that are changed.
 *
 * @returns a function that ends the webhook's server
 */
export async function mirrorImages(): Promise<() => void> {
  const certificates = makeCertificates();
  const server = createServer(certificates.issue(["localhost"], 1), async (request, response) => {
    const { request: review } = JSON.parse((await request.toArray()).join(""));
    const path = "/spec/template/spec/containers/0/image";
    const value = `mirror/${review.object.spec.template.spec.containers[0].image}`;
    const patch = Buffer.from(JSON.stringify([{ op: "replace", path, value }])).toString("base64");
    const answer: JsonObject = { uid: review.uid, allowed: true, patchType: "JSONPatch", patch };
    response
      .writeHead(200, { "content-type": "application/json" })
      .end(JSON.stringify({ apiVersion: "admission.k8s.io/v1", kind: "AdmissionReview", response: answer }));
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const { port } = server.address() as AddressInfo;
  const rule = { apiVersions: ["v1"], operations: ["CREATE"] };
  await apply({
    apiVersion: "admissionregistration.k8s.io/v1",
    kind: "MutatingWebhookConfiguration",
    metadata: { name: "mirror.example.org" },
    webhooks: [
      {
        name: "mirror.example.org",
        clientConfig: {
          url: `https://localhost:${port}/`,
          caBundle: Buffer.from(certificates.authority).toString("base64"),
        },
        rules: [
          { ...rule, apiGroups: ["apps"], resources: ["deployments"] },
          { ...rule, apiGroups: ["batch"], resources: ["jobs"] },
        ],
        objectSelector: { matchLabels: mirrored },
        sideEffects: "None",
        admissionReviewVersions: ["v1"],
      },
    ],
  });
  return () => {
    server.closeAllConnections();
    server.close();
  };
}
