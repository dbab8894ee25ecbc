import assert from "node:assert/strict";
import { expandVariables, variablesIn } from "../../configuration/variables.ts";

const variables = { PORT: "80", H: "host", DOLLAR: "$", NEXT: "${PORT}", name: "lower" };

describe("variables", () => {
  const table: [text: string, expanded: string, refersTo: string[]][] = [
    ["http://$H:${PORT}/x", "http://host:80/x", ["H", "PORT"]],
    ["${PORT}", "80", ["PORT"]],
    ["$PORTS", "$PORTS", ["PORTS"]],
    ["\\$PORT", "\\80", ["PORT"]],
    ["$$PORT", "$80", ["PORT"]],
    ["${name} $name", "lower $name", ["name"]],
    ["${NEXT}", "${PORT}", ["NEXT"]],
    ["${DOLLAR}PORT", "$PORT", ["DOLLAR"]],
    ["$5.00", "$5.00", []],
    ["a$ b", "a$ b", []],
    ["a$", "a$", []],
    ["$(x)", "$(x)", []],
    ["$$", "$$", []],
    ["$remote_addr", "$remote_addr", []],
    ["${MISSING}", "${MISSING}", ["MISSING"]],
    ["${A:-b}", "${A:-b}", ["A:-b"]],
    ["${}", "$", []],
    ["${}PORT", "$PORT", []],
    ["${}{PORT}", "${PORT}", []],
    ["a ${}5 $5 ${}${}(x) ${}$H", "a $5 $5 $$(x) $host", ["H"]],
    ["${", "${", [""]],
    ["$PORT$H", "80host", ["PORT", "H"]],
  ];
  for (const [text, expanded, refersTo] of table) {
    it(`reads ${JSON.stringify(text)} as ${JSON.stringify(expanded)}`, () => {
      assert.equal(expandVariables(text, variables), expanded);
      assert.deepEqual(variablesIn(text), refersTo);
    });
  }

  it("expands strings at any depth, and neither keys nor other values", () => {
    const value = { $H: ["$H", { a: "${PORT}", b: 80, c: null, d: true }] };
    assert.deepEqual(expandVariables(value, variables), {
      $H: ["host", { a: "80", b: 80, c: null, d: true }],
    });
    assert.deepEqual(variablesIn(value), ["H", "PORT"]);
  });

  it("names each variable once", () => {
    assert.deepEqual(variablesIn(["$H", "$H ${PORT} $H"]), ["H", "PORT"]);
  });

  it("keeps to the variables given, whatever an object inherits", () => {
    assert.equal(expandVariables("${constructor}", {}), "${constructor}");
  });
});
