import assert from "node:assert/strict";
import { Command } from "commander";
import { withStackOptions } from "../../commands/options.ts";

describe("the options that choose a stack", () => {
  const saved = { ...process.env };
  afterEach(() => {
    for (const name of ["PULUMI_STACK", "KRATEO_CONFIG_FILE"]) {
      if (saved[name] === undefined) delete process.env[name];
      else process.env[name] = saved[name];
    }
  });

  for (const [given, stack, configFile] of [
    ["", undefined, undefined],
    ["dev", "dev", "dev"],
  ] as const) {
    it(`take the environment's ${given === "" ? "empty text for none" : "names"}`, () => {
      process.env["PULUMI_STACK"] = given;
      process.env["KRATEO_CONFIG_FILE"] = given;
      const command = withStackOptions(new Command("look").action(() => {})).parse([], { from: "user" });
      const options = command.opts();
      assert.deepEqual([options["stack"], options["configFile"]], [stack, configFile]);
    });
  }
});
