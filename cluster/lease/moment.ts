/** Moments as the Lease needs them: told to others, and measured here. */

/** The API's MicroTime has six digits behind the point. */
export function microTime(): string {
  return new Date().toISOString().replace("Z", "000Z");
}

/** A moment by two clocks of this machine. */
interface Moment {
  readonly monotonic: number;
  readonly wall: number;
}

/** This moment. */
export function now(): Moment {
  return { monotonic: performance.now(), wall: Date.now() };
}

/** The monotonic clock stands still while a machine sleeps, and the other one may be set: the longer time counts. */
export function secondsSince({ monotonic, wall }: Moment): number {
  return Math.max(performance.now() - monotonic, Math.abs(Date.now() - wall)) / 1000;
}
