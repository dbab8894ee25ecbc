/** Turns a reading that the user may not make into an undefined result. */
import { ConfigurationError } from "../../../model/problem.ts";

/** Passes a reading on, or undefined where it is not permitted; the text says what it is about. */
export type Allowed = <T>(what: string, reading: Promise<T>) => Promise<T | undefined>;

/** @param onRefused Told of each reading that is not permitted. Any other error is passed on. */
export function permitted(onRefused: (what: string) => void = () => undefined): Allowed {
  return async (what, reading) => {
    try {
      return await reading;
    } catch (error) {
      if (!(error instanceof ConfigurationError)) throw error;
      onRefused(what);
      return undefined;
    }
  };
}
