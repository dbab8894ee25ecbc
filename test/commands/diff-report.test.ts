import assert from "node:assert/strict";
import type { Drift, DriftReport } from "../../cluster/drift/drift.ts";
import { jsonReport, type ReportContext, tableReport, unifiedReport } from "../../commands/diff-report.ts";
import { krateo } from "./session.ts";

const drifts: Drift[] = [
  {
    release: "authn",
    subject: "Deployment authn",
    planned: { spec: { replicas: 1, paused: false }, kind: "Deployment" },
    live: { spec: { replicas: 0, paused: false }, kind: "Deployment" },
    differences: [{ path: "spec.replicas", planned: 1, live: 0 }],
    remedy: "reapply",
  },
  {
    release: "authn",
    subject: "values",
    planned: { debug: "false", text: "a\nb" },
    live: { debug: false, extra: null, text: "x".repeat(70) },
    differences: [
      { path: "debug", planned: "false", live: false },
      { path: "extra", planned: undefined, live: null },
      { path: "text", planned: "a\nb", live: "x".repeat(70) },
    ],
    remedy: "reapply",
  },
  {
    release: "elsewhere/far",
    subject: "release",
    planned: { chart: "far", version: "1.0.0", status: "deployed" },
    live: undefined,
    differences: [
      { path: "", planned: { chart: "far", version: "1.0.0", status: "deployed" }, live: undefined },
    ],
    remedy: "refresh",
  },
  {
    release: "web",
    subject: "Service web",
    planned: { kind: "Service" },
    live: undefined,
    differences: [{ path: "", planned: { kind: "Service" }, live: undefined }],
    remedy: "reapply",
  },
];

const report: DriftReport = { drifts, compared: { releases: 21, objects: 1, here: 0 }, unread: [] };
const equal: DriftReport = { drifts: [], compared: { releases: 21, objects: 250, here: 0 }, unread: [] };
const circumstances: ReportContext = { server: "https://c", namespace: "shop", colours: false };
const only = (...remedies: Drift["remedy"][]): DriftReport => ({
  ...report,
  drifts: remedies.map((remedy, index) => ({ ...(drifts[index] as Drift), release: `r${index}`, remedy })),
});

describe("krateo diff", () => {
  it("shows a table with one line a difference, the verdict and the command that puts things back", () => {
    assert.equal(
      tableReport(report, circumstances),
      [
        " RELEASE        WHAT                             PLANNED             LIVE",
        " authn          Deployment authn: spec.replicas  1                   0",
        ' authn          values: debug                    "false"             false',
        " authn          values: extra                    (none)              null",
        ` authn          values: text                     a b                 ${"x".repeat(59)}…`,
        " elsewhere/far  release                          far 1.0.0 deployed  missing",
        " web            Service web                      there               missing",
        "",
        "different: 6 differences in 21 releases with 1 object (namespace shop at https://c)",
        "next: KRATEO_REAPPLY=authn,web npx pulumi up --refresh",
      ].join("\n"),
    );
  });

  it("is short with one line for each thing, and wide with whole values", () => {
    const lines = (table: "short" | "wide") =>
      tableReport(report, { ...circumstances, table })
        .split("\n")
        .slice(0, 5);
    assert.deepEqual(lines("short"), [
      " RELEASE        WHAT              FOUND",
      " authn          Deployment authn  1 difference",
      " authn          values            3 differences",
      " elsewhere/far  release           1 difference",
      " web            Service web       1 difference",
    ]);
    assert.equal(
      lines("wide")[4],
      ` authn          values: text                     a b                 ${"x".repeat(70)}`,
    );
  });

  it("refuses a form of the table for a unified diff", async () => {
    const { code, noted } = await krateo("", "diff", "--format", "unified", "-o", "short");
    assert.equal(code, 1);
    assert.match(noted, /--table is for the table: it goes without --format unified/);
  });

  it("says who else set what differs, and who will set it again", () => {
    const since = "2026-11-29T07:00:00Z";
    const held = (manager: string, applies: boolean, ...paths: string[]): Drift => ({
      ...(drifts[0] as Drift),
      differences: paths.map((path) => ({ path, planned: 1, live: 0, holder: { manager, since, applies } })),
    });
    const given = [
      held("argocd-controller", true, "spec.replicas", "spec.paused"),
      held("kubectl-edit", false, "spec.x"),
      held("terraform", true, "spec.y"),
    ];
    const again =
      "sets it again at its next synchronisation, whatever is put back here: take the field out of its manifests, or give this configuration the same value";
    assert.deepEqual(
      tableReport({ ...report, drifts: given }, circumstances)
        .split("\n")
        .slice(-5),
      [
        "different: 4 differences in 21 releases with 1 object (namespace shop at https://c)",
        `note: Deployment authn: spec.replicas, Deployment authn: spec.paused: set by argocd-controller since ${since}; Argo CD ${again}`,
        `note: Deployment authn: spec.x: set by kubectl-edit since ${since}`,
        `note: Deployment authn: spec.y: set by terraform since ${since}; it ${again}`,
        "next: KRATEO_REAPPLY=authn npx pulumi up",
      ],
    );
    const { differences } = JSON.parse(jsonReport({ ...report, drifts: given.slice(1, 2) }, circumstances));
    assert.deepEqual(differences[0].holder, { manager: "kubectl-edit", since, applies: false });
  });

  it("shows unified diffs of sorted YAML, from what is live to what is planned", () => {
    assert.deepEqual(unifiedReport({ ...report, drifts: drifts.slice(0, 1) }, circumstances).split("\n"), [
      "--- live authn: Deployment authn",
      "+++ planned authn: Deployment authn",
      "@@ -1,4 +1,4 @@",
      " kind: Deployment",
      " spec:",
      "   paused: false",
      "-  replicas: 0",
      "+  replicas: 1",
      "",
      "different: 1 difference in 21 releases with 1 object (namespace shop at https://c)",
      "next: KRATEO_REAPPLY=authn npx pulumi up",
    ]);
  });

  it("paints unified diffs on a terminal", () => {
    const lines = unifiedReport(only("up"), { ...circumstances, colours: true }).split("\n");
    assert.ok(lines.includes("\u001b[31m-  replicas: 0\u001b[39m"), lines.join("\n"));
    assert.ok(lines.includes("\u001b[32m+  replicas: 1\u001b[39m"), lines.join("\n"));
  });

  it("shows everything as JSON, with null for what is not there", () => {
    assert.deepEqual(JSON.parse(jsonReport({ ...report, drifts: drifts.slice(2) }, circumstances)), {
      equal: false,
      compared: { releases: 21, objects: 1, here: 0 },
      differences: [
        {
          release: "elsewhere/far",
          subject: "release",
          path: "",
          planned: { chart: "far", version: "1.0.0", status: "deployed" },
          live: null,
        },
        { release: "web", subject: "Service web", path: "", planned: { kind: "Service" }, live: null },
      ],
      notes: [],
      next: "KRATEO_REAPPLY=web npx pulumi up --refresh",
    });
  });

  it("says so when nothing differs, in each format", () => {
    const line = "equal: 21 releases with 250 objects as planned (namespace shop at https://c)";
    assert.equal(tableReport(equal, circumstances), line);
    assert.equal(unifiedReport(equal, circumstances), line);
    assert.deepEqual(JSON.parse(jsonReport(equal, circumstances)), {
      equal: true,
      compared: { releases: 21, objects: 250, here: 0 },
      differences: [],
      notes: [],
      next: null,
    });
    assert.equal(
      tableReport(equal, { ...circumstances, installed: true }),
      "equal: the stored snapshot as planned (namespace shop at https://c)",
    );
  });

  it("says how many objects were compared here, also where nothing differs", () => {
    const here = (count: number): DriftReport => ({ ...equal, compared: { ...equal.compared, here: count } });
    const compared = (objects: string) =>
      `this program compared ${objects} itself, field by field, because the user may not patch: a value that the API server rewrites may show as a difference`;
    assert.deepEqual(tableReport(here(2), circumstances).split("\n"), [
      "equal: 21 releases with 250 objects as planned (namespace shop at https://c)",
      `note: ${compared("2 objects")}`,
    ]);
    assert.deepEqual(JSON.parse(jsonReport(here(1), circumstances)).notes, [compared("1 object")]);
  });

  it("says what the way back does beside merging, and names no release that the API server refuses", () => {
    const [authn, , far, web] = drifts as [Drift, Drift, Drift, Drift];
    const replaced: Drift = { ...authn, means: { how: "replace", because: "a duplicate" } };
    const refused: Drift = { ...web, means: { how: "none", because: "the port is taken" } };
    const replacedNote =
      "Deployment authn cannot be merged (a duplicate): it is set to its manifest as a whole";
    const refusedNote =
      "Service web cannot be put back, the API server refuses it (the port is taken); correct or delete it by hand";
    const lines = (...given: Drift[]) =>
      tableReport({ ...report, drifts: given }, circumstances)
        .split("\n")
        .slice(-3);
    assert.deepEqual(lines(replaced, refused).slice(-3), [
      `note: ${replacedNote}`,
      `note: ${refusedNote}`,
      "next: KRATEO_REAPPLY=authn npx pulumi up",
    ]);
    assert.equal(lines(far, refused).at(-1), "next: npx pulumi up --refresh");
    assert.equal(lines(refused).at(-1), "next: correct by hand what the notes name, then compare again");
    const json = JSON.parse(jsonReport({ ...report, drifts: [refused] }, circumstances));
    assert.deepEqual([json.notes, json.next], [[refusedNote], null]);
  });

  const ways: [remedies: Drift["remedy"][], stackOptions: string[], command: string][] = [
    [["up"], [], "npx pulumi up"],
    [["refresh"], [], "npx pulumi up --refresh"],
    [["reapply", "reapply"], [], "KRATEO_REAPPLY=r0,r1 npx pulumi up"],
    [["reapply", "refresh", "up"], ["--stack dev"], "KRATEO_REAPPLY=r0 npx pulumi up --refresh --stack dev"],
    [["up-first", "refresh", "reapply"], [], "KRATEO_REAPPLY=r2 npx pulumi up"],
  ];
  for (const [remedies, stackOptions, command] of ways) {
    it(`names ${command} for ${remedies.join(", ")}`, () => {
      const last = tableReport(only(...remedies), { ...circumstances, stackOptions })
        .split("\n")
        .at(-1);
      assert.equal(last, `next: ${command}`);
    });
  }
});
