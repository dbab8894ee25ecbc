/**
 * Kubeconfigs and environments, and what becomes of a request with them. What kubectl does with each was recorded with
 * kubectl 1.33.1: `KUBECTL=/path/to/kubectl` compares again. Without that variable no kubectl is needed.
 */

import assert from "node:assert/strict";
import { execFile } from "node:child_process";
import { once } from "node:events";
import { chmodSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { createServer as createPlainServer, type RequestListener, type Server } from "node:http";
import { createServer } from "node:https";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { TLSSocket } from "node:tls";
import { get } from "../../../cluster/client/api.ts";
import { connect } from "../../../cluster/client/connection.ts";
import { startProxy, startSocksProxy } from "../../network/proxies.ts";
import { hasOpenssl, makeCertificates } from "./certificates.ts";
import { path, type Seen, type Variant, variants } from "./kubectl-variants.ts";

const kubectl = process.env["KUBECTL"];

const variables = ["HTTPS_PROXY", "HTTP_PROXY", "NO_PROXY"]
  .flatMap((name) => [name, name.toLowerCase()])
  .concat("KUBECONFIG", "KUBERNETES_SERVICE_HOST");

const helper = `#!/bin/sh
case "$1" in
  fail) exit 3 ;;
  noise) echo noise; exit 0 ;;
  nothing) echo '{"kind":"ExecCredential","apiVersion":"client.authentication.k8s.io/v1"}'; exit 0 ;;
  beta) version=v1beta1 ;;
  *) version=v1 ;;
esac
status='{"token":"helped"}'
[ "$1" = certificate ] && status=$(cat "$(dirname "$0")/keys/status")
printf '{"kind":"ExecCredential","apiVersion":"client.authentication.k8s.io/%s","status":%s}' $version "$status"
`;

const answer: RequestListener = (_request, response) => {
  const object = { kind: "Namespace", apiVersion: "v1", metadata: { name: "kube-system", uid: "u" } };
  response.writeHead(200, { "content-type": "application/json" }).end(JSON.stringify(object));
};

(hasOpenssl ? describe : describe.skip)("a request, as with kubectl, with", () => {
  const own = variables.map((name) => [name, process.env[name]] as const);
  const closing: (() => unknown)[] = [];
  /** What stands between braces in the table. */
  const words: Record<string, string> = {};
  const seen: Seen[] = [];
  const asked: string[][] = [];
  let folder: string;

  before(async () => {
    const certificates = makeCertificates();
    const pair = certificates.issue(["localhost", "api.example.org"], 2);
    const jane = certificates.issue(["jane"], 2);
    folder = mkdtempSync(join(tmpdir(), "krateo-variants-"));
    closing.push(() => rmSync(folder, { recursive: true }));
    mkdirSync(join(folder, "keys"));
    const files = {
      helper,
      "keys/ca.pem": certificates.authority,
      "keys/jane.pem": jane.cert,
      "keys/jane.key": jane.key,
      "keys/status": JSON.stringify({ clientCertificateData: jane.cert, clientKeyData: jane.key }),
      "keys/token": "of the file\r\n",
      "keys/empty": "\n",
    };
    for (const [name, content] of Object.entries(files)) writeFileSync(join(folder, name), content);
    chmodSync(join(folder, "helper"), 0o755);

    const look: RequestListener = (request, response) => {
      const { headers, rawHeaders, socket } = request;
      const certificate = (socket as TLSSocket).getPeerCertificate?.().subject?.CN;
      const impersonation = rawHeaders
        .flatMap((name, index) =>
          index % 2 === 0 ? [`${name.toLowerCase()}: ${rawHeaders[index + 1]}`] : [],
        )
        .filter((line) => line.startsWith("impersonate-"))
        .sort();
      seen.push({
        ...(headers.authorization && { authorization: headers.authorization }),
        ...(certificate && { certificate: String(certificate) }),
        ...(impersonation.length > 0 && { impersonation }),
      });
      answer(request, response);
    };
    const secure = createServer({ ...pair, requestCert: true, rejectUnauthorized: false }, look);
    words["TLS"] = await listen(secure);
    words["PLAIN"] = await listen(createPlainServer(look));
    words["FORBIDDEN"] = await listenAtForbidden(createPlainServer(look));
    words["AUTHORITY"] = Buffer.from(certificates.authority).toString("base64");
    words["FOLDER"] = folder;
    const port = Number(words["TLS"]);
    const proxies = {
      PROXY: await startProxy({ port }),
      LOGIN: await startProxy({ port, login: "jane:pass@word" }),
      SECURE: await startProxy({ port, pair }),
      SOCKS: await startSocksProxy(port),
    };
    for (const [name, proxy] of Object.entries(proxies)) {
      words[name] = String(proxy.port);
      asked.push(proxy.asked);
      closing.push(() => proxy.close());
    }
  });

  after(async () => {
    for (const close of closing) await close();
  });

  beforeEach(() => {
    seen.length = 0;
    for (const list of asked) list.length = 0;
    for (const name of variables) delete process.env[name];
  });

  afterEach(() => {
    for (const [name, value] of own) {
      if (value === undefined) delete process.env[name];
      else process.env[name] = value;
    }
  });

  async function listen(server: Server, port = 0): Promise<string> {
    await new Promise<void>((resolve) => server.listen(port, "127.0.0.1", resolve));
    closing.push(() => {
      server.closeAllConnections();
      server.close();
    });
    return String((server.address() as AddressInfo).port);
  }

  /** Another run of the tests may have one of them. */
  async function listenAtForbidden(server: Server): Promise<string> {
    for (const port of [10080, 6665, 6666, 6667, 6668, 6669, 6697, 4190]) {
      const taken = once(server, "error").then(() => undefined);
      const found = await Promise.race([listen(server, port), taken]);
      if (found) return found;
    }
    throw new Error("all ports that fetch forbids are taken");
  }

  const filled = (text: string): string =>
    text.replace(/\{([A-Z]+)\}/g, (_, word: string) => words[word] ?? "");

  function kubeconfigOf({ cluster, user, contextUser = "shop" }: Variant): string {
    const server = { server: "https://localhost:{TLS}", "certificate-authority": "keys/ca.pem", ...cluster };
    const file = join(folder, "kubeconfig");
    const content = {
      "current-context": "shop",
      clusters: [{ name: "shop", cluster: server }],
      users: [{ name: "shop", user: user ?? { token: "t" } }],
      contexts: [{ name: "shop", context: { cluster: "shop", user: contextUser } }],
    };
    writeFileSync(file, filled(JSON.stringify(content)));
    return file;
  }

  const environmentOf = ({ env = {} }: Variant): Record<string, string> =>
    Object.fromEntries(Object.entries(env).map(([name, value]) => [name, filled(value)]));

  /** What was seen, as in the table; the last request counts, since kubectl may ask more than once. */
  function sight(): Seen {
    const through = asked.flat().at(-1);
    return { ...(through?.startsWith("GET ") ? {} : seen.at(-1)), ...(through && { through }) };
  }

  const expectedOf = (expected: Seen): Seen => JSON.parse(filled(JSON.stringify(expected)));

  for (const [name, variant] of Object.entries(variants)) {
    it(name, async () => {
      const kubeconfig = kubeconfigOf(variant);
      Object.assign(process.env, environmentOf(variant));
      const asking = (async () => await get(connect({ kubeconfig }), path))();
      if (variant.expected instanceof RegExp) await assert.rejects(asking, variant.expected);
      else {
        assert.ok(await asking);
        assert.deepEqual(sight(), expectedOf(variant.expected));
      }
    });

    if (!kubectl) continue;
    it(`${name}: kubectl`, async () => {
      const env = { PATH: process.env["PATH"], HOME: folder, KUBECONFIG: kubeconfigOf(variant) };
      const failed = await new Promise<boolean>((resolve) => {
        const options = { env: { ...env, ...environmentOf(variant) } };
        execFile(kubectl, ["get", "--raw", path], options, (error) => resolve(error !== null)).stdin?.end();
      });
      if (variant.expected instanceof RegExp) assert.ok(failed, "kubectl succeeded");
      else {
        assert.ok(!failed, "kubectl failed");
        assert.deepEqual(sight(), expectedOf(variant.expected));
      }
    });
  }
});
