/**
 * A workspace of the Pulumi Kubernetes Operator on this machine: what its pod has of the image, in namespaces of its own, with a
 * read-only root, as user 1000. A stand-in for kubelet and operator alone: the program, the engine and the API server are real.
 */
import { type ChildProcessWithoutNullStreams, execFileSync, spawn } from "node:child_process";
import { mkdirSync, mkdtempSync, readFileSync, realpathSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { cacheDirectory } from "../../rehearsal/toolchain/cache.ts";
import { pulumiBin } from "../../rehearsal/toolchain/layout.ts";
import { type Outcome, paths, root, tools } from "./rehearsal.ts";

/** What a command in a pod printed, and how it ended. */
type PodOutcome = Pick<Outcome, "code" | "output" | "stdout">;

/** Undefined where this user may make the namespaces of a pod, else why not. */
export function noPods(): string | undefined {
  try {
    execFileSync("unshare", ["--mount", "--uts", "--pid", "--fork", "setpriv", "--reuid=1000", "true"], {
      stdio: "pipe",
    });
    return undefined;
  } catch (error) {
    return error instanceof Error ? error.message.split("\n")[0] : String(error);
  }
}

/** The environment that the Dockerfile gives the image. */
export function imageEnvironment(): Record<string, string> {
  const text =
    readFileSync(join(root, "gitops", "image", "Dockerfile"), "utf8")
      .split(/^FROM /m)
      .at(-1) ?? "";
  const lines = text.split("\n").filter((line) => !/^\s*#/.test(line));
  return Object.fromEntries(
    lines.flatMap((line) => {
      const [, name, value] = /^(?:ENV| )\s*([A-Za-z_]+)=(\S+)/.exec(line) ?? [];
      return name === undefined || value === undefined ? [] : [[name, value] as const];
    }),
  );
}

/** A pod, from its first container to its end. */
export class WorkspacePod {
  private readonly folder = mkdtempSync(join(tmpdir(), "krateo-pod-"));
  private readonly name: string;
  private readonly image: string;
  private readonly env: Readonly<Record<string, string>>;
  private readonly processes = new Set<ChildProcessWithoutNullStreams>();

  /**
   * @param image folder that `gitops/image/build.sh` has filled
   * @param options `env`: of the Stack. `files`: by path in the pod, as a Secret is mounted. `volumes`: folders of this
   *   machine by path in the pod, writable as a volume claim is.
   */
  constructor(
    name: string,
    image: string,
    options: {
      readonly env: Readonly<Record<string, string>>;
      readonly files: Readonly<Record<string, string>>;
      readonly volumes: Readonly<Record<string, string>>;
    },
  ) {
    this.name = name;
    this.image = image;
    this.env = { ...imageEnvironment(), ...options.env };
    mkdirSync(join(this.folder, "root"));
    for (const volume of ["share", "tmp"]) {
      mkdirSync(join(this.folder, volume));
      execFileSync("chown", ["1000:1000", join(this.folder, volume)]);
    }
    writeFileSync(join(this.folder, "enter.sh"), this.script(options.files, options.volumes));
  }

  /** Runs a command in the pod, in the folder of the program. */
  async run(...words: readonly string[]): Promise<PodOutcome> {
    return await this.start(...words).ended;
  }

  /** Starts a command in the pod. */
  start(...words: readonly string[]): { readonly output: () => string; readonly ended: Promise<PodOutcome> } {
    const flags = ["--mount", "--uts", "--pid", "--fork", "--kill-child=SIGKILL"];
    const child = spawn("unshare", [...flags, "sh", join(this.folder, "enter.sh"), ...words], {
      env: {},
      stdio: ["pipe", "pipe", "pipe"],
    });
    this.processes.add(child);
    let output = "";
    let stdout = "";
    child.stdout.on("data", (text) => {
      stdout += text;
      output += text;
    });
    child.stderr.on("data", (text) => (output += text));
    const ended = new Promise<PodOutcome>((resolve, reject) => {
      child.on("error", reject);
      child.on("close", (code) => {
        this.processes.delete(child);
        resolve({ code: code ?? 1, output, stdout });
      });
    });
    return { output: () => output, ended };
  }

  /** Kills all that runs in it, as a node does that loses the pod, and forgets what it wrote to its own volumes. */
  async end(): Promise<void> {
    const gone = [...this.processes].map((child) => new Promise((resolve) => child.on("close", resolve)));
    for (const child of this.processes) child.kill("SIGKILL");
    await Promise.all(gone);
    rmSync(this.folder, { recursive: true, force: true });
  }

  /** Mounts are private to the namespace, so that nothing is left of them. */
  private script(files: Readonly<Record<string, string>>, volumes: Readonly<Record<string, string>>): string {
    const pod = join(this.folder, "root");
    const quote = (text: string) => `'${text.replaceAll("'", `'\\''`)}'`;
    const bind = (from: string, to: string, mode: "ro" | "rw") => [
      `mkdir -p ${quote(pod + to)}`,
      `mount --bind ${quote(from)} ${quote(pod + to)}`,
      ...(mode === "ro" ? [`mount -o remount,bind,ro ${quote(pod + to)}`] : []),
    ];
    // The tools of the rehearsal lie in folders of this machine, which the stand-ins among them name.
    const lent = new Set([
      root,
      realpathSync(join(root, "node_modules")),
      cacheDirectory(),
      ...(tools.standIns.length > 0 ? [] : [realpathSync(paths.pulumiHome)]),
    ]);
    const env = {
      ...this.env,
      PATH: [pulumiBin(paths), tools.env["PATH"]].join(":"),
      PULUMI_CONFIG_PASSPHRASE: "of-the-test",
    };
    return [
      "set -e",
      "exec 3>&2 2>/dev/null",
      `mount -t tmpfs tmpfs ${quote(pod)}`,
      `for name in bin sbin lib lib64; do if [ -L /$name ]; then cp -P /$name ${quote(pod)}/; elif [ -d /$name ]; then mkdir ${quote(pod)}/$name; mount --bind /$name ${quote(pod)}/$name; fi; done`,
      ...bind("/usr", "/usr", "ro"),
      // Not the whole of it: Secrets are mounted there, too.
      `mkdir ${quote(pod)}/etc`,
      `for name in alternatives group hosts ld.so.cache nsswitch.conf passwd resolv.conf ssl; do if [ -d /etc/$name ]; then mkdir ${quote(pod)}/etc/$name; mount --bind /etc/$name ${quote(pod)}/etc/$name; elif [ -e /etc/$name ]; then cp /etc/$name ${quote(pod)}/etc/; fi; done`,
      ...bind("/dev", "/dev", "rw"),
      // Before the folders that are lent: a checkout may lie below it.
      ...bind(join(this.folder, "tmp"), "/tmp", "rw"),
      ...[...lent].flatMap((folder) => bind(folder, folder, "ro")),
      ...bind(this.image, "/opt/krateo", "ro"),
      ...bind(join(this.folder, "share"), "/share", "rw"),
      ...Object.entries(volumes).flatMap(([to, from]) => bind(from, to, "rw")),
      ...Object.entries(files).flatMap(([path, text]) => [
        `mkdir -p ${quote(join(pod, path, ".."))}`,
        `printf %s ${quote(text)} >${quote(join(pod, path))}`,
        `chmod 644 ${quote(join(pod, path))}`,
      ]),
      `mkdir ${quote(pod)}/proc`,
      `mount -t proc proc ${quote(pod)}/proc`,
      `mount -o remount,ro ${quote(pod)}`,
      `hostname ${quote(this.name)}`,
      "exec 2>&3",
      // Process 1 is the agent's in a pod: a shell here, which waits for the command.
      `chroot ${quote(pod)} setpriv --reuid=1000 --regid=1000 --clear-groups env -i ${Object.entries(env)
        .map(([name, value]) => quote(`${name}=${value}`))
        .join(" ")} sh -c 'cd /opt/krateo && exec "$@"' sh "$@"`,
    ].join("\n");
  }
}
