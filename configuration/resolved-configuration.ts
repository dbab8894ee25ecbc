import type { MergedDocument } from "./merged-document.ts";
import type { Documents } from "./read-documents.ts";
import type { ResolvedSteps } from "./resolved-steps.ts";
import type { StackReading } from "./stack-config.ts";

/** All that was read, merged and resolved, with what was found on the way: what rules look at, and settings are made of. */
export interface ResolvedConfiguration extends StackReading, Documents, MergedDocument, ResolvedSteps {
  /** The project's folder. */
  readonly directory: string;
}
