import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { mkdir, mkdtemp, readdir, rm, writeFile } from "node:fs/promises";
import { hostname, tmpdir } from "node:os";
import { join } from "node:path";
import { clearDeadLocks, type RehearsalChoice, stackFlags, stackValues } from "../../rehearsal/stack.ts";
import { rehearsalEnvironment, rehearsalPaths } from "../../rehearsal/toolchain/layout.ts";

const paths = rehearsalPaths("/project/.rehearsal", "/project");
const common = {
  namespace: "krateo-system",
  chartMirror: ".rehearsal/mirror",
  kubeconfig: ".rehearsal/kubeconfig",
};

describe("the rehearsal's stack", () => {
  const table: [string, RehearsalChoice, object][] = [
    [
      "leaves the address of a node to the program for nodeport",
      { type: "nodeport", profiles: [], namespace: "krateo-system" },
      { type: "nodeport", ...common },
    ],
    [
      "needs nothing more for loadbalancer",
      { type: "loadbalancer", profiles: [], namespace: "krateo-system" },
      { type: "loadbalancer", ...common },
    ],
    [
      "has a domain for ingress",
      { type: "ingress", profiles: [], namespace: "krateo-system" },
      { type: "ingress", ...common, domain: "krateo.example.org" },
    ],
    [
      "has a domain for gateway, and the class that the cluster serves",
      { type: "gateway", profiles: [], namespace: "krateo-system" },
      { type: "gateway", ...common, domain: "krateo.example.org", gatewayClass: "rehearsal" },
    ],
    [
      "takes profiles in their order, overrides and another namespace",
      {
        type: "loadbalancer",
        profiles: ["debug", "no-finops"],
        namespace: "ns",
        overrides: "/project/more.yaml",
      },
      {
        type: "loadbalancer",
        ...common,
        profiles: ["debug", "no-finops"],
        namespace: "ns",
        overrides: "more.yaml",
      },
    ],
  ];
  for (const [rule, choice, expected] of table) {
    it(rule, () => assert.deepEqual(stackValues(choice, paths), expected));
  }

  it("has its configuration outside the files under version control", () => {
    assert.deepEqual(stackFlags(paths), [
      "--stack=rehearsal",
      "--config-file=.rehearsal/stack/Pulumi.rehearsal.yaml",
    ]);
  });

  it("runs in an environment that leaves the user's own Pulumi and cluster alone", () => {
    assert.deepEqual(rehearsalEnvironment(paths, true), {
      PULUMI_HOME: "/project/.rehearsal/pulumi",
      PULUMI_BACKEND_URL: "file:///project/.rehearsal/state",
      PULUMI_CONFIG_PASSPHRASE: "rehearsal",
      PULUMI_SKIP_UPDATE_CHECK: "1",
      PULUMI_PARALLEL: "32",
      PULUMI_DISABLE_AUTOMATIC_PLUGIN_ACQUISITION: "1",
      KUBECONFIG: "/project/.rehearsal/kubeconfig",
      KRATEO_CHARTS_DIR: ".rehearsal/charts",
      KRATEO_BACKUP_DIR: "/project/.rehearsal/backup",
      NODE_COMPILE_CACHE: "/project/.rehearsal/compile-cache",
      PULUMI_STACK: "rehearsal",
      KRATEO_CONFIG_FILE: "/project/.rehearsal/stack/Pulumi.rehearsal.yaml",
    });
  });

  it("lets the engine download plugins where it can", () => {
    assert.equal(rehearsalEnvironment(paths, false).PULUMI_DISABLE_AUTOMATIC_PLUGIN_ACQUISITION, undefined);
  });

  it("is freed from the locks of dead processes of this machine, and of no other", async () => {
    const directory = await mkdtemp(join(tmpdir(), "locks-"));
    const folder = join(directory, "state", ".pulumi", "locks", "organization", "krateo", "rehearsal");
    await mkdir(folder, { recursive: true });
    const lock = (name: string, owner: object) => writeFile(join(folder, name), JSON.stringify(owner));
    const dead = spawnSync("true").pid;
    await lock("dead.json", { pid: dead, hostname: hostname() });
    await lock("living.json", { pid: process.pid, hostname: hostname() });
    await lock("elsewhere.json", { pid: dead, hostname: "elsewhere" });
    await clearDeadLocks(rehearsalPaths(directory, directory));
    assert.deepEqual((await readdir(folder)).sort(), ["elsewhere.json", "living.json"]);
    await rm(directory, { recursive: true });
  });
});
