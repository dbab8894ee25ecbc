/** What a Secret holds, as far as a container can be given it. */
export interface SecretContent {
  /** Decoded, where it is text. Secret: wrap it before it goes anywhere. */
  readonly data: Readonly<Record<string, string>>;
  /** Keys whose bytes are not text; set only when there are any. */
  readonly binary?: readonly string[];
}

/**
 * Decodes a Secret's data without changing a byte. What is no UTF-8, or holds a NUL, is not text: no container can get it
 * as a variable of its environment, and decoding it would replace what cannot be decoded.
 *
 * @param encoded As the API has it, base64 by key.
 */
export function secretContent(encoded: Readonly<Record<string, string>>): SecretContent {
  const decoder = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true });
  const data: Record<string, string> = {};
  const binary: string[] = [];
  for (const [key, value] of Object.entries(encoded)) {
    try {
      const text = decoder.decode(Buffer.from(value, "base64"));
      if (text.includes("\0")) binary.push(key);
      else data[key] = text;
    } catch {
      binary.push(key);
    }
  }
  return { data, ...(binary.length > 0 && { binary }) };
}

/** Keys that cannot be used, in words: `A and B are missing`, `A is empty`, `A is not text`. Never with a value. */
export function unusableKeys({ data, binary = [] }: SecretContent, keys: readonly string[]): string[] {
  const absent = keys.filter((key) => data[key] === undefined && !binary.includes(key));
  const empty = keys.filter((key) => data[key] === "");
  const damaged = keys.filter((key) => binary.includes(key));
  const said = (which: readonly string[], one: string, several: string): string[] =>
    which.length > 0 ? [`${which.join(" and ")} ${which.length > 1 ? several : one}`] : [];
  return [
    ...said(absent, "is missing", "are missing"),
    ...said(empty, "is empty", "are empty"),
    ...said(damaged, "holds bytes that are not text", "hold bytes that are not text"),
  ];
}

const lineEnd = /[\r\n]+$/;

/** How two texts differ, as the end of a sentence; undefined when they do not. */
export function differenceOf(one: string | undefined, other: string | undefined): string | undefined {
  if (one === other) return undefined;
  return one?.replace(lineEnd, "") === other?.replace(lineEnd, "")
    ? "they differ by a line end at the end"
    : "";
}

/** Whether a text ends with a line end, or holds another character that nobody types. */
export function oddCharacter(text: string): string | undefined {
  if (lineEnd.test(text)) return "ends with a line end";
  // biome-ignore lint/suspicious/noControlCharactersInRegex: these are what is looked for.
  return /[\x00-\x1f\x7f]/.test(text) ? "holds a control character" : undefined;
}
