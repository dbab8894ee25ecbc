/** Writes many YAML documents that have parts in common, each part once: the library would take most of a fleet's time for them. */
import { stringify } from "yaml";
import type { Json } from "../../model/settings.ts";
import { writing } from "./go-scalars.ts";

/**
 * A writer of YAML, in block style like the library's. A list or map that comes again, as the same object, keeps its text;
 * so nobody may change one in between. Of a text with several lines it makes one in double quotes.
 */
export function yamlWriter(): (value: Json) => string {
  const scalars = new Map<Json, string>();
  const scalar = (value: Json): string => {
    const known = scalars.get(value);
    if (known !== undefined) return known;
    const isLong = typeof value === "string" && value.includes("\n");
    const text = isLong ? JSON.stringify(value) : stringify(value, writing).trimEnd();
    scalars.set(value, text);
    return text;
  };
  // By indentation: a part that two documents share stands equally deep in both.
  const blocks = new Map<string, WeakMap<Block, string>>();
  const block = (value: Block, indent: string): string => {
    const known = blocks.get(indent) ?? new WeakMap<Block, string>();
    blocks.set(indent, known);
    const text = known.get(value) ?? lines(value, indent).join(`\n${indent}`);
    known.set(value, text);
    return text;
  };
  const lines = (value: Block, indent: string): string[] => {
    const below = `${indent}  `;
    if (Array.isArray(value))
      return value.map((item) => `- ${isBlock(item) ? block(item, below) : scalar(item)}`);
    return Object.entries(value).map(([key, item]) =>
      isBlock(item) ? `${scalar(key)}:\n${below}${block(item, below)}` : `${scalar(key)}: ${scalar(item)}`,
    );
  };
  return (value) => `${isBlock(value) ? block(value, "") : scalar(value)}\n`;
}

/** What takes lines of its own. */
type Block = Json[] | { [key: string]: Json };

function isBlock(value: Json): value is Block {
  return typeof value === "object" && value !== null && Object.keys(value).length > 0;
}
