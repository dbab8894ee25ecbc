import assert from "node:assert/strict";
import { readdirSync } from "node:fs";
import { hostname } from "node:os";
import { join } from "node:path";
import { holding, kubeconfigOf, withApiServer } from "../cluster/api-server.ts";
import { krateo, type Run, withProject } from "./session.ts";

const system = { metadata: { name: "kube-system", uid: "uid of kube-system" } };
const locks = "state/.pulumi/locks/organization/krateo/dev";
const lock = (pid: number, host: string): string =>
  JSON.stringify({ pid, username: "ada", hostname: host, timestamp: "2026-01-01T12:00:00Z" });
const stale = { [`${locks}/a.json`]: lock(0x7ffffffe, hostname()) };
const elsewhere = { [`${locks}/a.json`]: lock(7, "another") };

/** A stand-in for the pulumi program that says where the state is; `$PWD` is the project's folder. */
const pulumi = (url: string): string => `#!/bin/sh
echo "{\\"url\\": \\"${url}\\"}"
`;
/** The same for a bucket, with what Pulumi 3.259 says of a lock there (pkg/backend/diy): the file `lock` stands for it. */
const bucket = `#!/bin/sh
case "$1 $2" in
  "whoami --verbose") echo '{"url": "s3://state?region=eu-west-1"}' ;;
  "stack rename")
    [ "$3 $4 $5" = "dev --stack dev" ] || exit 9
    if [ -e refusal ]; then cat refusal >&2
    elif [ -e lock ]; then
      echo "error: the stack is currently locked by 1 lock(s). Either wait for the other process(es) to end or delete the lock file with \\\`pulumi cancel\\\`." >&2
      cat lock >&2
      # What is asked for next.
      if [ -e next ]; then mv next lock; fi
    else echo "error: a stack named organization/krateo/dev already exists" >&2
    fi
    exit 255 ;;
  "cancel --yes") rm lock ;;
esac
`;
const lockLine = (host: string, pid = 7): string =>
  `  s3://state/.pulumi/locks/organization/krateo/dev/6e0f.json?region=eu-west-1: created by DOM\\ada@x@${host} (pid ${pid}) at 2026-01-01T12:00:00+01:00`;
const loggedOut = `#!/bin/sh
echo "error: PULUMI_ACCESS_TOKEN must be set" >&2
exit 255
`;

describe("krateo repair", () => {
  const environment = ["PULUMI_STACK", "KRATEO_CONFIG_FILE", "KUBECONFIG"];
  const before = environment.map((name) => [name, process.env[name]] as const);
  beforeEach(() => {
    for (const name of environment) delete process.env[name];
  });
  afterEach(() => {
    for (const [name, value] of before) if (value !== undefined) process.env[name] = value;
  });

  /** Runs the command lines one after another on an empty cluster; with them, the locks that are left. */
  async function repair(
    files: Readonly<Record<string, string>>,
    lines: readonly (readonly string[])[],
    program = pulumi("file://$PWD/state"),
    objects: Readonly<Record<string, unknown>> = {},
  ): Promise<(Run & { locks: string[] })[]> {
    const runs: (Run & { locks: string[] })[] = [];
    await withApiServer(
      holding({ "/api/v1/namespaces/kube-system": system, ...objects }),
      async ({ server }) => {
        const { directory, remove } = withProject({
          "Pulumi.dev.yaml": "config:\n  krateo:namespace: shop\n  krateo:kubeconfig: kubeconfig\n",
          "node_modules/.bin/pulumi": program,
          kubeconfig: JSON.stringify(kubeconfigOf("shop", server)),
          [`${locks}/.keep`]: "",
          ...files,
        });
        try {
          for (const words of lines) {
            const run = await krateo(directory, "repair", "--stack", "dev", ...words);
            const left = readdirSync(join(directory, locks)).filter((name) => name.endsWith(".json"));
            runs.push({ ...run, locks: left });
          }
        } finally {
          remove();
        }
      },
    );
    return runs;
  }

  it("removes a stale lock and what was written only half, once it has said so in a dry run", async () => {
    const files = { ...stale, "state/.pulumi/stacks/krateo/dev.json.attrs": "" };
    const [dry, done, again] = await repair(files, [["--dry-run"], [], []]);
    const owner = `ada on ${hostname()}, process 2147483646, since 2026-01-01T12:00:00Z (stale)`;
    assert.deepEqual(dry, {
      code: 0,
      printed: [
        "state: would remove the half-written dev.json.attrs",
        `lock: would remove that of ${owner}`,
        "releases: none is unfinished",
      ].join("\n"),
      noted: "",
      locks: ["a.json"],
    });
    assert.deepEqual(done, {
      code: 0,
      printed: [
        "state: removed the half-written dev.json.attrs",
        `lock: removed that of ${owner}`,
        "releases: none is unfinished",
      ].join("\n"),
      noted: "",
      locks: [],
    });
    assert.match(again?.printed ?? "", /^lock: stack dev is not locked\n/);
  });

  it("finds the lock and the state of a project that pulumi new gave another name", async () => {
    const files = {
      "Pulumi.yaml": "name: web\nruntime: nodejs\n",
      "Pulumi.dev.yaml": "config:\n  web:namespace: shop\n  web:kubeconfig: kubeconfig\n",
      "state/.pulumi/locks/organization/web/dev/a.json": lock(0x7ffffffe, hostname()),
      "state/.pulumi/stacks/web/dev.json.attrs": "",
    };
    const [run] = await repair(files, [[]]);
    assert.equal(run?.code, 0);
    assert.match(run?.printed ?? "", /^state: removed the half-written .*\nlock: removed that of ada /);
  });

  it("leaves a lock on another host alone, unless it is told that its owner has ended", async () => {
    const [refused, forced] = await repair(elsewhere, [[], ["--force"]]);
    assert.deepEqual([refused?.code, refused?.locks], [1, ["a.json"]]);
    assert.match(
      refused?.printed ?? "",
      /^left alone: the lock of ada on another, process 7, since 2026-01-01T12:00:00Z, which may run on another host, where .* use --force if you know that it has ended$/m,
    );
    assert.deepEqual([forced?.code, forced?.locks], [0, []]);
  });

  describe("asks the cluster about a lock of a pod, and", () => {
    const podPath = "/api/v1/namespaces/shop/pods/another";
    const pod = (creationTimestamp: string, running: object | undefined) => ({
      metadata: { name: "another", namespace: "shop", uid: "p", creationTimestamp },
      status: {
        phase: "Running",
        containerStatuses: [{ state: running ? { running } : { terminated: {} } }],
      },
    });
    const before = "2026-01-01T11:00:00Z";
    const since = "2026-01-01T13:00:00Z";
    const leasePath = "/apis/coordination.k8s.io/v1/namespaces/shop/leases/krateo-installer";
    const leaseOf = (engine: number) => ({
      metadata: { name: "krateo-installer", namespace: "shop", uid: "l", resourceVersion: "1" },
      spec: {
        holderIdentity: `ada another 8 1 ${engine} place 1 shop/another/gone`,
        leaseDurationSeconds: 3600,
      },
    });

    for (const [sentence, objects, words] of [
      ["its container has ended", { [podPath]: pod(before, undefined) }, /its pod shop\/another has ended/],
      [
        "it was made anew",
        { [podPath]: pod(since, { startedAt: since }) },
        /its pod shop\/another has ended/,
      ],
      ["it is gone, as its Lease says", { [leasePath]: leaseOf(7) }, /its run's Lease has ended/],
    ] as const) {
      it(`removes it when ${sentence}`, async () => {
        const [run] = await repair(elsewhere, [[]], undefined, objects);
        assert.deepEqual([run?.code, run?.locks], [0, []], run?.printed);
        assert.match(run?.printed ?? "", words);
      });
    }

    for (const [sentence, objects, code] of [
      ["the pod runs since before", { [podPath]: pod(before, { startedAt: before }) }, 3],
      ["nobody knows: the Lease is another engine's", { [leasePath]: { ...leaseOf(6), spec: {} } }, 1],
    ] as const) {
      it(`leaves it alone when ${sentence}`, async () => {
        const [run] = await repair(elsewhere, [[]], undefined, objects);
        assert.deepEqual([run?.code, run?.locks], [code, ["a.json"]], run?.printed);
      });
    }
  });

  describe("finds the lock of a stack in a bucket in what Pulumi says, and", () => {
    const podPath = "/api/v1/namespaces/shop/pods/another";
    const ended = {
      metadata: { name: "another", namespace: "shop", uid: "p", creationTimestamp: "2026-01-01T13:00:00Z" },
      status: { phase: "Running", containerStatuses: [{ state: { running: {} } }] },
    };
    const inBucket = (host: string, pid = 7): Record<string, string> => ({ lock: lockLine(host, pid) });
    const bucketCase = async (
      files: Record<string, string>,
      objects: Record<string, unknown> = {},
      words: string[] = [],
    ): Promise<Run & { isLocked: boolean }> => {
      const [run, after] = await repair(files, [words, ["--dry-run"]], bucket, objects);
      return { ...(run as Run), isLocked: !after?.printed.includes("lock: stack dev is not locked") };
    };

    it("cancels when the pod is gone that holds it", async () => {
      const { code, printed, isLocked } = await bucketCase(inBucket("another"), { [podPath]: ended });
      assert.deepEqual([code, isLocked], [0, false], printed);
      assert.match(
        printed,
        /^lock: removed that of DOM\\ada@x on another, process 7, since 2026-01-01T11:00:00Z \(its pod shop\/another has ended, or has been started again\) \(stale\)$/m,
      );
    });

    it("says so and cancels nothing in a dry run", async () => {
      const run = await bucketCase(inBucket("another"), { [podPath]: ended }, ["--dry-run"]);
      assert.deepEqual([run.code, run.isLocked], [0, true], run.printed);
      assert.match(run.printed, /^lock: would remove that of /m);
    });

    for (const [sentence, files] of [
      ["another host holds it, of which the cluster knows nothing", inBucket("another")],
      ["a machine of the same name as this one holds it", inBucket(hostname(), 0x7ffffffe)],
      [
        "one of two is of a host that nobody knows",
        { lock: `${lockLine("another")}\n${lockLine("stranger")}` },
      ],
    ] as const) {
      it(`leaves it alone when ${sentence}, unless it is told that its owner has ended`, async () => {
        const objects = { [podPath]: sentence.includes("two") ? ended : undefined };
        const left = await bucketCase(files, objects);
        assert.deepEqual([left.code, left.isLocked], [1, true], left.printed);
        assert.match(left.printed, /^left alone: the lock of .* which may run on another host/m);
        const forced = await bucketCase(files, objects, ["--force"]);
        assert.deepEqual([forced.code, forced.isLocked], [0, false], forced.printed);
      });
    }

    it("leaves alone one that another run takes in the meantime", async () => {
      const taken = { ...inBucket("another"), next: lockLine("another", 8) };
      const run = await bucketCase(taken, { [podPath]: ended });
      assert.deepEqual([run.code, run.isLocked], [3, true]);
      assert.match(run.printed, /^left alone: stack dev has been locked by another run/m);
    });

    it("says what Pulumi says instead", async () => {
      const { code, noted } = await bucketCase({ refusal: "error: AccessDenied" });
      assert.equal(code, 1);
      assert.match(noted, /Pulumi does not say whether stack dev is locked: error: AccessDenied/);
    });
  });

  it("leaves the Lease of a run on another host alone, and clears it when it is told that the run has ended", async () => {
    const spec = {
      holderIdentity: "ada another 7 1",
      leaseDurationSeconds: 3600,
      acquireTime: "2026-01-01T12:00:00.000000Z",
      // Its holder renews it between any two readings.
      toJSON() {
        return { ...this, toJSON: undefined, renewTime: new Date().toISOString() };
      },
    };
    const path = "/apis/coordination.k8s.io/v1/namespaces/shop/leases/krateo-installer";
    const lease = { metadata: { name: "krateo-installer", namespace: "shop", uid: "l" }, spec };
    const lines = [[], ["--force", "--dry-run"], ["--force"]];
    const [refused, dry, forced] = await repair({}, lines, undefined, { [path]: lease });
    assert.equal(refused?.code, 3);
    assert.match(
      refused?.printed ?? "",
      /^left alone: another run is in progress on the installation in namespace shop: ada on another, process 7, since .*; .* at once with: npx krateo repair --force$/m,
    );
    assert.equal(dry?.code, 0);
    assert.match(
      dry.printed,
      /^lease: would clear the Lease of ada on another, process 7, since 2026-01-01T12:00:00Z, who has renewed it just now$/m,
    );
    assert.equal(forced?.code, 0);
    assert.match(
      forced.printed,
      /^lease: cleared the Lease of ada on another, process 7, since 2026-01-01T12:00:00Z, who has renewed it just now$/m,
    );
  });

  it("says which command clears the lock of Pulumi Cloud, which does not say who holds it", async () => {
    const [run] = await repair({}, [[]], pulumi("https://api.example.org"));
    assert.equal(run?.code, 0);
    assert.match(
      run.printed,
      /^lock: Pulumi Cloud does not say who holds that of stack dev; .*: pulumi cancel$/m,
    );
  });

  it("says what to do when Pulumi does not know where its state is", async () => {
    const [run] = await repair({}, [[]], loggedOut);
    assert.equal(run?.code, 1);
    assert.match(run.noted, /Pulumi cannot say where its state is: error: PULUMI_ACCESS_TOKEN must be set/);
    assert.match(run.noted, /npx pulumi login, .* or set PULUMI_BACKEND_URL/);
  });
});
