import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { existsSync } from "node:fs";
import { mkdir, readFile, rm, symlink, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { environment, kubeconfig, mirror, pulumiIn, run, scratch, startOver } from "../support/rehearsal.ts";
import { keys, Terminal } from "../support/terminal.ts";

const root = join(import.meta.dirname, "..", "..");
const stack = "test-init";
const file = join(root, `Pulumi.${stack}.yaml`);

describe("krateo init", () => {
  // As a user has it: no stack and no configuration file in the environment.
  const env = { PULUMI_STACK: undefined, KRATEO_CONFIG_FILE: undefined };
  const init = (...words: string[]) =>
    run("node", ["commands/krateo.ts", "init", "--stack", stack, ...words], env);

  before(async () => {
    await rm(file, { force: true });
    await startOver();
  });
  after(() => rm(file, { force: true }));

  it("writes nothing for a cluster out of reach, and with an option missing", async () => {
    const unreachable = scratch("nowhere.kubeconfig");
    await mkdir(join(unreachable, ".."), { recursive: true });
    const text = await readFile(kubeconfig, "utf8");
    await writeFile(unreachable, text.replace(/server: .*/, "server: https://127.0.0.1:1"));
    const away = await init("--yes", "--kubeconfig", unreachable);
    assert.equal(away.code, 1, away.output);
    assert.match(away.output, /cannot be reached: [\s\S]*nothing was written/);
    const incomplete = await init();
    assert.equal(incomplete.code, 1, incomplete.output);
    assert.match(incomplete.output, /--type is missing/);
    assert.equal(existsSync(file), false);
    const { stdout } = await run("pulumi", ["stack", "ls", "--json"], env);
    assert.deepEqual(JSON.parse(stdout), []);
  });

  it("takes the file back when the real Pulumi refuses the stack", async () => {
    const { code, output } = await init("--yes", "--chart-mirror", mirror, "--secrets-provider", "none://x");
    assert.equal(code, 1, output);
    assert.match(output, /unknown secrets provider[\s\S]*Pulumi\.test-init\.yaml was removed again/);
    assert.equal(existsSync(file), false);
    const { stdout } = await run("pulumi", ["stack", "ls", "--json"], env);
    assert.deepEqual(JSON.parse(stdout), []);
  });

  it("lets the real Pulumi ask for a passphrase, and leaves nothing behind after Ctrl-C there", async () => {
    const options = ["--stack", stack, "--type", "nodeport", "--size", "standard", "--chart-mirror", mirror];
    const command = [
      "node",
      "commands/krateo.ts",
      "init",
      ...options,
      "--node-address",
      "",
      "--profiles",
      "",
    ];
    const asking = { ...(await environment()), ...env, PULUMI_CONFIG_PASSPHRASE: undefined };
    const terminal = new Terminal(command, root, asking);
    await terminal.until(/Enter your passphrase/);
    terminal.type(keys.interrupt);
    await terminal.until(/Pulumi\.test-init\.yaml was removed again/);
    assert.equal(await terminal.end(), 1);
    assert.equal(existsSync(file), false);
    const { stdout } = await run("pulumi", ["stack", "ls", "--json"], env);
    assert.deepEqual(JSON.parse(stdout), []);
  });

  it("makes a stack that preflight finds ready", async () => {
    const { code, output } = await init("--yes", "--chart-mirror", mirror);
    assert.equal(code, 0, output);
    assert.match(output, /OK: 0 errors/);
    const text = await readFile(file, "utf8");
    assert.match(text, /^# yaml-language-server: .*\n# Written by .*\nconfig:\n/);
    assert.match(text, /\n {2}# needs nothing in the cluster\n {2}krateo:type: nodeport\n/);
    assert.match(text, /\nencryptionsalt: /);
  });

  it("makes none a second time", async () => {
    const { code, output } = await init("--yes", "--chart-mirror", mirror);
    assert.equal(code, 1, output);
    assert.match(output, /there is a file Pulumi\.test-init\.yaml, and init overwrites nothing/);
  });

  it("makes a stack that can be installed as it is, with a README", async () => {
    const up = await run("pulumi", ["up", "--yes", "--skip-preview", "--non-interactive"], env);
    assert.equal(up.code, 0, up.output);
    const verify = await run("node", ["commands/krateo.ts", "verify"], env);
    assert.equal(verify.code, 0, verify.output);
    const { stdout: readme } = await run("pulumi", ["stack", "output", "readme"], env);
    assert.match(readme, /\| frontend \| http:\/\/[0-9.]+:30080 \|\n/);
    const again = await run("pulumi", ["preview", "--expect-no-changes", "--non-interactive"], env);
    assert.equal(again.code, 0, again.output);
  });
});

describe("pulumi new", () => {
  const clone = scratch("template/clone");
  const folder = scratch("template/project");
  const state = scratch("template/state");

  it("makes a project of the repository that can be previewed, whatever its name", async () => {
    await rm(scratch("template"), { recursive: true, force: true });
    for (const directory of [clone, folder, state]) await mkdir(directory, { recursive: true });
    execFileSync("git", ["checkout-index", "--all", `--prefix=${clone}/`], { cwd: root });
    const made = await pulumiIn(folder, state, "new", clone, "--generate-only", "--yes", "--name", "shop");
    assert.equal(made.code, 0, made.output);
    await symlink(join(root, "node_modules"), join(folder, "node_modules"));
    const own = (...args: string[]) => pulumiIn(folder, state, ...args, "--non-interactive");
    for (const words of [
      ["stack", "init", "dev"],
      ["config", "set", "namespace", "shop", "--stack", "dev"],
      ["config", "set", "chartMirror", mirror, "--stack", "dev"],
    ]) {
      const { code, output } = await own(...words);
      assert.equal(code, 0, output);
    }
    const { code, output } = await own("preview", "--stack", "dev");
    assert.equal(code, 0, output);
    assert.match(output, /namespace shop of the cluster/);
    await own("config", "set", "krateo:type", "loadbalancer", "--stack", "dev");
    const foreign = await own("preview", "--stack", "dev");
    assert.notEqual(foreign.code, 0);
    assert.match(foreign.output, /krateo:type is a key of another project: this one is named shop/);
  });
});
