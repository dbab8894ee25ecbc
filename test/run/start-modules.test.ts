import assert from "node:assert/strict";
import { describe, it } from "mocha";
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

  it("of the program is no generated API, no engine of jq, and of Pulumi's SDK what a run needs", () => {
    // Without an engine it ends when all is loaded.
    const { files } = loadedModules(["--import", "./run/compile-cache.js", "index.ts"]);
    assert.ok(files.includes("resources/platform.ts") && files.includes("run/start.ts"));
    const heavy =
      /^(commands|rehearsal)\/|node_modules\/(@kubernetes|@npmcli|jq-wasm|typescript|@pulumi\/(random|command)|@pulumi\/pulumi\/(index|automation|runtime\/closure))/;
    assert.deepEqual(
      files.filter((file) => heavy.test(file) && !file.endsWith("package.json")),
      [],
    );
  });

  it("is no engine of jq where a selector has keys and indexes alone", () => {
    const program = [
      'import { selectValue } from "./plan/select-value.ts";',
      'const from = { apiVersion: "v1", kind: "Service", name: "authn", selector: ".spec.ports[0].port" };',
      'const value = await selectValue({ id: "port", name: "PORT" }, from, { spec: { ports: [{ port: 80 }] } });',
      'if (value !== "80") throw new Error(value);',
    ];
    const { files, failed } = loadedModules(["--input-type=module", "--eval", program.join("\n")]);
    assert.deepEqual([failed, files.filter((file) => file.includes("jq-wasm"))], [false, []]);
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
