/** Runs `krateo` in the project folder that the first word names, as commands/krateo.ts does it in its own. */
import { runKrateo } from "../../../commands/program.ts";

const [directory = "", ...words] = process.argv.slice(2);
process.exitCode = await runKrateo(words, {
  directory,
  print: (text) => process.stdout.write(`${text}\n`),
  note: (text) => process.stderr.write(`${text}\n`),
  colours: false,
  interactive: process.stdin.isTTY === true && process.stdout.isTTY === true,
});
