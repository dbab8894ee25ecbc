import assert from "node:assert/strict";
import type { Manifest } from "../rehearsal/chart-rendering.ts";
import { helmReleases, startOver } from "../support/rehearsal.ts";
import { apply, live } from "../support/rehearsed-cluster.ts";
import { TestStack } from "../support/test-stack.ts";
import { namespace, namespaceOf } from "./restricted-namespace.ts";

describe("an external PostgreSQL", () => {
  const elsewhere = ["backend", "frontend", "portal-defaults", "composable-operations", "operator-generator"];
  const consumers = [
    "deviser",
    "events-ingester",
    "events-presenter",
    "resources-ingester",
    "resources-presenter",
  ];
  let stack: TestStack;

  before(async () => {
    await startOver();
    stack = await TestStack.open("no-cnpg", {
      profiles: ["no-cnpg", "no-finops"],
      database: { host: "postgres.data.svc.cluster.local", port: 5433, name: "krateo" },
    });
    await stack.override({
      components: Object.fromEntries(elsewhere.map((name) => [name, { enabled: false }])),
    });
  });

  it("has a login that is not generated: without krateo-db nothing is touched", async () => {
    const { code, output } = await stack.pulumi("up");
    assert.notEqual(code, 0);
    assert.match(
      output,
      /Secret krateo-system\/krateo-db does not exist, and the program does not generate the login to your own database/,
    );
    assert.equal(await live("Namespace", namespace, { namespace: "" }), undefined);
  });

  it("is used by all five services, with no database of ours and no wait for one", async () => {
    await apply(namespaceOf(namespace));
    await apply(namespaceOf("data"));
    // A stand-in for the database: preflight looks for its Service, and pods of the simulation take it to be there.
    await apply({
      apiVersion: "v1",
      kind: "Service",
      metadata: { name: "postgres", namespace: "data" },
      spec: { ports: [{ port: 5433 }] },
    });
    const login = { DB_USER: "krateo", DB_PASS: "of-the-database-team" };
    await apply({
      apiVersion: "v1",
      kind: "Secret",
      metadata: { name: "krateo-db", namespace },
      stringData: login,
    });
    const { code, output } = await stack.pulumi("up");
    assert.equal(code, 0, output);
    assert.deepEqual(Object.keys(await helmReleases()), consumers);
    assert.doesNotMatch(await stack.state(), /wait-database|of-the-database-team/);
    for (const name of consumers) {
      const { spec } = (await live("Deployment", name, { apiVersion: "apps/v1" })) as Manifest;
      const env = Object.fromEntries(
        spec.template.spec.containers[0].env.map(({ name, value }: Manifest) => [name, value]),
      );
      assert.deepEqual(
        [env["DB_HOST"], env["DB_PORT"], env["DB_NAME"], env["DB_PARAMS"]],
        ["postgres.data.svc.cluster.local", "5433", "krateo", "sslmode=require&connect_timeout=5"],
        name,
      );
    }
    const { data } = (await live("Secret", "krateo-db")) as { data: Record<string, string> };
    assert.equal(Buffer.from(data["DB_PASS"] ?? "", "base64").toString(), login.DB_PASS);
    assert.equal(await live("Secret", "krateo-db-user"), undefined);
  });

  it("is the same to verify, and the second preview is empty", async () => {
    const verified = await stack.krateo("verify");
    assert.equal(verified.code, 0, verified.output);
    const { code, output } = await stack.pulumi("preview", "--expect-no-changes");
    assert.equal(code, 0, output);
  });
});
