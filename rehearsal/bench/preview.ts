import { cp, mkdir, readFile, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { parse, stringify } from "yaml";
import { stackFlags } from "../stack.ts";
import type { RehearsalPaths } from "../toolchain/layout.ts";
import type { Toolchain } from "../toolchain.ts";
import { runCommand } from "./command.ts";
import { median, timed } from "./statistics.ts";

/** Seconds that previews took which found nothing to do, in the order in which they ran, pair by pair. */
export interface PreviewTimes {
  platform: readonly number[];
  empty: readonly number[];
  /** Of an `up` after each pair. */
  up: readonly number[];
}

export interface PreviewSummary extends PreviewTimes {
  platformSeconds: number;
  emptySeconds: number;
  /** Median of the pairs' differences: what a busy moment adds to both of a pair cancels out. */
  overEmptySeconds: number;
  upSeconds: number;
  /** The same of each `up` and the preview before it. */
  upOverPreviewSeconds: number;
}

export function summarize({ platform, empty, up }: PreviewTimes): PreviewSummary {
  return {
    platform,
    empty,
    up,
    platformSeconds: median(platform),
    emptySeconds: median(empty),
    overEmptySeconds: median(platform.map((seconds, index) => seconds - (empty[index] ?? Number.NaN))),
    upSeconds: median(up),
    upOverPreviewSeconds: median(up.map((seconds, index) => seconds - (platform[index] ?? Number.NaN))),
  };
}

const emptyStack = "empty";

/**
 * Times previews of the installed platform and of an empty program, and an `up` of the platform, in turn, on the same backend
 * and with the same runtime options. One of each goes before, untimed, so that neither pays for compiling and reading files first.
 *
 * @throws Error when one of them fails or finds something to do
 */
export async function timePreviews(
  toolchain: Toolchain,
  paths: RehearsalPaths,
  runs: number,
  say: (line: string) => void,
): Promise<PreviewTimes> {
  const { env } = toolchain;
  const emptyProject = await makeEmptyProject(toolchain, paths);
  const common = ["--non-interactive", "--expect-no-changes"];
  const ofPlatform = (...words: string[]) =>
    runCommand(toolchain.pulumi, [...words, ...common, ...stackFlags(paths)], { cwd: paths.root, env });
  const platform = () => ofPlatform("preview");
  const up = () => ofPlatform("up", "--yes", "--skip-preview");
  const empty = () =>
    runCommand(toolchain.pulumi, ["preview", ...common, `--stack=${emptyStack}`], { cwd: emptyProject, env });

  await empty();
  await platform();
  const times = { platform: [] as number[], empty: [] as number[], up: [] as number[] };
  for (let run = 1; run <= runs; run++) {
    times.empty.push((await timed(empty)).seconds);
    times.platform.push((await timed(platform)).seconds);
    times.up.push((await timed(up)).seconds);
    say(
      `preview ${run} of ${runs}: empty program ${times.empty.at(-1)?.toFixed(2)} s, ` +
        `platform ${times.platform.at(-1)?.toFixed(2)} s; up ${times.up.at(-1)?.toFixed(2)} s`,
    );
  }
  return times;
}

/** A project that makes nothing, run as the platform's own is; its one stack is up to date. */
async function makeEmptyProject(toolchain: Toolchain, paths: RehearsalPaths): Promise<string> {
  const directory = join(paths.directory, "empty");
  await rm(directory, { recursive: true, force: true });
  await mkdir(directory, { recursive: true });
  const { runtime, main } = parse(await readFile(join(paths.root, "Pulumi.yaml"), "utf8"));
  await writeFile(join(directory, "Pulumi.yaml"), stringify({ name: "empty", runtime, main }));
  // What the runtime options name belongs to the program, too.
  for (const file of ["package.json", "run/compile-cache.js", "run/unused-sdk.js"])
    await cp(join(paths.root, file), join(directory, file));
  await writeFile(join(directory, main), "export {};\n");
  const options = { cwd: directory, env: toolchain.env };
  await runCommand(toolchain.pulumi, ["stack", "init", emptyStack, "--non-interactive"], options);
  const up = ["up", "--yes", "--skip-preview", "--non-interactive", `--stack=${emptyStack}`];
  await runCommand(toolchain.pulumi, up, options);
  return directory;
}
