/**
 * Upstream's CLI on the same charts and pods as this program: krateoctl with upstream's own release documents, which get their
 * charts from a server on this machine.
 */
import { once } from "node:events";
import { copyFile, mkdir, readFile, rm, writeFile } from "node:fs/promises";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { basename, join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { create, list, pathOf } from "../../cluster/client/api.ts";
import { type Connection, connect } from "../../cluster/client/connection.ts";
import { readinessOf } from "../../cluster/diagnose/workload.ts";
import { knownStep } from "../../components/catalogue.ts";
import { loginStep } from "../../components/portal-defaults.ts";
import type { RehearsalPaths } from "../toolchain/layout.ts";
import type { Toolchain } from "../toolchain.ts";
import { runCommand } from "./command.ts";
import { type PeakMemory, withPeakMemory } from "./memory.ts";
import { descendantsOf } from "./processes.ts";
import { everythingReady } from "./sequential-install.ts";
import { timed } from "./statistics.ts";

/** What is measured against. */
export interface Peer {
  /** Path of the krateoctl program. */
  readonly program: string;
  /** Folder with upstream's krateo.TYPE.yaml. */
  readonly documents: string;
}

/** Seconds and bytes. */
export interface PeerFigures {
  /** From the start until every workload is ready, which krateoctl does not wait for. */
  readonly seconds: number;
  /** From the start until the releases that a login needs are installed and their pods ready. */
  readonly loginSeconds: number;
  /** A second run with nothing to do. */
  readonly againSeconds: number;
  readonly memory: PeakMemory;
}

interface Installation {
  readonly type: string;
  readonly namespace: string;
  readonly say: (line: string) => void;
}

/**
 * Installs with the peer on an empty cluster, and runs it once more.
 *
 * @throws Error with what it printed, when it fails
 */
export async function installByPeer(
  toolchain: Toolchain,
  paths: RehearsalPaths,
  peer: Peer,
  { type, namespace, say }: Installation,
): Promise<PeerFigures> {
  const charts = await serveFolder(paths.mirror);
  try {
    const home = await peerHome(paths, peer, type, charts.url);
    // It looks for KUBECONFIG below the home folder, whatever the variable says.
    const { KUBECONFIG: _, ...inherited } = toolchain.env;
    const env = { ...inherited, HOME: home };
    const words = ["install", "apply", "--config", "krateo.yaml", "--type", type, "--namespace", namespace];
    const run = (...more: string[]) => runCommand(peer.program, [...words, ...more], { cwd: home, env });

    const connection = connect({ kubeconfig: paths.kubeconfig });
    // Its documentation has the user make it.
    const metadata = { name: namespace };
    await create(connection, pathOf("v1", "namespaces"), { apiVersion: "v1", kind: "Namespace", metadata });
    const others = new Set(descendantsOf(process.pid).map(({ pid }) => pid));
    const begin = performance.now();
    const since = () => (performance.now() - begin) / 1000;
    const done = new AbortController();
    const login = loginReady(connection, namespace, done.signal).then(since);
    login.catch(() => undefined);
    say(`installing with ${basename(peer.program)}`);
    try {
      const { peaks } = await withPeakMemory(
        () => run("--init-secrets"),
        () => descendantsOf(process.pid).filter(({ pid }) => !others.has(pid)),
      );
      say("waiting until every workload is ready");
      while (!(await everythingReady(connection, namespace))) await sleep(250);
      const seconds = since();
      const loginSeconds = await login;
      say(`running ${basename(peer.program)} with nothing to do`);
      const again = await timed(() => run());
      return { seconds, loginSeconds, againSeconds: again.seconds, memory: peaks };
    } finally {
      done.abort();
    }
  } finally {
    await charts.close();
  }
}

/** A home folder for it: the kubeconfig where it looks, and the document of the type with the charts at `url`. */
async function peerHome(
  { directory, kubeconfig }: RehearsalPaths,
  { documents }: Peer,
  type: string,
  url: string,
): Promise<string> {
  const home = join(directory, "peer");
  await rm(home, { recursive: true, force: true });
  await mkdir(join(home, ".kube"), { recursive: true });
  await copyFile(kubeconfig, join(home, ".kube", "config"));
  // As text: before krateoctl has replaced its tokens, the document is no YAML.
  const document = await readFile(join(documents, `krateo.${type}.yaml`), "utf8");
  await writeFile(join(home, "krateo.yaml"), document.replaceAll(/^(\s+url: ).*$/gm, `$1${url}`));
  return home;
}

/** Waits until the releases of a login are installed, and the pods ready of those that have some. */
async function loginReady(connection: Connection, namespace: string, signal: AbortSignal): Promise<void> {
  const needed = [loginStep, ...(knownStep(loginStep)?.needs ?? []).map(({ on }) => on)];
  const releases = needed.flatMap((id) => knownStep(id)?.chart?.name ?? []);
  while (!(await loginIsReady(connection, namespace, releases))) await sleep(250, undefined, { signal });
}

async function loginIsReady(
  connection: Connection,
  namespace: string,
  releases: readonly string[],
): Promise<boolean> {
  const [records, deployments] = await Promise.all([
    list(connection, pathOf("v1", "secrets", namespace), {
      query: { labelSelector: `owner=helm,status=deployed,name in (${releases.join(",")})` },
    }),
    list(connection, pathOf("apps/v1", "deployments", namespace)),
  ]);
  const own = deployments.filter(({ metadata }) => releases.includes(metadata.name));
  return (
    records.length === releases.length &&
    own.every((deployment) => readinessOf("Deployment", deployment).ready)
  );
}

/** A folder of charts as a Helm repository on this machine. */
async function serveFolder(folder: string): Promise<{ url: string; close: () => Promise<void> }> {
  const server = createServer((request, response) => {
    readFile(join(folder, basename(request.url ?? ""))).then(
      (content) => response.end(content),
      () => response.writeHead(404).end(),
    );
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  const { port } = server.address() as AddressInfo;
  return {
    url: `http://127.0.0.1:${port}`,
    close: async () => {
      server.closeAllConnections();
      server.close();
      await once(server, "close");
    },
  };
}
