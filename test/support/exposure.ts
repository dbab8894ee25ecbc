/** What has to be so before and after a change of the way in which a platform is exposed. */
import assert from "node:assert/strict";
import type { JsonObject } from "../../model/settings.ts";
import { live } from "./rehearsed-cluster.ts";
import type { TestStack } from "./test-stack.ts";

const secrets = ["jwt-sign-key", "krateo-db", "krateo-db-user"];
export const browserServices = ["authn", "snowplow", "events-presenter", "frontend"];

/** Names of the releases that got a new revision between two lists, as `helmReleases` makes them. */
export function changed(before: Record<string, string>, after: Record<string, string>): string[] {
  return Object.keys(after)
    .filter((name) => after[name] !== before[name])
    .toSorted();
}

async function uidOf(kind: string, name: string, options = {}): Promise<unknown> {
  return ((await live(kind, name, options))?.["metadata"] as JsonObject | undefined)?.["uid"];
}

/** What must outlive every change of exposure: Secrets, the database and its volumes; also what is exposed is not made anew. */
export async function lasting(): Promise<Record<string, unknown>> {
  const database = { apiVersion: "postgresql.cnpg.io/v1" };
  const found: Record<string, unknown> = { cluster: await uidOf("Cluster", "pg-cluster", database) };
  for (const name of secrets) {
    found[name] = [await uidOf("Secret", name), (await live("Secret", name))?.["data"]];
  }
  for (const name of ["pg-cluster-1", "pg-cluster-2", "pg-cluster-3", "data-cratedb-0"]) {
    found[`volume of ${name}`] = await uidOf("PersistentVolumeClaim", name);
  }
  for (const name of browserServices) {
    found[`${name}'s Deployment`] = await uidOf("Deployment", name, { apiVersion: "apps/v1" });
    found[`${name}'s Service`] = await uidOf("Service", name);
  }
  for (const [name, uid] of Object.entries(found)) assert.ok(uid, `${name} is not there`);
  return found;
}

export async function green(stack: TestStack): Promise<void> {
  const verify = await stack.krateo("verify");
  assert.equal(verify.code, 0, verify.output);
  const preview = await stack.pulumi("preview", "--expect-no-changes");
  assert.equal(preview.code, 0, preview.output);
}

export async function up(stack: TestStack): Promise<void> {
  const { code, output } = await stack.pulumi("up");
  assert.equal(code, 0, output);
}

async function toldToBrowsers(): Promise<string> {
  return JSON.stringify((await live("ConfigMap", "frontend-config-vars"))?.["data"]);
}

/** Fails unless the frontend is told the very addresses that the stack prints. */
export async function agrees(stack: TestStack): Promise<Record<string, string>> {
  const { addresses } = (await stack.outputs()) as { addresses: Record<string, string> };
  const told = await toldToBrowsers();
  for (const name of ["authn", "snowplow", "eventsPresenter"]) {
    assert.ok(told.includes(addresses[name] as string), `${name} is ${addresses[name]}, told is ${told}`);
  }
  return addresses;
}
