import assert from "node:assert/strict";
import { EngineLog } from "../../rehearsal/plugins/engine-log.ts";
import { secret } from "../../rehearsal/plugins/property-values.ts";
import { checkPassword, randomProvider } from "../../rehearsal/plugins/resource-random.ts";

const provider = randomProvider(new EngineLog([]));
const urn = "urn:pulumi:s::p::random:index/randomPassword:RandomPassword::pw";
const secretValue = (value: unknown) => (value as { value: string }).value;

async function password(inputs: object): Promise<string> {
  const created = await provider.create?.(urn, inputs);
  return secretValue(created?.outs.result);
}

describe("the stand-in for RandomPassword", () => {
  it("makes a password of the wanted length and characters, a secret, under the id none", async () => {
    const inputs = { length: 43, special: true, overrideSpecial: "-_" };
    const created = await provider.create?.(urn, inputs);
    assert.equal(created?.id, "none");
    assert.match(secretValue(created?.outs.result), /^[-A-Za-z0-9_]{43}$/);
    assert.deepEqual(created?.outs.result, secret(secretValue(created?.outs.result)));
    assert.deepEqual(Object.keys(created?.outs).sort(), [
      "bcryptHash",
      "length",
      "lower",
      "minLower",
      "minNumeric",
      "minSpecial",
      "minUpper",
      "number",
      "numeric",
      "overrideSpecial",
      "result",
      "special",
      "upper",
    ]);
  });

  it("makes another one each time", async () => {
    assert.notEqual(await password({ length: 20 }), await password({ length: 20 }));
  });

  const classes: [string, object, RegExp][] = [
    ["without special characters", { length: 50, special: false }, /^[A-Za-z0-9]{50}$/],
    ["of digits alone", { length: 50, special: false, lower: false, upper: false }, /^\d{50}$/],
    ["without digits by their former name", { length: 50, special: false, number: false }, /^[A-Za-z]{50}$/],
    ["with its least number of digits", { length: 4, minNumeric: 4 }, /^\d{4}$/],
  ];
  for (const [rule, inputs, expected] of classes) {
    it(`makes a password ${rule}`, async () => assert.match(await password(inputs), expected));
  }

  const wrong: [string, object, string[]][] = [
    ["no length", { length: 0 }, ["length"]],
    ["a length below its minimums", { length: 3, minLower: 2, minUpper: 2 }, ["length"]],
    ["no characters", { length: 3, lower: false, upper: false, numeric: false, special: false }, ["special"]],
  ];
  for (const [rule, inputs, properties] of wrong) {
    it(`refuses ${rule}`, () => {
      assert.deepEqual(
        checkPassword(inputs as Record<string, unknown>).map(({ property }) => property),
        properties,
      );
    });
  }

  const diffs: [string, object, object, string[]][] = [
    ["keeps one whose arguments are the same", { length: 8 }, { length: 8 }, []],
    ["keeps one that now spells out a default", { length: 8 }, { length: 8, upper: true, minLower: 0 }, []],
    ["keeps one whose arguments are the same, but secret", { length: 8 }, { length: secret(8) }, []],
    ["replaces one of another length", { length: 8 }, { length: 9 }, ["length"]],
    [
      "replaces one with other keepers",
      { length: 8, keepers: { a: "1" } },
      { length: 8, keepers: { a: "2" } },
      ["keepers"],
    ],
  ];
  for (const [rule, olds, news, replaces] of diffs) {
    it(rule, async () => {
      const found = await provider.diff?.("none", urn, olds, news);
      assert.deepEqual(found, { changes: replaces.length > 0, replaces });
    });
  }

  it("takes an imported id for the password", async () => {
    const read = await provider.read?.("s3cret", urn, {});
    assert.equal(read?.id, "none");
    assert.equal(secretValue(read?.props.result), "s3cret");
  });

  it("knows no other resource", async () => {
    await assert.rejects(
      async () => provider.check?.("urn:pulumi:s::p::random:index/randomPet:RandomPet::x", {}, {}),
      {
        message:
          "the rehearsal stand-in for pulumi-resource-random only knows random:index/randomPassword:RandomPassword, " +
          "got urn:pulumi:s::p::random:index/randomPet:RandomPet::x",
      },
    );
  });
});
