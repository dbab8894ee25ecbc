import assert from "node:assert/strict";
import { loadSettings } from "../../configuration/load.ts";
import { higherPeaks } from "../../rehearsal/bench/memory.ts";
import { summarize } from "../../rehearsal/bench/preview.ts";
import { descendantsOf, parseProcess, roleOf } from "../../rehearsal/bench/processes.ts";
import { type BenchReport, describeReport } from "../../rehearsal/bench/report.ts";
import { changedRevisions } from "../../rehearsal/bench/revisions.ts";
import { isWaitedFor } from "../../rehearsal/bench/sequential-install.ts";
import { median } from "../../rehearsal/bench/statistics.ts";
import { commandLine } from "../../rehearsal/bench.ts";

describe("the benchmark's command line", () => {
  const parse = (...args: string[]) =>
    commandLine()
      .configureOutput({ writeErr: () => undefined })
      .parse(args, { from: "user" })
      .opts();

  it("measures three previews of type nodeport, and upstream's manner of installing, unless told otherwise", () => {
    assert.deepEqual(parse(), { type: "nodeport", runs: 3, sequential: "upstream" });
  });

  for (const args of [
    ["--type", "hostport"],
    ["--runs", "0"],
    ["--runs", "1.5"],
    ["--sequential", "none"],
    ["nodeport"],
  ]) {
    it(`refuses ${args.join(" ")}`, () => {
      assert.throws(() => parse(...args), /choices|whole number|too many arguments/);
    });
  }
});

describe("the median", () => {
  const cases: [number[], number][] = [
    [[3], 3],
    [[1, 2], 1.5],
    [[9, 1, 5], 5],
    [[10, 9, 2, 1], 5.5],
    [[], Number.NaN],
  ];
  for (const [values, expected] of cases) {
    it(`of ${JSON.stringify(values)} is ${expected}`, () => assert.equal(median(values), expected));
  }
});

describe("the summary of previews", () => {
  it("takes the difference pair by pair, so that a busy moment counts for neither", () => {
    const times = { platform: [4, 14, 6], empty: [3, 12, 3], up: [5, 14, 9] };
    assert.deepEqual(summarize(times), {
      ...times,
      platformSeconds: 6,
      emptySeconds: 3,
      overEmptySeconds: 2,
      upSeconds: 9,
      upOverPreviewSeconds: 1,
    });
  });
});

describe("the revisions of Helm releases", () => {
  const list = (...pairs: [string, string][]) => pairs.map(([name, revision]) => ({ name, revision }));
  it("that have changed, come or gone are named; the others are not", () => {
    const before = list(["authn", "1"], ["opa", "2"], ["portal", "1"]);
    const after = list(["authn", "2"], ["opa", "2"], ["frontend", "1"]);
    assert.deepEqual(changedRevisions(before, after), [
      "authn 1 -> 2",
      "frontend none -> 1",
      "portal 1 -> none",
    ]);
  });
});

describe("installing one after another", () => {
  const waitedFor = async (waits: "upstream" | "each") => {
    const { steps } = await loadSettings({ values: {}, secretKeys: [] }, import.meta.dirname);
    return steps.filter((step) => step.type === "chart" && isWaitedFor(step, waits)).map(({ id }) => id);
  };

  it("waits where upstream's documents do", async () => {
    assert.deepEqual(await waitedFor("upstream"), [
      "install-authn",
      "install-snowplow",
      "install-cnpg",
      "install-pg-cluster",
      "install-deviser",
      "install-resources-presenter",
      "install-events-presenter",
      "install-frontend",
      "install-finops-operator-exporter",
      "install-finops-operator-focus",
      "install-finops-database-handler",
    ]);
  });

  it("waits for all but finops-notebooks when it is to wait for each", async () => {
    const all = await waitedFor("each");
    assert.equal(all.length, 20);
    assert.equal(all.includes("install-finops-notebooks"), false);
  });
});

describe("a process of a run of Pulumi", () => {
  const cases: [string, string[]][] = [
    [
      "program",
      ["/bin/node", "/app/node_modules/@pulumi/pulumi/cmd/run/index.js", "--monitor=1", "index.ts"],
    ],
    ["program", ["node", "/app/node_modules/@pulumi/pulumi/cmd/run", "index.ts"]],
    ["engine", ["/home/.pulumi/versions/3/bin/pulumi", "up"]],
    ["other", ["node", "/app/node_modules/.bin/pulumi", "up"]],
    ["kubernetesProvider", ["/plugins/pulumi-resource-kubernetes", "127.0.0.1:1"]],
    ["other", ["node", "/app/rehearsal/plugins/resource-random.ts", "127.0.0.1:1"]],
    ["other", [""]],
  ];
  for (const [role, command] of cases) {
    it(`with the command line "${command.join(" ")}" is ${role}`, () => {
      assert.equal(roleOf({ arguments: command }), role);
    });
  }

  it("is read from what the kernel tells", () => {
    const status = "Name:\tnode\nPPid:\t12\nVmHWM:\t    2048 kB\nVmRSS:\t    1024 kB\n";
    assert.deepEqual(parseProcess(34, status, "node\0a b\0"), {
      pid: 34,
      parent: 12,
      arguments: ["node", "a b"],
      resident: 1 << 20,
      peak: 2 << 20,
    });
  });

  it("is a descendant of whoever started it, and not of itself", () => {
    const family = descendantsOf(process.ppid);
    if (process.platform === "linux") assert.ok(family.some(({ pid }) => pid === process.pid));
    assert.equal(
      descendantsOf(process.pid).some(({ pid }) => pid === process.pid),
      false,
    );
  });
});

describe("peak memory", () => {
  const engine = (resident: number, peak: number) => ({
    pid: 1,
    parent: 0,
    arguments: ["pulumi"],
    resident,
    peak,
  });
  const shell = (resident: number) => ({ ...engine(resident, resident), pid: 2, arguments: ["sh"] });

  it("of a part is the highest that any of its processes had, and together the highest sum of one moment", () => {
    const moments = [[engine(10, 30)], [engine(20, 25), shell(15)], [engine(5, 40)], []];
    assert.deepEqual(moments.reduce(higherPeaks, {}), { engine: 40, together: 35 });
  });
});

describe("the benchmark's report", () => {
  const report: BenchReport = {
    type: "nodeport",
    machine: { cores: 2, memory: 24 * 2 ** 30, loadBefore: 0.5, loadAfter: 1 },
    install: {
      seconds: 130,
      loginSeconds: 59,
      criticalPath: { seconds: 100, chain: [{ id: "install-cnpg", seconds: 100 }] },
      overCriticalPath: 1.3,
      memory: { program: 200 * 2 ** 20 },
    },
    preview: {
      platform: [4],
      empty: [3],
      up: [5.5],
      platformSeconds: 4,
      emptySeconds: 3,
      overEmptySeconds: 1,
      upSeconds: 5.5,
      upOverPreviewSeconds: 1.5,
    },
    cpu: { help: 0.3, render: 0.7, explain: 0.6 },
    upAgain: { changedRevisions: ["authn 1 -> 2"], memory: {} },
    standIns: [],
  };
  const cells = (text: string, row: string) =>
    text
      .split("\n")
      .find((line) => line.includes(row))
      ?.split("│")
      .map((cell) => cell.trim())
      .filter(Boolean)
      .slice(1);

  it("says which aims were reached and which were missed", () => {
    const text = describeReport(report);
    assert.deepEqual(cells(text, "install / critical path"), ["1.30", "<= 1.20: MISSED"]);
    assert.deepEqual(cells(text, "users can log in after"), ["59.0 s", "<= 60.0 s: reached"]);
    assert.deepEqual(cells(text, "more than the empty program"), ["1.00 s", "<= 1.00 s: reached"]);
    assert.deepEqual(cells(text, "more than the preview"), ["1.50 s", "<= 1.00 s: MISSED"]);
    assert.deepEqual(cells(text, "CPU of krateo --help"), ["0.30 s", "<= 0.35 s: reached"]);
    assert.deepEqual(cells(text, "CPU of krateo render"), ["0.70 s", "<= 0.60 s: MISSED"]);
    assert.deepEqual(cells(text, "program (node)"), ["200 MiB", "<= 200 MiB: reached"]);
    assert.deepEqual(cells(text, "new Helm revisions"), ["1", "<= 0: MISSED"]);
    assert.match(text, /^New Helm revision: authn 1 -> 2$/m);
    assert.match(text, /^Critical path: install-cnpg 100 s$/m);
  });

  it("has no row for an installation one after another that was skipped", () => {
    assert.equal(cells(describeReport(report), "one after another"), undefined);
    const sequential = { waits: "each", seconds: 390, overInstall: 3 } as const;
    const text = describeReport({ ...report, sequential });
    assert.deepEqual(cells(text, "one after another, waiting for each"), ["390.0 s"]);
    assert.deepEqual(cells(text, "one after another / install"), ["3.00"]);
  });

  it("compares with upstream's CLI where that was measured, too", () => {
    assert.equal(cells(describeReport(report), "krateoctl"), undefined);
    const memory = { together: 100 * 2 ** 20 };
    const install = { ...report.install, memory: { together: 800 * 2 ** 20 } };
    const peer = { seconds: 260, loginSeconds: 295, againSeconds: 27.5, memory };
    const rows = describeReport({ ...report, install, peer })
      .split("\n")
      .filter((line) => /│/.test(line));
    const from = (name: string) => rows.slice(rows.findIndex((line) => line.includes(name))).join("\n");
    assert.deepEqual(cells(from("every workload ready"), "this program takes"), [
      "0.50 x",
      "<= 0.45 x: MISSED",
    ]);
    assert.deepEqual(cells(from("krateoctl, users"), "this program takes"), ["0.20 x", "<= 0.25 x: reached"]);
    assert.deepEqual(cells(from("krateoctl, nothing"), "this program takes"), [
      "0.20 x",
      "<= 0.3 x: reached",
    ]);
    assert.deepEqual(cells(from("krateoctl, peak"), "this program takes"), ["8.0 x"]);
  });

  it("says what it could not measure, and that the machine was busy", () => {
    assert.deepEqual(cells(describeReport(report), "kubernetes provider"), ["not measured"]);
    assert.doesNotMatch(describeReport(report), /busy/);
    const busy = { ...report, machine: { ...report.machine, loadBefore: 4 } };
    assert.match(describeReport(busy), /^The machine was busy before this began/m);
  });
});
