/**
 * Stand-in for pulumi-resource-random, for machines that can reach package registries only. It knows
 * RandomPassword and behaves as the real provider does, but for bcryptHash, which it does not compute.
 */
import { randomInt } from "node:crypto";
import type { CheckFailure, Provider } from "@pulumi/pulumi/provider/provider.js";
import { main } from "@pulumi/pulumi/provider/server.js";
import { EngineLog } from "./engine-log.ts";
import { exitWithParent } from "./parent.ts";
import { changedProperties, isUnknown, type Properties, reveal, secret } from "./property-values.ts";

const token = "random:index/randomPassword:RandomPassword";

const defaults: Properties = {
  lower: true,
  upper: true,
  number: true,
  numeric: true,
  special: true,
  minLower: 0,
  minUpper: 0,
  minNumeric: 0,
  minSpecial: 0,
};
const inputNames = ["keepers", "length", "overrideSpecial", ...Object.keys(defaults)];

const noHash = "not computed by the rehearsal stand-in for pulumi-resource-random";

/** The arguments of a password, complete with the provider's defaults. */
interface PasswordArgs {
  length: number;
  lower: boolean;
  upper: boolean;
  numeric: boolean;
  special: boolean;
  minLower: number;
  minUpper: number;
  minNumeric: number;
  minSpecial: number;
  overrideSpecial?: string;
}

function passwordArgs(inputs: Properties): PasswordArgs {
  const given = reveal(inputs) as Properties;
  const numeric = given.numeric ?? given.number ?? true;
  return { ...defaults, ...given, numeric } as unknown as PasswordArgs;
}

/** The classes of characters a password may draw from, each with the least number of them it must hold. */
function characterClasses(args: PasswordArgs): { characters: string; least: number }[] {
  return [
    { on: args.lower, characters: "abcdefghijklmnopqrstuvwxyz", least: args.minLower },
    { on: args.upper, characters: "ABCDEFGHIJKLMNOPQRSTUVWXYZ", least: args.minUpper },
    { on: args.numeric, characters: "0123456789", least: args.minNumeric },
    { on: args.special, characters: args.overrideSpecial || "!@#$%&*()-_=+[]{}<>:?", least: args.minSpecial },
  ]
    .filter(({ on }) => on)
    .map(({ characters, least }) => ({ characters, least }));
}

/** A password from the system's cryptographic source, the classes' minimums met, in random order. */
export function generatePassword(args: PasswordArgs): string {
  const classes = characterClasses(args);
  const pick = (from: string) => from[randomInt(from.length)] as string;
  const drawn = classes.flatMap(({ characters, least }) =>
    Array.from({ length: least }, () => pick(characters)),
  );
  const all = classes.map(({ characters }) => characters).join("");
  while (drawn.length < args.length) drawn.push(pick(all));
  for (let last = drawn.length - 1; last > 0; last--) {
    const other = randomInt(last + 1);
    [drawn[last], drawn[other]] = [drawn[other] as string, drawn[last] as string];
  }
  return drawn.join("");
}

/** What the real provider refuses: an impossible length, or no class of characters left. */
export function checkPassword(inputs: Properties): CheckFailure[] {
  const unknown = inputNames.filter((name) => isUnknown(inputs[name]));
  if (unknown.length > 0) return [];
  const args = passwordArgs(inputs);
  const failures: CheckFailure[] = [];
  const least = args.minLower + args.minUpper + args.minNumeric + args.minSpecial;
  if (!Number.isInteger(args.length) || args.length < 1) {
    failures.push({ property: "length", reason: `must be a whole number of at least 1, got ${args.length}` });
  } else if (args.length < least) {
    failures.push({
      property: "length",
      reason: `must be at least minLower + minUpper + minNumeric + minSpecial = ${least}, got ${args.length}`,
    });
  }
  if (characterClasses(args).length === 0) {
    failures.push({ property: "special", reason: "one of lower, upper, numeric and special must be true" });
  }
  return failures;
}

/** The provider, apart from serving it. */
export function randomProvider(log: EngineLog): Provider {
  const mustBePassword = (urn: string) => {
    if (!urn.includes(token)) {
      throw new Error(`the rehearsal stand-in for pulumi-resource-random only knows ${token}, got ${urn}`);
    }
  };
  return {
    version: "4.21.2",
    async check(urn, _olds, news) {
      mustBePassword(urn);
      await log.announceStandIn("pulumi-resource-random");
      return { inputs: news, failures: checkPassword(news) };
    },
    async diff(_id, _urn, olds, news) {
      const changed = changedProperties(inputNames, olds, news, defaults);
      return { changes: changed.length > 0, replaces: changed };
    },
    async create(_urn, inputs) {
      const result = generatePassword(passwordArgs(inputs));
      return {
        id: "none",
        outs: { ...defaults, ...inputs, result: secret(result), bcryptHash: secret(noHash) },
      };
    },
    async read(id, _urn, props) {
      if (props && "result" in props) return { id, props };
      // An import: the id that the user gave is the password.
      const inputs = { ...defaults, length: id.length };
      return { id: "none", inputs, props: { ...inputs, result: secret(id), bcryptHash: secret(noHash) } };
    },
    async update(_id, _urn, olds, news) {
      return { outs: { ...olds, ...news } };
    },
    async delete() {},
  };
}

if (import.meta.main) {
  exitWithParent();
  await main(randomProvider(new EngineLog(process.argv.slice(2))), process.argv.slice(2));
}
