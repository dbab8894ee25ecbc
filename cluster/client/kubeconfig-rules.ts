/** Refuses what kubectl would refuse in a kubeconfig. */
import { accessSync, constants } from "node:fs";
import { proxyForm, proxyUrl } from "../../network/proxy.ts";
import type { KubeCluster, KubeUser, LoginHelper } from "./kubeconfig.ts";

/** What client-go (and with it kubectl, Helm and the Kubernetes provider) accepts of a login helper. */
export const helperVersions = ["client.authentication.k8s.io/v1", "client.authentication.k8s.io/v1beta1"];
const interactiveModes = ["Never", "IfAvailable", "Always"];
const removedProviders = ["gcp", "azure", "openstack"];

/** What kubectl refuses in a cluster of a kubeconfig; sentences whose subject is the cluster. */
export function clusterProblems(cluster: KubeCluster): string[] {
  const { "certificate-authority": file, "certificate-authority-data": data, server = "" } = cluster;
  const proxy = cluster["proxy-url"];
  return [
    ...notText(cluster, ["server", "certificate-authority-data", "tls-server-name", "proxy-url"]),
    server === "" ? "has no server" : "",
    /^[^/]*:\/\//.test(server) && !/^https?:\/\/[^/]/i.test(server)
      ? "has a server that is not an http address"
      : "",
    !server.includes("://") && server.includes("/") ? "has a server with a path and without a scheme" : "",
    file && data ? "has both certificate-authority and certificate-authority-data" : "",
    file ? unreadable("certificate-authority", file) : "",
    (file || data) && cluster["insecure-skip-tls-verify"] === true
      ? "has a certificate authority and insecure-skip-tls-verify, which leaves it unused"
      : "",
    proxy && !(proxy.includes("://") && proxyUrl(proxy))
      ? `has a proxy-url that is none of ${proxyForm.replace("HOST:PORT, ", "")}`
      : "",
  ].filter(Boolean);
}

/** What kubectl refuses in a user of a kubeconfig; sentences whose subject is the user. Nothing secret is in them. */
export function userProblems(user: KubeUser): string[] {
  const hasCertificate = user["client-certificate"] || user["client-certificate-data"];
  const provider = user["auth-provider"]?.name ?? "";
  const impersonates =
    user["as-uid"] || user["as-groups"]?.length || Object.keys(user["as-user-extra"] ?? {}).length;
  return [
    ...notText(user, [
      "token",
      "tokenFile",
      "username",
      "password",
      "as",
      "as-uid",
      "client-certificate-data",
    ]),
    user.token && (user.username || user.password)
      ? "has both a token and a username: only one is allowed"
      : "",
    ...(["client-certificate", "client-key"] as const).flatMap((key) => {
      if (!hasCertificate) return [];
      if (user[key] && user[`${key}-data`]) return [`has both ${key} and ${key}-data`];
      if (!user[key] && !user[`${key}-data`])
        return [`has a certificate, but neither ${key} nor ${key}-data`];
      return user[key] ? [unreadable(key, user[key])] : [];
    }),
    removedProviders.includes(provider)
      ? `has the auth-provider ${provider}, which kubectl gave up in 1.26: use a login helper (exec)`
      : "",
    impersonates && !user.as ? "has as-uid, as-groups or as-user-extra without as" : "",
    ...(user.exec ? helperProblems(user.exec, provider) : []),
  ].filter(Boolean);
}

function helperProblems(helper: LoginHelper, provider: string): string[] {
  const { command, apiVersion = "", env, interactiveMode = "" } = helper;
  // Only v1 asks for it.
  const modeIsGiven = interactiveMode !== "" || apiVersion !== helperVersions[0];
  return [
    command ? "" : "has a login helper (exec) without command",
    helperVersions.includes(apiVersion)
      ? ""
      : `has a login helper (exec) of apiVersion ${JSON.stringify(apiVersion)}; allowed: ${helperVersions.join(", ")}`,
    modeIsGiven ? "" : "has a login helper (exec) without interactiveMode",
    interactiveMode === "" || interactiveModes.includes(interactiveMode)
      ? ""
      : `has a login helper (exec) of an unknown interactiveMode; allowed: ${interactiveModes.join(", ")}`,
    env?.some(({ name }) => !name) ? "has a login helper (exec) with a variable without name" : "",
    provider ? "has both exec and auth-provider" : "",
  ];
}

function unreadable(key: string, file: string): string {
  try {
    accessSync(file, constants.R_OK);
    return "";
  } catch (error) {
    const missing = (error as NodeJS.ErrnoException).code === "ENOENT";
    return `names a ${key} that ${missing ? "does not exist" : "cannot be read"}: ${file}`;
  }
}

/** YAML takes `token: 123` for a number, and kubectl then refuses the file. */
function notText(object: object, keys: readonly string[]): string[] {
  return Object.entries(object).flatMap(([key, value]) =>
    keys.includes(key) && value !== null && typeof value !== "string"
      ? [`has a ${key} that is not text: put it in quotes`]
      : [],
  );
}
