import assert from "node:assert/strict";
import { objectKey } from "../../model/inventory.ts";
import { outside, problems, secret, withLogin } from "./found-problems.ts";

describe("before anything is touched", () => {
  const cases: [string, () => string[], string[]][] = [
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
  ];
  for (const [name, found, expected] of cases) it(name, () => assert.deepEqual(found(), expected));
});
