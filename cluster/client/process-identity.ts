/** Tells whether a process of this machine lives. */
import { readFileSync } from "node:fs";

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
export function isAlive({ pid, started }: ProcessIdentity): boolean {
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

/** Field 22 of /proc/PID/stat; the fields are counted from behind the command's name, which may hold spaces. */
function startTime(pid: number): string | undefined {
  try {
    const text = readFileSync(`/proc/${pid}/stat`, "utf8");
    const fields = text.slice(text.lastIndexOf(")") + 2).split(" ");
    // A dead child that nobody has waited for is not running any more.
    return fields[0] === "Z" ? "ended" : fields[19];
  } catch {
    return undefined;
  }
}
