import assert from "node:assert/strict";
import { chmod, mkdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { setTimeout as pause } from "node:timers/promises";
import { pathOf, remove } from "../../cluster/client/api.ts";
import { connect } from "../../cluster/client/connection.ts";
import { answers } from "../../rehearsal/control-plane.ts";
import { type FaultyNetwork, faultyAnswers, faultyConnections } from "../support/faulty-network.ts";
import {
  helmReleases,
  kubeconfig,
  type Outcome,
  paths,
  scratch,
  startOver,
  until,
} from "../support/rehearsal.ts";
import { apply, restartApiServer, secretData } from "../support/rehearsed-cluster.ts";
import { silentWebhook } from "../support/silent-webhook.ts";
import { smallPlatform, smallReleases } from "../support/small-platform.ts";
import { TestStack } from "../support/test-stack.ts";

interface Case {
  readonly title: string;
  readonly open: () => Promise<FaultyNetwork>;
  /** In it everything succeeds. In others a run may end with a named error, and converges in a network that is well. */
  readonly harmless: boolean;
  /** Takes longer: only with KRATEO_TEST_NETWORKS=all. */
  readonly long?: boolean;
}

/** What a fault of the network is called, here, by Pulumi, Helm or Kubernetes. */
const named = new RegExp(
  [
    "cannot be reached",
    "connection (reset|refused|lost)",
    "unexpected EOF|: EOF",
    "currently unable to handle the request",
    "has lost the Lease",
    "TLS handshake",
    "http2: ",
    "configured Kubernetes cluster is unreachable",
    "the connection to the cluster broke, or was too slow",
  ].join("|"),
);

/** Silence in seconds that a user may take for a program that hangs. */
const silenceLimit = 10;

/** The same numbers in each run, so that what a test has met can be met again. */
function randomNumbers(seed: number): (from: number, to: number) => number {
  let state = seed;
  return (from, to) => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return from + (to - from) * (state / 2 ** 32);
  };
}

const random = randomNumbers(17);

const cases: readonly Case[] = [
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
  { title: "whose login lasts for 20 s", open: expiringLogins, harmless: true, long: true },
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
  return { ...network, faults: () => logins.size - 1 };
}

function isWell(outcome: Outcome, { harmless }: Case): boolean {
  const { code, output, silentSeconds } = outcome;
  assert.ok(silentSeconds <= silenceLimit, `nothing was said for ${silentSeconds} s:\n${output}`);
  if (code === 0) return true;
  assert.ok(!harmless, output);
  assert.match(output, named);
  assert.doesNotMatch(output, /unhandled exception|node_modules|panic:/);
  return false;
}

async function calm(network: FaultyNetwork): Promise<void> {
  network.faulty = false;
  await until(() => answers(paths.directory));
}

/** Runs it; where it fails for the network's sake, then once more in one that is well, after a repair. */
async function converges(
  stack: TestStack,
  command: "up" | "destroy",
  network: FaultyNetwork,
  one: Case,
): Promise<void> {
  const outcome = await stack.pulumi(command);
  if (isWell(outcome, one)) return;
  await calm(network);
  const repair = await stack.krateo("repair");
  assert.equal(repair.code, 0, repair.output);
  const again = await stack.pulumi(command, ...(command === "destroy" ? ["--refresh"] : []));
  assert.equal(again.code, 0, `${outcome.output}\n--- then ---\n${again.output}`);
  network.faulty = true;
}

async function deployed(): Promise<void> {
  const releases = await helmReleases();
  assert.deepEqual(Object.keys(releases).toSorted(), smallReleases);
  for (const text of Object.values(releases)) assert.match(text, / deployed$/);
}

describe("a network", () => {
  before(startOver);

  for (const one of cases) {
    const test = one.long && process.env["KRATEO_TEST_NETWORKS"] !== "all" ? it.skip : it;
    test(`${one.title}: install, change, verify, diff and destroy end well or say why not`, async () => {
      const network = await one.open();
      try {
        const stack = await TestStack.open("network", { type: "nodeport", kubeconfig: network.kubeconfig });
        await stack.override(smallPlatform());
        await converges(stack, "up", network, one);
        await deployed();
        const secrets = await secretData();
        const debug = { "install-core-provider": { helmValues: { env: { CORE_PROVIDER_DEBUG: "true" } } } };
        await stack.override(smallPlatform({ "composable-operations": { stepConfig: debug } }));
        await converges(stack, "up", network, one);
        await deployed();
        for (const command of ["verify", "diff"]) isWell(await stack.krateo(command), one);
        await calm(network);
        for (const command of ["verify", "diff"]) {
          const { code, output } = await stack.krateo(command);
          assert.equal(code, 0, output);
        }
        const preview = await stack.pulumi("preview", "--expect-no-changes");
        assert.equal(preview.code, 0, preview.output);
        assert.deepEqual(await secretData(), secrets);
        network.faulty = true;
        await converges(stack, "destroy", network, one);
        assert.deepEqual(await helmReleases(), {});
        assert.ok(network.faults() > 0, "the network has done nothing");
      } finally {
        await network.close();
        await until(() => answers(paths.directory));
      }
    });
  }
});

describe("an admission webhook that must be asked and does not answer", () => {
  const name = "silent.example.org";

  it("is named by the run that meets it; without it repair and up converge", async () => {
    await startOver();
    const stack = await TestStack.open("webhook", { type: "nodeport" });
    await stack.override(smallPlatform());
    await apply({ apiVersion: "v1", kind: "Namespace", metadata: { name: "krateo-system" } });
    const close = await silentWebhook(name);
    const { code, output, silentSeconds } = await stack.pulumi("up");
    close();
    assert.equal(code, 1, output);
    assert.match(
      output,
      /the cluster's admission webhook silent\.example\.org does not answer, so the API server/,
    );
    assert.doesNotMatch(output, /unhandled exception|node_modules/);
    assert.ok(silentSeconds <= silenceLimit, String(silentSeconds));
    const plural = "validatingwebhookconfigurations";
    const path = pathOf("admissionregistration.k8s.io/v1", plural, undefined, name);
    await remove(connect({ kubeconfig }), path);
    const repair = await stack.krateo("repair");
    assert.equal(repair.code, 0, repair.output);
    const up = await stack.pulumi("up");
    assert.equal(up.code, 0, up.output);
    await deployed();
  });
});
