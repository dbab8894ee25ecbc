/** A pulumi in a network namespace of its own, from where nothing is to be reached but the API server. */
import { execFileSync } from "node:child_process";
import { chmod, mkdir, mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { connect, createServer } from "node:net";
import { tmpdir } from "node:os";
import { delimiter, join } from "node:path";
import { parse } from "yaml";
import { paths, tools } from "./rehearsal.ts";

/** Undefined where this user may make network namespaces, else why not. */
export function noNamespaces(): string | undefined {
  try {
    execFileSync("unshare", ["--net", "ip", "link", "set", "lo", "up"], { stdio: "pipe" });
    return undefined;
  } catch (error) {
    return error instanceof Error ? error.message.split("\n")[0] : String(error);
  }
}

export interface IsolatedPulumi {
  /** For the stack's commands: their pulumi is the one in the namespace. */
  readonly env: NodeJS.ProcessEnv;
  /** Routes and interfaces that there were inside, beside loopback. */
  readonly waysOut: () => Promise<string>;
  readonly close: () => Promise<void>;
}

/**
 * Network namespaces do not share loopback, but they share files: what is asked of the API server's port inside goes through
 * a socket in a file.
 */
export async function isolatedPulumi(): Promise<IsolatedPulumi> {
  const folder = await mkdtemp(join(tmpdir(), "krateo-isolated-"));
  const port = await apiServerPort();
  const socket = join(folder, "api-server");
  const server = createServer((inside) => {
    const outside = connect(port, "127.0.0.1");
    for (const [one, other] of [
      [inside, outside],
      [outside, inside],
    ] as const) {
      one.on("error", () => other.destroy());
      one.pipe(other);
    }
  });
  await new Promise<void>((resolve) => server.listen(socket, resolve));
  await writeFile(join(folder, "forward.mjs"), forwarder(port, socket));
  const bin = join(folder, "bin");
  await mkdir(bin);
  await writeFile(join(bin, "pulumi"), wrapper(folder));
  await chmod(join(bin, "pulumi"), 0o755);
  return {
    env: { PATH: [bin, tools.env["PATH"]].join(delimiter) },
    waysOut: () => readFile(join(folder, "ways-out"), "utf8"),
    close: async () => {
      await new Promise((resolve) => server.close(resolve));
      await rm(folder, { recursive: true });
    },
  };
}

async function apiServerPort(): Promise<number> {
  const kubeconfig = parse(await readFile(paths.kubeconfig, "utf8"));
  return Number(new URL(kubeconfig.clusters[0].cluster.server).port);
}

/** Runs inside: tells that it listens by making a file of that name. */
function forwarder(port: number, socket: string): string {
  return `import { writeFileSync } from "node:fs";
import { connect, createServer } from "node:net";
const server = createServer((inside) => {
  const outside = connect(${JSON.stringify(socket)});
  for (const [one, other] of [[inside, outside], [outside, inside]]) {
    one.on("error", () => other.destroy());
    one.pipe(other);
  }
});
server.listen(${port}, "127.0.0.1", () => writeFileSync(process.argv[2], ""));
`;
}

function wrapper(folder: string): string {
  return `#!/bin/sh
exec unshare --net sh -c '
  ip link set lo up
  ${process.execPath} ${folder}/forward.mjs ${folder}/ready.$$ &
  forwarder=$!
  until [ -e ${folder}/ready.$$ ]; do sleep 0.1; done
  { tail -n +2 /proc/net/route; tail -n +3 /proc/net/dev | grep -v "^ *lo:"; } >>${folder}/ways-out
  ${tools.pulumi} "$@"
  code=$?
  kill $forwarder
  exit $code
' pulumi "$@"
`;
}
