import assert from "node:assert/strict";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { encodeRelease } from "../../../cluster/client/helm-release.ts";
import { migrationStatus } from "../../../migration/live/migration-status.ts";
import { holding, withApiServer } from "../../cluster/api-server.ts";
import { helmRelease } from "../../cluster/helm-releases.ts";
import { chartStep, settingsOf } from "../../support/settings.ts";

describe("where a migration stands", () => {
  const settings = settingsOf([chartStep("install-authn")]);
  const noBackups = join(tmpdir(), "krateo-no-backups");

  it("is said as far as the cluster tells, when nothing has been touched", async () => {
    const release = helmRelease("sweeper");
    const deployment = (name: string, labels = {}) => ({
      metadata: { name, namespace: "krateo-system", uid: name, labels },
      spec: { replicas: 1 },
      status: { availableReplicas: 1 },
    });
    const cluster = holding({
      "/api/v1/namespaces/krateo-system/secrets": {
        items: [
          {
            metadata: { name: "sh.helm.release.v1.sweeper.v1", labels: { name: "sweeper", version: "1" } },
            data: { release: encodeRelease(release) },
          },
        ],
      },
      "/apis/apps/v1/namespaces/krateo-system/deployments/frontend": deployment("frontend"),
    });
    await withApiServer(cluster, async (connection) => {
      assert.deepEqual(await migrationStatus(connection, settings, noBackups), [
        "The migration from Krateo 2.7.0 is not finished.",
        "  stands at:  installer of 2.7.0 stopped; 4 of 5 deprecated Helm releases gone; 0 of 1 Helm releases as they should be; backup not written yet",
        "  serves:     frontend",
        "  continue:   remove the cause and run pulumi up again; it continues from here, and no Secret changes",
        "  go back:    there is no backup of this platform here",
      ]);
    });
  });

  it("is no second failure when the cluster does not tell", async () => {
    const refusing = () => ({ status: 403, body: { message: "secrets is forbidden" } });
    await withApiServer(refusing, async (connection) => {
      const [title, stands, ...others] = await migrationStatus(connection, settings, noBackups);
      assert.equal(title, "The migration from Krateo 2.7.0 is not finished.");
      assert.match(stands ?? "", /^ {2}stands at: {2}cannot be read: (.|\n)*forbidden/);
      assert.deepEqual(others, [
        "  continue:   run pulumi up again; it continues from there, and no Secret changes",
      ]);
    });
  });
});
