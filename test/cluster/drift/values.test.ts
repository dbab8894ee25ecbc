import assert from "node:assert/strict";
import { releaseFindings } from "../../../cluster/drift/release-drift.ts";
import { snapshotDrift } from "../../../cluster/drift/snapshot-drift.ts";
import { assumingLive, valueDifferences } from "../../../cluster/drift/value-difference.ts";
import type { VariableValues } from "../../../cluster/drift/variable-values.ts";
import { recordOf, removedDefaultsAnnotation, type SnapshotRecord } from "../../../configuration/snapshot.ts";
import { pathText } from "../../../model/path.ts";
import type { ChartStep, JsonObject, Snapshot } from "../../../model/settings.ts";
import { chartStep, variableStep } from "../../support/settings.ts";
import { helmRelease } from "../helm-releases.ts";

describe("Helm values", () => {
  const cases: [rule: string, planned: JsonObject, live: JsonObject, paths: string[]][] = [
    ["are equal whatever the order of keys", { a: 1, b: { c: [1] } }, { b: { c: [1] }, a: 1 }, []],
    ["are equal with or without an empty map", { a: {} }, { b: { c: {} } }, []],
    ["differ where one was changed", { a: { b: 1, c: 1 } }, { a: { b: 2, c: 1 } }, ["a.b"]],
    ["differ where one was added or taken away", { a: 1 }, { b: 1 }, ["a", "b"]],
    ["differ between a number and the same text", { a: 1 }, { a: "1" }, ["a"]],
    ["differ where a null removes a chart's default", { a: null }, {}, ["a"]],
    ["differ in the item of a list", { a: [1, { b: 2 }] }, { a: [1, { b: 3 }] }, ["a[1].b"]],
    ["differ in a list as a whole when it is longer", { a: [1] }, { a: [1, 2] }, ["a"]],
    ["differ between a map and a text", { a: {} }, { a: "x" }, ["a"]],
  ];
  for (const [rule, planned, live, paths] of cases) {
    it(rule, () => {
      const found = valueDifferences(planned, live).map(({ path }) => pathText(path));
      assert.deepEqual(found, paths);
    });
  }

  it("that are not known here count as right where there are any", () => {
    const unknown = (value: unknown) => value === "?";
    assert.deepEqual(
      assumingLive({ a: ["?", "x"], b: "?", c: "?" }, { a: ["1", "2"], b: { d: 1 } }, unknown),
      {
        a: ["1", "x"],
        b: { d: 1 },
        c: "?",
      },
    );
  });
});

describe("a Helm release", () => {
  const none: VariableValues = { values: {}, missing: [] };
  const step = chartStep("install-authn", { values: { port: "${PORT}", plain: 1 } });

  /** `subject path: planned -> live, remedy`, secrets in clear. */
  const found = (
    given: Partial<ChartStep>,
    live: Parameters<typeof helmRelease>[1] | undefined,
    config: JsonObject,
    variables: VariableValues = none,
  ): string[] =>
    releaseFindings(
      { ...step, ...given },
      "authn",
      live && { ...helmRelease("authn", live), config },
      variables,
    ).flatMap(({ subject, differences, remedy }) =>
      differences.map(
        ({ path, planned, live }) =>
          `${[subject, pathText(path)].join(" ").trim()}: ${JSON.stringify(planned)} -> ${JSON.stringify(live)}, ${remedy}`,
      ),
    );

  const port = { values: { PORT: "30082" }, missing: [] };
  const noPort = {
    values: {},
    missing: [variableStep("v", "PORT", "authn")],
  };

  it("is as planned with the values that variables have in the cluster", () => {
    assert.deepEqual(found({}, {}, { port: "30082", plain: 1 }, port), []);
    assert.deepEqual(found({}, {}, { port: "1", plain: 1 }, port), ['values port: "30082" -> "1", reapply']);
  });

  it("may have any value where a variable has none", () => {
    assert.deepEqual(found({}, {}, { port: "1", plain: 1 }, noPort), []);
    assert.deepEqual(found({}, {}, { plain: 1 }, noPort), ['values port: "${PORT}" -> undefined, reapply']);
  });

  it("may have any value where the planned one is encrypted, but must have one", () => {
    const secret = { values: { password: "[secret]" }, secretPaths: [["password"]] };
    assert.deepEqual(found(secret, {}, { password: "hush" }), []);
    assert.deepEqual(found(secret, {}, {}), ['values password: "[secret]" -> undefined, reapply']);
    assert.deepEqual(found({ ...secret, secretPaths: [] }, {}, { password: "hush" }), [
      'values password: "[secret]" -> "hush", reapply',
    ]);
  });

  it("differs in chart, version and status", () => {
    assert.deepEqual(found({ values: {} }, { chart: "redis 0.9.0", status: "failed" }, {}), [
      'release chart: "authn" -> "redis", reapply',
      'release version: "1.0.0" -> "0.9.0", reapply',
      'release status: "deployed" -> "failed", reapply',
    ]);
  });

  it("may have any version where none is pinned", () => {
    const chart = { ...step.chart, name: "", version: "" };
    assert.deepEqual(found({ values: {}, chart }, { chart: "redis 0.9.0" }, {}), []);
  });

  it("that is missing is all that is said of it", () => {
    assert.deepEqual(found({}, undefined, {}), [
      'release: {"chart":"authn","version":"1.0.0","status":"deployed"} -> undefined, refresh',
    ]);
  });

  it("of a component that is switched off must not be there", () => {
    assert.deepEqual(found({ enabled: false }, undefined, {}), []);
    assert.deepEqual(found({ enabled: false }, {}, { x: 1 }), [
      'release: undefined -> {"chart":"authn","version":"1.0.0","status":"deployed"}, up',
    ]);
  });
});

describe("a stored snapshot", () => {
  const snapshot = (...steps: JsonObject[]): Snapshot => ({
    componentsDefinition: {},
    installationVersion: "3.0.0",
    steps,
  });
  const gone = { x: 1, log: { level: null, format: "json" }, list: [{ effect: null }] };
  const [a, b] = [
    { id: "a", type: "chart", with: gone },
    { id: "b", type: "var", with: null },
  ];
  const record = recordOf(snapshot(a, b));
  /** As upstream's CLI and earlier versions store it: with the nulls among the values. */
  const asItStands = (...steps: JsonObject[]) => ({
    spec: snapshot(...steps) as unknown as JsonObject,
    removedDefaults: undefined,
  });
  const cases: [rule: string, stored: SnapshotRecord | undefined, paths: string[]][] = [
    ["is as planned as this program stores it", record, []],
    ["is as planned as upstream's CLI stores it", asItStands(a, b), []],
    [
      "differs where a default has been taken away since",
      recordOf(snapshot({ ...a, with: { ...gone, log: { format: "json" } } }, b)),
      ["steps.a.with.log.level"],
    ],
    [
      "differs where a default is no longer taken away",
      recordOf(snapshot({ ...a, with: { ...gone, x: null } }, b)),
      ["steps.a.with.x"],
    ],
    [
      "differs where somebody took the annotation off",
      { ...record, removedDefaults: undefined },
      ["steps.a.with.log.level"],
    ],
    [
      "is read where somebody damaged the annotation",
      { ...record, removedDefaults: '{"a":' },
      ["steps.a.with.log.level"],
    ],
    [
      "counts a value before what the annotation says",
      {
        ...asItStands({ ...a, with: { ...gone, log: { level: "info", format: "json" } } }, b),
        removedDefaults: record.removedDefaults,
      },
      ["steps.a.with.log.level"],
    ],
    [
      "differs where a step's input does",
      recordOf(snapshot({ ...a, with: { ...gone, x: 2 } }, b)),
      ["steps.a.with.x"],
    ],
    ["differs by a whole step, not by all that follow it", recordOf(snapshot(b)), ["steps.a"]],
    ["differs in the order of steps", recordOf(snapshot(b, a)), ["order"]],
    [
      "differs in the platform version",
      recordOf({ ...snapshot(a, b), installationVersion: "2.9.9" }),
      ["installationVersion"],
    ],
    ["differs as a whole when there is none", undefined, [""]],
  ];
  for (const [rule, stored, paths] of cases) {
    it(rule, () => {
      const annotations = { [removedDefaultsAnnotation]: stored?.removedDefaults ?? "" };
      const installation = stored && {
        metadata: {
          name: "krateoctl",
          uid: "i",
          ...(stored.removedDefaults !== undefined && { annotations }),
        },
        spec: { spec: stored.spec },
      };
      const found = snapshotDrift(snapshot(a, b), installation).differences.map(({ path }) => pathText(path));
      assert.deepEqual(found, paths);
    });
  }
});
