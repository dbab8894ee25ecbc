/** YAML as Go's libraries read it, which upstream's CLI, Pulumi, Helm and kubectl have in common. */
import { type Document, type LineCounter, parseAllDocuments, type ScalarTag, type Tags } from "yaml";

/**
 * The documents of a text; none when it is empty. What is wrong with them is among their errors.
 *
 * @param tags Which scalars are something else than text: those of `go-scalars.ts`.
 */
export function parseGoYaml(
  text: string,
  tags: Tags,
  options: {
    readonly lineCounter?: LineCounter;
    readonly intAsBigInt?: boolean;
    readonly uniqueKeys?: boolean;
  } = {},
): Document[] {
  const documents = parseAllDocuments(text, {
    version: "1.1",
    schema: "failsafe",
    customTags: tags,
    merge: true,
    prettyErrors: false,
    logLevel: "silent",
    uniqueKeys: true,
    ...options,
  });
  return Array.isArray(documents) ? documents : [];
}

/** Dates that are not in quotes, by way of how they are written as text. */
export function dateTag(dateText: (date: Date) => string): ScalarTag {
  return {
    tag: "tag:yaml.org,2002:timestamp",
    default: true,
    test: /^\d{4}-\d\d?-\d\d?(?:(?:[Tt]|[ \t]+)\d\d?:\d\d:\d\d(?:\.\d+)?(?:[ \t]*(?:Z|[-+]\d\d?(?::?\d\d)?))?)?$/,
    resolve: (text) => {
      // Without an offset it is in UTC, wherever this runs.
      const [, year, month, day] = /^(\d+)-(\d+)-(\d+)$/.exec(text) ?? [];
      const date = day ? new Date(Date.UTC(Number(year), Number(month) - 1, Number(day))) : new Date(text);
      return Number.isNaN(date.getTime()) || (day && date.getUTCDate() !== Number(day))
        ? text
        : dateText(date);
    },
  };
}
