import assert from "node:assert/strict";
import { mock } from "node:test";
import type { Connection } from "../../../cluster/client/connection.ts";
import { noteFault, whileWaiting } from "../../../cluster/client/waiting.ts";

/** A connection that keeps what its user is told. */
function listening(): { readonly connection: Connection; readonly told: string[] } {
  const told: string[] = [];
  const connection = {
    server: "https://far.example.org",
    context: "far",
    kubeconfig: "",
    cluster: {},
    user: {},
    relativePaths: [],
    say: (line: string) => void told.push(line),
  };
  return { connection, told };
}

describe("a cluster that keeps its user waiting", () => {
  beforeEach(() => mock.timers.enable({ apis: ["setTimeout"] }));
  afterEach(() => mock.timers.reset());

  it("is told of every 8 s, with why it is asked again", async () => {
    const { connection, told } = listening();
    let finish: (value: number) => void = () => undefined;
    await whileWaiting(connection, async () => 1);
    const reading = whileWaiting(connection, () => new Promise<number>((resolve) => (finish = resolve)));
    mock.timers.tick(7999);
    assert.deepEqual(told, []);
    mock.timers.tick(1);
    noteFault(connection, "the connection was closed");
    mock.timers.tick(8000);
    mock.timers.tick(8000);
    const begin =
      "still reading from the cluster at https://far.example.org: 1 answers in 0 s, 1 more are awaited";
    assert.deepEqual(told, [
      begin,
      `${begin}; asking again, as a request failed: the connection was closed`,
      begin,
    ]);
    finish(2);
    assert.equal(await reading, 2);
  });

  it("is not told of when it looks again after pauses", async () => {
    const { connection, told } = listening();
    await whileWaiting(connection, async () => 1);
    const end = performance.now() + 250;
    while (performance.now() < end);
    mock.timers.tick(8000);
    assert.deepEqual(told, []);
  });
});
