import assert from "node:assert/strict";
import { execFile } from "node:child_process";
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { createServer } from "node:https";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { delimiter, join } from "node:path";
import { promisify } from "node:util";
import { hasOpenssl, makeCertificates } from "../cluster/certificates.ts";

const program = (port: number): string => `
  import { agentFor } from "${new URL("../../network/agent.ts", import.meta.url)}";
  import { trustMachine } from "${new URL("../../network/authorities.ts", import.meta.url)}";
  import { exchange } from "${new URL("../../network/exchange.ts", import.meta.url)}";
  const url = new URL("https://localhost:${port}");
  trustMachine();
  const answer = await exchange(url, { agent: agentFor(url), signal: AbortSignal.timeout(50_000) })
    .catch(({ code }) => ({ status: code }));
  console.log(answer.status);`;

// Node reads the machine's authorities once, so each row is a process of its own.
(hasOpenssl ? describe : describe.skip)("an authority of the machine's", function () {
  this.timeout(120_000);
  let folder: string;
  let server: ReturnType<typeof createServer>;

  before(async () => {
    const certificates = makeCertificates();
    folder = mkdtempSync(join(tmpdir(), "krateo-authorities-"));
    for (const name of ["empty", "own"]) mkdirSync(join(folder, name));
    writeFileSync(join(folder, "own", "company.pem"), certificates.authority);
    server = createServer(certificates.issue(["localhost"], 2), (_request, response) => response.end());
    await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  });

  after(() => {
    server.close();
    rmSync(folder, { recursive: true });
  });

  const rows: readonly [string, string, string][] = [
    ["SSL_CERT_FILE", "own/company.pem", "200"],
    ["SSL_CERT_DIR", "own", "200"],
    ["SSL_CERT_DIR", `empty${delimiter}absent${delimiter}own`, "200"],
    ["SSL_CERT_DIR", `empty${delimiter}absent`, "UNABLE_TO_VERIFY_LEAF_SIGNATURE"],
  ];
  for (const [variable, places, expected] of rows) {
    it(`${variable}=${places} gives ${expected}, and nothing else is said`, async () => {
      const value = places.split(delimiter).map((place) => join(folder, place));
      const { port } = server.address() as AddressInfo;
      const { stdout, stderr } = await promisify(execFile)(
        process.execPath,
        ["--input-type=module", "-e", program(port)],
        { env: { PATH: process.env["PATH"], [variable]: value.join(delimiter) } },
      );
      assert.deepEqual([stdout, stderr], [`${expected}\n`, ""]);
    });
  }
});
