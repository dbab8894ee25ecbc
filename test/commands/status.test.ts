import assert from "node:assert/strict";
import { kubeconfigOf, withApiServer } from "../cluster/api-server.ts";
import { LeaseServer } from "../cluster/lease/lease-server.ts";
import { krateo, type Run, withProject } from "./session.ts";

const spec = {
  holderIdentity: "ada elsewhere 7 1 6",
  leaseDurationSeconds: 1,
  acquireTime: "2026-01-01T12:00:00.000000Z",
  renewTime: "2026-01-01T12:00:08.000000Z",
};
const doing = { "krateo.io/activity": "pulumi up" };

/** Runs the command beside a Lease that is renewed, one that nobody renews any more, or that one. */
async function status(given: "renewed" | "left" | typeof spec, ...words: string[]): Promise<Run> {
  const server = new LeaseServer();
  server.write(typeof given === "string" ? spec : given, doing);
  const timer = setInterval(() => {
    if (given === "renewed") server.write({ ...spec, renewTime: new Date().toISOString() }, doing);
  }, 100);
  let result: Run | undefined;
  await withApiServer(server.handler, async (connection) => {
    const { directory, remove } = withProject({
      "Pulumi.dev.yaml": "config:\n  krateo:kubeconfig: kubeconfig\n",
      kubeconfig: JSON.stringify(kubeconfigOf("shop", connection.server)),
    });
    try {
      result = await krateo(directory, "status", "--stack", "dev", ...words);
    } finally {
      remove();
      clearInterval(timer);
    }
  });
  return result as Run;
}

describe("krateo status", () => {
  it("says who is in progress with what and since when, with exit code 2", async () => {
    const { code, printed } = await status("renewed");
    assert.equal(code, 2);
    assert.equal(
      printed,
      "namespace krateo-system: in progress: ada on elsewhere, process 7 (pulumi up), since 2026-01-01T12:00:00Z",
    );
  });

  it("says nothing of a run that has given the Lease up", async () => {
    const givenUp = { ...spec, holderIdentity: "" };
    assert.equal((await status(givenUp)).printed, "namespace krateo-system: nothing is in progress");
  });

  it("says that nothing is in progress once nobody renews the Lease, and who did not give it up", async () => {
    const { code, printed, noted } = await status("left");
    assert.equal(code, 0);
    assert.equal(
      printed,
      "namespace krateo-system: nothing is in progress; the last run was broken off: ada on elsewhere, process 7 " +
        "(pulumi up), since 2026-01-01T12:00:00Z, last seen 2026-01-01T12:00:08Z; before the next one: npx krateo repair",
    );
    assert.match(
      noted,
      /has a Lease of ada on elsewhere, process 7 \(pulumi up\), since .*: waiting up to 1 s/,
    );
  });

  it("says it in JSON, too", async () => {
    const { code, printed } = await status("renewed", "--json");
    assert.equal(code, 2);
    const who = {
      holder: "ada on elsewhere, process 7",
      activity: "pulumi up",
      since: "2026-01-01T12:00:00Z",
    };
    const { lastSeen, ...rest } = JSON.parse(printed);
    assert.deepEqual(rest, { inProgress: true, brokenOff: false, ...who });
    assert.ok(Date.now() - Date.parse(lastSeen) < 10_000);
    const left = await status("left", "--json");
    assert.deepEqual(
      [left.code, JSON.parse(left.printed)],
      [0, { inProgress: false, brokenOff: true, ...who, lastSeen: "2026-01-01T12:00:08Z" }],
    );
  });
});
