/** The command line as a process. The Commands of every installation start this file. */
import { resolve } from "node:path";
import "../run/compile-cache.js";

// Later than the cache of what it is compiled to.
const { runKrateo } = await import("./program.ts");

// Whoever reads through `head` has seen enough: no failure, and no stack trace.
process.stdout.on("error", (error: NodeJS.ErrnoException) => {
  if (error.code !== "EPIPE") throw error;
  process.exit();
});

process.exitCode = await runKrateo(process.argv.slice(2), {
  directory: resolve(import.meta.dirname, ".."),
  print: (text) => process.stdout.write(`${text}\n`),
  note: (text) => process.stderr.write(`${text}\n`),
  colours: process.stdout.isTTY === true && process.env["NO_COLOR"] === undefined,
  interactive: process.stdin.isTTY === true && process.stdout.isTTY === true,
});
