/** A cluster whose reading preflight judges, and an API server that lets it be read. */

import { chartStep, settingsOf } from "../../../support/settings.ts";
import { type Handler, holding } from "../../api-server.ts";

export const settings = settingsOf([
  chartStep("install-web", {
    values: {
      ingress: {
        enabled: true,
        annotations: { "cert-manager.io/issuer": "ours" },
        tls: [{ secretName: "web-tls" }, { secretName: "gone" }],
      },
    },
  }),
]);

export const reviews = "/apis/authorization.k8s.io/v1/selfsubjectaccessreviews";
export const tlsSecret = {
  metadata: { name: "web-tls", namespace: "krateo-system", uid: "t" },
  type: "kubernetes.io/tls",
  data: { "tls.crt": "YQ==", "tls.key": "Yg==" },
};
export const issuer = { metadata: { name: "ours", namespace: "krateo-system", uid: "i" } };
export const node = { metadata: { name: "a" } };

const objects = {
  "/version": { gitVersion: "v1.31.2" },
  "/apis": { groups: [{ name: "apps" }] },
  "/api/v1/namespaces/kube-system": { metadata: { name: "kube-system", uid: "cluster" } },
  "/api/v1/nodes": { items: [node] },
  "/api/v1/namespaces/krateo-system/secrets/web-tls": tlsSecret,
  "/apis/cert-manager.io/v1/namespaces/krateo-system/issuers/ours": issuer,
};

export interface Attributes {
  readonly verb: string;
  readonly resource: string;
}

/** An API server whose user may do what `may` says, and read all but these paths. */
export function serverFor(may: (asked: Attributes) => boolean, forbidden: readonly string[] = []): Handler {
  const answer = holding(objects);
  return (method, path, _query, body) => {
    if (path === reviews) {
      const { spec } = body as { spec: { resourceAttributes: Attributes } };
      return { status: 201, body: { status: { allowed: may(spec.resourceAttributes) } } };
    }
    if (forbidden.includes(path)) return { status: 403, body: { message: "forbidden" } };
    return answer(method, path);
  };
}

/** Whose user may do everything. */
export const administrator = () => true;
