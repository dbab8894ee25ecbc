/**
 * How a program that uses the database behaves until it can: from the source of deviser 0.5.1, resources-ingester 1.1.0
 * and what they share (krateoplatformops/plumbing 1.3.1, package wait), and from the probes of their charts.
 */

/** The table that each of them waits for, beside the database itself. */
const tables: Readonly<Record<string, string>> = {
  // It makes the table, and opens its port after that.
  deviser: "krateo_resources",
  "resources-ingester": "krateo_resources",
};

/** Marks the volume of a PostgreSQL cluster's primary with the names of the tables in it. */
export const tablesAnnotation = "rehearsal.krateo.io/tables";

/** The table without which a program does not open its port, by the name of its chart; undefined for none. */
export function tableOf(program: string | undefined): string | undefined {
  return tables[program ?? ""];
}

/** Its first probes, and the time from one to the next, in seconds; the third liveness probe that fails ends it. */
const probe = { first: 45, every: 90 };

/** When the kubelet ends a container that has not opened its port, in seconds after the container's start. */
export const endedAfterSeconds = probe.first + 2 * probe.every;

/** From one look to the next it lets pass twice as long as before, in seconds. */
const pause = { first: 1, longest: 30 };

/**
 * When the kubelet finds a program ready whose database or table came `waited` seconds after its container's start, in
 * seconds after that start.
 */
export function readyAfterSeconds(waited: number): number {
  let look = 0;
  for (let next = pause.first; look < waited; next = Math.min(2 * next, pause.longest)) look += next;
  // Ended before it looked again: its next container finds everything there at once.
  if (look > endedAfterSeconds) return endedAfterSeconds + probe.first;
  return probe.first + probe.every * Math.ceil(Math.max(0, look - probe.first) / probe.every);
}
