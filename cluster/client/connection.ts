/** Chooses cluster, context and user from the kubeconfig. */
import { existsSync } from "node:fs";
import { isIPv6 } from "node:net";
import { delimiter } from "node:path";
import { debug } from "../../configuration/debug.ts";
import { ConfigurationError } from "../../model/problem.ts";
import { describeProxy, type ForwardProxy, proxyFor, proxyUrl } from "../../network/proxy.ts";
import { type KubeCluster, type Kubeconfig, type KubeUser, readKubeconfigs } from "./kubeconfig.ts";
import { type KubeconfigChoice, kubeconfigFiles } from "./kubeconfig-files.ts";
import { clusterProblems, userProblems } from "./kubeconfig-rules.ts";

/** The cluster that a kubeconfig names, and how to get there. Nothing has been asked of it yet. */
export interface Connection {
  /** Address of the API server; empty when no kubeconfig was found. */
  readonly server: string;
  /** Name of the context in use; empty when no kubeconfig was found. */
  readonly context: string;
  /** Value for KUBECONFIG in child processes, with absolute paths; empty inside a cluster. */
  readonly kubeconfig: string;
  readonly cluster: KubeCluster;
  /** Who logs in; a user without any credentials over plain HTTP, as with kubectl. */
  readonly user: KubeUser;
  readonly proxy?: ForwardProxy;
  /** Keys of `cluster` and `user` whose paths are relative in the kubeconfig. */
  readonly relativePaths: readonly string[];
  /** Why there is nothing to connect to, in one sentence; undefined when there is. */
  readonly absent?: string;
  /** Told in a sentence, now and then, when the cluster keeps its user waiting. */
  readonly say?: (line: string) => void;
}

export interface ConnectionChoice extends KubeconfigChoice {
  /** Name of a context in it; default: its current context. */
  readonly context?: string;
  /** As of Connection; default: nobody is told. */
  readonly say?: (line: string) => void;
}

/** Where a pod finds its account's token, namespace and the authority of the API server. */
export const serviceAccountFolder = "/var/run/secrets/kubernetes.io/serviceaccount";

/**
 * Finds the cluster: the given kubeconfig, else KUBECONFIG, else ~/.kube/config, else the service account of
 * the pod that this runs in. Several files are merged as kubectl merges them: the first to name a thing wins.
 *
 * @throws ConfigurationError for a kubeconfig that is missing, broken or such that kubectl refuses it, and for an
 * unknown context
 */
export function connect(choice: ConnectionChoice = {}): Connection {
  const files = kubeconfigFiles(choice);
  const kubeconfig = readKubeconfigs(files);
  const isEmpty = [kubeconfig.contexts, kubeconfig.clusters, kubeconfig.users].every(
    ({ size }) => size === 0,
  );
  if (isEmpty && !choice.kubeconfig) return withoutKubeconfig(choice);

  const file = files.join(delimiter);
  const context = choice.context ?? kubeconfig.currentContext;
  const { cluster, user } = chosen(kubeconfig, context, file);
  const target = serverOf(cluster);
  const encrypted = target.startsWith("https:");
  const proxy = proxyOf(cluster, target);
  debug(() => [
    // Its arguments and environment may hold credentials.
    `connects as context ${context} of ${file}${user.exec ? `, which runs ${user.exec.command}` : ""}`,
    ...(proxy ? [`goes through ${describeProxy(proxy)}`] : []),
  ]);
  return {
    server: target,
    context,
    kubeconfig: file,
    cluster,
    user: encrypted ? user : impersonationOf(user),
    proxy,
    ...(choice.say && { say: choice.say }),
    relativePaths: kubeconfig.relative
      .filter(({ of }) => of === cluster || (encrypted && of === user))
      .map(({ key }) => key),
  };
}

function chosen(
  kubeconfig: Kubeconfig,
  context: string,
  file: string,
): { cluster: KubeCluster; user: KubeUser } {
  const names = [...kubeconfig.contexts.keys()];
  const problem = { file, path: "contexts", allowed: names };
  if (!context) {
    throw new ConfigurationError([
      { ...problem, what: "the kubeconfig has no current context", next: "name one: krateo:context" },
    ]);
  }
  const found = kubeconfig.contexts.get(context);
  if (!found) {
    throw new ConfigurationError([
      {
        ...problem,
        what: "the kubeconfig has no such context",
        given: context,
        next: "kubectl config get-contexts",
      },
    ]);
  }
  const cluster = kubeconfig.clusters.get(found.cluster ?? "");
  if (!cluster?.server) {
    throw new ConfigurationError([
      { what: `context ${context} names no cluster with a server address`, file },
    ]);
  }
  const user = found.user ? kubeconfig.users.get(found.user) : {};
  const encrypted = serverOf(cluster).startsWith("https:");
  const problems = [
    ...clusterProblems(cluster).map((what) => `cluster ${found.cluster} of the kubeconfig ${what}`),
    ...(user ? userProblems(user).map((what) => `user ${found.user} of the kubeconfig ${what}`) : []),
    // Over plain HTTP nobody logs in.
    ...(user || !encrypted
      ? []
      : [`context ${context} logs in as user ${found.user}, which the kubeconfig does not have`]),
  ];
  if (problems.length > 0) throw new ConfigurationError(problems.map((what) => ({ what, file })));
  return { cluster, user: user ?? {} };
}

/** A server without a scheme is one of plain HTTP, as for kubectl. */
function serverOf({ server = "" }: KubeCluster): string {
  const address = (/^[^/]*:\/\//.test(server) ? server : `http://${server}`).replace(/[?#].*$/, "");
  return address.replace(/\/$/, "");
}

/** Credentials are not for plain HTTP: kubectl sends none there. */
function impersonationOf(user: KubeUser): KubeUser {
  const { as, "as-uid": uid, "as-groups": groups, "as-user-extra": extra } = user;
  return { as, "as-uid": uid, "as-groups": groups, "as-user-extra": extra };
}

function proxyOf(cluster: KubeCluster, server: string): ForwardProxy | undefined {
  const url = cluster["proxy-url"] && proxyUrl(cluster["proxy-url"]);
  return url ? { url, source: "proxy-url of the kubeconfig" } : proxyFor(new URL(server));
}

const nowhere = { kubeconfig: "", cluster: {}, user: {}, relativePaths: [] };

function withoutKubeconfig({ say, context = "" }: ConnectionChoice): Connection {
  const looked = process.env["KUBECONFIG"] || "~/.kube/config";
  const absent = `no kubeconfig was found (looked at ${looked}); set KUBECONFIG or krateo:kubeconfig`;
  const connection = ownCluster() ?? { ...nowhere, server: "", context, absent };
  return { ...connection, ...(say && { say }) };
}

/** The cluster that has the pod in which this runs, with the pod's service account; undefined outside of a pod. */
export function ownCluster(): Connection | undefined {
  const { KUBERNETES_SERVICE_HOST: host, KUBERNETES_SERVICE_PORT: port } = process.env;
  if (!host || !port) return undefined;
  const authority = `${serviceAccountFolder}/ca.crt`;
  const server = `https://${isIPv6(host) ? `[${host}]` : host}:${port}`;
  return {
    ...nowhere,
    server,
    context: "inClusterContext",
    cluster: { server, ...(existsSync(authority) ? { "certificate-authority": authority } : {}) },
    user: { tokenFile: `${serviceAccountFolder}/token` },
  };
}
