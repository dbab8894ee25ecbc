import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { keys, Terminal } from "../../support/terminal.ts";
import { krateo, withProject } from "../session.ts";

/** What is typed before the Tab key, and the command line that it becomes. */
const lines: readonly (readonly [string, string])[] = [
  ["npx krateo prefl", "krateo preflight"],
  ["npx krateo --vers", "krateo --version"],
  ["npx krateo access --port", "krateo access --port-forward"],
  ["npx krateo preflight --type loadb", "krateo preflight --type loadbalancer"],
  ["npx krateo verify --stack prod", "krateo verify --stack production"],
  ["npx krateo verify --kubeconfig my-kub", "krateo verify --kubeconfig my-kubeconfig"],
  ["npx krateo verify --context kind-kr", "krateo verify --context kind-krateo"],
  ["npx krateo completion fi", "krateo completion fish"],
  ["npx other my-kub", "other my-kubeconfig"],
];

describe("the completion script", function () {
  // A shell is asked nine times.
  this.timeout(60_000);

  let directory: string;
  let remove: () => void;

  beforeEach(() => {
    ({ directory, remove } = withProject({
      "Pulumi.yaml": "name: krateo\nruntime: nodejs\n",
      "Pulumi.production.yaml": "config: {}\n",
      "my-kubeconfig": "",
      "bin/.bin/kubectl": "#!/bin/sh\necho kind-krateo\n",
      // Shows the words that it is started with, as the shell passes them on.
      "bin/.bin/npx": '#!/bin/sh\necho "words: $*."\n',
    }));
  });

  afterEach(() => remove());

  const scriptFor = async (shell: string): Promise<string> => {
    const { code, printed } = await krateo(directory, "completion", shell);
    assert.equal(code, 0);
    const file = join(directory, `completion.${shell}`);
    writeFileSync(file, `${printed}\n`);
    return file;
  };
  const env = (): NodeJS.ProcessEnv => ({
    PATH: `${join(directory, "bin", ".bin")}:${process.env["PATH"]}`,
    HOME: directory,
    ZDOTDIR: directory,
  });
  const isInstalled = (shell: string): boolean => spawnSync(shell, ["--version"]).status === 0;

  /** Types each line with a Tab key in an interactive shell. */
  const completes = async (shell: readonly string[], prepare: string): Promise<void> => {
    const terminal = new Terminal(shell, directory, env());
    try {
      terminal.type(`PS1='ready> '; ${prepare}; echo prep''ared\r`);
      await terminal.until(/prepared\n/);
      for (const [typed, becomes] of lines) {
        terminal.type(`${typed}${keys.tab}${keys.enter}`);
        await terminal.until(/words: .*\.\n/);
        assert.match(terminal.text, new RegExp(`words: ${becomes} ?\\.\n`), typed);
      }
    } finally {
      terminal.type("exit\r");
      await terminal.end();
    }
  };

  it("completes commands, options, values, stacks, contexts and files in bash", async () => {
    await completes(["bash", "--norc"], `source ${await scriptFor("bash")}`);
  });

  it("does the same in zsh", async function () {
    if (!isInstalled("zsh")) this.skip();
    const script = await scriptFor("zsh");
    await completes(["zsh", "-f"], `autoload -U compinit; compinit -u -D; source ${script}`);
  });

  it("does the same in fish", async function () {
    if (!isInstalled("fish")) this.skip();
    const script = await scriptFor("fish");
    for (const [typed, becomes] of lines) {
      const { stdout, stderr } = spawnSync("fish", ["-N", "-c", `source ${script}; complete -C '${typed}'`], {
        encoding: "utf8",
        cwd: directory,
        env: { ...process.env, ...env() },
      });
      assert.deepEqual([stdout.trim().split("\t")[0], stderr], [becomes.split(" ").at(-1), ""], typed);
    }
  });

  it("names the shells that there are for another one", async () => {
    const { code, noted } = await krateo(directory, "completion", "csh");
    assert.equal(code, 1);
    assert.match(noted, /'csh' is invalid for argument 'shell'\. Allowed choices are bash, zsh, fish\./);
  });
});
