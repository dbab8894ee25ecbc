/** Tells the user when the cluster keeps a command waiting. */
import type { Connection } from "./connection.ts";

/** Nobody should wait longer without a word. */
const wordEverySeconds = 8;

/** Between two requests of one reading; somebody who looks again now and then pauses longer. */
const pauseMilliseconds = 200;

interface Waiting {
  open: number;
  /** When the reading began that is in progress, or was last. */
  since: number;
  lastEnd: number;
  done: number;
  fault: string | undefined;
  timer: NodeJS.Timeout | undefined;
}

const waitings = new WeakMap<Connection, Waiting>();

/**
 * Does something that asks the cluster. Where this, with what is asked beside it and right after it, takes longer than
 * 8 s, the user is told every 8 s how far it is.
 */
export async function whileWaiting<T>(connection: Connection, work: () => Promise<T>): Promise<T> {
  if (!connection.say) return await work();
  const waiting = begin(connection);
  try {
    const result = await work();
    waiting.done++;
    return result;
  } finally {
    waiting.open--;
    waiting.lastEnd = performance.now();
  }
}

/** Remembers why something is asked again, for what the user is told. */
export function noteFault(connection: Connection, fault: string): void {
  const waiting = waitings.get(connection);
  if (waiting) waiting.fault = fault;
}

function begin(connection: Connection): Waiting {
  const now = performance.now();
  const known = waitings.get(connection);
  if (known && !isOver(known)) {
    known.open++;
    return known;
  }
  clearTimeout(known?.timer);
  const waiting: Waiting = { open: 1, since: now, lastEnd: now, done: 0, fault: undefined, timer: undefined };
  waitings.set(connection, waiting);
  const word = (): void => {
    if (isOver(waiting)) return;
    connection.say?.(sentence(connection, waiting));
    waiting.fault = undefined;
    waiting.timer = setTimeout(word, wordEverySeconds * 1000).unref();
  };
  waiting.timer = setTimeout(word, wordEverySeconds * 1000).unref();
  return waiting;
}

function isOver({ open, lastEnd }: Waiting): boolean {
  return open === 0 && performance.now() - lastEnd > pauseMilliseconds;
}

function sentence({ server }: Connection, { since, done, open, fault }: Waiting): string {
  const seconds = Math.round((performance.now() - since) / 1000);
  const reason = fault === undefined ? "" : `; asking again, as a request failed: ${fault}`;
  return `still reading from the cluster at ${server}: ${done} answers in ${seconds} s, ${open} more are awaited${reason}`;
}
