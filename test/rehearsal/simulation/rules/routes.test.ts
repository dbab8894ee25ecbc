import assert from "node:assert/strict";
import type { Item } from "../../../../rehearsal/simulation/world.ts";
import { FakeCluster, meta } from "../fake-cluster.ts";

describe("the stand-in for OpenShift's router", () => {
  const route = (name: string, host: string | undefined, more: object = {}): Item => ({
    metadata: meta(name, { creationTimestamp: "2026-01-02T00:00:00Z", ...more }),
    spec: { ...(host ? { host } : {}), to: { kind: "Service", name } },
  });
  const shown = (host: string, condition: object) => ({
    ingress: [
      {
        host,
        routerName: "default",
        routerCanonicalHostname: "router-default.apps.rehearsal.example.org",
        wildcardPolicy: "None",
        conditions: [condition],
      },
    ],
  });
  const admitted = { type: "Admitted", status: "True" };

  it("gives a Route without a host one, and admits one that has it", async () => {
    const here = new FakeCluster({ routes: [route("a", undefined), route("b", "b.example.org")] });
    assert.deepEqual(await here.act(), [
      ["patch", "routes", "a", { spec: { host: "a-ns.apps.rehearsal.example.org" } }],
      ["status", "routes", "b", shown("b.example.org", admitted)],
    ]);
  });

  it("leaves an admitted Route alone, but for a changed host", async () => {
    const done = { ...route("b", "b.example.org"), status: shown("b.example.org", admitted) };
    assert.deepEqual(await new FakeCluster({ routes: [done] }).act(), []);
    const moved = { ...route("b", "c.example.org"), status: shown("b.example.org", admitted) };
    assert.deepEqual(await new FakeCluster({ routes: [moved] }).act(), [
      ["status", "routes", "b", shown("c.example.org", admitted)],
    ]);
  });

  it("refuses a host that an older Route of another namespace claims, and says so", async () => {
    const older = {
      ...route("web", "b.example.org", { namespace: "other", creationTimestamp: "2026-01-01T00:00:00Z" }),
      status: shown("b.example.org", admitted),
    };
    assert.deepEqual(await new FakeCluster({ routes: [older, route("b", "b.example.org")] }).act(), [
      [
        "status",
        "routes",
        "b",
        shown("b.example.org", {
          type: "Admitted",
          status: "False",
          reason: "HostAlreadyClaimed",
          message: "route web already exposes b.example.org and is older",
        }),
      ],
    ]);
  });
});
