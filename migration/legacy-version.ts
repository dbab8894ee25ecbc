/** Of which version an object of Krateo is: it bears none itself, so that the versions of its charts tell. */

import type { Problem } from "../model/problem.ts";
import { legacyDefaults } from "./legacy-defaults.ts";
import { legacyVersion, wayToLegacyVersion } from "./legacy-facts.ts";
import type { LegacyPlatform } from "./legacy-platform.ts";

/** How many charts a message names. */
const namedCharts = 3;

/**
 * Refuses an object of another version. Of the charts of 2.6, four in seventeen have the version that 2.7.0 has; a user of
 * 2.7.0 pins one or two of his own.
 *
 * @param source Where the object is from, in words.
 * @returns a problem when more than half of the charts that 2.7.0 has are in another version
 */
export function versionProblems(platform: LegacyPlatform, source: string): Problem[] {
  // Chart versions are the same in all types.
  const defaults = legacyDefaults("nodeport", platform.namespace);
  const charts = platform.steps.flatMap(({ id, with: input }) => {
    const standard = defaults.find((step) => step.id === id)?.with["version"];
    return standard === undefined
      ? []
      : [{ chart: String(input["name"]), version: input["version"], standard }];
  });
  const others = charts.filter(({ version, standard }) => version !== standard);
  if (others.length <= charts.length / 2) return [];
  const named = others
    .slice(0, namedCharts)
    .map(({ chart, version, standard }) => `${chart} ${version ?? "without a version"} (${standard})`);
  return [
    {
      what: `the object is not of Krateo ${legacyVersion}: ${others.length} of ${charts.length} charts have other versions than there`,
      file: source,
      given: `${named.join(", ")}${others.length > namedCharts ? ", …" : ""}`,
      allowed: legacyVersion,
      next: wayToLegacyVersion(platform.namespace),
    },
  ];
}
