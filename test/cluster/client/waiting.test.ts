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

  it("is told of again and again, with why it is asked again", async () => {
    const { connection, told } = listening();
    let finish: (value: number) => void = () => undefined;
    await whileWaiting(connection, async () => 1);
    const reading = whileWaiting(connection, () => new Promise<number>((resolve) => (finish = resolve)));
    mock.timers.tick(5990);
    assert.deepEqual(told, []);
    mock.timers.tick(10);
    noteFault(connection, "the connection was closed");
    mock.timers.tick(6000);
    mock.timers.tick(6000);
    const begin =
      "still reading from the cluster at https://far.example.org: 1 answers in 0 s, 1 more are awaited";
    assert.deepEqual(told, [
      begin,
      `${begin}; asking again, as a request failed: the connection was closed`,
      begin,
    ]);
    finish(2);
    assert.equal(await reading, 2);
    mock.timers.tick(60_000);
    assert.equal(told.length, 3);
  });

  it("is told of after many short requests, and not when it is looked at now and then", async () => {
    const { connection, told } = listening();
    const now = performance.now;
    let time = 0;
    performance.now = () => time;
    try {
      const take = async (milliseconds: number): Promise<void> => {
        let finish = (): void => undefined;
        const work = whileWaiting(connection, () => new Promise<void>((resolve) => (finish = resolve)));
        time += milliseconds;
        mock.timers.tick(milliseconds);
        finish();
        await work;
      };
      for (let request = 0; request < 40; request++) {
        await take(20);
        time += 480;
      }
      assert.deepEqual(told, []);
      time += 10_000;
      for (let request = 0; request < 20; request++) {
        await take(400);
        time += 100;
      }
      assert.deepEqual(told, [
        "still reading from the cluster at https://far.example.org: 14 answers in 7 s, 1 more are awaited",
      ]);
    } finally {
      performance.now = now;
    }
  });
});
