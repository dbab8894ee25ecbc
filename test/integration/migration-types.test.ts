import assert from "node:assert/strict";
import { seedLegacy } from "../support/rehearsal.ts";
import { live } from "../support/rehearsed-cluster.ts";
import { TestStack } from "../support/test-stack.ts";
import { carryOver, migrated, retain, secretData, unchanged } from "./migrated-platform.ts";

describe("the migration of a Krateo 2.7.0 on OpenShift, type loadbalancer", () => {
  it("takes one up; a volume that would be retained goes where the stack says so", async () => {
    await seedLegacy("loadbalancer", { openshift: true });
    const volume = await retain();
    const before = await secretData();
    const config = { type: "loadbalancer", openshift: true, purgeVolumes: true };
    const stack = await TestStack.open("migrate-openshift", config);
    await carryOver(stack);
    const { code, output } = await stack.pulumi("up");
    assert.equal(code, 0, output);
    assert.match(output, new RegExp(`PersistentVolume ${volume} removed with its storage`));
    assert.equal(await live("PersistentVolume", volume, { namespace: "" }), undefined);
    unchanged(before, await secretData(), "in a migration");
    await migrated(stack);
  });
});

describe("the migration of a Krateo 2.7.0, type ingress", () => {
  it("takes one up; a volume that is retained is named", async () => {
    await seedLegacy("ingress");
    await retain();
    const before = await secretData();
    const stack = await TestStack.open("migrate-ingress", { type: "ingress", domain: "krateo.example.org" });
    await carryOver(stack);
    const { code, output } = await stack.pulumi("up");
    assert.equal(code, 0, output);
    assert.match(output, /PersistentVolume \S+ stays with its data \(reclaim policy Retain\)/);
    unchanged(before, await secretData(), "in a migration");
    await migrated(stack);
  });
});
