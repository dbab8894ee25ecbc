import assert from "node:assert/strict";
import { pathOf, remove } from "../../cluster/client/api.ts";
import { connect } from "../../cluster/client/connection.ts";
import { requestsOf } from "../support/audit-log.ts";
import { helmReleases, kubeconfig, seedLegacy, until } from "../support/rehearsal.ts";
import { change, live } from "../support/rehearsed-cluster.ts";
import { TestStack } from "../support/test-stack.ts";
import { carryOver, platform, retain } from "./migrated-platform.ts";
import {
  accountFor,
  accounts,
  beyond,
  makeNamespace,
  permissions,
  refusedIn,
  succeeds,
  unusedIn,
} from "./printed-rights.ts";

describe("an account with just the rights that krateo rbac prints for a migration", () => {
  /** As somebody does who believes that it is not needed any more. */
  async function deletePlatform(): Promise<void> {
    const kind = { apiVersion: "krateo.io/v1alpha1" };
    await change("KrateoPlatformOps", "krateo", kind, { metadata: { finalizers: null } });
    await remove(
      connect({ kubeconfig }),
      pathOf(kind.apiVersion, "krateoplatformops", "krateo-system", "krateo"),
    );
  }

  async function installerRuns(): Promise<boolean> {
    const found = await live("Deployment", "installer", { apiVersion: "apps/v1" });
    const { availableReplicas } = (found?.["status"] ?? {}) as { availableReplicas?: number };
    return availableReplicas === 1;
  }

  it("goes back and migrates; needs all that an installer has not and is refused nothing", async () => {
    await seedLegacy("nodeport");
    await makeNamespace();
    await retain();
    const config = { type: "nodeport", purgeVolumes: true };
    const stack = await TestStack.open("migration-rights", config);
    const { kubeconfig: own, rules } = await accountFor(stack, "migrate");
    const more = await beyond(stack, rules, "install");
    await stack.configure({ ...config, kubeconfig: own });
    await carryOver(stack);
    assert.deepEqual(await permissions(stack), ["all granted"]);

    const releases = await helmReleases();
    await succeeds(stack.krateo("cleanup"));
    await deletePlatform();
    await succeeds(stack.krateo("restore"));
    assert.deepEqual(await helmReleases(), releases);
    assert.ok(await platform());
    await until(installerRuns);

    await succeeds(stack.pulumi("up"));
    assert.equal(await platform(), undefined);
    await succeeds(stack.krateo("verify"));
    const requests = await requestsOf({ namespace: accounts, name: "migrate" });
    assert.deepEqual([refusedIn(requests), unusedIn(more, requests, [])], [[], []]);
  });
});
