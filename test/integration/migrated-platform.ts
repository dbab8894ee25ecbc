import assert from "node:assert/strict";
import type { JsonObject } from "../../model/settings.ts";
import { helmReleases } from "../support/rehearsal.ts";
import { change, secretData as contentsOf, live, platformSecrets } from "../support/rehearsed-cluster.ts";
import type { TestStack } from "../support/test-stack.ts";

/** The object of 2.7.0, while it is there. */
export const platform = (): Promise<JsonObject | undefined> =>
  live("KrateoPlatformOps", "krateo", { apiVersion: "krateo.io/v1alpha1" });
/** The binding that makes an account of 2.7.0 cluster-admin. */
export const binding = (name: string): Promise<JsonObject | undefined> =>
  live("ClusterRoleBinding", name, { apiVersion: "rbac.authorization.k8s.io/v1", namespace: "" });

/** Replicas that the installer is asked for; undefined when it is gone. */
export async function installer(): Promise<number | undefined> {
  const found = await live("Deployment", "installer", { apiVersion: "apps/v1" });
  return (found?.["spec"] as { replicas?: number } | undefined)?.replicas;
}

/** Contents of the Secrets that no migration may change: those that exist. */
export const secretData = (): Promise<Record<string, unknown>> =>
  contentsOf([...platformSecrets, "cratedb-system-credentials", "admin-password"]);

/** Fails if a Secret has changed. */
export function unchanged(
  before: Record<string, unknown>,
  after: Record<string, unknown>,
  when: string,
): void {
  for (const [name, data] of Object.entries(before))
    assert.deepEqual(after[name], data, `Secret ${name} has changed ${when}`);
}

/** Lets the volume of eventsse-etcd outlive its claim. @returns its name */
export async function retain(): Promise<string> {
  const claim = (await live("PersistentVolumeClaim", "etcd-data-eventsse-etcd-0")) as {
    spec: { volumeName: string };
  };
  const policy = { spec: { persistentVolumeReclaimPolicy: "Retain" } };
  await change("PersistentVolume", claim.spec.volumeName, { namespace: "" }, policy);
  return claim.spec.volumeName;
}

/** Has the user's changes carried over to the stack. */
export async function carryOver(stack: TestStack): Promise<void> {
  const { code, output } = await stack.krateo(
    "migrate",
    "--write",
    "--output",
    stack.overridesFile,
    "--force",
  );
  assert.equal(code, 0, output);
}

/** Nothing of 2.7.0 is left, 3.0.0 is whole, and a second run has nothing to do. */
export async function migrated(stack: TestStack, others: readonly string[] = []): Promise<void> {
  assert.equal(await platform(), undefined);
  assert.equal(
    await live("CustomResourceDefinition", "krateoplatformops.krateo.io", {
      apiVersion: "apiextensions.k8s.io/v1",
      namespace: "",
    }),
    undefined,
  );
  assert.equal(await installer(), undefined);
  assert.equal(await binding("helm-runner-cluster-admin"), undefined);
  assert.equal(await live("ServiceAccount", "helm-runner"), undefined);
  assert.equal(await live("PersistentVolumeClaim", "etcd-data-eventsse-etcd-0"), undefined);
  const releases = await helmReleases();
  const statuses = new Set(Object.values(releases).map((text) => text.split(" ")[2]));
  assert.deepEqual([...statuses], ["deployed"]);
  assert.equal(Object.keys(releases).filter((name) => !others.includes(name)).length, 21);
  // Upgraded, and not uninstalled and made anew.
  assert.match(releases["authn"] ?? "", /^authn-0\.22\.2 r([2-9]|1\d) /);
  const verify = await stack.krateo("verify", "--json");
  assert.equal(verify.code, 0, verify.output);
  const { checks } = JSON.parse(verify.stdout) as { checks: Record<string, string>[] };
  assert.deepEqual(
    checks.filter(({ subject }) => subject === "Krateo 2.7.0").map(({ status, found }) => [status, found]),
    [["OK", "nothing of it is left"]],
  );
  const { code, output } = await stack.pulumi("preview", "--expect-no-changes");
  assert.equal(code, 0, output);
}
