import assert from "node:assert/strict";
import { execFile } from "node:child_process";
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { createServer } from "node:https";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { delimiter, join } from "node:path";
import { promisify } from "node:util";
import { kubeconfigOf } from "../cluster/api-server.ts";
import { hasOpenssl, makeCertificates } from "../cluster/client/certificates.ts";

/** Asks as the API client does, with a kubeconfig that names no authority, and as charts are fetched. */
const program = (kubeconfig: string, url: string): string => `
  import { download } from "${new URL("../../charts/download.ts", import.meta.url)}";
  import { get } from "${new URL("../../cluster/client/api.ts", import.meta.url)}";
  import { connect } from "${new URL("../../cluster/client/connection.ts", import.meta.url)}";
  const said = async (asking) => asking.then(() => "accepted", ({ message }) => message.match(/certificate .*/)?.[0]);
  console.log(await said(get(connect({ kubeconfig: ${JSON.stringify(kubeconfig)} }), "/api")));
  console.log(await said(download(${JSON.stringify(url)})));`;

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
    server = createServer(certificates.issue(["localhost"], 2), (_request, response) => response.end("{}"));
    await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  });

  after(() => {
    server.close();
    rmSync(folder, { recursive: true });
  });

  const refused = "certificate is not accepted (unable to verify the first certificate)";
  const rows: readonly [string, string, string][] = [
    ["SSL_CERT_FILE", "own/company.pem", "accepted"],
    ["SSL_CERT_DIR", "own", "accepted"],
    ["SSL_CERT_DIR", `empty${delimiter}absent${delimiter}own`, "accepted"],
    ["SSL_CERT_DIR", `empty${delimiter}absent`, refused],
  ];
  for (const [variable, places, expected] of rows) {
    it(`counts, or not, with ${variable}=${places}, and nothing else is said: ${expected}`, async () => {
      const value = places.split(delimiter).map((place) => join(folder, place));
      const url = `https://localhost:${(server.address() as AddressInfo).port}`;
      const kubeconfig = join(folder, "kubeconfig");
      writeFileSync(kubeconfig, JSON.stringify(kubeconfigOf("shop", url)));
      const { stdout, stderr } = await promisify(execFile)(
        process.execPath,
        ["--input-type=module", "-e", program(kubeconfig, url)],
        { env: { PATH: process.env["PATH"], [variable]: value.join(delimiter) } },
      );
      assert.deepEqual([stdout, stderr], [`${expected}\n${expected}\n`, ""]);
    });
  }
});
