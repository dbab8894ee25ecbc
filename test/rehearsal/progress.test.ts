import assert from "node:assert/strict";
import { type EngineEvent, UpProgress } from "../../rehearsal/progress.ts";

const urn = (type: string, name: string) =>
  `urn:pulumi:rehearsal::krateo::krateo:platform:Platform$${type}::${name}`;
const release = (op: string, name: string) => ({
  metadata: {
    op,
    type: "kubernetes:helm.sh/v3:Release",
    urn: urn("kubernetes:helm.sh/v3:Release", `install-${name}`),
    new: { inputs: { name } },
  },
});
const command = (op: string) => ({
  metadata: { op, type: "command:local:Command", urn: urn("command:local:Command", "cleanup") },
});
const commandUrn = urn("command:local:Command", "cleanup");
const diagnostic = (severity: string, message: string, more: object = {}): EngineEvent => ({
  diagnosticEvent: { severity, message, ...more },
});

/** Shows the events, one second apart. */
function shown(...events: (EngineEvent | string)[]): { lines: string[]; progress: UpProgress } {
  const lines: string[] = [];
  let time = 0;
  const progress = new UpProgress(
    (line) => lines.push(line),
    () => time,
  );
  for (const event of events) {
    time += 1000;
    progress.line(typeof event === "string" ? event : JSON.stringify(event));
  }
  return { lines, progress };
}

describe("the progress of an installation", () => {
  const table: [string, (EngineEvent | string)[], string[]][] = [
    [
      "shows a release by its Helm name, when it begins and ends",
      [{ resourcePreEvent: release("create", "authn") }, { resOutputsEvent: release("create", "authn") }],
      ["   1.0 s  authn: installing", "   2.0 s  authn: installed after 1.0 s"],
    ],
    [
      "says upgrading, adopting and removing",
      [
        { resourcePreEvent: release("update", "a") },
        { resourcePreEvent: release("import", "b") },
        { resourcePreEvent: release("delete", "c") },
      ],
      ["   1.0 s  a: upgrading", "   2.0 s  b: adopting", "   3.0 s  c: removing"],
    ],
    ["is silent about a release that stays the same", [{ resourcePreEvent: release("same", "authn") }], []],
    [
      "shows a release that failed",
      [{ resourcePreEvent: release("create", "authn") }, { resOpFailedEvent: release("create", "authn") }],
      ["   1.0 s  authn: installing", "   2.0 s  authn: FAILED after 1.0 s"],
    ],
    [
      "shows what a command prints",
      [
        { resourcePreEvent: command("create") },
        diagnostic("info", "half way\n", { urn: commandUrn, ephemeral: true }),
        { resOutputsEvent: command("create") },
      ],
      ["   1.0 s  cleanup: running", "   2.0 s  cleanup: half way", "   3.0 s  cleanup: done after 2.0 s"],
    ],
    [
      "is silent about other resources",
      [
        {
          resourcePreEvent: {
            metadata: {
              op: "create",
              type: "kubernetes:core/v1:Secret",
              urn: urn("kubernetes:core/v1:Secret", "x"),
            },
          },
        },
      ],
      [],
    ],
    [
      "shows warnings and errors with the resource they are about, all lines of them",
      [diagnostic("warning", "old\n"), diagnostic("error", "no pod:\n  why\n", { urn: commandUrn })],
      ["   1.0 s  warning: old", "   2.0 s  error: cleanup: no pod:", "            why"],
    ],
    ["never shows debug output, which holds secrets", [diagnostic("debug", "password=hunter2")], []],
    [
      "says a thing once",
      [diagnostic("warning", "old"), diagnostic("warning", "old")],
      ["   1.0 s  warning: old"],
    ],
    [
      "is silent about what the rehearsal has announced itself",
      [
        diagnostic("warning", "using pulumi-resource-random from $PATH at /somewhere\n"),
        diagnostic("info", "rehearsal stand-in for pulumi-resource-random\n"),
        diagnostic(
          "warning",
          "resource plugin kubernetes is expected to have version >=4.34.2, but has 4.25.0",
        ),
      ],
      [],
    ],
    ["shows what is no event as it is", ["error: no such stack"], ["error: no such stack"]],
  ];
  for (const [rule, events, expected] of table) {
    it(rule, () => assert.deepEqual(shown(...events).lines, expected));
  }

  it("knows how long each release took, and what became of it", () => {
    const { progress } = shown(
      { resourcePreEvent: release("create", "authn") },
      { resourcePreEvent: release("update", "snowplow") },
      { resOpFailedEvent: release("update", "snowplow") },
      { resOutputsEvent: release("create", "authn") },
    );
    assert.deepEqual(progress.finished, [
      { name: "snowplow", operation: "update", seconds: 1, endedAt: 3, failed: true },
      { name: "authn", operation: "create", seconds: 3, endedAt: 4, failed: false },
    ]);
  });
});
