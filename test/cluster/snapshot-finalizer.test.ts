import assert from "node:assert/strict";
import { releaseSnapshot } from "../../cluster/snapshot-finalizer.ts";
import { withApiServer } from "./api-server.ts";

const upstreams = "krateoctl.krateo.io/protect-state";
const path = "/apis/krateo.io/v1/namespaces/shop/installations/krateoctl";

/** What is asked of the API server, and what is logged, where the snapshot has these finalizers. */
async function released(finalizers: string[] | undefined, options = {}): Promise<[string[], string[]]> {
  const lines: string[] = [];
  let asked: readonly string[] = [];
  const body = { metadata: { name: "krateoctl", uid: "u", finalizers } };
  const handler = () => (finalizers ? { status: 200, body } : { status: 404, body: {} });
  await withApiServer(handler, async (connection, requests) => {
    await releaseSnapshot(connection, "shop", (line) => lines.push(line), options);
    asked = requests;
  });
  return [[...asked], lines];
}

describe("the snapshot of upstream's CLI", () => {
  it("loses the finalizer that nothing else takes off", async () => {
    assert.deepEqual(await released([upstreams, "other"]), [
      [`GET ${path}`, `PATCH ${path}`],
      [`Installation krateoctl: finalizer ${upstreams} removed`],
    ]);
  });

  it("is only announced in a dry run", async () => {
    assert.deepEqual(await released([upstreams], { dryRun: true }), [
      [`GET ${path}`],
      [`Installation krateoctl: finalizer ${upstreams} would be removed`],
    ]);
  });

  it("is left alone without it, and where there is none", async () => {
    assert.deepEqual(await released(["other"]), [[`GET ${path}`], []]);
    assert.deepEqual(await released(undefined), [[`GET ${path}`], []]);
  });
});
