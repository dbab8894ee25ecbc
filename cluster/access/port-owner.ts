/** Finds the process that listens on a port of this machine. */
import { readdirSync, readFileSync, readlinkSync } from "node:fs";
import { basename } from "node:path";

/**
 * Which process listens at a port of this machine, as `NAME (process PID)`; undefined where the system does not tell:
 * other users' processes, and systems without /proc.
 */
export function portOwner(port: number): string | undefined {
  const inodes = new Set(["/proc/net/tcp", "/proc/net/tcp6"].flatMap((file) => listeners(file, port)));
  if (inodes.size === 0) return undefined;
  const pid = entries("/proc").find(
    (name) =>
      /^\d+$/.test(name) && entries(`/proc/${name}/fd`).some((fd) => holds(`/proc/${name}/fd/${fd}`, inodes)),
  );
  if (pid === undefined) return undefined;
  try {
    // The file called comm has a thread's name, which for Node.js programs is no help.
    const [program = ""] = readFileSync(`/proc/${pid}/cmdline`, "utf8").split("\0");
    return `${basename(program)} (process ${pid})`;
  } catch {
    return undefined;
  }
}

/** Inodes of the sockets that listen at the port: field 1 is ADDRESS:PORT in hexadecimal, state 0A means listening. */
function listeners(file: string, port: number): string[] {
  const wanted = port.toString(16).toUpperCase().padStart(4, "0");
  try {
    return readFileSync(file, "utf8")
      .split("\n")
      .map((line) => line.trim().split(/\s+/))
      .filter((fields) => fields[3] === "0A" && fields[1]?.endsWith(`:${wanted}`))
      .map((fields) => `socket:[${fields[9]}]`);
  } catch {
    return [];
  }
}

function holds(link: string, sockets: ReadonlySet<string>): boolean {
  try {
    return sockets.has(readlinkSync(link));
  } catch {
    return false;
  }
}

function entries(folder: string): string[] {
  try {
    return readdirSync(folder);
  } catch {
    return [];
  }
}
