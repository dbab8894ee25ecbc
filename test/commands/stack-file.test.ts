import assert from "node:assert/strict";
import { join } from "node:path";
import { findStackFile, readStackFile, type StackChoice } from "../../commands/stack-file.ts";
import { ConfigurationError, type Problem } from "../../profiles/problem.ts";
import { withProject } from "./session.ts";

/** Calls `test` with the folder of a project that holds these files. */
async function inProject<T>(
  files: Record<string, string>,
  test: (directory: string) => T,
): Promise<Awaited<T>> {
  const { directory, remove } = withProject(files);
  try {
    return await test(directory);
  } finally {
    remove();
  }
}

async function problemsOf(act: () => unknown): Promise<readonly Problem[]> {
  try {
    await act();
  } catch (error) {
    if (error instanceof ConfigurationError) return error.problems;
    throw error;
  }
  assert.fail("it should have failed");
}

const read = (files: Record<string, string>) =>
  inProject(files, (directory) => readStackFile(join(directory, "Pulumi.dev.yaml"), directory));

describe("a stack's configuration file", () => {
  const config = (lines: string) => ({ "Pulumi.dev.yaml": `encryptionsalt: v1\nconfig:\n${lines}` });

  it("gives the project's own keys without their prefix", async () => {
    assert.deepEqual(
      await read(config("  krateo:type: ingress\n  aws:region: x\n  krateo:profiles: [debug]\n")),
      {
        values: { type: "ingress", profiles: ["debug"] },
        secretKeys: [],
      },
    );
  });

  it("may hold nothing", async () => {
    assert.deepEqual(await read({ "Pulumi.dev.yaml": "" }), { values: {}, secretKeys: [] });
  });

  for (const [text, value] of [
    ["true", true],
    ['"true"', true],
    ['\'["a", "b"]\'', ["a", "b"]],
    ["'{\"a\": 1}'", { a: 1 }],
    ["3.5", "3.5"],
    ["[half a list", undefined],
    ["'[half a list'", "[half a list"],
    ["{a: 1}", { a: 1 }],
    ["plain", "plain"],
  ] as const) {
    if (value === undefined) continue;
    it(`reads ${text} as ${JSON.stringify(value)}, as the program gets it from Pulumi`, async () => {
      assert.deepEqual((await read(config(`  krateo:set: ${text}\n`))).values, { set: value });
    });
  }

  it("stands over the defaults in Pulumi.yaml, whichever way they are written", async () => {
    const project =
      "config:\n  krateo:type: {default: nodeport}\n  krateo:namespace: {value: shop}\n  krateo:version: local\n  krateo:openshift: {type: boolean}\n";
    const { values } = await read({ ...config("  krateo:type: ingress\n"), "Pulumi.yaml": project });
    assert.deepEqual(values, { type: "ingress", namespace: "shop", version: "local" });
  });

  it("masks encrypted values and names their keys", async () => {
    const lines =
      "  krateo:chartMirror: {secure: AAA}\n  krateo:set:\n    a.b: {secure: BBB}\n    c: [1, {secure: CCC}]\n";
    assert.deepEqual(await read(config(lines)), {
      values: { chartMirror: "[secret]", set: { "a.b": "[secret]", c: [1, "[secret]"] } },
      secretKeys: ["chartMirror", "set"],
    });
  });

  it("must be readable where its structure matters", async () => {
    const problems = await problemsOf(() =>
      read(config("  krateo:set: {secure: AAA}\n  krateo:context: {secure: B}\n")),
    );
    assert.deepEqual(
      problems.map(({ what, next }) => [what, next]),
      [
        [
          "krateo:set is encrypted as a whole, and this command does not decrypt",
          "encrypt only the value that is secret: pulumi config set --secret --path 'krateo:set.PATH' VALUE",
        ],
        [
          "krateo:context is encrypted as a whole, and this command does not decrypt",
          "nothing in it needs to be hidden: set it again without --secret",
        ],
      ],
    );
  });

  for (const [what, text, message] of [
    ["is broken", "config: [", /^the file is no valid YAML: ./],
    ["holds a list", "config: [a]", /^config must be a map of keys to values$/],
  ] as const) {
    it(`is refused when it ${what}`, async () => {
      const [problem] = await problemsOf(() => read({ "Pulumi.dev.yaml": text }));
      assert.match(problem?.what ?? "", message);
      assert.equal(problem?.file, "Pulumi.dev.yaml");
    });
  }
});

describe("the stack that counts", () => {
  const files = { "Pulumi.dev.yaml": "", "Pulumi.prod.yaml": "", "Pulumi.yaml": "" };
  const pulumi = (script: string) => ({ "node_modules/.bin/pulumi": `#!/bin/sh\n${script}\n` });
  const find = (choice: StackChoice, more: Record<string, string> = {}) =>
    inProject({ ...files, ...more }, async (directory) =>
      (await findStackFile(choice, directory)).slice(directory.length + 1),
    );

  it("is the one named", async () => {
    assert.equal(await find({ stack: "prod" }), "Pulumi.prod.yaml");
  });

  it("may be named with organization and project", async () => {
    assert.equal(await find({ stack: "shop/krateo/prod" }), "Pulumi.prod.yaml");
  });

  it("is the selected one when none is named", async () => {
    assert.equal(await find({}, pulumi("echo dev")), "Pulumi.dev.yaml");
  });

  it("may have its file elsewhere", async () => {
    await inProject({ "x/conf.yaml": "" }, async (directory) => {
      const configFile = join(directory, "x", "conf.yaml");
      assert.equal(await findStackFile({ configFile, stack: "dev" }, directory), configFile);
    });
  });

  it("is a mistake when it has no file; the nearest name comes first", async () => {
    assert.deepEqual(await problemsOf(() => find({ stack: "prd" })), [
      {
        what: "stack prd has no configuration file",
        file: "Pulumi.prd.yaml",
        allowed: ["prod", "dev"],
        next: "name one of these with --stack, or make the file: pulumi config set krateo:type nodeport --stack prd",
      },
    ]);
  });

  for (const [what, more] of [
    ["is selected", pulumi("echo error: no stack selected >&2; exit 255")],
    ["can be asked for, without Pulumi", {}],
  ] as const) {
    it(`must be named when none ${what}`, async () => {
      const [problem] = await problemsOf(() => find({}, more));
      assert.deepEqual(problem, {
        what: "no stack is selected",
        allowed: ["dev", "prod"],
        next: "name one with --stack NAME, or select it: pulumi stack select NAME",
      });
    });
  }

  it("is a mistake when the file that was named does not exist", async () => {
    const [problem] = await problemsOf(() => find({ configFile: "nowhere.yaml" }));
    assert.equal(problem?.what, "the stack's configuration file does not exist");
  });
});
