/** Runs the login helper (exec) of a kubeconfig. */
import { spawn } from "node:child_process";
import { readFileSync } from "node:fs";
import { ConfigurationError } from "../../model/problem.ts";
import type { Connection } from "./connection.ts";
import type { KubeCluster, LoginHelper } from "./kubeconfig.ts";

/** What a login helper gave. */
export interface Login {
  readonly token?: string;
  /** PEM. */
  readonly certificate?: string;
  /** PEM. */
  readonly key?: string;
  /** Milliseconds since 1970 after which it no longer counts; undefined for never. */
  readonly expires?: number;
}

interface ExecCredential {
  readonly kind?: string;
  readonly apiVersion?: string;
  readonly status?: {
    readonly token?: string;
    readonly clientCertificateData?: string;
    readonly clientKeyData?: string;
    readonly expirationTimestamp?: string;
  };
}

/**
 * Starts a kubeconfig's login helper as client-go does: with KUBERNETES_EXEC_INFO, its standard error that of this
 * process, its standard input too where it may ask. It may take as long as a person needs to log in.
 *
 * @throws ConfigurationError in one sentence; what the helper wrote on standard error is out already
 */
export async function runLoginHelper(connection: Connection, helper: LoginHelper): Promise<Login> {
  const fail = (what: string, next?: string): ConfigurationError =>
    new ConfigurationError([
      {
        what: `the login helper ${helper.command} of context ${connection.context} ${what}`,
        file: connection.kubeconfig,
        next: next ?? `kubectl --context ${connection.context} get namespaces must work first`,
      },
    ]);
  const interactive = isInteractive(helper, fail);
  const info = {
    kind: "ExecCredential",
    apiVersion: helper.apiVersion,
    spec: { ...(helper.provideClusterInfo ? { cluster: clusterInfo(connection.cluster) } : {}), interactive },
  };
  const own = Object.fromEntries((helper.env ?? []).map(({ name, value }) => [name, value]));
  const env = { ...process.env, ...own, KUBERNETES_EXEC_INFO: JSON.stringify(info) };
  const answer = await outputOf(helper, env, interactive, fail);
  return loginIn(answer, helper, fail);
}

type Fail = (what: string, next?: string) => ConfigurationError;

function isInteractive({ interactiveMode = "IfAvailable" }: LoginHelper, fail: Fail): boolean {
  if (interactiveMode === "Never") return false;
  const terminal = process.stdin.isTTY === true;
  if (interactiveMode === "Always" && !terminal)
    throw fail(
      "always asks, and standard input is not a terminal",
      "run it in a terminal, or choose another login",
    );
  return terminal;
}

async function outputOf(
  { command = "", args, installHint }: LoginHelper,
  env: NodeJS.ProcessEnv,
  interactive: boolean,
  fail: Fail,
): Promise<string> {
  const child = spawn(command, [...(args ?? [])], {
    env,
    stdio: [interactive ? "inherit" : "ignore", "pipe", "inherit"],
  });
  const parts: Buffer[] = [];
  child.stdout?.on("data", (part: Buffer) => parts.push(part));
  const code = await new Promise<number | string>((resolve, reject) => {
    child.on("error", (error: NodeJS.ErrnoException) => {
      const missing = error.code === "ENOENT";
      const hint = installHint?.trim().replace(/\s*\n\s*/g, " ");
      reject(
        fail(
          missing ? "is not there: no such program is found" : `cannot be started: ${error.code}`,
          missing ? (hint ?? "install it, or correct the kubeconfig") : undefined,
        ),
      );
    });
    child.on("close", (status, signal) => resolve(status ?? String(signal)));
  });
  if (code !== 0)
    throw fail(typeof code === "number" ? `failed with exit code ${code}` : `was ended by ${code}`);
  return Buffer.concat(parts).toString("utf8");
}

/** Nothing of the answer is shown: it holds credentials. */
function loginIn(answer: string, { apiVersion }: LoginHelper, fail: Fail): Login {
  const credential = credentialIn(answer);
  if (credential?.kind !== "ExecCredential") throw fail("gave an answer that is not an ExecCredential");
  if (credential.apiVersion !== apiVersion)
    throw fail(`answers as ${credential.apiVersion}, but the kubeconfig says apiVersion ${apiVersion}`);
  const {
    token,
    clientCertificateData: certificate,
    clientKeyData: key,
    expirationTimestamp,
  } = credential.status ?? {};
  if (!credential.status) throw fail("gave an answer without a status");
  if (!token && !certificate && !key) throw fail("gave neither a token nor a certificate with its key");
  if (Boolean(certificate) !== Boolean(key)) throw fail("gave a certificate or a key without the other");
  const expires = expirationTimestamp ? Date.parse(expirationTimestamp) : undefined;
  if (Number.isNaN(expires)) throw fail("gave an expirationTimestamp that is not a time");
  return { token, certificate, key, expires };
}

function credentialIn(answer: string): ExecCredential | undefined {
  try {
    return (JSON.parse(answer) as ExecCredential | null) ?? undefined;
  } catch {
    return undefined;
  }
}

/** `spec.cluster` of an ExecCredential. */
function clusterInfo(cluster: KubeCluster): object {
  const { "certificate-authority": file, "certificate-authority-data": data } = cluster;
  const authority = file ? readFileSync(file).toString("base64") : data;
  const extension = cluster.extensions?.find(({ name }) => name === "client.authentication.k8s.io/exec");
  return {
    server: cluster.server,
    ...(cluster["tls-server-name"] && { "tls-server-name": cluster["tls-server-name"] }),
    ...(cluster["insecure-skip-tls-verify"] && { "insecure-skip-tls-verify": true }),
    ...(authority && { "certificate-authority-data": authority }),
    ...(cluster["proxy-url"] && { "proxy-url": cluster["proxy-url"] }),
    ...(cluster["disable-compression"] && { "disable-compression": true }),
    // null where there is none, as client-go writes it.
    config: extension?.extension ?? null,
  };
}
