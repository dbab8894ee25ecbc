import { spawn } from "node:child_process";
import { gzipSync } from "node:zlib";
import { z } from "zod";
import type { JsonObject } from "../../../model/settings.ts";
import { firstLine } from "../../client/api-errors.ts";
import type { Connection } from "../../client/connection.ts";

/** What Helm would make of an upgrade. */
export type HelmDryRun =
  | { readonly manifest: string; readonly recordBytes: number }
  /** Why it would not, in Helm's words. */
  | { readonly refused: string };

/** For one release: rendering takes a second, asking a distant API server some more. */
const timeoutSeconds = 60;

const rendered = z.looseObject({ manifest: z.string() });

/**
 * Has the `helm` on the PATH render an upgrade of a release against the cluster, its `lookup`s included. Changes nothing.
 *
 * @param archive Path of the chart's archive.
 * @returns undefined when there is no helm
 */
export async function helmDryRun(
  { kubeconfig, context }: Pick<Connection, "kubeconfig" | "context">,
  release: { readonly name: string; readonly namespace: string },
  archive: string,
  values: JsonObject,
): Promise<HelmDryRun | undefined> {
  const args = [
    ...[
      "upgrade",
      release.name,
      archive,
      "--namespace",
      release.namespace,
      "--values",
      "-",
      "--reset-values",
    ],
    ...["--dry-run=server", "--output", "json"],
    ...(context ? ["--kube-context", context] : []),
  ];
  const env = { ...process.env, ...(kubeconfig && { KUBECONFIG: kubeconfig }) };
  const result = await run("helm", args, env, JSON.stringify(values));
  if (!result) return undefined;
  if (result.code !== 0) return { refused: reasonIn(result.errors) };
  const read = rendered.safeParse(parsed(result.output));
  if (!read.success) return { refused: "what it prints is no release: helm 3.13 or newer is needed" };
  const recordBytes = Math.ceil(gzipSync(JSON.stringify(read.data), { level: 9 }).length / 3) * 4;
  return { manifest: read.data.manifest, recordBytes };
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

/** Helm's last line that begins with "Error:", without what it says in front of every error. */
function reasonIn(errors: string): string {
  const lines = errors.trim().split("\n");
  const start = lines.findLastIndex((line) => line.startsWith("Error:"));
  const text = lines
    .slice(Math.max(start, 0))
    .join(" ")
    .replace(/^Error: (UPGRADE FAILED: )?/, "");
  return text === "" ? "it ended without a word" : text;
}

interface Ended {
  readonly code: number;
  readonly output: string;
  readonly errors: string;
}

function run(
  program: string,
  args: string[],
  env: NodeJS.ProcessEnv,
  input: string,
): Promise<Ended | undefined> {
  return new Promise((resolve) => {
    const child = spawn(program, args, { env, timeout: timeoutSeconds * 1000 });
    const [output, errors]: [Buffer[], Buffer[]] = [[], []];
    child.stdout.on("data", (chunk: Buffer) => output.push(chunk));
    child.stderr.on("data", (chunk: Buffer) => errors.push(chunk));
    child.on("error", (error: NodeJS.ErrnoException) =>
      resolve(error.code === "ENOENT" ? undefined : { code: 1, output: "", errors: firstLine(error) }),
    );
    child.on("close", (code) =>
      resolve({
        code: code ?? 1,
        output: Buffer.concat(output).toString("utf8"),
        errors:
          code === null ? `no answer within ${timeoutSeconds} s` : Buffer.concat(errors).toString("utf8"),
      }),
    );
    // It may end before it has read all of it.
    child.stdin.on("error", () => undefined);
    child.stdin.end(input);
  });
}
