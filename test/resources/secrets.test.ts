import assert from "node:assert/strict";
import type { JsonObject } from "../../model/settings.ts";
import type { Registration } from "../support/recorded.ts";
import { chartStep } from "../support/settings.ts";
import { build, secretKey, secretMark } from "./built-platform.ts";

describe("the Secrets", () => {
  /** The whole content, as it must be sent: marked secret. */
  const secret = (value: JsonObject): JsonObject => ({
    [secretKey]: secretMark,
    value,
  });
  const fields = ["data", "immutable", "stringData", "type"];

  it("share one generated password, and are never updated", async () => {
    const { find } = await build([]);
    const password = "password-of-krateo-db";
    assert.deepEqual(
      find("krateo-db").inputs["stringData"],
      secret({ DB_USER: "krateo-db-user", DB_PASS: password }),
    );
    assert.deepEqual(
      find("krateo-db-user").inputs["stringData"],
      secret({ username: "krateo-db-user", password }),
    );
    assert.deepEqual(
      find("jwt-sign-key").inputs["stringData"],
      secret({ JWT_SIGN_KEY: "password-of-jwt-sign-key" }),
    );
    assert.deepEqual(find("jwt-sign-key").ignoreChanges, fields);
  });

  it("are adopted when they exist: imported, left alone, kept on removal", async () => {
    const foreign = { ours: false, uid: "u", data: { JWT_SIGN_KEY: "theirs" } };
    const { find, all } = await build([], { inventory: { secrets: { "jwt-sign-key": foreign } } });
    const { importId, ignoreChanges, retainOnDelete } = find("jwt-sign-key");
    assert.equal(importId, "krateo-system/jwt-sign-key");
    assert.deepEqual(ignoreChanges, [...fields, "metadata"].toSorted());
    assert.equal(retainOnDelete, true);
    assert.deepEqual(
      all.filter((item) => item.type.startsWith("random:")).map((item) => [item.name, item.importId]),
      [
        ["jwt-sign-key", ""],
        ["krateo-db", ""],
      ],
    );
  });

  it("agree: where one of the two database Secrets exists, the other gets its live login, as a secret", async () => {
    const login = { ours: false, uid: "u", data: { DB_USER: "me", DB_PASS: "live" } };
    const { find } = await build([], { inventory: { secrets: { "krateo-db": login } } });
    assert.deepEqual(
      find("krateo-db-user").inputs["stringData"],
      secret({ username: "me", password: "live" }),
    );
  });

  it("of a database of the user's own are not generated: krateo-db is adopted as it is", async () => {
    const own = [
      chartStep("install-pg-cluster", { component: "cnpg", enabled: false }),
      chartStep("install-deviser"),
    ];
    const foreign = { ours: false, uid: "u", data: { DB_USER: "u", DB_PASS: "hush" } };
    const { all, find } = await build(own, { inventory: { secrets: { "krateo-db": foreign } } });
    assert.deepEqual(
      all
        .filter(({ type }) => /random|core\/v1:Secret/.test(type))
        .map(({ type, name }) => `${type} ${name}`)
        .toSorted(),
      [
        "kubernetes:core/v1:Secret jwt-sign-key",
        "kubernetes:core/v1:Secret krateo-db",
        "random:index/randomPassword:RandomPassword jwt-sign-key",
      ],
    );
    assert.equal(find("krateo-db").importId, "krateo-system/krateo-db");
    assert.ok(find("krateo-db").ignoreChanges.includes("data"));
    assert.equal(find("krateo-db").retainOnDelete, true);
  });

  it("stay as they are when the platform goes over to a database of the user's, and when it comes back", async () => {
    const database = (enabled: boolean) => [
      chartStep("install-pg-cluster", { component: "cnpg", enabled }),
      chartStep("install-deviser"),
    ];
    const ours = { ours: true, uid: "u" };
    const login = { ...ours, data: { DB_USER: "krateo-db-user", DB_PASS: "first" } };
    const kept = (item: Registration) => {
      assert.deepEqual([item.importId, item.retainOnDelete], ["krateo-system/krateo-db", false]);
      for (const key of ["data", "stringData"]) assert.ok(item.ignoreChanges.includes(key), key);
    };
    const over = await build(database(false), { inventory: { secrets: { "krateo-db": login } } });
    kept(over.find("krateo-db"));
    // Whatever was generated is out of the state by then: what comes back takes the login that lives.
    const back = await build(database(true), { inventory: { secrets: { "krateo-db": login } } });
    kept(back.find("krateo-db"));
    assert.deepEqual(
      back.find("krateo-db-user").inputs["stringData"],
      secret({ username: "krateo-db-user", password: "first" }),
    );
  });

  it("follow the configuration's login where that names one, as secrets", async () => {
    const own = [
      chartStep("install-pg-cluster", { component: "cnpg", enabled: false }),
      chartStep("install-deviser"),
    ];
    const { find } = await build(own, {
      settings: {
        database: {
          host: "h",
          port: 5432,
          name: "n",
          sslMode: "require",
          login: { user: "u", password: "hush" },
        },
      },
    });
    const { inputs, ignoreChanges } = find("krateo-db");
    assert.deepEqual(ignoreChanges, []);
    assert.deepEqual(inputs["stringData"], secret({ DB_USER: "u", DB_PASS: "hush" }));
  });

  it("are not registered when they are external", async () => {
    const { all } = await build([], { settings: { secrets: "external" } });
    assert.deepEqual(
      all.filter((item) => item.type === "kubernetes:core/v1:Secret"),
      [],
    );
    assert.equal(all.filter((item) => item.type.startsWith("random:")).length, 2);
  });
});
