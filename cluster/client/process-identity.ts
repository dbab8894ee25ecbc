/** Tells which processes of this machine run, and which one started which. */
import { execFileSync } from "node:child_process";
import { readFileSync, readlinkSync } from "node:fs";

/** A process, told apart from a later one that was given the same id. */
export interface ProcessIdentity {
  pid: number;
  /** When the process started, in the kernel's own count; absent where the system does not tell. */
  started?: string;
}

/** The identity of a process: this one unless another id is given. */
export function processIdentity(pid: number = process.pid): ProcessIdentity {
  const started = startTime(pid);
  return started === undefined ? { pid } : { pid, started };
}

/** Whether that very process still runs. */
export function isRunning({ pid, started }: ProcessIdentity): boolean {
  try {
    process.kill(pid, 0);
  } catch (error) {
    // EPERM: it runs, for another user.
    if ((error as NodeJS.ErrnoException).code !== "EPERM") return false;
  }
  const now = startTime(pid);
  if (now === "ended") return false;
  return started === undefined || now === undefined || now === started;
}

/** kill -9, for those that still run. */
export function killAtOnce(some: readonly ProcessIdentity[]): void {
  for (const one of some) {
    if (!isRunning(one)) continue;
    try {
      process.kill(one.pid, "SIGKILL");
    } catch (error) {
      // It ended by itself in that moment.
      if ((error as NodeJS.ErrnoException).code !== "ESRCH") throw error;
    }
  }
}

/**
 * Tells apart the places in which a process id means one process: this boot of this machine, and the container in it.
 * Empty where the system does not tell.
 */
export function processPlace(): string {
  try {
    const boot = readFileSync("/proc/sys/kernel/random/boot_id", "utf8").trim();
    return `${boot}/${readlinkSync("/proc/self/ns/pid")}`;
  } catch {
    return "";
  }
}

/** A process that started another one, directly or not. */
export interface Ancestor {
  readonly pid: number;
  /** Name of its program, without folders. */
  readonly program: string;
}

/**
 * The processes that started another one, its parent first. Empty where the system does not tell.
 *
 * @param of The id of that process; default: this one
 */
export function ancestors(of?: number): Ancestor[] {
  const found: Ancestor[] = [];
  // In a container the first process may be Pulumi itself.
  for (let pid = of === undefined ? process.ppid : (statusOf(of)?.parent ?? 0); pid > 0; ) {
    const one = statusOf(pid);
    if (!one) break;
    found.push({ pid, program: one.program });
    pid = one.parent;
  }
  return found;
}

/** The Pulumi engine that this process works for; undefined when there is none. */
export function engineOf(processes: readonly Ancestor[]): Ancestor | undefined {
  return processes.find(({ program }) => program === "pulumi");
}

function statusOf(pid: number): { program: string; parent: number } | undefined {
  const linux = fieldsOf(pid);
  if (linux) return { program: linux.program, parent: Number(linux.fields[1]) };
  try {
    const text = execFileSync("ps", ["-o", "ppid=,comm=", "-p", String(pid)], { encoding: "utf8" }).trim();
    const [, parent, program = ""] = /^(\d+)\s+(.*)$/.exec(text) ?? [];
    return { program: program.split("/").at(-1) as string, parent: Number(parent) };
  } catch {
    return undefined;
  }
}

function startTime(pid: number): string | undefined {
  const fields = fieldsOf(pid)?.fields;
  // A child that has ended and that nobody has waited for is not running any more.
  return fields?.[0] === "Z" ? "ended" : fields?.[19];
}

/** /proc/PID/stat: the program's name, which may hold blanks and brackets, and the fields behind it. */
function fieldsOf(pid: number): { program: string; fields: string[] } | undefined {
  try {
    const text = readFileSync(`/proc/${pid}/stat`, "utf8");
    const end = text.lastIndexOf(")");
    return { program: text.slice(text.indexOf("(") + 1, end), fields: text.slice(end + 2).split(" ") };
  } catch {
    return undefined;
  }
}
