/** Runs helm upgrade as a dry run and reads its manifest. */
import { gzipSync } from "node:zlib";
import { z } from "zod";
import type { JsonObject } from "../../../model/settings.ts";
import { isBrokenConnection } from "../../../plan/broken-connection.ts";
import { UnreachableError, unreachable } from "../../client/api-errors.ts";
import type { Connection } from "../../client/connection.ts";
import { noteFault, whileWaiting } from "../../client/waiting.ts";
import { hasError, reasonIn, runHelm } from "../helm.ts";

/** What Helm would make of an upgrade. */
export type HelmDryRun =
  | { readonly manifest: string; readonly recordBytes: number }
  /** Why it would not, in Helm's words. */
  | { readonly refused: string }
  /** Why nobody can tell, as the beginning of a sentence. */
  | { readonly untold: string };

/** What a helm before 3.13 says, which can only ask the cluster nothing. */
const tooOld = /invalid argument "server" for "--dry-run"/;

/** Helm itself asks nothing again. */
const attempts = 3;

const rendered = z.looseObject({ manifest: z.string() });

/**
 * Has the `helm` on the PATH render an upgrade of a release against the cluster, its `lookup`s included. Changes nothing.
 *
 * @param archive Path of the chart's archive.
 * @throws UnreachableError when the network breaks each time
 */
export async function helmDryRun(
  connection: Connection,
  release: { readonly name: string; readonly namespace: string },
  archive: string,
  values: JsonObject,
): Promise<HelmDryRun> {
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
  if (!result) return { untold: "there is no helm on the PATH" };
  const { code, output, errors } = result;
  const reason = reasonIn(errors).replaceAll("\n", " ");
  if (tooOld.test(errors)) return { untold: "helm is older than 3.13" };
  // One that had to be stopped, over a slow line for instance, has refused nothing.
  if (code !== 0) return hasError(errors) ? { refused: reason } : { untold: `helm failed: ${reason}` };
  const read = rendered.safeParse(parsed(output));
  if (!read.success) return { untold: "helm failed: its output is not a release" };
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
