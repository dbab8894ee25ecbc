import { createHash } from "node:crypto";
import { createServer, type Server } from "node:net";

/** What of a control plane listens, by the keys of KWOK's configuration. */
const listeners = [
  "etcdPeerPort",
  "etcdPort",
  "kubeApiserverPort",
  "kwokControllerPort",
  "kubeControllerManagerPort",
  "kubeSchedulerPort",
] as const;

/** A port of this machine for each part of a control plane. */
export type Ports = Readonly<Record<(typeof listeners)[number], number>>;

/** Where all of a rehearsal listens: its etcd asks nobody for a password. */
export const loopback = "127.0.0.1";

// Below the node ports of a real cluster (from 30000) and the ports that systems give to outgoing connections (from
// 32768): one of those could take a stopped cluster's port before it starts again.
const lowest = 20_000;
const highest = 29_999;
/** One port is the claim on the others. */
const blockSize = listeners.length + 1;
const blocks = Math.floor((highest - lowest + 1) / blockSize);

/**
 * Runs `work` with ports that nobody listens at, and that no other rehearsal is given before `work` has ended: by then
 * its control plane holds them. KWOK's own choice is the highest port that is free at that moment, so that two clusters
 * which start together take the same.
 *
 * A folder always prefers the same ports, and different folders different ones: a cluster that was stopped finds its
 * ports free again.
 *
 * @param directory the rehearsal's folder
 * @throws what `work` throws, or when nothing is free
 */
export async function withPorts<T>(directory: string, work: (ports: Ports) => Promise<T>): Promise<T> {
  const preferred = createHash("sha256").update(directory).digest().readUInt32BE() % blocks;
  for (let tried = 0; tried < blocks; tried++) {
    const first = lowest + ((preferred + tried) % blocks) * blockSize;
    const claim = await listen(first);
    if (!claim) continue;
    try {
      const ports = listeners.map((_, index) => first + 1 + index);
      if (!(await areFree(ports))) continue;
      return await work(Object.fromEntries(listeners.map((key, index) => [key, ports[index]])) as Ports);
    } finally {
      await close(claim);
    }
  }
  throw new Error(
    `no ${blockSize} ports in a row are free between ${lowest} and ${highest}: what listens there? (ss -ltnp)`,
  );
}

async function areFree(ports: readonly number[]): Promise<boolean> {
  const servers = await Promise.all(ports.map(listen));
  await Promise.all(servers.map((server) => server && close(server)));
  return !servers.includes(undefined);
}

/** Undefined when somebody else listens there. */
async function listen(port: number): Promise<Server | undefined> {
  const server = createServer();
  return await new Promise((resolve) => {
    server.once("error", () => resolve(undefined));
    server.listen({ port, host: loopback, exclusive: true }, () => resolve(server));
  });
}

async function close(server: Server): Promise<void> {
  await new Promise((resolve) => server.close(resolve));
}
