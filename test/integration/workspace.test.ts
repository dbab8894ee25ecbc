import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { parse, stringify } from "yaml";
import { renderFleet } from "../../configuration/fleet/render.ts";
import type { JsonObject } from "../../model/settings.ts";
import {
  helmReleases,
  kubeconfig,
  mirror,
  root,
  run,
  scratch,
  startOver,
  tools,
  until,
} from "../support/rehearsal.ts";
import { apply, live } from "../support/rehearsed-cluster.ts";
import { oneChart } from "../support/small-platform.ts";
import { noPods, WorkspacePod } from "../support/workspace-pod.ts";

const reason = noPods();
const image = scratch("image/opt/krateo");
const state = scratch("workspace-state");
/** With one chart more. */
const later = { ...oneChart, "components.composable-operations.enabled": true };

/** The Stack of the one cluster of a fleet, as the operator gets it. */
function renderedStack(): JsonObject {
  const fleet = stringify({
    image: "registry.example.org/krateo:1",
    backend: "s3://stood-in-for-by-a-folder",
    config: { set: oneChart },
    rings: [{ name: "one" }],
    clusters: [{ name: "paris", ring: "one" }],
  });
  const [[, text] = ["", ""]] = [...renderFleet({ text: fleet }, "fleet.yaml", root).files];
  return parse(text).spec as JsonObject;
}

const spec = renderedStack();
const { spec: template } = spec["workspaceTemplate"] as { spec: JsonObject };
const [prepare] = (template["podTemplate"] as { spec: { initContainers: { command: string[] }[] } }).spec
  .initContainers;

/** A ServiceAccount's kubeconfig, as a hub has one of each cluster. */
async function accessOf(account: string): Promise<string> {
  const { clusters } = parse(readFileSync(kubeconfig, "utf8"));
  const { server, "certificate-authority": authority } = clusters[0].cluster;
  const cluster = { server, "certificate-authority-data": readFileSync(authority).toString("base64") };
  const { stdout } = await run("kubectl", ["create", "token", account, "--namespace", "default"]);
  return stringify({
    apiVersion: "v1",
    kind: "Config",
    "current-context": "hub",
    clusters: [{ name: "paris", cluster }],
    users: [{ name: "hub", user: { token: stdout.trim() } }],
    contexts: [{ name: "hub", context: { cluster: "paris", user: "hub" } }],
  });
}

/** The rights that docs/gitops.md says to give, for the configuration that the Stack has in the end, and no others. */
async function grantRights(): Promise<void> {
  const config = { "krateo:chartMirror": mirror, "krateo:set": later };
  await writeFile(scratch("rights-config.yaml"), stringify({ config }));
  const words = ["--config-file", scratch("rights-config.yaml"), "--service-account", "default/krateo-hub"];
  const printed = await run(process.execPath, [join(root, "commands/krateo.js"), "rbac", ...words]);
  assert.equal(printed.code, 0, printed.output);
  await writeFile(scratch("rights.yaml"), printed.stdout);
  const applied = await run("kubectl", ["apply", "--filename", scratch("rights.yaml")]);
  assert.equal(applied.code, 0, applied.output);
}

const title = `a workspace of the operator${reason ? ` (skipped: no namespaces of a pod here: ${reason})` : ""}`;
(reason ? describe.skip : describe)(title, () => {
  let access: string;
  let pod: WorkspacePod;

  /** A pod of the StatefulSet: always the same name. It begins with what init containers do. */
  async function newPod(): Promise<string> {
    const { env } = template as { env: { name: string; value: string }[] };
    pod = new WorkspacePod("paris-workspace-0", image, {
      env: {
        ...Object.fromEntries(env.map(({ name, value }) => [name, value])),
        PULUMI_BACKEND_URL: "file:///state",
      },
      files: { "/etc/krateo/kubeconfig": access },
      volumes: { "/state": state },
    });
    const prepared = await pod.run(...(prepare?.command ?? []));
    assert.equal(prepared.code, 0, prepared.output);
    return prepared.output;
  }

  async function pulumi(...words: string[]) {
    const done = await pod.run("pulumi", ...words);
    assert.equal(done.code, 0, done.output);
    return done;
  }

  /** What the agent does with a new pod before its first update. */
  async function initialize(): Promise<void> {
    const { output } = await pulumi("install");
    assert.match(output, /up to date/);
    const known = await pod.run("pulumi", "stack", "select", "--stack", "paris");
    if (known.code !== 0) {
      assert.match(known.output, /no stack named/);
      await pulumi("stack", "init", "paris");
      await pulumi("stack", "select", "--stack", "paris");
    }
    const config = Object.entries(spec["config"] as JsonObject).map(([key, value]) => [
      key,
      typeof value === "string"
        ? { value, secret: false }
        : { value: JSON.stringify(value), objectValue: value, secret: false },
    ]);
    await pulumi(
      "config",
      "set-all",
      "--stack",
      "paris",
      "--json",
      JSON.stringify(Object.fromEntries(config)),
    );
  }

  const agent = ["--exec-kind=auto.local", "--stack=paris"];
  const up = [
    "up",
    "--yes",
    "--skip-preview",
    "--diff",
    "--parallel=32",
    "--suppress-progress",
    "--continue-on-error",
    ...agent,
  ];

  before(async () => {
    await startOver();
    await apply({
      apiVersion: "v1",
      kind: "ServiceAccount",
      metadata: { name: "krateo-hub", namespace: "default" },
    });
    access = await accessOf("krateo-hub");
    for (const folder of [image, state, scratch("no-plugins")]) {
      rmSync(folder, { recursive: true, force: true });
      mkdirSync(folder, { recursive: true });
    }
    execFileSync("chown", ["1000:1000", state]);
    writeFileSync(scratch("image.yaml"), stringify({ config: { "krateo:chartMirror": mirror } }));
    await grantRights();
  });
  after(() => pod?.end());

  it("has an image that the build's script makes, without Docker", () => {
    const env = {
      ...tools.env,
      KRATEO_CHARTS_DIR: "",
      KRATEO_IMAGE_CONFIG: scratch("image.yaml"),
      // Those of the rehearsal are on the PATH.
      KRATEO_IMAGE_PLUGINS: scratch("no-plugins"),
      NODE_COMPILE_CACHE: "",
    };
    const output = execFileSync(join(root, "gitops/image/build.sh"), [root, image], {
      env,
      encoding: "utf8",
    });
    assert.match(output, /21 charts of the stack/);
  });

  it("is initialised in a pod with a read-only root, as user 1000, and downloads nothing", async () => {
    await newPod();
    const written = await pod.run("sh", "-c", "id -u; touch /opt/krateo/a || touch /a");
    assert.match(written.output, /^1000\n/);
    assert.notEqual(written.code, 0, "the root is writable");
    await initialize();
  });

  it("previews, brings up and reads the outputs", async () => {
    await pulumi("preview", "--diff", ...agent);
    await pulumi(...up);
    assert.deepEqual(Object.keys(await helmReleases()), ["oasgen-provider"]);
    const { stdout } = await pulumi("stack", "output", "--json", "--stack", "paris");
    assert.equal(JSON.parse(stdout)["namespace"], "krateo-system");
  });

  it("finds nothing to do in a new pod, which knows only what the operator tells it", async () => {
    await pod.end();
    await newPod();
    await initialize();
    const { output } = await pulumi(...up, "--refresh");
    assert.match(output, /Resources:\n +\d+ unchanged\n/);
  });

  it("is killed with its pod in mid-up: the next pod clears the lock and the run converges, with nobody's help", async () => {
    await pulumi("config", "set", "krateo:set", JSON.stringify(later), "--stack", "paris");
    const running = pod.start(
      "pulumi",
      ...up.filter((word) => !["--diff", "--suppress-progress"].includes(word)),
    );
    await until(async () => /core-provider.*creating/.test(running.output())).catch((error: Error) => {
      throw new Error(`${error.message}: ${running.output()}`);
    });
    await pod.end();
    const prepared = await newPod();
    assert.match(prepared, /lock: removed that of/);
    (spec["config"] as JsonObject)["krateo:set"] = later;
    await initialize();
    await pulumi(...up);
    assert.deepEqual(Object.keys(await helmReleases()), ["core-provider", "oasgen-provider"]);
    const { output } = await pulumi("preview", "--diff", ...agent);
    assert.match(output, /Resources:\n +\d+ unchanged\n/);
  });

  it("destroys as the operator does when its Stack is deleted with destroyOnFinalize and runProgram", async () => {
    await pulumi("destroy", "--yes", "--skip-preview", "--run-program=true", ...agent);
    assert.deepEqual(await helmReleases(), {});
    assert.ok(await live("Namespace", "krateo-system", { namespace: "" }), "the namespace stays");
  });
});
