import assert from "node:assert/strict";
import { databaseConsumers } from "../../configuration/database-config.ts";
import { secretNamesOf } from "../../plan/database-secrets.ts";
import { chartStep, load, problemsOf } from "./project.ts";

const whats = async (config: Record<string, unknown>, secretKeys: string[] = []) =>
  (await problemsOf(load({}, config, secretKeys))).map(({ what }) => what);
const outside = { profiles: "no-cnpg", database: { host: "db.example.org" } };

describe("a database of one's own", () => {
  it("is used by exactly five services", () => {
    assert.deepEqual(databaseConsumers, [
      "install-deviser",
      "install-resources-ingester",
      "install-resources-presenter",
      "install-events-ingester",
      "install-events-presenter",
    ]);
  });

  it("is named to all five, with port, database and TLS mode", async () => {
    const settings = await load(
      {},
      {
        profiles: "no-cnpg",
        database: { host: "db.example.org", port: 5433, name: "krateo", sslMode: "verify-full" },
      },
    );
    for (const id of databaseConsumers) {
      const config = chartStep(settings, id).values["config"] as Record<string, string>;
      assert.deepEqual(
        [config["DB_HOST"], config["DB_PORT"], config["DB_NAME"], config["DB_PARAMS"]],
        ["db.example.org", "5433", "krateo", "sslmode=verify-full&connect_timeout=5"],
        id,
      );
    }
  });

  it("is spoken to with TLS unless that is switched off, at PostgreSQL's port", async () => {
    const { database } = await load({}, outside);
    assert.deepEqual(database, { host: "db.example.org", port: 5432, name: "krateo-db", sslMode: "require" });
  });

  it("wins over an override file, as all stack configuration does", async () => {
    const files = {
      "krateo-overrides.yaml":
        "components: {db-maintenance: {stepConfig: {install-deviser: {helmValues: {config: {DB_HOST: other}}}}}}",
    };
    const settings = await load(files, outside);
    assert.equal(
      (chartStep(settings, "install-deviser").values["config"] as { DB_HOST: string }).DB_HOST,
      "db.example.org",
    );
  });

  it("has a login that no document shows", async () => {
    const database = { host: "db.example.org", user: "krateo", password: "hunter2hunter2" };
    const settings = await load({}, { profiles: "no-cnpg", database }, ["database"]);
    assert.deepEqual(settings.database?.login, { user: "krateo", password: "hunter2hunter2" });
    const { database: _, ...shown } = settings;
    assert.doesNotMatch(JSON.stringify(shown), /hunter2/);
  });

  const refused: [string, Record<string, unknown>, string[], string[]][] = [
    [
      "beside the one that is made",
      { database: { host: "db.example.org" } },
      [],
      ["krateo:database names your own PostgreSQL, but component cnpg would make another one"],
    ],
    [
      "with a password in clear",
      { ...outside, database: { host: "h", user: "u", password: "p" } },
      [],
      ["the database's password stands in clear in the stack's configuration"],
    ],
    [
      "with a user and no password",
      { ...outside, database: { host: "h", user: "u" } },
      [],
      ["krateo:database has a user and no password"],
    ],
    [
      "with a password and no user",
      { ...outside, database: { host: "h", password: "p" } },
      ["database"],
      ["krateo:database has a password and no user"],
    ],
    [
      "with a volume",
      { ...outside, databaseStorage: { size: "20Gi" } },
      [],
      ["krateo:databaseStorage sets the database of component cnpg, and that component is switched off"],
    ],
  ];
  for (const [name, config, secretKeys, expected] of refused) {
    it(`is refused ${name}`, async () => assert.deepEqual(await whats(config, secretKeys), expected));
  }

  const malformed: [Record<string, unknown>, unknown][] = [
    [{ host: "postgres://db.example.org" }, "a host name or IP address, without scheme and port"],
    [{ host: "db.example.org:5432" }, "a host name or IP address, without scheme and port"],
    [{ port: 5432 }, "a host name or IP address"],
    [{ host: "h", port: 70000 }, "a port from 1 to 65535"],
    [{ host: "h", port: "5432" }, "a port from 1 to 65535"],
    [{ host: "h", sslMode: "prefer" }, ["disable", "require", "verify-ca", "verify-full"]],
    [{ host: "h", sslmode: "require" }, ["sslMode", "host", "port", "name", "user", "password"]],
  ];
  for (const [database, allowed] of malformed) {
    it(`is refused as ${JSON.stringify(database)}`, async () => {
      const problems = await problemsOf(load({}, { profiles: "no-cnpg", database }));
      assert.deepEqual(problems.find(({ path }) => path?.startsWith("krateo:database."))?.allowed, allowed);
    });
  }
});

describe("the Secrets that an installation needs", () => {
  const off = (...components: string[]) => ({
    set: Object.fromEntries(components.map((name) => [`components.${name}.enabled`, false])),
  });
  const cases: [string, Record<string, unknown>, string[]][] = [
    ["with a database that is made", {}, ["jwt-sign-key", "krateo-db", "krateo-db-user"]],
    ["with one of the user's", outside, ["jwt-sign-key", "krateo-db"]],
    [
      "with none",
      {
        profiles: "no-cnpg",
        ...off("db-maintenance", "resources-stack", "events-stack", "frontend", "portal-defaults"),
      },
      ["jwt-sign-key"],
    ],
  ];
  for (const [name, config, expected] of cases) {
    it(name, async () => assert.deepEqual(secretNamesOf(await load({}, config)), expected));
  }
});

describe("the database's size", () => {
  it("is one instance with profile small, and its readers read the primary", async () => {
    const settings = await load(
      {},
      { profiles: "small", databaseStorage: { size: "5Gi", storageClass: "fast" } },
    );
    const { cluster } = chartStep(settings, "install-pg-cluster").values as Record<
      string,
      Record<string, unknown>
    >;
    assert.deepEqual(
      [cluster?.["instances"], cluster?.["storage"]],
      [1, { size: "5Gi", storageClass: "fast" }],
    );
    const { config } = chartStep(settings, "install-resources-presenter").values as Record<
      string,
      Record<string, string>
    >;
    assert.equal(config?.["DB_HOST"], "pg-cluster-rw.krateo-system.svc.cluster.local");
  });
});

describe("profile monitoring", () => {
  it("sends metrics to the configured collector", async () => {
    const text = JSON.stringify(
      (await load({}, { profiles: "monitoring", otelEndpoint: "https://otel.example.org" })).steps,
    );
    assert.equal(text.match(/"OTEL_EXPORTER_OTLP_ENDPOINT":"https:\/\/otel\.example\.org"/g)?.length, 7);
  });

  it("is what the collector's address is for", async () => {
    assert.deepEqual((await load({}, { otelEndpoint: "https://otel.example.org" })).warnings, [
      "krateo:otelEndpoint is only used by profile monitoring",
    ]);
  });
});

describe("the size of the database's volume", () => {
  for (const size of ["0", "0Gi", "0.0Gi", "-1Gi", "ten"]) {
    it(`cannot be ${size}`, async () => {
      const [problem] = await problemsOf(load({}, { databaseStorage: { size } }));
      assert.equal(problem?.path, "krateo:databaseStorage.size");
    });
  }

  it("can be a part of a unit", async () => {
    const settings = await load({}, { databaseStorage: { size: "0.5Ti" } });
    const { cluster } = chartStep(settings, "install-pg-cluster").values as Record<
      string,
      { storage: unknown }
    >;
    assert.deepEqual(cluster?.storage, { size: "0.5Ti" });
  });
});

describe("profile debug", () => {
  it("D3: leaves services alone that log the database's password at debug level, and authn's dump off", async () => {
    const settings = await load({}, { profiles: "debug" });
    for (const id of databaseConsumers) {
      assert.equal(
        (chartStep(settings, id).values["config"] as Record<string, string>)["DEBUG"],
        "false",
        id,
      );
    }
    const { env } = chartStep(settings, "install-authn").values as Record<string, Record<string, string>>;
    assert.deepEqual([env?.["AUTHN_DEBUG"], env?.["AUTHN_DUMP_ENV"]], ["true", "false"]);
  });
});
