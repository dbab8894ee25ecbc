import assert from "node:assert/strict";
import { tmpdir } from "node:os";
import { EngineLog } from "../../rehearsal/plugins/engine-log.ts";
import { secret } from "../../rehearsal/plugins/property-values.ts";
import { commandProvider } from "../../rehearsal/plugins/resource-command.ts";

class RecordingLog extends EngineLog {
  readonly lines: string[] = [];
  override async progress(_urn: string, message: string): Promise<void> {
    this.lines.push(message);
  }
}

const urn = "urn:pulumi:s::p::command:local:Command::cmd";

describe("the stand-in for local.Command", () => {
  const log = new RecordingLog([]);
  const provider = commandProvider(log);
  const create = async (inputs: object) => (await provider.create?.(urn, inputs))?.outs;
  const update = async (olds: object, news: object) => (await provider.update?.("id", urn, olds, news))?.outs;
  beforeEach(() => log.lines.splice(0));

  it("keeps what a command printed, without its last line break", async () => {
    assert.deepEqual(await create({ create: "echo one; echo; echo two; echo wrong >&2" }), {
      create: "echo one; echo; echo two; echo wrong >&2",
      stdout: "one\n\ntwo",
      stderr: "wrong",
    });
  });

  it("gives every resource an id of its own", async () => {
    const ids = await Promise.all([1, 2].map(async () => (await provider.create?.(urn, {}))?.id));
    assert.match(ids[0] ?? "", /^cmd[0-9a-f]{8}$/);
    assert.notEqual(ids[0], ids[1]);
  });

  it("fails with exit code, command line and output", async () => {
    await assert.rejects(create({ create: "echo out; sleep 0.05; echo err >&2; exit 3" }), {
      message: 'exit status 3: running "echo out; sleep 0.05; echo err >&2; exit 3":\nout\nerr\n',
    });
  });

  it("fails when its folder is not there", async () => {
    await assert.rejects(create({ create: "true", dir: "/does/not/exist" }), /ENOENT/);
  });

  const runs: [string, object, string][] = [
    ["environment", { create: "echo $A", environment: { A: "value" } }, "value"],
    ["secret environment", { create: "echo ${#A}", environment: { A: secret("value") } }, "5"],
    ["the plugin's own environment", { create: "echo ${PATH:+there}" }, "there"],
    ["dir", { create: "pwd", dir: tmpdir() }, tmpdir()],
    ["stdin", { create: "cat", stdin: "typed" }, "typed"],
    ["an empty stdin", { create: "cat" }, ""],
    ["interpreter", { create: "console.log(1 + 1)", interpreter: [process.execPath, "-e"] }, "2"],
  ];
  for (const [rule, inputs, expected] of runs) {
    it(`runs with ${rule}`, async () => {
      const { stdout } = await create(inputs);
      assert.equal(typeof stdout === "object" ? stdout.value : stdout, expected);
    });
  }

  it("makes its output secret when an input is", async () => {
    const inputs = { create: "echo x", environment: { A: secret("value") } };
    assert.deepEqual(await create(inputs), { ...inputs, stdout: secret("x"), stderr: secret("") });
  });

  it("runs update on a change, with what was printed before", async () => {
    const news = { create: "false", update: 'echo "$PULUMI_COMMAND_STDOUT, $PULUMI_COMMAND_STDERR again"' };
    const { stdout } = await update({ stdout: "once", stderr: secret("warned") }, news);
    assert.equal(stdout, "once, warned again");
  });

  it("runs create on a change when there is no update", async () => {
    assert.equal((await update({ stdout: "", stderr: "" }, { create: "echo created" })).stdout, "created");
  });

  it("keeps its output when a change leaves nothing to run", async () => {
    assert.equal((await update({ stdout: "before", stderr: "" }, { delete: "true" })).stdout, "before");
  });

  it("does not pass on what was printed before when told so", async () => {
    const news = { create: "echo ${PULUMI_COMMAND_STDOUT-none}", addPreviousOutputInEnv: false };
    assert.equal((await update({ stdout: "once", stderr: "" }, news)).stdout, "none");
  });

  it("runs delete, which may fail", async () => {
    await provider.delete?.("id", urn, { delete: "true", stdout: "", stderr: "" });
    await provider.delete?.("id", urn, { create: "false", stdout: "", stderr: "" });
    await assert.rejects(
      async () => provider.delete?.("id", urn, { delete: "echo no; exit 1", stdout: "", stderr: "" }),
      { message: 'exit status 1: running "echo no; exit 1":\nno\n' },
    );
  });

  const logging: [string | undefined, string[]][] = [
    [undefined, ["err", "out"]],
    ["stdoutAndStderr", ["err", "out"]],
    ["stdout", ["out"]],
    ["stderr", ["err"]],
    ["none", []],
  ];
  for (const [level, expected] of logging) {
    it(`shows its lines as they come with logging ${level}`, async () => {
      await create({ create: "echo out; echo err >&2", ...(level && { logging: level }) });
      assert.deepEqual(log.lines.toSorted(), expected);
    });
  }

  const diffs: [string, object, object, { changes: boolean; replaces: string[] }][] = [
    [
      "does nothing without a change",
      { create: "a", stdout: "x" },
      { create: "a" },
      { changes: false, replaces: [] },
    ],
    ["updates on another command", { create: "a" }, { create: "b" }, { changes: true, replaces: [] }],
    [
      "updates on another environment",
      { environment: { A: "1" } },
      { environment: { A: "2" } },
      { changes: true, replaces: [] },
    ],
    [
      "replaces on another trigger",
      { triggers: ["1"] },
      { triggers: ["2"] },
      { changes: true, replaces: ["triggers"] },
    ],
    [
      "replaces on a trigger that is not known yet",
      { triggers: ["1"] },
      { triggers: ["04da6b54-80e4-46f7-96ec-b56ff0331ba9"] },
      { changes: true, replaces: ["triggers"] },
    ],
  ];
  for (const [rule, olds, news, expected] of diffs) {
    it(rule, async () => assert.deepEqual(await provider.diff?.("id", urn, olds, news), expected));
  }

  it("refuses what it cannot do", async () => {
    assert.deepEqual(
      (await provider.check?.(urn, {}, { create: "a", assetPaths: ["*"] }))?.failures?.map(
        ({ property }) => property,
      ),
      ["assetPaths"],
    );
  });
});
