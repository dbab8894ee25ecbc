import type { Step } from "../../../../model/settings.ts";
import { object } from "../../../support/cluster-reading.ts";
import { chartStep, objectStep } from "../../../support/settings.ts";
import { cases, found, type Line } from "./findings.ts";

describe("preflight", () => {
  describe("of ingress", () => {
    const secretName = "web-tls";
    const web = (ingress: object) => [
      chartStep("install-web", { values: { ingress: { enabled: true, className: "nginx", ...ingress } } }),
    ];
    const withTls = (annotations: Record<string, string> = {}) =>
      web({ annotations, tls: [{ secretName, hosts: ["web.example.org"] }] });
    const issued = { "cert-manager.io/cluster-issuer": "letsencrypt" };
    const tls = (secret: object | "absent" | "unreadable") => ({
      tlsSecrets: new Map([[`krateo-system/${secretName}`, secret as never]]),
    });
    const issuers = (issuer: object | "absent") => ({
      ...tls("absent"),
      issuers: new Map([["ClusterIssuer/letsencrypt", issuer as never]]),
    });
    const ready = (status: string) => ({
      ...object("letsencrypt"),
      status: { conditions: [{ type: "Ready", status, message: "no account" }] },
    });
    const served: Line = ["OK", "IngressClass nginx", "exists"];
    cases([
      ["asks for nothing without an Ingress", () => found("ingress", [chartStep("install-web")]), []],
      [
        "misses a class, and names those there are",
        () => found("ingress", web({ className: "haproxy" })),
        [["ERROR", "IngressClass haproxy", "does not exist; there are nginx"]],
      ],
      [
        "takes the default class for an Ingress that names none",
        () => found("ingress", web({ className: "" })),
        [["OK", "default IngressClass", "nginx"]],
      ],
      [
        "warns of no default class: some controllers do without",
        () => found("ingress", web({ className: null }), { ingressClasses: [object("nginx")] }),
        [["WARNING", "default IngressClass", "none is marked as default; there are nginx"]],
      ],
      [
        "asks for no class where the older annotation chooses a controller",
        () =>
          found("ingress", web({ className: "", annotations: { "kubernetes.io/ingress.class": "x" } }), {
            ingressClasses: [],
          }),
        [],
      ],
      [
        "misses a TLS Secret",
        () => found("ingress", withTls(), tls("absent")),
        [served, ["ERROR", "Secret web-tls", "does not exist in namespace krateo-system"]],
      ],
      [
        "refuses one of another type",
        () => found("ingress", withTls(), tls({ ...object(secretName), type: "Opaque" })),
        [served, ["ERROR", "Secret web-tls", "is of type Opaque"]],
      ],
      [
        "refuses one without its key",
        () =>
          found(
            "ingress",
            withTls(),
            tls({
              ...object(secretName),
              type: "kubernetes.io/tls",
              data: { "tls.crt": "x", "tls.key": "" },
            }),
          ),
        [served, ["ERROR", "Secret web-tls", "lacks tls.key"]],
      ],
      [
        "takes a right one",
        () =>
          found(
            "ingress",
            withTls(),
            tls({
              ...object(secretName),
              type: "kubernetes.io/tls",
              data: { "tls.crt": "x", "tls.key": "y" },
            }),
          ),
        [served, ["OK", "Secret web-tls", "of type kubernetes.io/tls"]],
      ],
      [
        "reports a Secret once, whoever needs it",
        () =>
          found("ingress", [...withTls(), { ...withTls()[0], id: "install-other" } as Step], tls("absent")),
        [served, ["ERROR", "Secret web-tls", "does not exist in namespace krateo-system"]],
      ],
      [
        "says nothing of one that may not be read",
        () => found("ingress", withTls(), tls("unreadable")),
        [served],
      ],
      [
        "misses no Secret that cert-manager will make",
        () => found("ingress", withTls(issued), issuers(ready("True"))),
        [served, ["OK", "ClusterIssuer letsencrypt", "ready"]],
      ],
      [
        "warns of an issuer that is not ready",
        () => found("ingress", withTls(issued), issuers(ready("False"))),
        [served, ["WARNING", "ClusterIssuer letsencrypt", "not ready: no account"]],
      ],
      [
        "misses an issuer",
        () => found("ingress", withTls(issued), issuers("absent")),
        [served, ["ERROR", "ClusterIssuer letsencrypt", "does not exist"]],
      ],
      [
        "misses cert-manager altogether",
        () => found("ingress", withTls(issued), { ...issuers("absent"), groups: ["apps"] }),
        [served, ["ERROR", "ClusterIssuer letsencrypt", "the cluster has no cert-manager"]],
      ],
      [
        "looks at Ingresses of the document itself, too",
        () =>
          found("ingress", [
            objectStep("own", {
              apiVersion: "networking.k8s.io/v1",
              kind: "Ingress",
              metadata: { name: "own" },
              spec: { ingressClassName: "traefik" },
            }),
          ]),
        [["ERROR", "IngressClass traefik", "does not exist; there are nginx"]],
      ],
    ]);
  });
});
