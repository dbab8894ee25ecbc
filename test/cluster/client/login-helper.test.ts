import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { chmodSync, existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { createServer } from "node:https";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { get, pathOf } from "../../../cluster/client/api.ts";
import { type Connection, connect } from "../../../cluster/client/connection.ts";
import { ConfigurationError } from "../../../model/problem.ts";
import { kubeconfigOf } from "../api-server.ts";
import { hasOpenssl, makeCertificates } from "./certificates.ts";

const apiVersion = "client.authentication.k8s.io/v1";
const path = pathOf("v1", "namespaces", undefined, "kube-system");

/** Counts its starts in a file, tells of itself on standard error, and answers with the file `status`. */
const script = `#!/bin/sh
echo start >> "$(dirname "$0")/starts"
printf '%s' "$KUBERNETES_EXEC_INFO" > "$(dirname "$0")/info"
printf '%s' "$MINE" > "$(dirname "$0")/mine"
[ "$1" = speak ] && echo "open https://login.example.org" >&2
sleep 0.2
[ -f "$(dirname "$0")/fail" ] && exit 7
printf '{"kind":"ExecCredential","apiVersion":"${apiVersion}","status":'
cat "$(dirname "$0")/status"
echo '}'
`;

(hasOpenssl ? describe : describe.skip)("a login helper", () => {
  let folder: string;
  let server: ReturnType<typeof createServer>;
  let accepted: (authorization: string | undefined) => boolean;
  const asked: (string | undefined)[] = [];

  before(async () => {
    const pair = makeCertificates().issue(["localhost"], 2);
    server = createServer(pair, ({ headers }, response) => {
      asked.push(headers.authorization);
      response.writeHead(accepted(headers.authorization) ? 200 : 401).end('{"metadata":{"uid":"u"}}');
    });
    await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  });

  after(() => {
    server.closeAllConnections();
    server.close();
  });

  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), "krateo-helper-"));
    writeFileSync(join(folder, "helper"), script);
    chmodSync(join(folder, "helper"), 0o755);
    answers({ token: "one" });
    accepted = () => true;
    asked.length = 0;
  });

  afterEach(() => rmSync(folder, { recursive: true }));

  const answers = (status: object): void => writeFileSync(join(folder, "status"), JSON.stringify(status));
  const starts = (): number =>
    existsSync(join(folder, "starts"))
      ? readFileSync(join(folder, "starts"), "utf8").trim().split("\n").length
      : 0;

  function kubeconfig(exec: object = {}, cluster: object = {}): string {
    const { port } = server.address() as AddressInfo;
    const helper = { apiVersion, command: "./helper", interactiveMode: "IfAvailable", ...exec };
    const content = kubeconfigOf("shop", "", { exec: helper }) as Record<string, unknown>;
    const own = { server: `https://localhost:${port}`, "insecure-skip-tls-verify": true, ...cluster };
    content["clusters"] = [{ name: "shop", cluster: own }];
    writeFileSync(join(folder, "kubeconfig"), JSON.stringify(content));
    return join(folder, "kubeconfig");
  }

  const connection = (exec?: object): Connection => connect({ kubeconfig: kubeconfig(exec) });

  it("is started once for all requests of a connection", async () => {
    const shop = connection();
    await Promise.all(Array.from({ length: 32 }, () => get(shop, path)));
    await get(shop, path);
    assert.equal(starts(), 1);
    assert.deepEqual(new Set(asked), new Set(["Bearer one"]));
  });

  it("is started again when its answer has expired, once", async () => {
    const shop = connection();
    answers({ token: "one", expirationTimestamp: new Date(Date.now() + 600).toISOString() });
    await get(shop, path);
    await new Promise((resolve) => setTimeout(resolve, 700));
    answers({ token: "two", expirationTimestamp: new Date(Date.now() + 60_000).toISOString() });
    await Promise.all([get(shop, path), get(shop, path), get(shop, path)]);
    assert.equal(starts(), 2);
    assert.deepEqual(asked, ["Bearer one", "Bearer two", "Bearer two", "Bearer two"]);
  });

  it("is started again, once, when what the API server had accepted is refused", async () => {
    const shop = connection();
    await get(shop, path);
    accepted = (authorization) => authorization === "Bearer two";
    answers({ token: "two" });
    await Promise.all([get(shop, path), get(shop, path), get(shop, path)]);
    assert.equal(starts(), 2);
  });

  it("is not started again for a login that the API server never accepted", async () => {
    accepted = () => false;
    const shop = connection();
    const refused = /does not accept the credentials of context shop/;
    await assert.rejects(get(shop, path), refused);
    await assert.rejects(get(shop, path), refused);
    assert.equal(starts(), 1);
  });

  it("fails once for all requests, in one sentence, and is not started again at once", async () => {
    writeFileSync(join(folder, "fail"), "");
    const shop = connection();
    const results = await Promise.allSettled([get(shop, path), get(shop, path), get(shop, path)]);
    results.push(...(await Promise.allSettled([get(shop, path)])));
    const errors = results.map((result) => (result as PromiseRejectedResult).reason as ConfigurationError);
    assert.equal(starts(), 1);
    assert.ok(errors[0] instanceof ConfigurationError);
    assert.ok(errors.every((error) => error === errors[0]));
    assert.deepEqual(errors[0].problems, [
      {
        what: `the login helper ${join(folder, "helper")} of context shop failed with exit code 7`,
        file: join(folder, "kubeconfig"),
        next: "kubectl --context shop get namespaces must work first",
      },
    ]);
  });

  it("gets its own variables and what client-go tells a helper", async () => {
    await get(connection({ env: [{ name: "MINE", value: "my own" }] }), path);
    assert.equal(readFileSync(join(folder, "mine"), "utf8"), "my own");
    assert.deepEqual(JSON.parse(readFileSync(join(folder, "info"), "utf8")), {
      kind: "ExecCredential",
      apiVersion,
      spec: { interactive: process.stdin.isTTY === true },
    });
  });

  it("gets the cluster where the kubeconfig wants that", async () => {
    const cluster = {
      "tls-server-name": "localhost",
      extensions: [{ name: "client.authentication.k8s.io/exec", extension: { audience: "shop" } }],
    };
    const file = kubeconfig({ provideClusterInfo: true, interactiveMode: "Never" }, cluster);
    const shop = connect({ kubeconfig: file });
    await get(shop, path);
    assert.deepEqual(JSON.parse(readFileSync(join(folder, "info"), "utf8")).spec, {
      cluster: {
        server: shop.server,
        "tls-server-name": "localhost",
        "insecure-skip-tls-verify": true,
        config: { audience: "shop" },
      },
      interactive: false,
    });
  });

  it("writes on this program's standard error what it has to say to the user", function () {
    this.timeout(120_000);
    const program = `
      import { connect } from "${new URL("../../../cluster/client/connection.ts", import.meta.url)}";
      import { runLoginHelper } from "${new URL("../../../cluster/client/login-helper.ts", import.meta.url)}";
      const shop = connect({ kubeconfig: ${JSON.stringify(kubeconfig({ args: ["speak"] }))} });
      console.log((await runLoginHelper(shop, shop.user.exec)).token);`;
    const { stdout, stderr } = spawnSync(process.execPath, ["--input-type=module", "-e", program], {
      encoding: "utf8",
    });
    assert.equal(stderr, "open https://login.example.org\n");
    assert.equal(stdout, "one\n");
  });
});
