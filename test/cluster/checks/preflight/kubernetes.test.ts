import { cases, found } from "./findings.ts";

describe("preflight", () => {
  describe("of the cluster itself", () => {
    const version = (version: string) => () => found("version", [], { version });
    cases([
      ["takes Kubernetes 1.31", version("v1.31.0"), [["OK", "Kubernetes", "v1.31.0"]]],
      [
        "takes a newer one, with a vendor's suffix",
        version("v1.35.4+k3s1"),
        [["OK", "Kubernetes", "v1.35.4+k3s1"]],
      ],
      ["warns of 1.30", version("v1.30.9"), [["WARNING", "Kubernetes", "v1.30.9"]]],
      ["refuses 1.29", version("v1.29.15"), [["ERROR", "Kubernetes", "v1.29.15"]]],
      [
        "warns of EKS, where nobody signs client certificates",
        () => found("cluster", [], { version: "v1.31.2-eks-7f9249a" }).slice(1),
        [
          [
            "WARNING",
            "signer kubernetes.io/kube-apiserver-client",
            "this is EKS, which issues no client certificates",
          ],
        ],
      ],
      [
        "leaves profile openshift to the preconditions",
        () =>
          found("openshift", [], { groups: ["security.openshift.io"] }, { settings: { openshift: true } }),
        [],
      ],
      [
        "warns of OpenShift without the profile",
        () => found("openshift", [], { groups: ["security.openshift.io"] }),
        [
          [
            "WARNING",
            "API group security.openshift.io",
            "this is an OpenShift cluster, and profile openshift is off",
          ],
        ],
      ],
    ]);
  });
});
