import assert from "node:assert/strict";
import { type Inventory, objectKey } from "../../model/inventory.ts";
import type { PreviousRun } from "../../model/previous-run.ts";
import { sentenceOf } from "../../model/problem.ts";
import type { ExternalDatabase, Settings, Step } from "../../model/settings.ts";
import { preconditionProblems, preconditionWarnings } from "../../plan/preconditions.ts";
import { emptyInventory } from "../support/inventory.ts";
import { chartStep, settingsOf } from "../support/settings.ts";

const release = { chart: "authn", chartVersion: "0.22.2", revision: 1, status: "deployed", updatedAt: 0 };
const secret = (data: Record<string, string>) => ({ ours: true, uid: "u", data });

const damaged = (name: string) => ({
  secret: `sh.helm.release.v1.${name}.v3`,
  namespace: "krateo-system",
  release: name,
  revision: 3,
  reason: "is cut off",
});

function problems(
  inventory: Partial<Inventory>,
  {
    settings = {},
    steps = [chartStep("install-authn")],
    previous,
    preview = false,
  }: {
    settings?: Partial<Settings>;
    steps?: readonly Step[];
    previous?: PreviousRun;
    preview?: boolean;
  } = {},
): string[] {
  const read = { ...emptyInventory, ...inventory };
  const found = preconditionProblems(settingsOf(steps, settings), read, { previous, preview, migration: [] });
  return found.map(({ what }) => what);
}

/** One that makes a database, with the role `owner`. */
const made: readonly Step[] = [
  chartStep("install-pg-cluster", {
    component: "cnpg",
    values: { cluster: { roles: [{ name: "owner", passwordSecret: { name: "krateo-db-user" } }] } },
  }),
];

/** An installation that uses a database of the user's own. */
const outside: readonly Step[] = [
  chartStep("install-pg-cluster", { component: "cnpg", enabled: false }),
  chartStep("install-deviser"),
];
const named: ExternalDatabase = { host: "db.example.org", port: 5432, name: "krateo", sslMode: "require" };
const withLogin = { database: { ...named, login: { user: "u", password: "hush" } } };

/** What is only worth knowing, in sentences. */
function warningsOf(...given: Parameters<typeof preconditionWarnings>): string[] {
  return preconditionWarnings(...given).map(sentenceOf);
}

describe("before anything is touched", () => {
  const cases: [string, () => string[], string[]][] = [
    ["an empty cluster is fine", () => problems({}), []],
    ["a release of the right chart is fine", () => problems({ releases: { authn: release } }), []],
    [
      "a record that cannot be read stops even a preview, if its release is of the plan, of the last run, or of 2.7.0",
      () =>
        problems(
          { damaged: ["authn", "old", "eventsse", "website"].map((name) => damaged(name)) },
          {
            preview: true,
            previous: {
              clusterUid: emptyInventory.clusterUid as string,
              namespace: "krateo-system",
              releases: { old: "old 1.0.0" },
            },
          },
        ),
      ["authn", "old", "eventsse"].map(
        (name) =>
          `the record of Helm release ${name}, revision 3, cannot be read: Secret krateo-system/sh.helm.release.v1.${name}.v3 is cut off`,
      ),
    ],
    [
      "type nodeport without an address for browsers is refused",
      () =>
        problems(
          { nodes: [] },
          {
            settings: {
              nodeAddress: undefined,
              steps: [chartStep("install-frontend", { values: { url: "http://${NODE_ADDRESS}" } })],
            },
          },
        ),
      ["no node of the cluster has an address that browsers could use"],
    ],
    [
      "a release of another chart is refused",
      () => problems({ releases: { authn: { ...release, chart: "redis" } } }),
      ["the Helm release authn in namespace krateo-system belongs to another chart"],
    ],
    [
      "another cluster than last time is refused",
      () => problems({}, { previous: { clusterUid: "other", namespace: "krateo-system" } }),
      ["this is not the cluster that this stack was installed on"],
    ],
    [
      "the same cluster is fine",
      () => problems({}, { previous: { clusterUid: "uid-of-kube-system", namespace: "krateo-system" } }),
      [],
    ],
    [
      "another namespace than last time is refused",
      () => problems({}, { previous: { clusterUid: "uid-of-kube-system", namespace: "krateo" } }),
      [
        "the namespace of an installed platform cannot be changed: every release, volume and user object lives in it",
      ],
    ],
    [
      "an installed stack whose cluster cannot be reached is refused",
      () =>
        problems(
          { clusterUid: undefined, unreachable: "no answer from https://h" },
          { previous: { clusterUid: "uid-of-kube-system", namespace: "krateo-system" } },
        ),
      ["no answer from https://h"],
    ],
    [
      "a new stack can be previewed without its cluster",
      () => problems({ unreachable: "no answer from https://h" }, { preview: true }),
      [],
    ],
    [
      "but not installed without it",
      () => problems({ unreachable: "no answer from https://h" }),
      ["no answer from https://h"],
    ],
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
      "a namespace that is being deleted is refused, and what is in it not named besides",
      () =>
        problems({
          namespace: { ours: true, uid: "n", deleting: "since noon" },
          secrets: { "jwt-sign-key": { ...secret({ JWT_SIGN_KEY: "k" }), deleting: "since noon" } },
        }),
      ["namespace krateo-system is being deleted"],
    ],
    [
      "so is each object that would be taken over",
      () =>
        problems({
          secrets: { "jwt-sign-key": { ...secret({ JWT_SIGN_KEY: "k" }), deleting: "since noon" } },
          objects: {
            [objectKey("krateo.io/v1", "Installation", "krateo-system", "krateoctl")]: {
              ours: true,
              uid: "i",
              deleting: "since noon",
            },
            [objectKey("v1", "Namespace", undefined, "far")]: {
              ours: false,
              uid: "n",
              deleting: "since noon",
            },
          },
        }),
      [
        "Secret krateo-system/jwt-sign-key is being deleted",
        "Installation krateo-system/krateoctl is being deleted",
        "Namespace far is being deleted",
      ],
    ],
    [
      "but not a Secret that nobody reads",
      () =>
        problems(
          {
            secrets: {
              "krateo-db-user": { ...secret({ username: "u", password: "p" }), deleting: "since noon" },
            },
          },
          { steps: outside, settings: withLogin },
        ),
      [],
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
      "OpenShift's settings are refused where there are no Routes",
      () => problems({ routesServed: false }, { settings: { openshift: true } }),
      ["the configuration is for OpenShift, and this cluster is not OpenShift: it does not serve Routes"],
    ],
    [
      "and are fine where there are",
      () => problems({ routesServed: true }, { settings: { openshift: true } }),
      [],
    ],
    [
      "or where nobody can tell",
      () => problems({ unreachable: "no answer" }, { settings: { openshift: true }, preview: true }),
      [],
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

  it("somebody else's record that cannot be read is told, and stops nothing", () => {
    const found = { ...emptyInventory, damaged: [damaged("authn"), damaged("website")] };
    const [told, ...more] = warningsOf(settingsOf([chartStep("install-authn")]), found);
    assert.match(
      told ?? "",
      /^the record of Helm release website, revision 3, cannot be read: .* it was passed over/,
    );
    assert.deepEqual(more, []);
  });

  it("an address that browsers are sent to and no node has is said to change, and how it stays", () => {
    const step = chartStep("install-frontend", { values: { url: "http://${NODE_ADDRESS}:1" } });
    const node = { name: "n", createdAt: 0, ready: true, externalIps: [], names: [] };
    const warnings = (frontendAddress?: string, nodeAddress?: string) =>
      warningsOf(settingsOf([step], { nodeAddress }), {
        ...emptyInventory,
        nodes: [{ ...node, internalIps: ["10.0.0.1"] }],
        ...(frontendAddress && { frontendAddress }),
      });
    assert.deepEqual(warnings("127.0.0.1"), [
      "browsers, which the frontend sends to 127.0.0.1 now, will be sent to 10.0.0.1, the address of a node; " +
        "to keep it: pulumi config set krateo:nodeAddress 127.0.0.1",
    ]);
    assert.deepEqual([warnings("10.0.0.1"), warnings(), warnings("127.0.0.1", "127.0.0.1")], [[], [], []]);
  });

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
