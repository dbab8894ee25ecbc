/** What a variant's golden holds: where its sections differ from those of its type. */
import { createTwoFilesPatch, FILE_HEADERS_ONLY } from "diff";
import type { Sections } from "./sections.ts";

/** Sections, with the name that a difference calls them by. */
export interface Named {
  readonly name: string;
  readonly sections: Sections;
}

/**
 * A unified diff for each section that differs. Lines are counted from the beginning of their section, so that a new
 * line in one step of the type does not change the numbers of every variant. Applied to the type's sections it gives
 * the variant's: difference.test.ts does that with every file.
 */
export function differenceOf(base: Named, variant: Named): string {
  const [from, to] = [withOrder(base.sections), withOrder(variant.sections)];
  return [...new Set([...Object.keys(from), ...Object.keys(to)])]
    .filter((section) => from[section] !== to[section])
    .map((section) =>
      createTwoFilesPatch(
        fileOf(base, section, from),
        fileOf(variant, section, to),
        from[section] ?? "",
        to[section] ?? "",
        undefined,
        undefined,
        { context: 1, headerOptions: FILE_HEADERS_ONLY },
      ),
    )
    .join("");
}

/** Which sections there are, and in which order, is a difference of its own. */
export function withOrder(sections: Sections): Sections {
  return { sections: `${Object.keys(sections).join("\n")}\n`, ...sections };
}

/** As in other diffs, /dev/null is what there is where a section is not. */
function fileOf({ name }: Named, section: string, sections: Sections): string {
  return sections[section] === undefined ? "/dev/null" : `${name}/${section}`;
}
