import assert from "node:assert/strict";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { holding, withApiServer } from "../cluster/api-server.ts";
import { krateo, type Run } from "./session.ts";

describe("krateo restart", () => {
  let directory: string;
  beforeEach(() => {
    directory = mkdtempSync(join(tmpdir(), "krateo-restart-"));
    writeFileSync(join(directory, "Pulumi.yaml"), "name: krateo\nruntime: nodejs\n");
  });
  afterEach(() => rmSync(directory, { recursive: true }));

  const run = async (...words: string[]): Promise<Run> => {
    let result: Run | undefined;
    const lists = ["deployments", "statefulsets", "daemonsets"].map(
      (kind) => `apis/apps/v1/namespaces/shop/${kind}`,
    );
    const paths = [...lists, "api/v1/namespaces/shop/pods", "api/v1/namespaces/shop/configmaps"];
    const objects = Object.fromEntries(paths.map((path) => [`/${path}`, { items: [] }]));
    await withApiServer(holding(objects), async ({ kubeconfig }) => {
      result = await krateo(directory, "restart", ...words, "--kubeconfig", kubeconfig);
    });
    return result as Run;
  };

  it("needs no configuration that it can read where the program names the releases", async () => {
    // Only the engine knows such values: the stack has another file, is kept elsewhere, or all of it is encrypted.
    const words = ["--stack", "elsewhere", "--namespace", "shop", "--releases", "shop/authn,shop/frontend"];
    assert.deepEqual(await run(...words), {
      code: 0,
      printed: "no pod is older than its configuration",
      noted: "",
    });
  });

  it("reads the stack's configuration where nobody names them", async () => {
    const { code, noted } = await run("--stack", "elsewhere", "--namespace", "shop");
    assert.equal(code, 1);
    assert.match(noted, /stack elsewhere has no configuration file/);
  });

  it("refuses a list that names no namespace", async () => {
    const { code, noted } = await run("--stack", "elsewhere", "--releases", "authn");
    assert.notEqual(code, 0);
    assert.match(noted, /It must be a list such as krateo-system\/authn/);
  });
});
