import assert from "node:assert/strict";
import type { Inventory } from "../../model/inventory.ts";
import type { Settings, Step } from "../../model/settings.ts";
import { preconditionProblems } from "../../plan/preconditions.ts";
import { emptyInventory } from "../support/inventory.ts";
import { chartStep, settingsOf } from "../support/settings.ts";
import { named, outside, problems, secret, warningsOf, withLogin } from "./found-problems.ts";

/** One that makes a database, with the role `owner`. */
const made: readonly Step[] = [
  chartStep("install-pg-cluster", {
    component: "cnpg",
    values: { cluster: { roles: [{ name: "owner", passwordSecret: { name: "krateo-db-user" } }] } },
  }),
];

describe("before anything is touched", () => {
  const cases: [string, () => string[], string[]][] = [
    [
      "external Secrets must all exist (finding 6)",
      () =>
        problems(
          { secrets: { "jwt-sign-key": secret({ JWT_SIGN_KEY: "k" }) } },
          { settings: { secrets: "external" } },
        ),
      [
        "Secret krateo-system/krateo-db does not exist, and krateo:secrets is external",
        "Secret krateo-system/krateo-db-user does not exist, and krateo:secrets is external",
      ],
    ],
    [
      "a Secret without its key is refused, and so is an empty one",
      () =>
        problems({
          secrets: {
            "jwt-sign-key": secret({ OTHER: "k" }),
            "krateo-db": secret({ DB_USER: "", DB_PASS: "p" }),
          },
        }),
      [
        "Secret krateo-system/jwt-sign-key: JWT_SIGN_KEY is missing",
        "Secret krateo-system/krateo-db: DB_USER is empty",
      ],
    ],
    [
      "bytes that are not text are refused: no container can be given them, nor can they be copied as text",
      () => problems({ secrets: { "krateo-db": { ...secret({ DB_USER: "u" }), binary: ["DB_PASS"] } } }),
      ["Secret krateo-system/krateo-db: DB_PASS holds bytes that are not text"],
    ],
    [
      "one of the two database Secrets is fine",
      () => problems({ secrets: { "krateo-db": secret({ DB_USER: "u", DB_PASS: "p" }) } }),
      [],
    ],
    [
      "database Secrets that disagree are refused",
      () =>
        problems({
          secrets: {
            "krateo-db": secret({ DB_USER: "u", DB_PASS: "hush" }),
            "krateo-db-user": secret({ username: "v", password: "psst" }),
          },
        }),
      [
        "Secrets krateo-db and krateo-db-user in namespace krateo-system hold different user names and passwords",
      ],
    ],
    [
      "and when they differ by a line end, that is said",
      () =>
        problems({
          secrets: {
            "krateo-db": secret({ DB_USER: "u", DB_PASS: "hush\n" }),
            "krateo-db-user": secret({ username: "u", password: "hush" }),
          },
        }),
      [
        "Secrets krateo-db and krateo-db-user in namespace krateo-system hold different passwords (they differ by a line end at the end)",
      ],
    ],
    [
      "the login to a database of the user's own is not generated",
      () => problems({}, { steps: outside, settings: { database: named } }),
      [
        "Secret krateo-system/krateo-db does not exist, and the program does not generate the login to your own database",
      ],
    ],
    ["it may stand in the configuration", () => problems({}, { steps: outside, settings: withLogin }), []],
    [
      "or in the Secret, whatever krateo-db-user says, which nobody reads then",
      () =>
        problems(
          {
            secrets: {
              "krateo-db": secret({ DB_USER: "u", DB_PASS: "hush" }),
              "krateo-db-user": secret({ username: "v", password: "psst" }),
            },
          },
          { steps: outside },
        ),
      [],
    ],
    [
      "a Secret of the program's own follows the configuration",
      () =>
        problems(
          { secrets: { "krateo-db": secret({ DB_USER: "u", DB_PASS: "old" }) } },
          { steps: outside, settings: withLogin },
        ),
      [],
    ],
    [
      "a login of another user than the database gets is refused, whichever Secret it is in",
      () => [
        ...problems({ secrets: { "krateo-db": secret({ DB_USER: "u", DB_PASS: "p" }) } }, { steps: made }),
        ...problems(
          { secrets: { "krateo-db-user": secret({ username: "u", password: "p" }) } },
          { steps: made },
        ),
      ],
      [
        "Secret krateo-system/krateo-db names another user than the one that the database gets, owner",
        "Secret krateo-system/krateo-db-user names another user than the one that the database gets, owner",
      ],
    ],
    [
      "the database's own user is fine, and any where the database is somebody else's",
      () => [
        ...problems(
          { secrets: { "krateo-db": secret({ DB_USER: "owner", DB_PASS: "p" }) } },
          { steps: made },
        ),
        ...problems(
          { secrets: { "krateo-db": secret({ DB_USER: "u", DB_PASS: "p" }) } },
          { steps: outside, settings: { database: named } },
        ),
      ],
      [],
    ],
    [
      "a password that is only known masked is no other one",
      () =>
        problems(
          { secrets: { "krateo-db": { ...secret({ DB_USER: "u", DB_PASS: "old" }), ours: false } } },
          {
            steps: outside,
            settings: { database: { ...named, login: { user: "u", password: "[secret]" } } },
          },
        ),
      [],
    ],
    [
      "one that was there before has to agree with it",
      () =>
        problems(
          { secrets: { "krateo-db": { ...secret({ DB_USER: "u", DB_PASS: "old" }), ours: false } } },
          { steps: outside, settings: withLogin },
        ),
      [
        "Secret krateo-system/krateo-db was there before and holds another login than krateo:database: another password",
      ],
    ],
    [
      "one of the program's own that is immutable cannot follow the configuration",
      () =>
        problems(
          { secrets: { "krateo-db": { ...secret({ DB_USER: "v", DB_PASS: "hush\n" }), immutable: true } } },
          { steps: outside, settings: withLogin },
        ),
      [
        "Secret krateo-system/krateo-db is marked as immutable, and krateo:database asks for another user name and another password (they differ by a line end at the end)",
      ],
    ],
  ];
  for (const [name, found, expected] of cases) it(name, () => assert.deepEqual(found(), expected));
  describe("it warns of what may be meant, and mostly is not:", () => {
    const long = "twelve-chars";
    const warnings = (secrets: Inventory["secrets"], settings: Partial<Settings> = {}) =>
      warningsOf(settingsOf([], settings), { ...emptyInventory, secrets });
    const odd = (place: string, what: string) =>
      `${place} ${what}, which is a part of it; if that is not meant, set it again`;
    const table: [string, readonly string[], readonly string[]][] = [
      ["nothing of ordinary ones", warnings({ "jwt-sign-key": secret({ JWT_SIGN_KEY: long }) }), []],
      [
        "a signing key that can be found by trying",
        warnings({ "jwt-sign-key": secret({ JWT_SIGN_KEY: long.slice(1) }) }),
        [
          "Secret krateo-system/jwt-sign-key: JWT_SIGN_KEY has fewer than 12 characters: a user who is logged in can find it " +
            "by trying, and sign an administrator's session; give it a long random text; then everybody must log in again",
        ],
      ],
      [
        "a line end and a control character in a login",
        warnings({ "krateo-db": secret({ DB_USER: "u\tv", DB_PASS: "hush\r\n" }) }),
        [
          odd("Secret krateo-system/krateo-db: DB_USER", "holds a control character"),
          odd("Secret krateo-system/krateo-db: DB_PASS", "ends with a line end"),
        ],
      ],
      [
        "one in the configuration",
        warnings({}, { database: { ...named, login: { user: "u", password: "hush\n" } } }),
        [odd("krateo:database.password", "ends with a line end")],
      ],
      [
        "not one in a Secret that nobody reads",
        warnings({ "krateo-db-user": secret({ username: "u", password: "p\n" }) }, { steps: [...outside] }),
        [],
      ],
    ];
    for (const [name, found, expected] of table) it(name, () => assert.deepEqual(found, expected));
  });

  it("never says a Secret's value", () => {
    const secrets = {
      "krateo-db": secret({ DB_USER: "u", DB_PASS: "hush" }),
      "krateo-db-user": secret({ username: "u", password: "psst" }),
    };
    const settings = settingsOf([]);
    const found = preconditionProblems(
      settings,
      { ...emptyInventory, secrets },
      { previous: undefined, preview: false, migration: [] },
    );
    assert.equal(found.length, 1);
    assert.doesNotMatch(JSON.stringify(found), /hush|psst/);
  });
});
