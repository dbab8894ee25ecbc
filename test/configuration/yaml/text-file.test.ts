import assert from "node:assert/strict";
import { decodeText } from "../../../configuration/yaml/text-file.ts";

describe("a file's bytes", () => {
  const read: [what: string, bytes: Buffer][] = [
    ["UTF-8", Buffer.from("a: é\n")],
    ["UTF-8 with a byte order mark", Buffer.from("\ufeffa: é\n")],
    ["UTF-16 as PowerShell writes it", Buffer.from("\ufeffa: é\n", "utf16le")],
    ["UTF-16 without a byte order mark", Buffer.from("a: é\n", "utf16le")],
    ["UTF-16 in the other order", Buffer.from("\ufeffa: é\n", "utf16le").swap16()],
    ["UTF-16 in the other order without a byte order mark", Buffer.from("a: é\n", "utf16le").swap16()],
  ];
  for (const [what, bytes] of read)
    it(`are read as ${what}`, () => assert.deepEqual(decodeText(bytes, "f"), { text: "a: é\n" }));
  it("may be none", () => assert.deepEqual(decodeText(Buffer.alloc(0), "f"), { text: "" }));

  const refused: [what: string, bytes: Buffer, line: number | undefined, found: string, given?: string][] = [
    [
      "Latin-1",
      Buffer.from("a: 1\nb: été\n", "latin1"),
      2,
      "the file is not UTF-8",
      "byte 0xE9, which is é in Latin-1 and Windows-1252",
    ],
    [
      "Latin-1 at the very end",
      Buffer.from("a: é", "latin1"),
      1,
      "the file is not UTF-8",
      "byte 0xE9, which is é in Latin-1 and Windows-1252",
    ],
    [
      "Windows-1252 behind UTF-8",
      Buffer.from([0xc3, 0xa9, 0x0a, 0x93, 0x61]),
      2,
      "the file is not UTF-8",
      "byte 0x93, which is “ in Latin-1 and Windows-1252",
    ],
    ["an archive", Buffer.from("PK\u0003\u0004\0\0 zip"), undefined, "the file holds no text"],
    [
      "Ansible Vault",
      Buffer.from("$ANSIBLE_VAULT;1.1;AES256\n6"),
      1,
      "the file is encrypted with Ansible Vault",
    ],
    ["git-crypt", Buffer.from("\0GITCRYPT\0x"), 1, "the file is encrypted with git-crypt"],
    ["age", Buffer.from("age-encryption.org/v1\n"), 1, "the file is encrypted with age"],
    ["PGP", Buffer.from("-----BEGIN PGP MESSAGE-----\n"), 1, "the file is encrypted with PGP"],
  ];
  for (const [what, bytes, line, found, given] of refused) {
    it(`are refused as ${what}`, () => {
      const decoded = decodeText(bytes, "f");
      assert.ok("problem" in decoded);
      assert.deepEqual(
        [decoded.problem.file, decoded.problem.line, decoded.problem.what, decoded.problem.given],
        ["f", line, found, given],
      );
    });
  }
});
