import assert from "node:assert/strict";
import { join } from "node:path";
import { readProjectFile } from "../../engine/project-file.ts";
import { configuredStack, findStackFile, readStackFile, type StackChoice } from "../../engine/stack-file.ts";
import { readStackValues, type StackValues } from "../../engine/stack-values.ts";
import { ConfigurationError, type Problem } from "../../model/problem.ts";
import { withProject } from "../commands/session.ts";
import { configVariants, encrypted, filesOf } from "../support/pulumi-config.ts";

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
        environments: [],
      },
    );
  });

  it("may hold nothing", async () => {
    assert.deepEqual(await read({ "Pulumi.dev.yaml": "" }), {
      values: {},
      secretKeys: [],
      environments: [],
    });
  });

  for (const [how, environment, names] of [
    ["a list", "[prod, shop/common]", ["prod", "shop/common"]],
    ["imports", "{imports: [prod, {common: {merge: false}}]}", ["prod", "common"]],
    ["values of its own", "{values: {pulumiConfig: {type: ingress}}}", ["the values below it"]],
  ] as const) {
    it(`names the environments that it imports, given as ${how}`, async () => {
      const { environments } = await read({ "Pulumi.dev.yaml": `environment: ${environment}\n` });
      assert.deepEqual(environments, names);
    });
  }

  it("masks encrypted values and names their keys", async () => {
    const lines =
      "  krateo:chartMirror: {secure: AAA}\n  krateo:set:\n    a.b: {secure: BBB}\n    c: [1, {secure: CCC}]\n";
    assert.deepEqual(await read(config(lines)), {
      values: { chartMirror: "[secret]", set: { "a.b": "[secret]", c: [1, "[secret]"] } },
      secretKeys: ["chartMirror", "set"],
      environments: [],
    });
  });

  it("need not be readable where nothing of it is needed", async () => {
    const files = config("  krateo:set: {secure: AAA}\n  krateo:namespace: krateo\n");
    const { values } = await inProject(files, (directory) =>
      readStackFile(join(directory, "Pulumi.dev.yaml"), directory, ["namespace"]),
    );
    assert.equal(values["namespace"], "krateo");
  });

  for (const key of ["database", "registries"]) {
    it(`says how to encrypt no more of ${key} than its password`, async () => {
      const [problem] = await problemsOf(() => read(config(`  krateo:${key}: {secure: AAA}\n`)));
      assert.match(problem?.next ?? "", /^encrypt only the passwords?, .* --secret --path .*password'?$/);
    });
  }

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
    ["is broken", "config: [", /^the file is not valid YAML: ./],
    ["holds a list", "config: [a]", /^config must be a map of keys to values$/],
  ] as const) {
    it(`is refused when it ${what}`, async () => {
      const [problem] = await problemsOf(() => read({ "Pulumi.dev.yaml": text }));
      assert.match(problem?.what ?? "", message);
      assert.equal(problem?.file, "Pulumi.dev.yaml");
    });
  }
});

describe("a stack's configuration, as pulumi config --json has it, of", () => {
  for (const variant of configVariants) {
    it(variant.name, async () => {
      await inProject(filesOf(variant), async (directory) => {
        const { stack = "dev", configFile, config } = variant;
        const reading = async (): Promise<StackValues> =>
          readStackValues(
            await findStackFile(
              { stack, ...(configFile && { configFile: join(directory, configFile) }) },
              directory,
            ),
            readProjectFile(directory),
          );
        if (config === undefined) {
          await problemsOf(reading);
          return;
        }
        const { texts, secretKeys } = await reading();
        const known = Object.entries(texts).map(([key, text]) => [
          key,
          secretKeys.includes(key) ? encrypted : decoded(text),
        ]);
        assert.deepEqual(Object.fromEntries(known), config);
      });
    });
  }
});

/** Lists and maps come as JSON. */
function decoded(text: string): unknown {
  return /^(\{|\["|\[\d)/.test(text) ? JSON.parse(text) : text;
}

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

  describe("whose configuration is kept in Pulumi Cloud", () => {
    const cloud = pulumi(
      `case "$*" in
"stack --show-name --non-interactive") echo cloud ;;
"config env ls --json --stack cloud --non-interactive") printf '[\\n  "krateo/cloud"\\n]\\n' ;;
*) exit 255 ;;
esac`,
    );
    const refusal = {
      what: "stack cloud keeps its configuration in Pulumi Cloud, which npx krateo does not read",
      given: "environment krateo/cloud",
      next: "write the keys that pulumi config --stack cloud lists into a file (config:, then krateo:KEY: VALUE), and name it with --config-file FILE, for pulumi, too: both then read the same",
    };

    it("is a mistake with the way out, when it is named and when it is selected", async () => {
      assert.deepEqual(await problemsOf(() => find({ stack: "cloud" }, cloud)), [refusal]);
      assert.deepEqual(await problemsOf(() => find({}, cloud)), [refusal]);
    });

    it("is not taken for no stack where there may be none", async () => {
      assert.deepEqual(await problemsOf(() => inProject({ ...files, ...cloud }, configuredStack)), [refusal]);
    });

    it("is read from the file that is named", async () => {
      await inProject({ ...files, ...cloud, "conf.yaml": "" }, async (directory) => {
        const configFile = join(directory, "conf.yaml");
        assert.equal(await findStackFile({ stack: "cloud", configFile }, directory), configFile);
      });
    });
  });

  it("is none when the selected one has neither file nor environment", async () => {
    const script = '[ "$1" = stack ] && echo fresh || echo "[]"';
    assert.equal(await inProject({ ...files, ...pulumi(script) }, configuredStack), undefined);
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
        next: "name one with --stack NAME, select it: pulumi stack select NAME, or make one: npx krateo init",
      });
    });
  }

  it("is a mistake when the file that was named does not exist", async () => {
    const [problem] = await problemsOf(() => find({ configFile: "nowhere.yaml" }));
    assert.equal(problem?.what, "the stack's configuration file does not exist");
  });
});
