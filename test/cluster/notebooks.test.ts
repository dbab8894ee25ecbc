import assert from "node:assert/strict";
import { waitForNoNotebooks } from "../../cluster/notebooks.ts";
import { errorOf, type Handler, holding, withApiServer } from "./api-server.ts";

const path = "/apis/finops.krateo.io/v1/namespaces/shop/notebooks";

describe("the wait for the last Notebook", () => {
  const wait = async (handler: Handler, timeoutSeconds = 10): Promise<string[]> => {
    const lines: string[] = [];
    await withApiServer(handler, (connection) =>
      waitForNoNotebooks(connection, "shop", { timeoutSeconds }, (line) => lines.push(line)),
    );
    return lines;
  };

  it("is over at once where there is no such kind", async () => {
    assert.deepEqual(await wait(holding({})), ["no Notebook is left in namespace shop"]);
  });

  it("lasts until the last one is gone", async () => {
    const answers = [[{ metadata: { name: "costs" } }], []];
    const handler: Handler = () => ({ status: 200, body: { items: answers.shift() ?? [] } });
    assert.deepEqual(await wait(handler), [
      "waiting for 1 Notebooks to go",
      "no Notebook is left in namespace shop",
    ]);
  });

  it("in the end names those that are left, and what holds them", async () => {
    const items = [
      {
        metadata: {
          name: "costs",
          deletionTimestamp: "2026-01-01T00:00:00Z",
          finalizers: ["finalizer.managedresource.krateo.io"],
        },
      },
      { metadata: { name: "mine" } },
    ];
    const error = await errorOf(wait(holding({ [path]: { items } }), 0.1));
    assert.deepEqual(error.message.split("\n").slice(0, 3), [
      "after 0.1 s these Notebooks are still in namespace shop:",
      "  costs (being deleted, held by finalizer finalizer.managedresource.krateo.io)",
      "  mine (not asked to go)",
    ]);
  });
});
