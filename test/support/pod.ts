/** Runs programs as in a pod: with its account's files, its host name and a home that nobody can write, and no kubeconfig. */
import { type ChildProcess, execFileSync, spawn } from "node:child_process";
import { chmod, mkdir, readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { parse } from "yaml";
import { pulumiBin } from "../../rehearsal/toolchain/layout.ts";
import { type Outcome, paths, root, scratch, tools } from "./rehearsal.ts";
import { kubeconfigOf } from "./visitor.ts";

/** Undefined where this user may make mount namespaces, else why not. */
export function noMounts(): string | undefined {
  try {
    execFileSync("unshare", ["--mount", "--uts", "mount", "-t", "tmpfs", "tmpfs", "/run"], { stdio: "pipe" });
    return undefined;
  } catch (error) {
    return error instanceof Error ? error.message.split("\n")[0] : String(error);
  }
}

/** A place to run programs in. */
export class PodLikePlace {
  private readonly launcher: string;
  private readonly env: NodeJS.ProcessEnv;

  private constructor(launcher: string, env: NodeJS.ProcessEnv) {
    this.launcher = launcher;
    this.env = env;
  }

  /**
   * @param name Of the pod, which is the name of its host.
   * @param account Whose token it has.
   * @param env For all its programs, beside the rehearsal's.
   */
  static async open(
    name: string,
    account: { readonly namespace: string; readonly name: string },
    env: NodeJS.ProcessEnv,
  ): Promise<PodLikePlace> {
    const { users } = parse(await readFile(await kubeconfigOf(account), "utf8"));
    const { clusters } = parse(await readFile(paths.kubeconfig, "utf8"));
    const { cluster } = clusters[0];
    const folder = scratch(`pod-${name}`);
    await mkdir(folder, { recursive: true });
    await writeFile(join(folder, "token"), users[0].user.token);
    await writeFile(join(folder, "namespace"), account.namespace);
    await writeFile(join(folder, "ca.crt"), await authorityOf(cluster));
    const launcher = join(folder, "in-pod");
    const files = "/run/secrets/kubernetes.io/serviceaccount";
    const inside = [
      `hostname ${name}`,
      "mount -t tmpfs tmpfs /run",
      `mkdir -p /run/home ${files}`,
      `cp ${folder}/token ${folder}/namespace ${folder}/ca.crt ${files}`,
      "mount -o remount,ro /run",
      "unset KUBECONFIG",
      'exec "$@"',
    ].join("; ");
    await writeFile(launcher, `#!/bin/sh\nexec unshare --mount --uts sh -ec '${inside}' sh "$@"\n`);
    await chmod(launcher, 0o755);
    const { hostname, port } = new URL(cluster.server);
    return new PodLikePlace(launcher, {
      ...env,
      HOME: "/run/home",
      KUBERNETES_SERVICE_HOST: hostname,
      KUBERNETES_SERVICE_PORT: port,
    });
  }

  /** Starts the engine itself, as a container does: the pulumi of npm ends at a signal without passing it on. */
  pulumi(words: readonly string[]): { readonly child: ChildProcess; readonly ended: Promise<Outcome> } {
    return this.start([join(pulumiBin(paths), "pulumi"), ...words]);
  }

  krateo(words: readonly string[]): Promise<Outcome> {
    return this.start(["node", "commands/krateo.ts", ...words]).ended;
  }

  private start(words: readonly string[]): {
    readonly child: ChildProcess;
    readonly ended: Promise<Outcome>;
  } {
    const child = spawn(this.launcher, words, { cwd: root, env: { ...tools.env, ...this.env } });
    let output = "";
    for (const stream of [child.stdout, child.stderr])
      stream.setEncoding("utf8").on("data", (text: string) => {
        output += text;
      });
    const ended = new Promise<Outcome>((resolve, reject) => {
      child.on("error", reject);
      child.on("close", (code) => resolve({ code: code ?? 1, output, stdout: output, silentSeconds: 0 }));
    });
    return { child, ended };
  }
}

async function authorityOf(cluster: Record<string, string>): Promise<string | Buffer> {
  const data = cluster["certificate-authority-data"];
  return data === undefined
    ? await readFile(cluster["certificate-authority"] ?? "")
    : Buffer.from(data, "base64");
}
