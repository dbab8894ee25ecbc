/** Runs helm upgrade as a dry run and reads its manifest. */
import { gzipSync } from "node:zlib";
import { z } from "zod";
import type { JsonObject } from "../../../model/settings.ts";
import { isBrokenConnection } from "../../../plan/broken-connection.ts";
import { UnreachableError, unreachable } from "../../client/api-errors.ts";
import type { Connection } from "../../client/connection.ts";
import { noteFault, whileWaiting } from "../../client/waiting.ts";
import { reasonIn, runHelm } from "../helm.ts";

/** What Helm would make of an upgrade. */
export type HelmDryRun =
  | { readonly manifest: string; readonly recordBytes: number }
  /** Why it would not, in Helm's words. */
  | { readonly refused: string };

/** Helm itself asks nothing again. */
const attempts = 3;

const rendered = z.looseObject({ manifest: z.string() });

/**
 * Has the `helm` on the PATH render an upgrade of a release against the cluster, its `lookup`s included. Changes nothing.
 *
 * @param archive Path of the chart's archive.
 * @returns undefined when there is no helm
 * @throws UnreachableError when the network breaks each time
 */
export async function helmDryRun(
  connection: Connection,
  release: { readonly name: string; readonly namespace: string },
  archive: string,
  values: JsonObject,
): Promise<HelmDryRun | undefined> {
  const { kubeconfig, context } = connection;
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
    // In a pod there is no kubeconfig, and no context in it.
    ...(kubeconfig && context ? ["--kube-context", context] : []),
  ];
  const env: Record<string, string> = kubeconfig ? { KUBECONFIG: kubeconfig } : {};
  const run = () => whileWaiting(connection, () => runHelm(args, env, JSON.stringify(values)));
  let result = await run();
  for (let attempt = 1; result && result.code !== 0; attempt++) {
    const reason = reasonIn(result.errors).replaceAll("\n", " ");
    if (!isBrokenConnection(reason)) break;
    if (attempt === attempts) throw new UnreachableError(unreachable(connection, reason));
    noteFault(connection, reason);
    result = await run();
  }
  if (!result) return undefined;
  if (result.code !== 0) return { refused: reasonIn(result.errors).replaceAll("\n", " ") };
  const read = rendered.safeParse(parsed(result.output));
  if (!read.success) return { refused: "its output is not a release: helm 3.13 or newer is needed" };
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
