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

/** Runs the command beside a Lease that is renewed, or that nobody renews any more. */
async function status(isRenewed: boolean, ...words: string[]): Promise<Run> {
  const server = new LeaseServer();
  server.write(spec, doing);
  const timer = setInterval(() => {
    if (isRenewed) server.write({ ...spec, renewTime: new Date().toISOString() }, doing);
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
    const { code, printed } = await status(true);
    assert.equal(code, 2);
    assert.equal(
      printed,
      "namespace krateo-system: in progress: ada on elsewhere, process 7 (pulumi up), since 2026-01-01T12:00:00Z",
    );
  });

  it("says that nothing is in progress once nobody renews the Lease", async () => {
    const { code, printed, noted } = await status(false);
    assert.equal(code, 0);
    assert.equal(printed, "namespace krateo-system: nothing is in progress");
    assert.match(
      noted,
      /has a Lease of ada on elsewhere, process 7 \(pulumi up\), since .*: waiting up to 1 s/,
    );
  });

  it("says it in JSON, too", async () => {
    const { code, printed } = await status(true, "--json");
    assert.equal(code, 2);
    assert.deepEqual(JSON.parse(printed), {
      inProgress: true,
      holder: "ada on elsewhere, process 7",
      activity: "pulumi up",
      since: "2026-01-01T12:00:00.000Z",
    });
    assert.deepEqual(JSON.parse((await status(false, "--json")).printed), { inProgress: false });
  });
});
