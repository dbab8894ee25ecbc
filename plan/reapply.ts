import { releaseKey } from "../model/inventory.ts";
import { nearestFirst } from "../model/nearest.ts";
import { ConfigurationError } from "../model/problem.ts";
import type { Settings } from "../model/settings.ts";
import { chartStepsOf } from "./plan.ts";

/** Environment variable that asks for releases to be applied again. */
export const reapplyVariable = "KRATEO_REAPPLY";

/**
 * The command that puts back what was edited or deleted of releases that are installed. A plain `up` sees nothing of it,
 * and Helm's own rollback would make a revision that the stack knows nothing of.
 *
 * @param names Keys of `Inventory.releases`.
 */
export function reapplyCommand(...names: readonly string[]): string {
  return `${reapplyVariable}=${names.join(",")} npx pulumi up`;
}

/**
 * The Helm releases that this run applies again although nothing in their inputs has changed, since their objects
 * have: the engine compares inputs and never sees those. A wish of one run, so it is no stack configuration.
 *
 * @param names What the environment variable holds: names separated by commas, `NAMESPACE/NAME` outside the
 *   installation's namespace.
 * @returns keys of `Inventory.releases`
 * @throws ConfigurationError for names that no enabled step has
 */
export function releasesToReapply(names: string | undefined, settings: Settings): ReadonlySet<string> {
  const asked = (names ?? "")
    .split(",")
    .map((name) => name.trim())
    .filter(Boolean);
  const known = chartStepsOf(settings).map(({ release }) => releaseKey(release, settings.namespace));
  const problems = asked
    .filter((name) => !known.includes(name))
    .map((name) => ({
      what: "there is no such Helm release to apply again",
      path: reapplyVariable,
      given: name,
      allowed: nearestFirst(name, known),
      next: "npx krateo diff says which releases have drifted",
    }));
  if (problems.length > 0) throw new ConfigurationError(problems);
  return new Set(asked);
}
