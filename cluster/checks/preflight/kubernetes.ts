/** Checks the cluster's identity, version and kind. */
import type { Check } from "../../../model/check.ts";
import type { Settings } from "../../../model/settings.ts";

/** Which cluster it is. @param server Address of the API server. */
export function checkIdentity(cluster: {
  readonly server: string;
  readonly context: string;
  readonly uid: string | undefined;
}): Check {
  return {
    check: "cluster",
    subject: `context ${cluster.context}`,
    status: "OK",
    found: `${cluster.server}, UID of kube-system ${cluster.uid ?? "unknown"}`,
    expected: "an API server that answers",
    next: "",
  };
}

/** @param version As the API server gives it, e.g. `v1.31.2-eks-7f9249a`. */
export function checkVersion(version: string): Check {
  const [, major = "0", minor = "0"] = /^v?(\d+)\.(\d+)/.exec(version) ?? [];
  const number = Number(major) * 1000 + Number(minor);
  // core-provider's chart has a ValidatingAdmissionPolicy, which is v1 from 1.30 on; 1.31 is what upstream supports.
  const status = number >= 1031 ? "OK" : number >= 1030 ? "WARNING" : "ERROR";
  return {
    check: "version",
    subject: "Kubernetes",
    status,
    found: version,
    expected: "1.31 or newer",
    next: {
      OK: "",
      WARNING: "plan an upgrade of the cluster: Krateo works on 1.30, but is not supported there",
      ERROR: "upgrade the cluster first: a part of core-provider's chart cannot be installed on it",
    }[status],
  };
}

/** On EKS nobody signs the client certificates that core-provider and sign-in ask for. */
export function checkSigner(version: string): Check[] {
  if (!version.includes("-eks-")) return [];
  return [
    {
      check: "cluster",
      subject: "signer kubernetes.io/kube-apiserver-client",
      status: "WARNING",
      found: "this is EKS, which issues no client certificates",
      expected: "a signer for the certificates of users and of core-provider",
      next: "upstream does not support EKS directly: core-provider ends with an error until a signer of your own does it",
    },
  ];
}

/** The reverse, a cluster without Routes for settings that need them, is a precondition of every run. */
export function checkOpenShift({ openshift }: Settings, groups: readonly string[]): Check[] {
  if (openshift || !groups.includes("security.openshift.io")) return [];
  return [
    {
      check: "openshift",
      subject: "API group security.openshift.io",
      status: "WARNING",
      found: "this is an OpenShift cluster, and profile openshift is off",
      expected: "profile openshift",
      next: "pulumi config set krateo:openshift true; without it OpenShift refuses the pods of CrateDB and CloudNativePG",
    },
  ];
}
