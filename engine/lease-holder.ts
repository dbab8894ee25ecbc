import { type ChildProcess, spawn } from "node:child_process";
import { closeSync, openSync } from "node:fs";
import { join } from "node:path";
import { ReportableError } from "../model/problem.ts";

/** What `krateo hold-lease` sends when it holds the Lease; otherwise it sends why it does not. */
export const heldAnswer = "held";

/** Options of the command line by which a cluster is found. */
interface Connecting {
  readonly stack?: string;
  readonly context?: string;
  readonly kubeconfig?: string;
}

/**
 * Starts `krateo hold-lease` for the Pulumi that this process works for, and leaves it behind once it holds the Lease. What
 * it has to say later goes where Pulumi's own errors go.
 *
 * @throws ReportableError when it does not get the Lease, with what it says
 */
export async function startLeaseHolder(
  engine: number,
  namespace: string,
  { stack, context, kubeconfig }: Connecting,
): Promise<void> {
  const child = startHolder(engine, namespace, { stack, context, kubeconfig }, ["ipc"]);
  const answer = await new Promise<string>((resolve, reject) => {
    child.once("message", (message) => resolve(String(message)));
    child.once("error", reject);
    child.once("close", (code) =>
      resolve(`krateo hold-lease ended with exit code ${code}; run it by hand to see why`),
    );
  });
  child.removeAllListeners();
  if (answer !== heldAnswer) throw new ReportableError(answer);
  child.disconnect();
  child.unref();
}

/**
 * The same for a process that ends now and cannot wait: the new one takes the Lease over from it.
 *
 * @param activity What the run does, as the Lease says it.
 */
export function leaveLeaseHolder(
  engine: number,
  namespace: string,
  cluster: Pick<Connecting, "context" | "kubeconfig">,
  activity: string,
): void {
  startHolder(engine, namespace, { ...cluster, activity }).unref();
}

function startHolder(
  engine: number,
  namespace: string,
  options: Readonly<Record<string, string | undefined>>,
  channel: readonly "ipc"[] = [],
): ChildProcess {
  const given = Object.entries(options).flatMap(([name, value]) =>
    value === undefined ? [] : [`--${name}`, value],
  );
  const program = join(import.meta.dirname, "..", "commands", "krateo.js");
  const args = [program, "hold-lease", "--engine", String(engine), "--namespace", namespace, ...given];
  const errors = errorsOf(engine);
  const child = spawn(process.execPath, args, {
    detached: true,
    stdio: ["ignore", "ignore", errors ?? "ignore", ...channel],
  });
  if (errors !== undefined) closeSync(errors);
  return child;
}

/** Where a process writes its errors; undefined where the system does not tell, or this user may not write there. */
function errorsOf(pid: number): number | undefined {
  try {
    return openSync(`/proc/${pid}/fd/2`, "a");
  } catch {
    return undefined;
  }
}
