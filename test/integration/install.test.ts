import assert from "node:assert/strict";
import type { JsonObject } from "../../model/settings.ts";
import { helmReleases, keep, startOver } from "../support/rehearsal.ts";
import { live } from "../support/rehearsed-cluster.ts";
import { installedPoint, TestStack } from "../support/test-stack.ts";

/** Every Helm release of Krateo 3.0.0 as it must be after a fresh installation. */
const installed = {
  authn: "authn-0.22.2 r1 deployed",
  cnpg: "cloudnative-pg-0.27.1 r1 deployed",
  "core-provider": "core-provider-1.0.0 r1 deployed",
  cratedb: "cratedb-0.1.4 r1 deployed",
  deviser: "deviser-0.5.1 r1 deployed",
  "events-ingester": "events-ingester-0.5.1 r1 deployed",
  "events-presenter": "events-presenter-0.7.4 r1 deployed",
  "finops-database-handler": "finops-database-handler-0.5.4 r1 deployed",
  "finops-database-handler-uploader": "finops-database-handler-uploader-0.2.1 r1 deployed",
  "finops-notebooks": "finops-notebooks-0.1.1 r1 deployed",
  "finops-operator-exporter": "finops-operator-exporter-0.5.2 r1 deployed",
  "finops-operator-focus": "finops-operator-focus-0.4.3 r1 deployed",
  "finops-operator-scraper": "finops-operator-scraper-0.5.1 r1 deployed",
  frontend: "frontend-1.0.23 r1 deployed",
  "oasgen-provider": "oasgen-provider-0.11.1 r1 deployed",
  "opa-kube-mgmt": "opa-kube-mgmt-0.2.3 r1 deployed",
  "pg-cluster": "cluster-0.5.0 r1 deployed",
  portal: "portal-1.3.4 r1 deployed",
  "resources-ingester": "resources-ingester-1.1.0 r1 deployed",
  "resources-presenter": "resources-presenter-0.10.3 r1 deployed",
  snowplow: "snowplow-0.20.6 r1 deployed",
};

const types: { type: string; config: JsonObject; addresses: Record<string, RegExp> }[] = [
  {
    type: "nodeport",
    config: {},
    addresses: {
      frontend: /^http:\/\/192\.0\.2\.11:30080$/,
      authn: /^http:\/\/192\.0\.2\.11:30082$/,
      snowplow: /^http:\/\/192\.0\.2\.11:30081$/,
      eventsPresenter: /^http:\/\/192\.0\.2\.11:30083$/,
      finopsDatabaseHandler: /^http:\/\/192\.0\.2\.11:30086$/,
    },
  },
  {
    type: "loadbalancer",
    config: {},
    addresses: {
      frontend: /^http:\/\/\d+\.\d+\.\d+\.\d+:8080$/,
      authn: /^http:\/\/\d+\.\d+\.\d+\.\d+:8082$/,
      snowplow: /^http:\/\/\d+\.\d+\.\d+\.\d+:8081$/,
      eventsPresenter: /^http:\/\/\d+\.\d+\.\d+\.\d+:8083$/,
    },
  },
  {
    type: "ingress",
    config: { domain: "krateo.example.org" },
    addresses: {
      frontend: /^http:\/\/app\.krateo\.example\.org$/,
      authn: /^http:\/\/authn\.krateo\.example\.org$/,
      snowplow: /^http:\/\/snowplow\.krateo\.example\.org$/,
      eventsPresenter: /^http:\/\/events-presenter\.krateo\.example\.org$/,
    },
  },
];

for (const { type, config, addresses } of types) {
  describe(`pulumi up, ${type}`, () => {
    let stack: TestStack;

    before(async () => {
      await startOver();
      stack = await TestStack.open(type, { type, ...config });
    });

    it("installs every release of Krateo 3.0.0 at its pinned version", async () => {
      const { code, output } = await stack.pulumi("up");
      assert.equal(code, 0, output);
      assert.match(
        output,
        /users can log in now, at https?:\/\/\S+ as admin; this prints the password: kubectl get/,
      );
      assert.deepEqual(await helmReleases(), installed);
    });

    it("passes verify", async () => {
      const { code, output } = await stack.krateo("verify");
      assert.equal(code, 0, output);
    });

    it("says where the platform is reached, and the frontend is told the same addresses", async () => {
      const outputs = await stack.outputs();
      const urls = outputs["addresses"] as Record<string, string>;
      assert.deepEqual(Object.keys(urls).toSorted(), Object.keys(addresses).toSorted());
      for (const [name, pattern] of Object.entries(addresses))
        assert.match(urls[name] as string, pattern, name);
      const told = JSON.stringify((await live("ConfigMap", "frontend-config-vars"))?.["data"]);
      for (const name of ["authn", "snowplow", "eventsPresenter"]) {
        assert.ok(told.includes(urls[name] as string), `${name} is ${urls[name]}, the frontend has ${told}`);
      }
    });

    it("keeps no secret in clear: not in the state, not in the outputs", async () => {
      const kept = `${await stack.state()}${JSON.stringify(await stack.outputs())}`;
      for (const name of ["jwt-sign-key", "krateo-db", "krateo-db-user"]) {
        const data = ((await live("Secret", name)) as { data: Record<string, string> }).data;
        for (const [key, encoded] of Object.entries(data)) {
          if (["DB_USER", "username"].includes(key)) continue;
          const value = Buffer.from(encoded, "base64").toString();
          assert.equal(value.length, 43);
          assert.ok(!kept.includes(value) && !kept.includes(encoded), `${name}.${key} is in clear`);
        }
      }
    });

    it("finds nothing to do the second time", async () => {
      const { code, output } = await stack.pulumi("preview", "--expect-no-changes");
      assert.equal(code, 0, output);
      assert.doesNotMatch(output, /users can log in/);
      if (type === "nodeport") await keep(installedPoint);
    });

    it("ends on destroy, and leaves no release, workload or Secret of ours, but the namespace", async () => {
      const { code, output } = await stack.pulumi("destroy");
      assert.equal(code, 0, output);
      assert.deepEqual(await helmReleases(), {});
      for (const name of ["jwt-sign-key", "krateo-db", "krateo-db-user"]) {
        assert.equal(await live("Secret", name), undefined, name);
      }
      assert.equal(await live("Deployment", "authn", { apiVersion: "apps/v1" }), undefined);
      assert.equal(await live("StatefulSet", "cratedb", { apiVersion: "apps/v1" }), undefined);
      assert.ok(await live("Namespace", "krateo-system", { namespace: "" }), "the namespace is kept");
    });
  });
}
