import assert from "node:assert/strict";
import type { Inventory } from "../../profiles/inventory.ts";
import { checkPreconditions, type PreviousRun } from "../../profiles/preconditions.ts";
import { ConfigurationError } from "../../profiles/problem.ts";
import type { Settings } from "../../profiles/settings.ts";
import { emptyInventory } from "../support/inventory.ts";
import { chartStep, settingsOf } from "../support/settings.ts";

const release = { chart: "authn", chartVersion: "0.22.2", revision: 1, status: "deployed", updatedAt: 0 };
const secret = (data: Record<string, string>) => ({ ours: true, uid: "u", data });

function problems(
  inventory: Partial<Inventory>,
  {
    settings = {},
    previous,
    preview = false,
  }: { settings?: Partial<Settings>; previous?: PreviousRun; preview?: boolean } = {},
): string[] {
  try {
    checkPreconditions(
      settingsOf([chartStep("install-authn")], settings),
      { ...emptyInventory, ...inventory },
      { previous, preview },
    );
    return [];
  } catch (error) {
    assert.ok(error instanceof ConfigurationError);
    return error.problems.map((problem) => problem.what);
  }
}

describe("before anything is touched", () => {
  const cases: [string, () => string[], string[]][] = [
    ["an empty cluster is fine", () => problems({}), []],
    ["a release of the right chart is fine", () => problems({ releases: { authn: release } }), []],
    [
      "a release of another chart is refused",
      () => problems({ releases: { authn: { ...release, chart: "redis" } } }),
      ["the Helm release authn in namespace krateo-system belongs to another chart"],
    ],
    [
      "a live 2.7.0 installer is refused",
      () => problems({ releases: { installer: { ...release, chart: "installer", chartVersion: "2.7.0" } } }),
      ["Krateo 2.7.0 is installed here and its installer is still at work"],
    ],
    [
      "somebody else's release named installer is not",
      () => problems({ releases: { installer: { ...release, chart: "other" } } }),
      [],
    ],
    [
      "another cluster than last time is refused",
      () => problems({}, { previous: { clusterUid: "other", namespace: "krateo-system" } }),
      ["this is another cluster than the one this stack was installed on"],
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
      "external Secrets must all exist",
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
        "Secret krateo-system/jwt-sign-key lacks JWT_SIGN_KEY",
        "Secret krateo-system/krateo-db lacks DB_USER",
      ],
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
  ];
  for (const [name, found, expected] of cases) it(name, () => assert.deepEqual(found(), expected));

  it("never says a Secret's value", () => {
    const secrets = {
      "krateo-db": secret({ DB_USER: "u", DB_PASS: "hush" }),
      "krateo-db-user": secret({ username: "u", password: "psst" }),
    };
    const settings = settingsOf([]);
    assert.throws(
      () =>
        checkPreconditions(settings, { ...emptyInventory, secrets }, { previous: undefined, preview: false }),
      (error: Error) => !/hush|psst/.test(error.message),
    );
  });
});
