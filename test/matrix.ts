/** `npm run matrix`: installs, changes, removes and migrates the platform on each Kubernetes version, one after another. */
import { spawn } from "node:child_process";
import { join } from "node:path";
import {
  kubernetesChoices,
  kubernetesVersionFor,
  kubernetesVersions,
} from "../rehearsal/toolchain/recipes.ts";

const root = join(import.meta.dirname, "..");
const asked = process.argv.slice(2);
const unknown = asked.filter((text) => kubernetesVersionFor(text) === undefined);
if (unknown.length > 0) {
  console.error(
    `npm run matrix [-- VERSION...]: no such version: ${unknown.join(", ")}; it must be one of ${kubernetesChoices}`,
  );
  process.exit(1);
}
const versions =
  asked.length > 0 ? asked.map((text) => kubernetesVersionFor(text) as string) : kubernetesVersions;

const mocha = [
  "--no-config",
  "--require",
  "test/support/rehearsal.ts",
  "--timeout",
  "900000",
  "--bail",
  "--exit",
];

/** @returns whether all went well on it */
async function passesOn(version: string): Promise<boolean> {
  const env = {
    ...process.env,
    KRATEO_TEST_KUBERNETES: version,
    KRATEO_TEST_REHEARSAL: ".rehearsal-matrix",
  };
  const program = join(root, "node_modules", "mocha", "bin", "mocha.js");
  const child = spawn(process.execPath, [program, ...mocha, "test/integration/kubernetes.test.ts"], {
    cwd: root,
    env,
    stdio: "inherit",
  });
  return await new Promise((resolve, reject) => {
    child.on("error", reject);
    child.on("close", (code) => resolve(code === 0));
  });
}

const results: string[] = [];
for (const version of versions) {
  const start = performance.now();
  const passed = await passesOn(version);
  const seconds = Math.round((performance.now() - start) / 1000);
  results.push(`Kubernetes ${version.padEnd(8)} ${passed ? "passed" : "FAILED"}, ${seconds} s`);
  if (!passed) process.exitCode = 1;
}
console.log(results.join("\n"));
