/** Reads the files that people have: whatever wrote them, as text, or refused with what they are. */
import { readFileSync } from "node:fs";
import type { Problem } from "../../model/problem.ts";

export type TextFile = { readonly text: string } | { readonly problem: Problem };

const unreadable: Readonly<Record<string, string>> = {
  EACCES: "you may not",
  EPERM: "you may not",
  EISDIR: "it is a folder",
  ELOOP: "its links lead in a circle",
};

/**
 * A file's text.
 *
 * @param name the file as the user knows it
 * @returns undefined when there is no such file
 */
export function readTextFile(path: string, name: string): TextFile | undefined {
  try {
    return decodeText(readFileSync(path), name);
  } catch (error) {
    const { code, message } = error as NodeJS.ErrnoException;
    if (code === "ENOENT" || code === "ENOTDIR") return undefined;
    return {
      problem: {
        what: `the file cannot be read: ${unreadable[code ?? ""] ?? message}`,
        file: name,
        next: "put a readable file in its place, or take it away",
      },
    };
  }
}

/** UTF-8, or UTF-16 as PowerShell's redirection writes it, with a byte order mark or without. */
export function decodeText(bytes: Uint8Array, name: string): TextFile {
  const utf16 = utf16Of(bytes);
  if (utf16 !== undefined) return { text: new TextDecoder(utf16).decode(bytes) };
  const foreign = foreignByte(bytes);
  if (foreign !== undefined) return { problem: notUtf8(bytes, foreign, name) };
  const text = new TextDecoder().decode(bytes);
  const encrypted = encryptions.find(({ start }) => text.startsWith(start));
  if (encrypted) return { problem: { ...encrypted.problem, file: name, line: 1 } };
  if (text.includes("\0")) return { problem: { what: "the file holds no text", file: name } };
  return { text };
}

/** YAML starts with an ASCII character, so a zero byte beside the first one tells the order of bytes. */
function utf16Of([first, second, third, fourth]: Uint8Array): string | undefined {
  if (first === 0xff && second === 0xfe) return "utf-16le";
  if (first === 0xfe && second === 0xff) return "utf-16be";
  if (first && second === 0 && third && fourth === 0) return "utf-16le";
  if (first === 0 && second && third === 0 && fourth) return "utf-16be";
  return undefined;
}

/** Index of the first byte that begins no character of UTF-8. */
function foreignByte(bytes: Uint8Array): number | undefined {
  const decoder = new TextDecoder("utf-8", { fatal: true });
  try {
    decoder.decode(bytes);
    return undefined;
  } catch {
    let lead = 0;
    const slow = new TextDecoder("utf-8", { fatal: true });
    for (const [index, byte] of bytes.entries()) {
      try {
        slow.decode(bytes.subarray(index, index + 1), { stream: true });
      } catch {
        return byte < 0x80 || (lead > 0 && byte < 0xc0) ? lead : index;
      }
      if (byte >= 0xc0) lead = index;
    }
    return lead;
  }
}

function notUtf8(bytes: Uint8Array, index: number, name: string): Problem {
  const byte = bytes[index] as number;
  const line = bytes.subarray(0, index).filter((one) => one === 0x0a).length + 1;
  const latin = new TextDecoder("windows-1252").decode(bytes.subarray(index, index + 1));
  return {
    what: "the file is not UTF-8",
    file: name,
    line,
    given: `byte 0x${byte.toString(16).toUpperCase()}, which is ${latin} in Latin-1 and Windows-1252`,
    allowed: "UTF-8, or UTF-16",
    next: `save it as UTF-8; from one of these: iconv -f CP1252 -t UTF-8 ${name} > new.yaml`,
  };
}

const decrypt = "decrypt it into a file that you keep out of version control";

/** What encrypted files begin with. */
const encryptions = [
  {
    start: "$ANSIBLE_VAULT;",
    problem: {
      what: "the file is encrypted with Ansible Vault",
      next: `${decrypt}, or keep secrets in the stack: pulumi config set --secret`,
    },
  },
  {
    start: "\0GITCRYPT",
    problem: { what: "the file is encrypted with git-crypt", next: "git-crypt unlock" },
  },
  { start: "-----BEGIN PGP MESSAGE", problem: { what: "the file is encrypted with PGP", next: decrypt } },
  { start: "age-encryption.org/", problem: { what: "the file is encrypted with age", next: decrypt } },
  {
    start: "-----BEGIN AGE ENCRYPTED FILE",
    problem: { what: "the file is encrypted with age", next: decrypt },
  },
];
