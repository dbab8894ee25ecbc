import assert from "node:assert/strict";
import { helmDryRun } from "../../../../cluster/checks/upgrades/helm-dry-run.ts";
import type { Connection } from "../../../../cluster/client/connection.ts";
import { withHelm } from "../../helm-stand-in.ts";

const connection: Connection = {
  server: "https://far.example.org",
  context: "far",
  kubeconfig: "",
  cluster: {},
  user: {},
  relativePaths: [],
};
const web = { name: "web", namespace: "shop" };

describe("a dry run of helm", () => {
  it("is made three times when the network breaks, and is no refusal of the chart then", async () => {
    const errors = "Error: UPGRADE FAILED: failed to download openapi: unexpected EOF\n";
    await withHelm({ code: 1, errors }, async (starts) => {
      await assert.rejects(helmDryRun(connection, web, "web.tgz", {}), {
        name: "UnreachableError",
        message:
          "the cluster at https://far.example.org (context far) cannot be reached: failed to download openapi: unexpected EOF",
      });
      assert.equal((await starts()).length, 3);
    });
  });

  // What helm says where an API service of somebody else's is away, and goes on.
  const noise =
    "E1130 12:00:00.000000 1 memcache.go:265] couldn't get resource list for metrics.k8s.io/v1beta1: the server is currently unable to handle the request\n";

  it("is made once when it succeeds, whatever helm complains of", async () => {
    await withHelm({ code: 0, output: '{"manifest":"kind: A"}', errors: noise }, async (starts) => {
      const result = await helmDryRun(connection, web, "web.tgz", {});
      assert.equal(result && "manifest" in result && result.manifest, "kind: A");
      assert.equal((await starts()).length, 1);
    });
  });

  it("is made once when the chart does not render, whatever helm complains of before", async () => {
    await withHelm({ code: 1, errors: `${noise}Error: UPGRADE FAILED: no template\n` }, async (starts) => {
      assert.deepEqual(await helmDryRun(connection, web, "web.tgz", {}), { refused: "no template" });
      assert.equal((await starts()).length, 1);
    });
  });

  it("is made once when the chart does not render", async () => {
    await withHelm({ code: 1, errors: "Error: UPGRADE FAILED: no template\n" }, async (starts) => {
      assert.deepEqual(await helmDryRun(connection, web, "web.tgz", {}), { refused: "no template" });
      assert.equal((await starts()).length, 1);
    });
  });

  const tooOld = `Error: invalid argument "server" for "--dry-run" flag: strconv.ParseBool: parsing "server": invalid syntax\n`;
  for (const [what, helm, untold] of [
    ["there is none", undefined, "there is no helm on the PATH"],
    [
      "it had to be stopped, as over a slow line",
      { code: 1, errors: "it had not ended after 60 s" },
      "helm failed: it had not ended after 60 s",
    ],
    ["it is too old", { code: 1, errors: tooOld }, "helm is older than 3.13"],
    ["it writes something else", { code: 0, output: "web" }, "helm failed: its output is not a release"],
  ] as const)
    it(`is no refusal where helm tells nothing: ${what}`, async () => {
      await withHelm(helm, async () =>
        assert.deepEqual(await helmDryRun(connection, web, "web.tgz", {}), { untold }),
      );
    });
});
