import { chmod, mkdtemp, readdir, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { delimiter, join } from "node:path";

/** What a helm ends with. */
export interface HelmAnswer {
  readonly output?: string;
  readonly errors?: string;
  /** Default 0. */
  readonly code?: number;
}

/** How a helm was started. */
export interface HelmStart {
  readonly args: readonly string[];
  readonly environment: Readonly<Record<string, string>>;
  readonly input: string;
}

/**
 * Runs `test` with a stand-in for helm as the only one on the PATH.
 *
 * @param answer What it gives to everything, or by its first word (`template`) or first two (`template web`); undefined:
 *   there is no helm.
 * @param test Gets a function that tells how helm was started so far, in the order of the arguments.
 */
export async function withHelm<T>(
  answer: HelmAnswer | Readonly<Record<string, HelmAnswer>> | undefined,
  test: (starts: () => Promise<HelmStart[]>) => Promise<T>,
): Promise<T> {
  const folder = await mkdtemp(join(tmpdir(), "krateo-helm-"));
  const path = process.env["PATH"];
  try {
    if (answer) await writeStandIn(folder, answer);
    // Nothing but what the stand-in needs: a helm of this machine's own must not be found.
    process.env["PATH"] = answer ? [folder, "/bin"].join(delimiter) : folder;
    return await test(() => startsIn(folder));
  } finally {
    process.env["PATH"] = path;
    await rm(folder, { recursive: true });
  }
}

async function writeStandIn(
  folder: string,
  answer: HelmAnswer | Readonly<Record<string, HelmAnswer>>,
): Promise<void> {
  const isOne = Object.values(answer).every((value) => typeof value !== "object");
  const answers = isOne ? { "": answer as HelmAnswer } : (answer as Readonly<Record<string, HelmAnswer>>);
  const cases = await Promise.all(
    Object.entries(answers).map(async ([words, { output = "", errors = "", code = 0 }], index) => {
      const file = join(folder, `answer-${index}`);
      await writeFile(`${file}.output`, output);
      await writeFile(`${file}.errors`, errors);
      return `${words.replaceAll(" ", "\\ ")}*) cat ${file}.output; cat ${file}.errors >&2; exit ${code};;`;
    }),
  );
  const helm = join(folder, "helm");
  await writeFile(
    helm,
    [
      "#!/bin/sh",
      `start=${folder}/start-$$`,
      `printf '%s\\n' "$@" >$start.args; env >$start.environment; cat >$start.input`,
      'case "$*" in',
      // The longest words first: a shell takes the first that fits.
      ...cases.toSorted((one, other) => other.indexOf("*)") - one.indexOf("*)")),
      "esac",
      "",
    ].join("\n"),
  );
  await chmod(helm, 0o755);
}

async function startsIn(folder: string): Promise<HelmStart[]> {
  const files = (await readdir(folder)).filter((name) => name.endsWith(".args"));
  const starts = await Promise.all(
    files.map(async (name) => {
      const read = (kind: string) => readFile(join(folder, name.replace(/args$/, kind)), "utf8");
      const environment = (await read("environment")).split("\n").map((line) => {
        const at = line.indexOf("=");
        return [line.slice(0, at), line.slice(at + 1)];
      });
      return {
        args: (await read("args")).trimEnd().split("\n"),
        environment: Object.fromEntries(environment),
        input: await read("input"),
      };
    }),
  );
  return starts.toSorted((one, other) => (one.args.join(" ") < other.args.join(" ") ? -1 : 1));
}
