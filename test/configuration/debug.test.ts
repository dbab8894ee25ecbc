import assert from "node:assert/strict";
import { execFile } from "node:child_process";
import { join } from "node:path";
import { promisify } from "node:util";
import { inventoryLines, layerLines } from "../../configuration/debug.ts";
import { hideLeaves } from "../../model/secret-value.ts";
import type { JsonObject } from "../../model/settings.ts";
import { withProject } from "../commands/session.ts";
import { emptyInventory } from "../support/inventory.ts";

const layer = (file: string, root: JsonObject) => ({
  source: { file, root, lineOf: () => undefined },
  base: [],
  root,
});

describe("KRATEO_DEBUG=1", () => {
  it("shows the layers with what they lay over the release document, secrets masked", () => {
    const layers = [
      layer("krateo.yaml", { steps: [] }),
      layer("over.yaml", { components: { a: { helmDefaults: { port: 80, API_TOKEN: "in-clear" } } } }),
      layer("empty.yaml", {}),
    ];
    const set = [{ path: ["components", "a", "helmDefaults", "mail"], value: hideLeaves("hush-hush") }];
    assert.deepEqual(layerLines(layers, set), [
      "layer krateo.yaml",
      "layer over.yaml",
      "  components.a.helmDefaults.port: 80",
      '  components.a.helmDefaults.API_TOKEN: "[secret]"',
      "layer empty.yaml: nothing",
      "layer stack configuration, krateo:set",
      '  components.a.helmDefaults.mail: "[secret]"',
    ]);
  });

  it("shows what was found in the cluster, of a Secret its keys only", () => {
    const lines = inventoryLines({
      ...emptyInventory,
      namespace: { ours: false, uid: "n" },
      releases: {
        authn: { chart: "authn", chartVersion: "0.22.2", revision: 3, status: "failed", updatedAt: 0 },
      },
      secrets: { "krateo-db": { ours: true, uid: "s", data: { DB_USER: "me", DB_PASS: "hush-hush" } } },
    });
    assert.deepEqual(lines, [
      "found cluster uid-of-kube-system, the namespace (was there before)",
      "found Helm release authn: authn 0.22.2, revision 3, failed",
      "found Secret krateo-db (made by this program) with keys DB_USER, DB_PASS",
    ]);
  });

  it("goes to standard error, and nothing does without it", async () => {
    const { directory, remove } = withProject({
      "Pulumi.dev.yaml": "config:\n  krateo:type: ingress\n  krateo:domain: example.org\n",
    });
    try {
      const root = join(import.meta.dirname, "..", "..");
      const words = ["commands/krateo.ts", "render", "--config-file", join(directory, "Pulumi.dev.yaml")];
      const run = (KRATEO_DEBUG: string) =>
        promisify(execFile)(process.execPath, words, { cwd: root, env: { ...process.env, KRATEO_DEBUG } });
      const [loud, quiet] = await Promise.all([run("1"), run("")]);
      assert.match(loud.stderr, /^debug: krateo render .*\ndebug: layer bundled release .*ingress\.yaml\)/);
      assert.equal(quiet.stderr, "");
      assert.equal(loud.stdout, quiet.stdout);
    } finally {
      remove();
    }
  });
});
