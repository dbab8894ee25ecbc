/** What a history consists of. */
import type * as fc from "fast-check";
import type { Model } from "./model.ts";
import type { Platform } from "./platform.ts";

export interface Operation {
  /** Its first word in a script; its inputs follow. */
  readonly name: string;
  /** How often it is drawn, compared with the others. */
  readonly weight: number;
  /** What each input is drawn from. */
  readonly inputs: readonly fc.Arbitrary<string>[];
  /** Whether it means anything now; default: always. An operation that does not is left out of the history. */
  readonly possible?: (model: Readonly<Model>) => boolean;
  readonly run: (platform: Platform, ...inputs: string[]) => Promise<void>;
}
