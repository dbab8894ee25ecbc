/** Changes of the platform version that upstream has no way for. */
import lt from "semver/functions/lt.js";
import parse from "semver/functions/parse.js";
import type { Inventory } from "../model/inventory.ts";
import { type Problem, stackConfiguration } from "../model/problem.ts";
import type { Settings } from "../model/settings.ts";

/**
 * A way back, and a step over a minor version, are refused unless `krateo:allowVersion` names the version. A document of the
 * user's own has none, and is not judged.
 */
export function versionProblems(
  { platformVersion: wanted, allowVersion }: Settings,
  { platformVersion: installed }: Inventory,
): Problem[] {
  const [from, to] = [parse(installed), parse(wanted)];
  if (from === null || to === null || allowVersion === wanted) return [];
  const skips =
    to.major === from.major ? to.minor > from.minor + 1 : to.major > from.major + 1 || to.minor > 0;
  const why = lt(to, from)
    ? "is older: upstream tests no way back, and tables and objects may have a newer form already"
    : skips
      ? "is not the next minor version: upstream tests upgrades from one minor version to the next"
      : undefined;
  if (why === undefined) return [];
  return [
    {
      what: `platform version ${wanted} cannot take the place of ${installed}, which is installed: it ${why}`,
      file: stackConfiguration,
      path: "krateo:version",
      given: wanted,
      allowed: lt(to, from) ? `${installed} or newer` : `${from.major}.${from.minor + 1}, or ${installed}`,
      next: `set it back, or allow it: pulumi config set krateo:allowVersion ${wanted}`,
    },
  ];
}
