/**
 * YAML as Go's library reads it, which upstream's CLI and Pulumi have in common: the booleans of YAML 1.2 (yes and
 * off are words), but the integers of YAML 1.1 (0777 is octal, 1_000 a thousand), and dates.
 */
import { type Document, type LineCounter, parseAllDocuments, type ScalarTag, type Tags } from "yaml";

/** YAML 1.1 scalars that Go's library does not know either. */
const foreignTags = ["bool", "binary", "omap", "pairs", "set", "timestamp"].map(
  (name) => `tag:yaml.org,2002:${name}`,
);

/**
 * The documents of a text; none when it is empty. What is wrong with them is among their errors.
 *
 * @param dateText How a date that is not in quotes is written as text.
 */
export function parseGoYaml(
  text: string,
  dateText: (date: Date) => string,
  options: { readonly lineCounter?: LineCounter; readonly intAsBigInt?: boolean } = {},
): Document[] {
  const documents = parseAllDocuments(text, {
    version: "1.1",
    customTags: (base) => tagsOf(base, dateText),
    ...options,
    merge: true,
    prettyErrors: false,
    uniqueKeys: true,
  });
  return Array.isArray(documents) ? documents : [];
}

function tagsOf(base: Tags, dateText: (date: Date) => string): Tags {
  const kept = base.filter((tag) => {
    if (typeof tag !== "object") return true;
    return !foreignTags.includes(tag.tag) && !("format" in tag && tag.format === "TIME");
  });
  return [...kept, "bool", "intOct", timestamp(dateText)];
}

function timestamp(dateText: (date: Date) => string): ScalarTag {
  return {
    tag: "tag:yaml.org,2002:timestamp",
    default: true,
    test: /^\d{4}-\d\d?-\d\d?(?:(?:[Tt]|[ \t]+)\d\d?:\d\d:\d\d(?:\.\d+)?(?:[ \t]*(?:Z|[-+]\d\d?(?::?\d\d)?))?)?$/,
    resolve: (text) => {
      const date = new Date(/^\d{4}-\d\d-\d\d$/.test(text) ? `${text}T00:00:00Z` : text);
      return Number.isNaN(date.getTime()) ? text : dateText(date);
    },
  };
}
