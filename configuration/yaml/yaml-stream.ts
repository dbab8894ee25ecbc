/** Parses YAML documents, and names what must not pass unseen in them: broken syntax, loops, characters that nobody sees. */
import {
  type Document,
  isAlias,
  isCollection,
  isMap,
  isNode,
  isScalar,
  LineCounter,
  type Tags,
  visit,
} from "yaml";
import type { Problem } from "../../model/problem.ts";
import { parseGoYaml } from "./go-yaml.ts";

/** The documents of one text. */
export interface Stream {
  readonly documents: readonly Document[];
  /** Line of an offset in the text, from 1. */
  lineAt(offset: number): number;
  /** What is wrong with one of the documents. */
  problemsOf(document: Document): Problem[];
}

/** How to read: which scalars are not text, and whether a key may be there twice. */
export interface Reading {
  readonly tags: Tags;
  readonly uniqueKeys: boolean;
}

/** @param file name for messages */
export function parseStream(text: string, file: string, { tags, uniqueKeys }: Reading): Stream {
  const lines = new LineCounter();
  const documents = parseGoYaml(text, tags, {
    lineCounter: lines,
    uniqueKeys,
  });
  const lineAt = (offset: number): number => lines.linePos(offset).line;
  const place = (offset: number) => ({ file, line: lineAt(offset) });
  return {
    documents,
    lineAt,
    problemsOf(document) {
      const syntax = syntaxProblems(document, text, place);
      if (syntax.length > 0) return syntax;
      const sops = sopsProblem(document, place);
      if (sops !== undefined) return [sops];
      return [
        ...tagProblems(document, place),
        ...characterProblems(document, place),
        ...loopProblems(document, place),
      ];
    },
  };
}

/** What a document says, as plain data. Only for one without problems. */
export function contentOf(document: Document): unknown {
  return document.toJS({ maxAliasCount: -1 });
}

type Placed = (offset: number) => Pick<Problem, "file" | "line">;

/** Duplicate keys, and the first error of syntax: those after it are usually its consequences. */
function syntaxProblems(document: Document, text: string, place: Placed): Problem[] {
  const duplicates = document.errors.filter(({ code }) => code === "DUPLICATE_KEY");
  const syntax = document.errors.filter(({ code }) => code !== "DUPLICATE_KEY").slice(0, 1);
  return [
    ...duplicates.map(({ pos }) => ({
      what: "a key that is there twice",
      ...place(pos[0]),
      next: "keep one of them",
    })),
    ...syntax.map(({ pos, message }) => {
      const unseen = unseenBefore(text, pos[0]);
      if (unseen !== undefined) return unseenProblem(unseen.character, place(unseen.offset));
      return {
        what: "this is not valid YAML",
        ...place(pos[0]),
        // Without the text it stumbled over, which may be part of a secret.
        given: message.replace(/: ".*"$/s, ""),
        next: "correct the syntax; indentation and quotes are the usual causes",
      };
    }),
  ];
}

/** Tags that say nothing but the type that YAML knows by itself. */
const coreTags = ["str", "int", "float", "bool", "null", "map", "seq", "merge"].map(
  (name) => `tag:yaml.org,2002:${name}`,
);

/** Tags that only another program understands: without it, what stands behind them would be taken as it is. */
function tagProblems(document: Document, place: Placed): Problem[] {
  const problems: Problem[] = [];
  visit(document, {
    Node(_, node) {
      if (isAlias(node) || !node.tag || node.tag === "!" || coreTags.includes(node.tag)) return;
      const vault = node.tag === "!vault";
      problems.push({
        what: vault
          ? "a value that is encrypted with Ansible Vault (!vault)"
          : `a tag whose meaning is not known here: ${node.tag.replace("tag:yaml.org,2002:", "!!")}`,
        ...place(node.range?.[0] ?? 0),
        next: vault
          ? "set it in the stack instead, which encrypts it, too: pulumi config set --secret --path 'krateo:set[\"PATH\"]'"
          : "take the tag out, and write what it stands for",
      });
    },
  });
  return problems;
}

/** Characters that look like a space or like nothing, and are neither to YAML. */
const unseen = /[\u00a0\u00ad\u1680\u180e\u2000-\u200f\u2028-\u202f\u205f-\u2064\u3000\ufeff]/u;

const names: Readonly<Record<string, string>> = {
  "\u00a0": "a no-break space",
  "\u00ad": "a soft hyphen",
  "\u200b": "a zero-width space",
  "\u200e": "a left-to-right mark",
  "\u200f": "a right-to-left mark",
  "\u202f": "a narrow no-break space",
  "\u2060": "a word joiner",
  "\u3000": "an ideographic space",
  "\ufeff": "a byte order mark",
};

function unseenProblem(character: string, where: Pick<Problem, "file" | "line">): Problem {
  const code = `U+${character.charCodeAt(0).toString(16).toUpperCase().padStart(4, "0")}`;
  return {
    what: `an invisible character that YAML does not read as a space: ${names[character] ?? "an invisible one"} (${code})`,
    ...where,
    next: "type a space in its place, or nothing; copied text is the usual cause",
  };
}

/** Such a character near a key or in the indentation, on the line of an offset or on the line before. */
function unseenBefore(text: string, offset: number): { character: string; offset: number } | undefined {
  const end = text.indexOf("\n", offset);
  const own = text.lastIndexOf("\n", offset - 1) + 1;
  const start = text.lastIndexOf("\n", own - 2) + 1;
  const part = text.slice(start, end < 0 ? undefined : end);
  const found = new RegExp(`(?:^\\s*|:\\s*)${unseen.source}|${unseen.source}\\s*:`, "mu").exec(part);
  const inside = found === null ? -1 : found[0].search(unseen);
  if (found === null || inside < 0) return undefined;
  return { character: found[0][inside] as string, offset: start + found.index + inside };
}

/** In a key, or where a text looks like a key with its value: in any other text they may be meant. */
function characterProblems(document: Document, place: Placed): Problem[] {
  const problems: Problem[] = [];
  const look = (text: string, range: readonly number[] | null | undefined): void => {
    const index = text.search(unseen);
    if (index >= 0 && range) problems.push(unseenProblem(text[index] as string, place(range[0] as number)));
  };
  visit(document, {
    Pair(_, { key }) {
      if (isScalar(key) && typeof key.value === "string") look(key.value, key.range);
    },
    Scalar(role, { type, source = "", range }) {
      if (role === "key" || type !== "PLAIN") return;
      look(/^[\w./-]+:[^\w]/.exec(source)?.[0] ?? "", range);
      look(source.replace(/^(.).*?(.)$/su, "$1$2"), range);
    },
  });
  return problems;
}

/** More values than anybody writes by hand, by aliases of aliases. */
const mostValues = 1_000_000;

/** Anchors that contain themselves, and aliases that stand for too much. */
function loopProblems(document: Document, place: Placed): Problem[] {
  const problems: Problem[] = [];
  const anchors = new Map<string, unknown>();
  const sizes = new Map<unknown, number>();
  const open = new Set<unknown>();
  const sizeOf = (node: unknown): number => {
    if (isAlias(node)) {
      const target = anchors.get(node.source);
      if (!open.has(target)) return sizes.get(target) ?? 1;
      problems.push({
        what: `the anchor &${node.source} contains itself`,
        ...place(node.range?.[0] ?? 0),
        next: `write out what *${node.source} is meant to stand for`,
      });
      return 1;
    }
    if (isNode(node) && "anchor" in node && node.anchor) anchors.set(node.anchor, node);
    open.add(node);
    const items = isMap(node)
      ? node.items.flatMap(({ key, value }) => [key, value])
      : isCollection(node)
        ? node.items
        : [];
    const size = 1 + items.reduce<number>((sum, item) => sum + sizeOf(item), 0);
    open.delete(node);
    sizes.set(node, size);
    return size;
  };
  if (sizeOf(document.contents) > mostValues) {
    problems.push({
      what: `its aliases stand for more than ${mostValues} values`,
      ...place(0),
      next: "write out what is needed",
    });
  }
  return problems;
}

/** A file that sops has encrypted bears its metadata under a key of its own. */
function sopsProblem({ contents }: Document, place: Placed): Problem | undefined {
  if (!isMap(contents)) return undefined;
  const pair = contents.items.find(({ key }) => isScalar(key) && key.value === "sops");
  if (pair === undefined || !isMap(pair.value) || !pair.value.has("mac")) return undefined;
  return {
    what: "the file is encrypted with sops",
    ...place(isScalar(pair.key) ? (pair.key.range?.[0] ?? 0) : 0),
    next: "decrypt it into a file that you keep out of version control (sops decrypt), or keep secrets in the stack: pulumi config set --secret",
  };
}
