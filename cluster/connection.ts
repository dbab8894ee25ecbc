import { existsSync, readFileSync } from "node:fs";
import { homedir } from "node:os";
import { delimiter, join, resolve } from "node:path";
import { KubeConfig } from "@kubernetes/client-node/dist/config.js";
import { debug } from "../profiles/debug.ts";
import { ConfigurationError } from "../profiles/problem.ts";

/** The cluster that a kubeconfig names, and how to get there. Nothing has been asked of it yet. */
export interface Connection {
  readonly config: KubeConfig;
  /** Address of the API server; empty when no kubeconfig was found. */
  readonly server: string;
  /** Name of the context in use; empty when no kubeconfig was found. */
  readonly context: string;
  /** Value for KUBECONFIG in child processes, with absolute paths; empty inside a cluster. */
  readonly kubeconfig: string;
  /** Why there is nothing to connect to, in one sentence; undefined when there is. */
  readonly absent?: string;
}

export interface ConnectionChoice {
  /** Path of a kubeconfig, or several joined by the platform's path delimiter. */
  readonly kubeconfig?: string;
  /** Name of a context in it; default: its current context. */
  readonly context?: string;
  /** What a relative path in `kubeconfig` is relative to; default: the working directory. */
  readonly directory?: string;
}

/**
 * Finds the cluster: the given kubeconfig, else KUBECONFIG, else ~/.kube/config, else the service account of
 * the pod that this runs in. Several files are merged as kubectl merges them: the first to name a thing wins.
 *
 * @throws ConfigurationError for a kubeconfig that is missing or broken and for an unknown context
 */
export function connect(choice: ConnectionChoice = {}): Connection {
  const files = kubeconfigFiles(choice);
  if (files.length === 0) return withoutKubeconfig(choice);

  const config = merged(files.map(readKubeconfig));
  const context = choice.context ?? config.getCurrentContext();
  const names = config.getContexts().map((entry) => entry.name);
  const problem = { file: files.join(delimiter), path: "contexts", allowed: names };
  if (!context) {
    throw new ConfigurationError([
      { ...problem, what: "the kubeconfig has no current context", next: "name one: krateo:context" },
    ]);
  }
  if (!names.includes(context)) {
    throw new ConfigurationError([
      {
        ...problem,
        what: "the kubeconfig has no such context",
        given: context,
        next: "kubectl config get-contexts",
      },
    ]);
  }
  config.setCurrentContext(context);
  const helper = config.getCurrentUser()?.exec?.command;
  // Its arguments and environment may hold credentials.
  debug(() => [
    `connects as context ${context} of ${files.join(delimiter)}${helper ? `, which runs ${helper}` : ""}`,
  ]);
  const cluster = config.getCurrentCluster();
  if (!cluster?.server) {
    throw new ConfigurationError([
      { what: `context ${context} names no cluster with a server address`, file: files.join(delimiter) },
    ]);
  }
  return { config, server: cluster.server, context, kubeconfig: files.join(delimiter) };
}

/** Files that exist; a file asked for by name must. */
function kubeconfigFiles({ kubeconfig: given, directory = "." }: ConnectionChoice): string[] {
  if (given) {
    const files = given
      .split(delimiter)
      .filter(Boolean)
      .map((file) => absolute(file, directory));
    const missing = files.filter((file) => !existsSync(file));
    if (missing.length > 0) {
      throw new ConfigurationError(
        missing.map((file) => ({
          what: "the kubeconfig does not exist",
          file,
          next: "correct krateo:kubeconfig, or leave it out to use KUBECONFIG or ~/.kube/config",
        })),
      );
    }
    return files;
  }
  const listed = process.env["KUBECONFIG"]
    ?.split(delimiter)
    .filter(Boolean)
    .map((file) => absolute(file, "."));
  return (listed?.length ? listed : [join(homedir(), ".kube", "config")]).filter((file) => existsSync(file));
}

function absolute(file: string, directory: string): string {
  return file.startsWith("~/") ? join(homedir(), file.slice(2)) : resolve(directory, file);
}

function readKubeconfig(file: string): KubeConfig {
  const config = new KubeConfig();
  try {
    if (readFileSync(file, "utf8").trim() !== "") config.loadFromFile(file);
  } catch (error) {
    const reason = error instanceof Error ? error.message.split("\n")[0] : String(error);
    throw new ConfigurationError([{ what: `the kubeconfig cannot be read: ${reason}`, file }]);
  }
  return config;
}

function merged(configs: readonly KubeConfig[]): KubeConfig {
  const config = new KubeConfig();
  config.loadFromOptions({
    clusters: firstOfEachName(configs.flatMap((one) => one.getClusters())).map((cluster) => ({
      ...cluster,
      // The client refuses plain HTTP (kubectl proxy) unless verification is off, though there is nothing to verify.
      skipTLSVerify: cluster.skipTLSVerify || cluster.server?.startsWith("http:") === true,
    })),
    contexts: firstOfEachName(configs.flatMap((one) => one.getContexts())),
    users: firstOfEachName(configs.flatMap((one) => one.getUsers())),
    currentContext: configs.map((one) => one.getCurrentContext()).find(Boolean) ?? "",
  });
  return config;
}

function firstOfEachName<T extends { readonly name: string }>(entries: readonly T[]): T[] {
  return entries.filter((entry, index) => entries.findIndex((other) => other.name === entry.name) === index);
}

function withoutKubeconfig(choice: ConnectionChoice): Connection {
  const config = new KubeConfig();
  if (process.env["KUBERNETES_SERVICE_HOST"]) {
    config.loadFromCluster();
    const server = config.getCurrentCluster()?.server ?? "";
    return { config, server, context: config.getCurrentContext(), kubeconfig: "" };
  }
  const looked = process.env["KUBECONFIG"] || "~/.kube/config";
  const absent = `no kubeconfig was found (looked at ${looked}); set KUBECONFIG or krateo:kubeconfig`;
  return { config, server: "", context: choice.context ?? "", kubeconfig: "", absent };
}
