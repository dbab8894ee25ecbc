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
      /^left alone: the lock of ada on another, process 7, since 2026-01-01T12:00:00Z, which is on another host, .* use --force if you know that it has ended$/m,
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

  it("says which command clears the lock of a backend that does not show its locks", async () => {
    const [run] = await repair({}, [[]], pulumi("https://api.example.org"));
    assert.equal(run?.code, 0);
    assert.match(run.printed, /^lock: this backend does not show its locks; .*: pulumi cancel$/m);
  });

  it("says what to do when Pulumi does not know where its state is", async () => {
    const [run] = await repair({}, [[]], loggedOut);
    assert.equal(run?.code, 1);
    assert.match(run.noted, /Pulumi cannot say where its state is: error: PULUMI_ACCESS_TOKEN must be set/);
    assert.match(run.noted, /npx pulumi login, .* or set PULUMI_BACKEND_URL/);
  });
});
