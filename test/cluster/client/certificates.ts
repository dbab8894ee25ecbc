import { execFileSync, spawnSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

/** A certificate with its key, as an https server takes them. */
export interface Pair {
  readonly cert: string;
  readonly key: string;
}

export const hasOpenssl = spawnSync("openssl", ["version"]).status === 0;

/** Certificates made for one test run, by an authority of their own. */
export function makeCertificates(): {
  readonly authority: string;
  /** Signed by the authority, for these DNS names, for so many days from now. */
  issue(names: readonly string[], days: number): Pair;
  selfSigned(name: string): Pair;
} {
  const folder = mkdtempSync(join(tmpdir(), "krateo-certificates-"));
  const newKey = ["-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes"];
  const openssl = (...args: string[]) => execFileSync("openssl", args, { cwd: folder, stdio: "pipe" });
  const read = (name: string): string => readFileSync(join(folder, name), "utf8");
  openssl(
    "req",
    "-x509",
    ...newKey,
    "-keyout",
    "ca.key",
    "-out",
    "ca.pem",
    "-days",
    "2",
    "-subj",
    "/CN=Test authority",
  );
  process.on("exit", () => rmSync(folder, { recursive: true, force: true }));
  return {
    authority: read("ca.pem"),
    issue: (names, days) => {
      openssl("req", ...newKey, "-keyout", "key.pem", "-out", "request.pem", "-subj", `/CN=${names[0]}`);
      writeFileSync(join(folder, "names"), `subjectAltName=${names.map((name) => `DNS:${name}`).join(",")}`);
      const signed = ["-req", "-in", "request.pem", "-CA", "ca.pem", "-CAkey", "ca.key", "-CAcreateserial"];
      openssl("x509", ...signed, "-days", String(days), "-extfile", "names", "-out", "cert.pem");
      return { cert: read("cert.pem"), key: read("key.pem") };
    },
    selfSigned: (name) => {
      const place = ["-keyout", "self.key", "-out", "self.pem", "-days", "30", "-subj", `/CN=${name}`];
      openssl("req", "-x509", ...newKey, ...place, "-addext", `subjectAltName=DNS:${name}`);
      return { cert: read("self.pem"), key: read("self.key") };
    },
  };
}
