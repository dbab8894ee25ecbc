import assert from "node:assert/strict";
import { verify } from "../../../../cluster/checks/verification/verification.ts";
import { chartStep, settingsOf } from "../../../support/settings.ts";
import { helmRelease } from "../../helm-releases.ts";
import { authn, faults, observed, settings } from "./whole-installation.ts";

describe("verify", () => {
  describe("of Secrets", () => {
    const secrets = (changes: Record<string, Record<string, string> | undefined>, binary?: string[]) => {
      const changed = new Map(observed().secrets);
      for (const [name, data] of Object.entries(changes)) {
        if (data) changed.set(name, { data, ...(binary && { binary }) });
        else changed.delete(name);
      }
      return { secrets: changed };
    };
    const edit = "kubectl edit secret jwt-sign-key -n krateo-system: up never changes what it holds";

    for (const [what, changes, wanted, found, next] of [
      ["one is absent", { "jwt-sign-key": undefined }, settings, "none", "npx pulumi up --refresh"],
      [
        "a key is absent",
        { "jwt-sign-key": { OTHER: "x" } },
        settings,
        "keys OTHER; JWT_SIGN_KEY is missing",
        edit,
      ],
      [
        "a key is empty",
        { "jwt-sign-key": { JWT_SIGN_KEY: "" } },
        settings,
        "keys JWT_SIGN_KEY; JWT_SIGN_KEY is empty",
        edit,
      ],
      [
        "one of somebody else's is absent",
        { "jwt-sign-key": undefined },
        settingsOf([authn], { secrets: "external" }),
        "none",
        "the provider of the Secrets must set them",
      ],
      [
        "the logins disagree",
        { "krateo-db": { DB_USER: "u", DB_PASS: "other" } },
        settings,
        "different passwords",
        "make them agree: services log in with krateo-db, PostgreSQL expects krateo-db-user",
      ],
      [
        "the logins are of different users",
        { "krateo-db-user": { username: "other", password: "p" } },
        settings,
        "different user names",
        "make them agree: services log in with krateo-db, PostgreSQL expects krateo-db-user",
      ],
      [
        "the passwords differ by a line end",
        { "krateo-db-user": { username: "u", password: "p\n" } },
        settings,
        "different passwords (they differ by a line end at the end)",
        "make them agree: services log in with krateo-db, PostgreSQL expects krateo-db-user",
      ],
    ] as const) {
      it(`is an error when ${what}`, () => {
        assert.deepEqual(
          faults(secrets(changes), wanted).map((check) => [check.status, check.found, check.next]),
          [["ERROR", found, next]],
        );
      });
    }

    it("is an error when a value is not text, which no container can be given", () => {
      assert.deepEqual(
        faults(secrets({ "jwt-sign-key": {} }, ["JWT_SIGN_KEY"])).map(({ found, next }) => [found, next]),
        [["keys JWT_SIGN_KEY; JWT_SIGN_KEY holds bytes that are not text", edit]],
      );
    });

    it("expects those that charts make at run time, where they are installed", () => {
      const steps = ["cratedb", "portal"].map((name) => chartStep(`install-${name}`));
      const releases = new Map(
        steps.map(({ release }) => [`krateo-system/${release.name}`, helmRelease(release.name)]),
      );
      assert.deepEqual(
        faults({ releases }, settingsOf(steps)).map(({ subject, expected }) => [subject, expected]),
        [
          ["Secret cratedb-system-credentials", "keys username, password"],
          ["Secret admin-password", "keys password"],
        ],
      );
    });

    it("never shows a value", () => {
      const report = JSON.stringify(
        verify(settings, observed(secrets({ "krateo-db": { DB_USER: "u", DB_PASS: "hush" } }))),
      );
      assert.doesNotMatch(report, /hush/);
    });
  });
});
