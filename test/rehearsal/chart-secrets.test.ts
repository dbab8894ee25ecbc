import assert from "node:assert/strict";
import { catalogue } from "./chart-catalogue.ts";
import { containers, renderAll } from "./chart-manifests.ts";
import { describeWithHelm, type Manifest, only, render, template } from "./chart-rendering.ts";

describeWithHelm("Secrets and endpoints of the stand-in charts", () => {
  let rendered = new Map<string, Manifest[]>();
  const of = (release: string): Manifest[] => rendered.get(release) ?? [];

  before(async () => {
    rendered = await renderAll();
  });

  it("reads the Secrets of the real charts, so that a missing one keeps the pod from starting", () => {
    const secrets = Object.fromEntries(
      catalogue.map(({ release }) => [release, secretsOf(of(release))]).filter(([, names]) => names?.length),
    );
    const database = ["krateo-db DB_USER", "krateo-db DB_PASS"];
    assert.deepEqual(secrets, {
      authn: ["jwt-sign-key"],
      snowplow: ["jwt-sign-key"],
      deviser: database,
      "resources-ingester": database,
      "resources-presenter": [...database, "jwt-sign-key JWT_SIGN_KEY"],
      "events-ingester": database,
      "events-presenter": [...database, "jwt-sign-key JWT_SIGN_KEY"],
    });
  });

  const secretNames: readonly [string, object, string[]][] = [
    ["authn", { jwtSignKeySecretName: "other" }, ["other"]],
    // jwtSignKeySecret is the presenters' key: snowplow does not read it.
    ["snowplow", { jwtSignKeySecret: { name: "other" } }, ["jwt-sign-key"]],
    ["deviser", {}, ["events-stack-db DB_USER", "events-stack-db DB_PASS"]],
    ["resources-ingester", {}, ["db-credentials DB_USER", "db-credentials DB_PASS"]],
    ["events-ingester", {}, ["events-stack-db DB_USER", "events-stack-db DB_PASS"]],
    ["deviser", { config: { DB_USER: "u", DB_PASS: "p" } }, []],
    [
      "events-presenter",
      { dbSecret: { name: "db" }, jwtSignKeySecret: { name: "key" } },
      ["db DB_USER", "db DB_PASS", "key JWT_SIGN_KEY"],
    ],
  ];

  for (const [chart, values, expected] of secretNames) {
    it(`${chart} with ${JSON.stringify(values)} reads ${expected.join(", ") || "no Secret"}`, async () => {
      assert.deepEqual(secretsOf(await render(chart, values)), expected);
    });
  }

  for (const chart of ["deviser", "resources-ingester", "events-ingester"]) {
    it(`${chart} does not render when nothing names the database's credentials`, async () => {
      const outcome = await template(chart, { secret: { name: null } });
      assert.equal(outcome.code, 1);
      assert.match(
        outcome.stderr,
        /DB_USER is missing: name a Secret in secret\.name, or set config\.DB_USER/,
      );
    });
  }

  it("names the database's host in the environment itself, where the simulated pods look for it", () => {
    const hosts = Object.fromEntries(
      ["deviser", "resources-ingester", "resources-presenter", "events-ingester", "events-presenter"].map(
        (release) => [
          release,
          containers(of(release))[0]
            .env.find(({ name }: Manifest) => name === "DB_HOST")
            .value.split(".")[0],
        ],
      ),
    );
    assert.deepEqual(hosts, {
      deviser: "pg-cluster-rw",
      "resources-ingester": "pg-cluster-rw",
      "resources-presenter": "pg-cluster-ro",
      "events-ingester": "pg-cluster-rw",
      "events-presenter": "pg-cluster-rw",
    });
  });

  const endpoints: readonly [string, string, object, string][] = [
    ["snowplow", "snowplow-endpoint", {}, "http://snowplow.krateo-system.svc:8081"],
    [
      "resources-presenter",
      "resources-presenter-endpoint",
      { service: { port: 8083 } },
      "http://resources-presenter.krateo-system.svc:8083",
    ],
    ["events-presenter", "events-presenter-endpoint", {}, "http://events-presenter.krateo-system.svc:8083"],
  ];

  for (const [chart, name, values, url] of endpoints) {
    it(`${chart} says in Secret ${name} where it is: ${url}`, async () => {
      assert.equal(only(await render(chart, values), "Secret", name).stringData["server-url"], url);
    });
  }
});

function secretsOf(manifests: readonly Manifest[]): string[] {
  return containers(manifests).flatMap(({ env = [], envFrom = [] }) => [
    ...envFrom.filter((from: Manifest) => from.secretRef).map((from: Manifest) => from.secretRef.name),
    ...env
      .filter((entry: Manifest) => entry.valueFrom?.secretKeyRef)
      .map(({ valueFrom }: Manifest) => `${valueFrom.secretKeyRef.name} ${valueFrom.secretKeyRef.key}`),
  ]);
}
