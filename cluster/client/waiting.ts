/** Tells the user when the cluster keeps a command waiting. */
import type { Connection } from "./connection.ts";

/**
 * How long requests may be in progress, all in all, without a word: with what is computed in between nobody waits for
 * much longer than 8 s.
 */
const limitMilliseconds = 6000;

/** Who asks nothing for so long does something else. */
const pauseMilliseconds = 2000;

interface Waiting {
  open: number;
  done: number;
  /** When the reading began. */
  readonly since: number;
  /** When the first of the open requests was made, or the last word was said. */
  start: number;
  /** For how long requests were in progress since the last word, but for the open ones. */
  waited: number;
  lastEnd: number;
  fault: string | undefined;
  timer: NodeJS.Timeout | undefined;
}

const waitings = new WeakMap<Connection, Waiting>();

/**
 * Does something that asks the cluster. When this takes long, with what is asked beside it and before it, the user is
 * told how far it is, and again after a while. Who looks at something now and then does not wait.
 */
export async function whileWaiting<T>(connection: Connection, work: () => Promise<T>): Promise<T> {
  if (!connection.say) return await work();
  const waiting = begin(connection);
  try {
    return await work();
  } finally {
    end(waiting);
  }
}

/** Remembers why something is asked again, for what the user is told. */
export function noteFault(connection: Connection, fault: string): void {
  const waiting = waitings.get(connection);
  if (waiting) waiting.fault = fault;
}

function begin(connection: Connection): Waiting {
  const waiting = waitingOf(connection);
  if (waiting.open === 0) {
    waiting.start = performance.now();
    waiting.timer = setTimeout(
      () => tell(connection, waiting),
      Math.max(limitMilliseconds - waiting.waited, 0),
    ).unref();
  }
  waiting.open++;
  return waiting;
}

function waitingOf(connection: Connection): Waiting {
  const now = performance.now();
  const known = waitings.get(connection);
  if (known && (known.open > 0 || now - known.lastEnd < pauseMilliseconds)) return known;
  const times = { since: now, start: now, waited: 0, lastEnd: now };
  const waiting: Waiting = { open: 0, done: 0, ...times, fault: undefined, timer: undefined };
  waitings.set(connection, waiting);
  return waiting;
}

function end(waiting: Waiting): void {
  waiting.open--;
  waiting.done++;
  waiting.lastEnd = performance.now();
  if (waiting.open > 0) return;
  clearTimeout(waiting.timer);
  waiting.waited += waiting.lastEnd - waiting.start;
}

function tell(connection: Connection, waiting: Waiting): void {
  const { done, open, since, fault } = waiting;
  const seconds = Math.round((performance.now() - since) / 1000);
  const reason = fault === undefined ? "" : `; asking again, as a request failed: ${fault}`;
  connection.say?.(
    `still reading from the cluster at ${connection.server}: ${done} answers in ${seconds} s, ${open} more are awaited${reason}`,
  );
  Object.assign(waiting, { start: performance.now(), waited: 0, fault: undefined });
  waiting.timer = setTimeout(() => tell(connection, waiting), limitMilliseconds).unref();
}
