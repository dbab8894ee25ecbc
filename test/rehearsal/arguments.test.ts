import assert from "node:assert/strict";
import { CommanderError } from "commander";
import { commandLine } from "../../rehearsal/rehearse.ts";

function parse(...args: string[]): object {
  const command = commandLine().configureOutput({ writeErr: () => undefined, writeOut: () => undefined });
  return command.parse(args, { from: "user" }).opts();
}

describe("the rehearsal's command line", () => {
  const defaults = { type: "nodeport", profile: [], namespace: "krateo-system", kubernetes: "1.35.4" };
  const table: [string[], object][] = [
    [[], defaults],
    [["--type", "ingress", "--json"], { ...defaults, type: "ingress", json: true }],
    [["--profile", "debug, no-finops"], { ...defaults, profile: ["debug", "no-finops"] }],
    [["--profile", "debug", "--profile", "no-finops"], { ...defaults, profile: ["debug", "no-finops"] }],
    [["--realistic", "--overrides", "x.yaml"], { ...defaults, realistic: true, overrides: "x.yaml" }],
    [["--from", "2.7.0"], { ...defaults, from: "2.7.0" }],
    [["--from", "2.7.0", "--by-hand"], { ...defaults, from: "2.7.0", byHand: true }],
    [["--kubernetes", "1.33"], { ...defaults, kubernetes: "1.33.13" }],
    [["--down"], { ...defaults, down: true }],
    [["--status"], { ...defaults, status: true }],
  ];
  for (const [args, expected] of table) {
    it(`understands "${args.join(" ")}"`, () => assert.deepEqual(parse(...args), expected));
  }

  const wrong: [string[], RegExp][] = [
    [["--type", "nodports"], /Allowed choices are nodeport, loadbalancer, ingress/],
    [["--tpye", "ingress"], /unknown option '--tpye'.*Did you mean --type\?/s],
    [["--from", "2.6.0"], /Allowed choices are 2\.7\.0/],
    [
      ["--kubernetes", "1.30"],
      /It must be one of 1\.31\.4, 1\.33\.13, 1\.35\.4, 1\.37\.2, their first two numbers, or newest/,
    ],
    [["ingress"], /too many arguments/],
    [["--overrides"], /argument missing/],
  ];
  for (const [args, message] of wrong) {
    it(`refuses "${args.join(" ")}" with exit code 1`, () => {
      assert.throws(
        () => parse(...args),
        (error: unknown) =>
          error instanceof CommanderError && error.exitCode === 1 && message.test(error.message),
      );
    });
  }
});
