/** The bad networks that runs are tried in. */
import { chmod, mkdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { setTimeout as pause } from "node:timers/promises";
import { type FaultyNetwork, faultyAnswers, faultyConnections } from "./faulty-network.ts";
import { kubeconfig, scratch } from "./rehearsal.ts";
import { restartApiServer } from "./rehearsed-cluster.ts";

/** A network as users have it on a bad day. */
export interface BadNetwork {
  readonly title: string;
  readonly open: () => Promise<FaultyNetwork>;
  /** In it everything succeeds. In others a run may end with a named error, and converges in a network that is well. */
  readonly harmless: boolean;
  /** Takes longer: only with KRATEO_TEST_NETWORKS=all. */
  readonly long?: boolean;
}

/** The same numbers in each run, so that what a test has met can be met again. */
function randomNumbers(seed: number): (from: number, to: number) => number {
  let state = seed;
  return (from, to) => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return from + (to - from) * (state / 2 ** 32);
  };
}

const random = randomNumbers(17);

export const badNetworks: readonly BadNetwork[] = [
  {
    title: "300 ms away",
    open: () => faultyConnections({ latencyMilliseconds: 300 }),
    harmless: true,
    long: true,
  },
  {
    title: "with 64 KiB/s",
    open: () => faultyConnections({ bytesPerSecond: 64 * 1024 }),
    // Helm waits 32 s for an answer, and four charts share the line.
    harmless: false,
    long: true,
  },
  {
    title: "that resets connections at random",
    open: () => faultyConnections({ resetAfter: () => random(200, 5000) }),
    harmless: false,
  },
  {
    title: "that cuts answers in the middle",
    open: () => faultyConnections({ cutAfter: () => random(10_000, 200_000) }),
    harmless: false,
    long: true,
  },
  {
    title: "whose API server is too busy for every fifth request, and says when to come back",
    open: () => {
      const body = status(429, "TooManyRequests", "too many requests, please try again later");
      return faultyAnswers(() =>
        random(0, 1) < 0.2 ? { status: 429, headers: { "retry-after": "1" }, body } : undefined,
      );
    },
    harmless: true,
    long: true,
  },
  {
    title: "whose balancer has no API server for two seconds in eight",
    open: () =>
      faultyAnswers(() =>
        Date.now() % 8000 < 2000
          ? {
              status: 503,
              headers: { "content-type": "text/html" },
              body: "<h1>503 Service Unavailable</h1>",
            }
          : undefined,
      ),
    harmless: false,
    long: true,
  },
  { title: "whose API server restarts five times in a minute", open: restarts, harmless: false, long: true },
  {
    title: "whose login lasts for 20 s",
    open: expiringLogins,
    // Helm may show a login in the moment in which it expires, and does not ask again.
    harmless: false,
    long: true,
  },
];

function status(code: number, reason: string, message: string): string {
  return JSON.stringify({
    kind: "Status",
    apiVersion: "v1",
    metadata: {},
    status: "Failure",
    code,
    reason,
    message,
  });
}

/** Ends the API server every 12 s. */
async function restarts(): Promise<FaultyNetwork> {
  let faults = 0;
  let closed = false;
  const network = {
    kubeconfig,
    faulty: true,
    faults: () => faults,
    close: async () => {
      closed = true;
      await work;
    },
  };
  const work = (async () => {
    for (let second = 1; !closed; second++) {
      await pause(1000);
      if (second % 12 !== 4 || !network.faulty) continue;
      faults++;
      await restartApiServer();
    }
  })();
  return network;
}

/** Each login is good for 20 s, and is not accepted a moment longer. */
async function expiringLogins(): Promise<FaultyNetwork> {
  const helper = join(scratch("login"), "login-helper.mjs");
  await mkdir(scratch("login"), { recursive: true });
  await writeFile(
    helper,
    `#!${process.execPath}
const expirationTimestamp = new Date(Math.floor(Date.now() / 1000 + 20) * 1000).toISOString();
const status = { token: "until-" + expirationTimestamp, expirationTimestamp };
console.log(JSON.stringify({ apiVersion: "client.authentication.k8s.io/v1", kind: "ExecCredential", status }));
`,
  );
  await chmod(helper, 0o755);
  const exec = { apiVersion: "client.authentication.k8s.io/v1", command: helper, interactiveMode: "Never" };
  const body = status(401, "Unauthorized", "Unauthorized");
  const logins = new Set<string>();
  const network = await faultyAnswers(
    ({ headers: { authorization = "" } }) => {
      const until = /^Bearer until-(.+)$/.exec(authorization)?.[1] ?? "";
      if (!(Date.parse(until) > Date.now())) return { status: 401, body };
      logins.add(until);
      return undefined;
    },
    { exec },
  );
  // Several logins in one run, or nothing has expired.
  return Object.assign(network, { faults: () => logins.size - 1 });
}
