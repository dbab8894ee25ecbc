/** Describes something that is not as planned. */
import type { Json, Path } from "../../model/settings.ts";
import type { Difference } from "./difference.ts";
import type { Means } from "./means.ts";

/** Something that is not as planned, with its secrets in clear. */
export interface Finding {
  /** Helm release, or id of the step that makes the object; "platform" for what belongs to no step. */
  readonly release: string;
  /** What of it: release, values, or an object by kind and name. */
  readonly subject: string;
  /** All that was compared, as planned; undefined when it should not be there. */
  readonly planned: Json | undefined;
  readonly differences: readonly Difference[];
  /** Paths below `planned` that are secret whatever they are called; default: none. */
  readonly isSecret?: (path: Path) => boolean;
  readonly remedy: Remedy;
  /** Of an object whose release is applied again: how it becomes as planned. */
  readonly means?: Means;
}

/**
 * What puts it back: `up` alone; `up` with a refresh, where the engine sees the difference once it looks; or applying
 * the release again, where it sees none. Or `up` by itself first, since a refresh would fail.
 */
export type Remedy = "up" | "refresh" | "reapply" | "up-first";

/** Something that is another as a whole. @param live Undefined when it is missing. */
export function wholeFinding(
  release: string,
  subject: string,
  planned: Json | undefined,
  live: Json | undefined,
  remedy: Remedy,
): Finding {
  return { release, subject, planned, differences: [{ path: [], planned, live }], remedy };
}
