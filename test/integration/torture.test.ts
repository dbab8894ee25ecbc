import assert from "node:assert/strict";
import { type HistoryFailure, runSeed } from "../torture/history.ts";
import { forgetNewerVersion } from "../torture/newer-version.ts";

/** With a killed installation, a destroy that is killed, and a release uninstalled by hand; any others: `npm run torture`. */
const seeds = [7, 26, 31];

const reported = ({ message, script, transcript }: HistoryFailure): string =>
  `${message}\nall that was printed: ${transcript}\nto replay it: npm run torture -- --script "${script}"`;

describe("a random history of operations, kills and faults", () => {
  after(forgetNewerVersion);

  for (const seed of seeds)
    it(`ends in the platform that is configured, with the same Secrets: seed ${seed}`, async () => {
      const done: string[] = [];
      const say = (line: string): void => void done.push(line);
      const failure = await runSeed(seed, { length: 4, shrinkSeconds: 0, say });
      assert.equal(failure, undefined, failure && `${reported(failure)}\n${done.join("\n")}`);
    });
});
