import assert from "node:assert/strict";
import { execFileSync, fork, spawn, spawnSync } from "node:child_process";
import { once } from "node:events";
import { globSync, mkdirSync, readdirSync, readFileSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { cp, mkdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { parseAllDocuments, stringify } from "yaml";
import { renderFleet } from "../../configuration/fleet/render.ts";
import type { JsonObject } from "../../model/settings.ts";
import { actionlint, goTool, lua } from "../support/go-tools.ts";
import { operatorPod } from "../support/operator-pod.ts";
import {
  helmReleases,
  kubeconfig,
  mirror,
  type Outcome,
  root,
  run,
  scratch,
  startOver,
  tools,
  until,
} from "../support/rehearsal.ts";
import { apply, refusal } from "../support/rehearsed-cluster.ts";
import { oneChart } from "../support/small-platform.ts";

const folder = join(root, "gitops");
const crds = process.env["KRATEO_GITOPS_CRDS"];

function documentsIn(text: string): JsonObject[] {
  return parseAllDocuments(text).map((document) => document.toJS() as JsonObject);
}

/** What the API server says to objects, with every unknown field an error; nothing is stored. */
async function dryRun(name: string, objects: readonly JsonObject[]): Promise<Outcome> {
  const file = scratch(`${name}.yaml`);
  await mkdir(scratch("."), { recursive: true });
  await writeFile(file, objects.map((object) => stringify(object)).join("---\n"));
  return await run("kubectl", ["create", "--dry-run=server", "--validate=strict", "--filename", file]);
}

const title = `the manifests for the operator${crds ? "" : " (skipped: KRATEO_GITOPS_CRDS names no folder with its CRDs)"}`;
(crds ? describe : describe.skip)(title, () => {
  const files = globSync("pko/**/*.yaml", { cwd: folder }).filter((path) => path !== "pko/fleet.yaml");
  const objects = files.flatMap((path) => documentsIn(readFileSync(join(folder, path), "utf8")));
  const stacks = objects.filter(({ kind }) => kind === "Stack");

  before(async () => {
    await startOver();
    const place = join(crds ?? "", "pulumi-kubernetes-operator");
    const applied = await run("kubectl", ["apply", "--server-side", "--filename", place]);
    assert.equal(applied.code, 0, applied.output);
    const names = ["stacks.pulumi.com", "workspaces.auto.pulumi.com"].map((name) => `crd/${name}`);
    await run("kubectl", ["wait", "--for=condition=established", ...names]);
    // A dry run stores no namespace for the objects after it.
    for (const object of objects.filter(({ kind }) => kind === "Namespace")) await apply(object);
    await apply({
      apiVersion: "v1",
      kind: "Namespace",
      metadata: { name: "restricted", labels: { "pod-security.kubernetes.io/enforce": "restricted" } },
    });
  });

  it("are accepted by the API server, field for field", async () => {
    const others = objects.filter(({ kind }) => kind !== "Namespace");
    assert.ok(stacks.length >= 5 && others.length > stacks.length);
    const { code, output } = await dryRun("manifests", others);
    assert.equal(code, 0, output);
    assert.equal(output.trim().split("\n").length, others.length);
  });

  it("would be refused with a misspelt field, or a name that is too long", async () => {
    const [stack] = structuredClone(stacks) as [JsonObject & { metadata: JsonObject; spec: JsonObject }];
    stack.spec["resyncFrequencySecond"] = 60;
    const misspelt = await dryRun("misspelt", [stack]);
    assert.match(misspelt.output, /unknown field "spec\.resyncFrequencySecond"/);
    delete stack.spec["resyncFrequencySecond"];
    stack.metadata["name"] = "a".repeat(43);
    const long = await dryRun("long", [stack]);
    assert.match(long.output, /no more than 42 characters/);
  });

  it("make pods that the strictest Pod Security admits", async () => {
    for (const stack of stacks) assert.equal(await refusal(operatorPod(stack, "restricted")), undefined);
  });

  it("are accepted of a fleet with every key, and with a hundred clusters to wait for", async () => {
    const many = Array.from({ length: 100 }, (_, index) => ({ name: `early-${index}`, ring: "one" }));
    const text = stringify({
      image: "registry.example.org/krateo:1",
      backend: "https://app.pulumi.com",
      secretsProvider: "passphrase",
      organization: "acme",
      namespace: "krateo-fleet",
      credentials: "logins",
      serviceAccount: "runner",
      resync: "30m",
      config: {
        openshift: true,
        set: {
          "components.operator-generator.stepConfig.install-oasgen-provider.helmValues.a": [
            1,
            "x",
            { c: null },
          ],
        },
        nodePorts: { authn: 30082 },
      },
      secretConfig: { registries: { secret: "registries", key: "json" } },
      rings: [{ name: "one" }, { name: "two", within: "24h" }],
      clusters: [
        ...many,
        { name: "late", ring: "two", labels: { "a.b/c": "d" }, kubeconfig: { secret: "s", key: "k" } },
      ],
    });
    const rendered = [...renderFleet({ text }, "fleet.yaml", root).files].filter(([path]) =>
      path.endsWith(".yaml"),
    );
    const late = rendered.findLast(([path]) => path.endsWith("late.yaml"));
    const sample = [rendered[0], late].flatMap((file) => documentsIn(file?.[1] ?? ""));
    const { code, output } = await dryRun("fleet", sample);
    assert.equal(code, 0, output);
  });
});

describe("Argo CD's health check of a Stack", () => {
  const condition = (type: string, status = "True") =>
    `{type="${type}", status="${status}", message="${type}"}`;
  const status = (...conditions: string[]) => `{observedGeneration=2, conditions={${conditions.join(",")}}}`;
  for (const [what, stack, expected] of [
    [
      "healthy when it is ready",
      status(condition("Reconciling", "False"), condition("Ready")),
      "Healthy Ready",
    ],
    [
      "in progress while it runs",
      status(condition("Ready", "False"), condition("Reconciling")),
      "Progressing Reconciling",
    ],
    [
      "degraded when it is stalled",
      status(condition("Stalled"), condition("Ready", "False")),
      "Degraded Stalled",
    ],
    [
      "in progress when its status is of an earlier spec",
      "{observedGeneration=1, conditions={}}",
      "Progressing the operator has not seen this configuration yet",
    ],
    [
      "in progress when it has no status",
      "nil",
      "Progressing the operator has not seen this configuration yet",
    ],
  ] as const) {
    it(`says that it is ${what}`, async function () {
      const program = await goTool(lua);
      if (program === undefined) return this.skip();
      const [patch] = documentsIn(readFileSync(join(folder, "argocd", "health.yaml"), "utf8"));
      const [check] = Object.values(patch?.["data"] as Record<string, string>);
      const file = scratch("health.lua");
      mkdirSync(scratch("."), { recursive: true });
      const call = `obj = {metadata={generation=2}, status=${stack}}\nlocal function check()\n${check}end\nlocal found = check()\nprint(found.status .. " " .. found.message)\n`;
      writeFileSync(file, call);
      assert.equal(execFileSync(program, [file], { encoding: "utf8" }).trim(), expected);
    });
  }
});

describe("the workflows", () => {
  it("are what GitHub understands (actionlint)", async function () {
    const linter = await goTool(actionlint);
    if (linter === undefined) return this.skip();
    const project = scratch("workflows");
    rmSync(project, { recursive: true, force: true });
    mkdirSync(join(project, ".git"), { recursive: true });
    await cp(join(folder, "ci", "github"), join(project, ".github", "workflows"), { recursive: true });
    const lint = () => spawnSync(linter, ["-no-color"], { cwd: project, encoding: "utf8" });
    assert.equal(lint().status, 0, lint().stdout);
    const file = join(project, ".github", "workflows", "krateo.yaml");
    writeFileSync(file, readFileSync(file, "utf8").replace("action: preview", "acton: preview"));
    assert.match(lint().stdout, /input "acton" is not defined/);
  });

  it("run their script: preview, up and diff of a stack that is not there yet", async () => {
    await startOver();
    const project = scratch("ci");
    rmSync(project, { recursive: true, force: true });
    mkdirSync(project, { recursive: true });
    // A checkout with a stack file of its own: Pulumi writes to it.
    for (const name of readdirSync(root).filter(
      (one) => !/^(\.|Pulumi\.\w+\.yaml|node_modules|test$)/.test(one),
    ))
      await cp(join(root, name), join(project, name), { recursive: true });
    symlinkSync(join(root, "node_modules"), join(project, "node_modules"));
    writeFileSync(
      join(project, "Pulumi.paris.yaml"),
      stringify({ config: { "krateo:chartMirror": mirror, "krateo:set": oneChart } }),
    );
    const { KRATEO_CONFIG_FILE: _, PULUMI_STACK: __, ...env } = tools.env;
    const script = (action: string) =>
      spawnSync("gitops/ci/krateo.sh", [action, "paris"], { cwd: project, env, encoding: "utf8" });
    const comment = () => readFileSync(join(project, "preview.md"), "utf8");
    const early = script("preview");
    assert.equal(early.status, 0, early.stdout + early.stderr);
    assert.match(
      comment(),
      /exit code 0\n\n~~~text\nThe backend has no stack paris yet: the first up makes it\.\n/,
    );
    const listed = execFileSync("npx", ["pulumi", "stack", "ls", "--json"], {
      cwd: project,
      env,
      encoding: "utf8",
    });
    assert.ok(!JSON.parse(listed).some(({ name }: { name: string }) => name.endsWith("paris")), listed);
    assert.deepEqual(await helmReleases(), {});
    const up = script("up");
    assert.equal(up.status, 0, up.stdout + up.stderr);
    assert.deepEqual(Object.keys(await helmReleases()), ["oasgen-provider"]);
    const preview = script("preview");
    assert.equal(preview.status, 0, preview.stdout + preview.stderr);
    assert.match(comment(), /^Preview of stack `paris`, exit code 0\n\n~~~text\n.* unchanged\n.*~~~\n$/s);
    assert.equal(script("diff").status, 0);
    const scale = (replicas: number) =>
      execFileSync(
        "kubectl",
        ["scale", "deployment/oasgen-provider", `--replicas=${replicas}`, "-n", "krateo-system"],
        { env },
      );
    scale(0);
    assert.equal(script("diff").status, 2);
    scale(1);
  });

  it("wait for a run from elsewhere, which repair leaves alone", async () => {
    const { KRATEO_CONFIG_FILE: _, PULUMI_STACK: __, ...env } = tools.env;
    const process = join(root, "test/support/lease-process.ts");
    const other = fork(process, [kubeconfig, "krateo-system"], { stdio: "inherit" });
    try {
      await once(other, "message");
      other.send("hold");
      assert.deepEqual(await once(other, "message").then(([word]) => word), "held");
      const up = spawn("gitops/ci/krateo.sh", ["up", "paris"], {
        cwd: scratch("ci"),
        env: { ...env, KRATEO_WAIT: "5m" },
      });
      const ended = once(up, "close");
      let output = "";
      for (const stream of [up.stdout, up.stderr]) stream.on("data", (text) => (output += text));
      await until(
        async () => output.includes("waiting up to 5m for another run") || up.exitCode !== null,
        300,
      );
      assert.match(output, /left alone: .*krateo\.sh: repair has left something alone/s);
      assert.equal(up.exitCode, null, output);
      other.send("release");
      assert.equal((await ended)[0], 0, output);
    } finally {
      other.kill();
    }
  });

  it("show a preview that fails, and fail with it", () => {
    const project = scratch("ci");
    writeFileSync(join(project, "Pulumi.paris.yaml"), "config:\n  krateo:tpye: ingress\n");
    const { KRATEO_CONFIG_FILE: _, PULUMI_STACK: __, ...env } = tools.env;
    const { status } = spawnSync("gitops/ci/krateo.sh", ["preview", "paris"], { cwd: project, env });
    assert.notEqual(status, 0);
    assert.match(readFileSync(join(project, "preview.md"), "utf8"), /unknown key "tpye"/);
  });
});
