import { spawn } from "node:child_process";
import { join } from "node:path";
import { ReportableError } from "../model/problem.ts";

/** Options of the command line by which a cluster is found. */
interface Connecting {
  readonly stack?: string;
  readonly context?: string;
  readonly kubeconfig?: string;
}

/**
 * Starts `krateo hold-lease` for the Pulumi that this process works for, and leaves it behind once it holds the Lease.
 *
 * @throws ReportableError when it does not get the Lease, with what it says
 */
export async function startLeaseHolder(
  engine: number,
  namespace: string,
  { stack, context, kubeconfig }: Connecting,
): Promise<void> {
  const given = Object.entries({ stack, context, kubeconfig }).flatMap(([name, value]) =>
    value === undefined ? [] : [`--${name}`, value],
  );
  const program = join(import.meta.dirname, "..", "commands", "krateo.ts");
  const args = [program, "hold-lease", "--engine", String(engine), "--namespace", namespace, ...given];
  const child = spawn(process.execPath, args, {
    detached: true,
    stdio: ["ignore", "ignore", "pipe", "ipc"],
  });
  let said = "";
  child.stderr?.on("data", (text: Buffer) => {
    said += text;
  });
  await new Promise<void>((resolve, reject) => {
    child.once("message", () => resolve());
    child.once("error", reject);
    child.once("close", () => reject(new ReportableError(said.trim())));
  });
  child.removeAllListeners();
  child.stderr?.destroy();
  child.disconnect();
  child.unref();
}
