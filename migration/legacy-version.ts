import { legacyVersion } from "../profiles/legacy-platform.ts";
import { legacyDefaults } from "./legacy-defaults.ts";
import type { Migration } from "./merge.ts";

/**
 * A doubt about the version of an object, in a sentence: it bears none itself, so that its charts' versions have to tell
 * where the installer's release does not.
 */
export function mismatchNote({ platform, type }: Migration, known: string | undefined): string[] {
  if (known !== undefined) return [];
  const defaults = legacyDefaults(type, platform.namespace);
  const versions = platform.steps.flatMap(({ id, with: input }) => {
    const standard = defaults.find((step) => step.id === id)?.with["version"];
    return standard === undefined ? [] : [input["version"] === standard];
  });
  const others = versions.filter((same) => !same).length;
  if (others <= versions.length / 2) return [];
  return [
    `${others} of ${versions.length} charts have other versions than in ${legacyVersion}: make sure that it is of ${legacyVersion}, and upgrade it with its own installer first if it is not.`,
  ];
}
