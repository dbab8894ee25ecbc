/** Runs of `krateo init`, each in a project of its own with a cluster of its own. */

import assert from "node:assert/strict";
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { type Handler, holding, kubeconfigOf, withApiServer } from "../../cluster/api-server.ts";
import { krateo, type Run, withProject } from "../session.ts";
import { fakePulumi } from "./fake-pulumi.ts";

const variables = [
  ...["PULUMI_STACK", "KRATEO_CONFIG_FILE", "KUBECONFIG", "KRATEO_CLUSTER_UID"],
  ...["PULUMI_CONFIG_PASSPHRASE", "PULUMI_CONFIG_PASSPHRASE_FILE"],
];

/** What the cluster holds. */
export const objects = {
  "/version": { gitVersion: "v1.35.4" },
  "/apis": { groups: [] },
  "/api/v1/namespaces/kube-system": { metadata: { name: "kube-system", uid: "uid-1" } },
  "/api/v1/nodes": { items: [{ metadata: { name: "n" }, spec: { providerID: "kind://docker/k/n" } }] },
  "/apis/storage.k8s.io/v1/storageclasses": { items: [{ metadata: { name: "fast" } }] },
};

/** What a run left behind, beside what it said. */
interface Outcome extends Run {
  /** The new stack files, by name. */
  readonly files: Readonly<Record<string, string>>;
  /** What pulumi was asked to do. */
  readonly pulumi: readonly string[];
  readonly server: string;
}

const before = variables.map((name) => [name, process.env[name]] as const);

/** Takes the variables out of the environment for each test of the describe block that calls it. */
export function withoutVariables(): void {
  beforeEach(() => {
    for (const name of variables) delete process.env[name];
    process.env["PULUMI_CONFIG_PASSPHRASE"] = "";
  });
  afterEach(() => {
    for (const [name, value] of before) {
      if (value === undefined) delete process.env[name];
      else process.env[name] = value;
    }
  });
}

/** Runs it in a project with a cluster that has these objects. */
export async function init(
  words: readonly string[],
  {
    files = {},
    handler = holding(objects),
    kubeconfig = (server) => JSON.stringify(kubeconfigOf("shop", server)),
  }: {
    files?: Record<string, string>;
    handler?: Handler;
    kubeconfig?: (server: string) => string;
  } = {},
): Promise<Outcome> {
  let outcome: Outcome | undefined;
  await withApiServer(handler, async ({ server }) => {
    const { directory, remove } = withProject({
      "Pulumi.yaml": "name: krateo\nruntime: nodejs\n",
      "Pulumi.there.yaml": "config:\n  krateo:type: loadbalancer\n",
      "node_modules/.bin/pulumi": fakePulumi,
      kubeconfig: kubeconfig(server),
      "charts/.keep": "",
      ...files,
    });
    try {
      process.env["KUBECONFIG"] = join(directory, "kubeconfig");
      const run = await krateo(directory, "init", "--chart-mirror", "charts", ...words);
      const known = ["Pulumi.there.yaml", ...Object.keys(files)];
      const written = readdirSync(directory).filter(
        (name) => /Pulumi\..+\.yaml/.test(name) && !known.includes(name),
      );
      const log = join(directory, "pulumi.log");
      outcome = {
        ...run,
        server,
        files: Object.fromEntries(written.map((name) => [name, readFileSync(join(directory, name), "utf8")])),
        pulumi: existsSync(log) ? readFileSync(log, "utf8").trim().split("\n") : [],
      };
      assert.equal(readFileSync(join(directory, "Pulumi.there.yaml"), "utf8").includes("loadbalancer"), true);
    } finally {
      remove();
    }
  });
  return outcome as Outcome;
}

/** Nothing was written, and pulumi was asked for no stack. */
export function assertNothing({ code, files, pulumi }: Outcome): void {
  assert.equal(code, 1);
  assert.deepEqual(files, {});
  assert.deepEqual(
    pulumi.filter((line) => /^stack (init|rm)/.test(line)),
    [],
  );
}
