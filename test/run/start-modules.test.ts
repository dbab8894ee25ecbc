import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { describe, it } from "mocha";
import { parse } from "yaml";
import { loadedModules } from "./loaded-modules.ts";

describe("what is loaded at the start", () => {
  const render = ["commands/krateo.js", "render", "--config-file", "Pulumi.nodeport.yaml"];

  it("of a command is its own file, and not the others'", () => {
    const { files } = loadedModules(render);
    const folders = files.filter((file) => /^(commands|migration|cluster)\//.test(file));
    assert.deepEqual(folders.toSorted(), [
      "commands/krateo.js",
      "commands/krateo.ts",
      "commands/options.ts",
      "commands/program.ts",
      "commands/render.ts",
      "commands/session.ts",
    ]);
  });

  it("of the help is no command at all", () => {
    const { files } = loadedModules(["commands/krateo.js", "--help"]);
    const folders = files.filter((file) => /^(commands|migration|cluster)\//.test(file));
    assert.deepEqual(folders.toSorted(), [
      "commands/krateo.js",
      "commands/krateo.ts",
      "commands/program.ts",
      "commands/session.ts",
    ]);
  });

  it("of the program is no generated API, no engine of jq, no resolver of npm, no compiler and no command", () => {
    // Without an engine it ends when all is loaded.
    const { runtime } = parse(readFileSync("Pulumi.yaml", "utf8"));
    const { files } = loadedModules([...runtime.options.nodeargs.split(" "), "index.ts"]);
    assert.ok(files.includes("resources/platform.ts") && files.includes("run/start.ts"));
    assert.ok(files.includes("node_modules/@pulumi/pulumi/index.js"));
    const late = /^(commands|rehearsal)\/|node_modules\/(@kubernetes|jq-wasm|@npmcli|typescript)\//;
    assert.deepEqual(
      files.filter((file) => late.test(file)),
      [],
    );
  });

  it("of a command is no compiler of TypeScript, once its compiled code is kept", () => {
    loadedModules(render);
    const { parts } = loadedModules(render);
    assert.deepEqual(
      parts.filter((part) => part.includes("amaro")),
      [],
    );
  });
});
