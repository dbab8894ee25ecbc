import assert from "node:assert/strict";
import { createServer } from "node:net";
import { loopback, type Ports, withPorts } from "../../rehearsal/ports.ts";

const folder = "/somewhere/.rehearsal";
const preferred = (directory: string): Promise<Ports> => withPorts(directory, async (ports) => ports);

describe("the ports of a rehearsal's control plane", () => {
  it("are one for each part, below those that the system and a real cluster give away", async () => {
    const ports = await preferred(folder);
    assert.deepEqual(Object.keys(ports).toSorted(), [
      "etcdPeerPort",
      "etcdPort",
      "kubeApiserverPort",
      "kubeControllerManagerPort",
      "kubeSchedulerPort",
      "kwokControllerPort",
    ]);
    const numbers = Object.values(ports);
    assert.equal(new Set(numbers).size, 6);
    for (const port of numbers) assert.ok(port > 20_000 && port < 30_000, String(port));
  });

  it("are the same for a folder each time, and others for another folder", async () => {
    const [first, again, other] = [
      await preferred(folder),
      await preferred(folder),
      await preferred("/elsewhere/.rehearsal"),
    ];
    assert.deepEqual(again, first);
    assert.deepEqual(
      Object.values(other).filter((port) => Object.values(first).includes(port)),
      [],
    );
  });

  it("are not those at which somebody listens, even at one of them", async () => {
    const first = await preferred(folder);
    const somebody = createServer();
    await new Promise<void>((resolve) => somebody.listen(first.kubeSchedulerPort, loopback, resolve));
    try {
      const other = await preferred(folder);
      assert.deepEqual(
        Object.values(other).filter((port) => Object.values(first).includes(port)),
        [],
      );
    } finally {
      await new Promise((resolve) => somebody.close(resolve));
    }
    assert.deepEqual(await preferred(folder), first);
  });

  it("are not given to a second that starts while the first does not listen yet", async () => {
    const both = await withPorts(folder, async (first) => [first, await preferred(folder)] as const);
    const numbers = both.flatMap((ports) => Object.values(ports));
    assert.equal(new Set(numbers).size, 12);
  });

  it("are free again after a start that failed", async () => {
    const first = await preferred(folder);
    await assert.rejects(
      withPorts(folder, async () => {
        throw new Error("did not start");
      }),
      /did not start/,
    );
    assert.deepEqual(await preferred(folder), first);
  });
});
