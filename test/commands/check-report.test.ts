import assert from "node:assert/strict";
import { report, reportOf } from "../../commands/check-report.ts";
import type { Check } from "../../model/check.ts";

const checks: Check[] = [
  {
    check: "release",
    subject: "authn",
    status: "OK",
    found: "authn 1.0.0 deployed",
    expected: "…",
    next: "",
  },
  {
    check: "secret",
    subject: "Secret x",
    status: "ERROR",
    found: "none",
    expected: "keys a",
    next: "pulumi up",
  },
  {
    check: "legacy",
    subject: "y",
    status: "WARNING",
    found: "there",
    expected: "none",
    next: "kubectl delete y",
  },
];
const place = { server: "https://c", namespace: "shop" };

describe("a report of checks", () => {
  it("is a table, what to do about each fault, and one verdict", () => {
    assert.deepEqual(reportOf(checks, { ...place, colours: false }).split("\n"), [
      " STATUS   CHECK    SUBJECT   FOUND",
      " OK       release  authn     authn 1.0.0 deployed",
      " ERROR    secret   Secret x  none",
      " WARNING  legacy   y         there",
      "",
      "ERROR Secret x",
      "  expected: keys a",
      "  next:     pulumi up",
      "WARNING y",
      "  expected: none",
      "  next:     kubectl delete y",
      "ERROR: 1 error, 1 warning, 1 check passed (namespace shop at https://c)",
    ]);
  });

  it("is short with what is not OK alone, and wide with what was expected", () => {
    const lines = (table: "short" | "wide", some = checks) =>
      reportOf(some, { ...place, table, colours: false }).split("\n");
    assert.deepEqual(lines("short").slice(0, 5), [
      " STATUS   CHECK   SUBJECT   FOUND",
      " ERROR    secret  Secret x  none",
      " WARNING  legacy  y         there",
      "",
      "ERROR Secret x",
    ]);
    assert.deepEqual(lines("wide").slice(0, 3), [
      " STATUS   CHECK    SUBJECT   FOUND                 EXPECTED",
      " OK       release  authn     authn 1.0.0 deployed  …",
      " ERROR    secret   Secret x  none                  keys a",
    ]);
    assert.deepEqual(lines("short", checks.slice(0, 1)), [
      "OK: 0 errors, 0 warnings, 1 check passed (namespace shop at https://c)",
    ]);
  });

  it("counts as people do, and names no server where no kubeconfig names one", () => {
    const last = (some: readonly Check[], server: string) =>
      reportOf(some, { namespace: "shop", server, colours: false }).split("\n").at(-1);
    assert.equal(
      last(checks.slice(1, 2), ""),
      "ERROR: 1 error, 0 warnings, 0 checks passed (namespace shop)",
    );
    assert.equal(
      last([...checks, ...checks], "https://c"),
      "ERROR: 2 errors, 2 warnings, 2 checks passed (namespace shop at https://c)",
    );
  });

  it("has colours only on request", () => {
    const controls = String.fromCharCode(27);
    assert.equal(reportOf(checks, { ...place, colours: false }).includes(controls), false);
    assert.equal(reportOf(checks, { ...place, colours: true }).includes(`${controls}[31mERROR`), true);
  });

  it("holds no login, neither as a table nor as JSON", () => {
    const login = "https://ada:hunter2@charts.example.org";
    const check: Check = {
      check: "charts",
      subject: login,
      status: "WARNING",
      found: `${login} gives no answer`,
      expected: `an answer of ${login}`,
      next: `ask ${login}`,
    };
    const printed = (json: boolean): string => {
      const lines: string[] = [];
      const print = (text: string) => lines.push(text);
      report(
        [check],
        { ...place, json },
        { directory: "", print, note: assert.fail, colours: false, interactive: false },
      );
      return lines.join("\n");
    };
    const cleaned = "https://[secret]@charts.example.org";
    assert.deepEqual(JSON.parse(printed(true)), {
      verdict: "WARNING",
      checks: [
        {
          ...check,
          subject: cleaned,
          found: `${cleaned} gives no answer`,
          expected: `an answer of ${cleaned}`,
          next: `ask ${cleaned}`,
        },
      ],
    });
    assert.doesNotMatch(printed(false), /hunter2/);
  });
});
