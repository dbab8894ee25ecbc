import assert from "node:assert/strict";
import { type ChildProcess, fork } from "node:child_process";
import { once } from "node:events";
import { mkdir, rm } from "node:fs/promises";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { killAtOnce } from "../../cluster/client/process-identity.ts";
import { actingAs, actorOf, auditEvents, changesWithoutLease, isChange } from "../support/audit-log.ts";
import { heldRun, letRunContinue } from "../support/held-run.ts";
import { helmReleases, kubeconfig, scratch, startOver, until } from "../support/rehearsal.ts";
import { apply, change, haltApiServer, live, secretData } from "../support/rehearsed-cluster.ts";
import { descendants, openInstalled, TestStack } from "../support/test-stack.ts";
import { processesOf } from "../torture/processes.ts";

interface Lease {
  readonly spec: { readonly holderIdentity?: string; readonly leaseTransitions?: number };
}

async function lease(): Promise<Lease | undefined> {
  const options = { apiVersion: "coordination.k8s.io/v1" };
  return (await live("Lease", "krateo-installer", options)) as Lease | undefined;
}

async function holder(): Promise<string> {
  return (await lease())?.spec.holderIdentity ?? "";
}

/** The same stack in another backend, whose lock Pulumi does not join with the first one's; its requests bear its name. */
async function elsewhere(name: string): Promise<TestStack> {
  const folder = scratch(`${name}-backend`);
  await rm(folder, { recursive: true, force: true });
  await mkdir(folder, { recursive: true });
  const config = { type: "nodeport", kubeconfig: await actingAs(name) };
  return await TestStack.open(name, config, { PULUMI_BACKEND_URL: pathToFileURL(folder).href });
}

/** Starts a process that takes the Lease when it is told to; its requests bear a name where one is given. */
async function leaseProcess({ clockSeconds = 0, name = "" } = {}): Promise<ChildProcess> {
  const file = join(import.meta.dirname, "..", "support", "lease-process.ts");
  const env = { ...process.env, KRATEO_TEST_CLOCK_SECONDS: String(clockSeconds) };
  const config = name === "" ? kubeconfig : await actingAs(name);
  const child = fork(file, [config, "krateo-system"], { env, serialization: "json" });
  await once(child, "message");
  return child;
}

/** Sends a word, and waits for the answer. */
async function tell(child: ChildProcess, word: string): Promise<string> {
  const answer = once(child, "message");
  child.send(word);
  return String((await answer)[0]);
}

/** Every release is deployed once, at the end of its history, and the next preview is empty. */
async function converged(stack: TestStack): Promise<void> {
  const statuses = Object.values(await helmReleases()).map((text) => text.split(" ")[2]);
  assert.deepEqual([statuses.length, ...new Set(statuses)], [21, "deployed"]);
  const preview = await stack.pulumi("preview", "--expect-no-changes");
  assert.equal(preview.code, 0, preview.output);
}

describe("two runs that start at the same moment", () => {
  it("never both begin, in 50 rounds", async () => {
    await startOver();
    await apply({ apiVersion: "v1", kind: "Namespace", metadata: { name: "krateo-system" } });
    const names = ["left", "right"] as const;
    const children = await Promise.all(names.map((name) => leaseProcess({ name })));
    const won: string[] = [];
    try {
      for (let round = 1; round <= 50; round++) {
        const answers = await Promise.all(children.map((child) => tell(child, "hold")));
        const winners = children.filter((_, index) => answers[index] === "held");
        assert.equal(winners.length, 1, `round ${round}: ${answers.join("\n")}`);
        assert.match(answers.find((text) => text !== "held") ?? "", /another run is in progress/);
        won.push(...names.filter((_, index) => answers[index] === "held"));
        for (const winner of winners) await tell(winner, "release");
      }
    } finally {
      for (const child of children) child.kill();
    }
    const writers = (await auditEvents())
      .filter((event) => isChange(event) && event.objectRef?.resource === "leases")
      .map(actorOf)
      .filter((actor) => names.some((name) => name === actor));
    // Who takes it twice in a row, or renews it in between, writes more often.
    const turns = (actors: readonly string[]) => actors.filter((actor, index) => actor !== actors[index - 1]);
    assert.deepEqual(turns(writers), turns(won));
  });
});

describe("a run beside one on a machine with another clock", () => {
  for (const hours of [-1, 1]) {
    it(`${hours} h ahead stops, and says who is in progress`, async () => {
      const stack = await openInstalled();
      const other = await leaseProcess({ clockSeconds: hours * 3600 });
      try {
        assert.equal(await tell(other, "hold"), "held");
        const { code, output } = await stack.pulumi("up");
        assert.equal(code, 1, output);
        assert.match(
          output,
          new RegExp(`another run is in progress on .*: \\S+ on \\S+, process ${other.pid}`),
        );
      } finally {
        other.kill();
      }
      const { code, output } = await stack.pulumi("up");
      assert.equal(code, 0, output);
    });
  }
});

describe("a run that loses its Lease", () => {
  it("since it was halted for a minute ends when it continues, and leaves the platform to the other one", async () => {
    await startOver();
    const first = await TestStack.open("halted", { type: "nodeport", kubeconfig: await actingAs("halted") });
    const second = await elsewhere("second");
    await first.override(heldRun);
    await second.override(heldRun);
    const going = first.start("up");
    await until(async () => (await helmReleases())["cnpg"] !== undefined, 120);
    const before = await secretData();
    const halted = descendants(going.pid);
    for (const pid of halted) process.kill(pid, "SIGSTOP");
    const other = second.start("up");
    try {
      const taken = until(async () => !halted.includes(Number((await holder()).split(" ")[2])), 120);
      await Promise.race([taken, other.ended.then(({ output }) => assert.fail(output))]);
    } finally {
      for (const pid of halted) process.kill(pid, "SIGCONT");
    }
    const continued = Date.now();
    const ended = await going.ended;
    assert.equal(ended.code, 1, ended.output);
    assert.match(ended.output, /this run has lost the Lease krateo-installer in namespace krateo-system/);
    assert.match(ended.output, /it is held now by \S+ on \S+, process \d+ \(pulumi up\), since \S+/);

    await letRunContinue();
    // What the first one had begun just before it was halted may still become a release that the second has not seen.
    const done = await other.ended;
    if (done.code !== 0) {
      const repair = await second.krateo("repair");
      assert.equal(repair.code, 0, repair.output);
      const up = await second.pulumi("up");
      assert.equal(up.code, 0, up.output);
    }
    assert.match(
      done.output,
      /krateo-system has a Lease of \S+ on \S+, process \d+ \(pulumi up\), since \S+: waiting up to 30 s/,
    );
    assert.deepEqual({ ...(await secretData()), ...before }, await secretData());
    await converged(second);
    const runs = ["halted", "second"];
    const events = await auditEvents();
    for (const run of runs)
      assert.ok(events.filter((event) => isChange(event) && actorOf(event) === run).length > 20, run);
    // What it was at cannot be taken back: see "One run at a time" in docs/reliability.md.
    const inadmissible = changesWithoutLease(events, runs).filter(
      (event) => actorOf(event) !== "halted" || Date.parse(event.requestReceivedTimestamp) > continued + 5000,
    );
    assert.deepEqual(inadmissible, []);
  });

  it("since the API server is away for 40 s ends with a sentence, and repair and up converge", async () => {
    await startOver();
    const stack = await TestStack.open("away", { type: "nodeport", kubeconfig: await actingAs("away") });
    await stack.override(heldRun);
    const going = stack.start("up");
    await until(async () => (await helmReleases())["cnpg"] !== undefined, 120);
    const before = await secretData();
    await haltApiServer(40);
    const { code, output } = await going.ended;
    const end = Date.now();
    assert.equal(code, 1, output);
    assert.match(output, /has lost the Lease .*, and begins nothing more: it could not be renewed for 30 s/);
    assert.match(output, /npx krateo repair, then the same command again/);
    await letRunContinue();
    const changes = (await auditEvents()).filter(
      (event) => isChange(event) && actorOf(event) === "away" && event.objectRef?.resource !== "leases",
    );
    assert.ok(changes.length > 20, String(changes.length));
    assert.deepEqual(
      changes.filter((event) => Date.parse(event.requestReceivedTimestamp) > end),
      [],
    );
    const repair = await stack.krateo("repair");
    assert.equal(repair.code, 0, repair.output);
    const up = await stack.pulumi("up");
    assert.equal(up.code, 0, up.output);
    assert.deepEqual({ ...(await secretData()), ...before }, await secretData());
    await converged(stack);
  });
});

describe("a run whose engine alone was killed", () => {
  it("keeps others away until repair has ended the provider that goes on", async () => {
    const first = await openInstalled();
    const second = await elsewhere("beside");
    await first.override(heldRun);
    const going = first.start("up");
    await until(async () => (await helmReleases())["authn"]?.endsWith("pending-upgrade") ?? false, 120);
    killAtOnce(processesOf(going.pid, "engine"));
    await going.exited;
    const refused = await second.pulumi("up");
    assert.equal(refused.code, 1, refused.output);
    assert.match(
      refused.output,
      /pulumi-resource-kubernetes, process \d+, of a run whose engine was killed may still be changing/,
    );
    const repair = await first.krateo("repair");
    assert.equal(repair.code, 0, repair.output);
    assert.match(repair.output, /^plugin: ended pulumi-resource-kubernetes, process \d+/m);
    assert.match(repair.output, /^authn: revision \d+ was pending-upgrade, marked as failed/m);
    await first.override({});
    const up = await first.pulumi("up");
    assert.equal(up.code, 0, up.output);
    await converged(first);
  });
});

/** Gives a Secret these finalizers, without which it does not go. */
async function hold(name: string, finalizers: readonly string[]): Promise<void> {
  await change("Secret", name, {}, { metadata: { finalizers: [...finalizers] } });
}

describe("a removal", () => {
  it("keeps other runs away until it has ended, and gives the Lease up", async () => {
    const stack = await openInstalled();
    const second = await elsewhere("beside");
    // The removal waits for this Secret, so that it is in progress for as long as the test wants it to be.
    await hold("krateo-db", ["example.org/hold"]);
    const going = stack.start("destroy");
    await until(async () => (await holder()) !== "" && (await helmReleases())["portal"] === undefined);
    const { code, output } = await second.pulumi("up").finally(() => hold("krateo-db", []));
    assert.equal(code, 1, output);
    assert.match(output, /another run is in progress on .*: \S+ on \S+, process \d+ \(pulumi destroy\)/);
    const changes = (await auditEvents()).filter((event) => isChange(event) && actorOf(event) === "beside");
    assert.deepEqual(changes, []);
    const ended = await going.ended;
    assert.equal(ended.code, 0, ended.output);
    await until(async () => (await holder()) === "");
    assert.deepEqual(await helmReleases(), {});
  });

  it("does not begin while a run is in progress", async () => {
    const stack = await openInstalled();
    const other = await leaseProcess();
    try {
      assert.equal(await tell(other, "hold"), "held");
      const { code, output } = await stack.pulumi("destroy");
      assert.equal(code, 1, output);
      assert.match(output, /another run is in progress on the installation/);
      assert.equal(Object.keys(await helmReleases()).length, 21);
    } finally {
      other.kill();
    }
  });

  it("waits for that run where KRATEO_WAIT says so, and begins when it has ended", async () => {
    const stack = await openInstalled();
    const other = await leaseProcess();
    try {
      assert.equal(await tell(other, "hold"), "held");
      const going = stack.with({ KRATEO_WAIT: "5m" }).start("destroy");
      await until(async () => going.output().includes("waiting up to 5m for another run"), 120);
      assert.equal(Object.keys(await helmReleases()).length, 21);
      assert.equal(await tell(other, "release"), "released");
      const { code, output } = await going.ended;
      assert.equal(code, 0, output);
      assert.deepEqual(await helmReleases(), {});
    } finally {
      other.kill();
    }
  });
});
