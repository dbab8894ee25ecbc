import assert from "node:assert/strict";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { connect } from "../../../cluster/client/connection.ts";
import { credentialsOf } from "../../../cluster/client/credentials.ts";
import { kubeconfigOf } from "../api-server.ts";

describe("a token file", () => {
  it("is read anew for each request, and its last token stays while it is being replaced", async () => {
    const folder = mkdtempSync(join(tmpdir(), "krateo-token-"));
    try {
      const kubeconfig = join(folder, "kubeconfig");
      const user = { tokenFile: "token" };
      writeFileSync(kubeconfig, JSON.stringify(kubeconfigOf("shop", "https://shop", user)));
      const shop = connect({ kubeconfig });
      const shown = async () => (await credentialsOf(shop)).authorization;
      await assert.rejects(shown(), /the token file of context shop gives no token: it is not there/);
      writeFileSync(join(folder, "token"), "one\n");
      assert.equal(await shown(), "Bearer one");
      writeFileSync(join(folder, "token"), "two");
      assert.equal(await shown(), "Bearer two");
      writeFileSync(join(folder, "token"), "");
      assert.equal(await shown(), "Bearer two");
      rmSync(join(folder, "token"));
      assert.equal(await shown(), "Bearer two");
    } finally {
      rmSync(folder, { recursive: true });
    }
  });
});
