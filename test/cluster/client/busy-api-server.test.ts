import assert from "node:assert/strict";
import { get, type KubeObject } from "../../../cluster/client/api.ts";
import { withApiServer } from "../api-server.ts";

const path = "/apis/finops.krateo.io/v1/notebooks";

describe("an API server that is too busy for a request", () => {
  it("is asked again, as it is for a moment after the definition of a kind has changed", async () => {
    let answers = 0;
    const busyOnce = () =>
      answers++ === 0
        ? { status: 429, body: { message: "storage is (re)initializing" } }
        : { status: 200, body: { metadata: { name: "mine", uid: "1" } } };
    await withApiServer(busyOnce, async (connection, requests) => {
      const found = await get<KubeObject>(connection, path);
      assert.equal(found?.metadata.name, "mine");
      assert.deepEqual(requests, [`GET ${path}`, `GET ${path}`]);
    });
  });

  it("counts as out of reach when it stays so", async () => {
    const busy = () => ({ status: 429, body: { message: "storage is (re)initializing" } });
    await withApiServer(busy, async (connection, requests) => {
      const reading = get(connection, path, { timeoutSeconds: 2 });
      await assert.rejects(reading, /it answers 429: storage is \(re\)initializing/);
      assert.equal(requests.length, 2);
    });
  });
});
