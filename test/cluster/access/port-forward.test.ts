import assert from "node:assert/strict";
import { once } from "node:events";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { createServer } from "node:https";
import { type AddressInfo, connect as dial } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { openForwards } from "../../../cluster/access/port-forward.ts";
import { connect } from "../../../cluster/client/connection.ts";
import { startProxy } from "../../network/proxies.ts";
import { hasOpenssl, makeCertificates } from "../client/certificates.ts";

const ready = {
  metadata: { name: "frontend-1", namespace: "shop", uid: "u" },
  spec: { containers: [{ name: "frontend", ports: [{ containerPort: 8080 }] }] },
  status: { conditions: [{ type: "Ready", status: "True" }] },
};

(hasOpenssl ? describe : describe.skip)("a port forward", () => {
  it("goes the way of every request: same proxy, authority, token and impersonation", async () => {
    const certificates = makeCertificates();
    const upgrades: unknown[] = [];
    const server = createServer(certificates.issue(["api.example.org"], 2), (_request, response) =>
      response.end(JSON.stringify({ items: [ready] })),
    );
    server.on("upgrade", ({ url, rawHeaders }, socket) => {
      const shown = rawHeaders.filter((_value: string, index: number) =>
        /^(authorization|impersonate-)/i.test(rawHeaders[index - (index % 2)] ?? ""),
      );
      upgrades.push([url, ...shown]);
      // The tests have no kubelet; what such a connection carries is for the rehearsal to show.
      socket.end("HTTP/1.1 403 Forbidden\r\nContent-Length: 0\r\n\r\n");
    });
    await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
    const { port } = server.address() as AddressInfo;
    const proxy = await startProxy({ port });
    const folder = mkdtempSync(join(tmpdir(), "krateo-forward-"));
    const kubeconfig = join(folder, "kubeconfig");
    const cluster = {
      server: "https://api.example.org:6443",
      "certificate-authority-data": Buffer.from(certificates.authority).toString("base64"),
      "proxy-url": `http://127.0.0.1:${proxy.port}`,
    };
    const content = {
      "current-context": "shop",
      clusters: [{ name: "shop", cluster }],
      users: [{ name: "shop", user: { token: "t", as: "jane", "as-groups": ["a", "b"] } }],
      contexts: [{ name: "shop", context: { cluster: "shop", user: "shop" } }],
    };
    writeFileSync(kubeconfig, JSON.stringify(content));
    const notes: string[] = [];
    const forward = { name: "frontend", localPort: 0, selector: { app: "frontend" }, podPort: 8080 };
    const options = { note: (line: string) => notes.push(line), patienceSeconds: 0 };
    const [local] = await openForwards(connect({ kubeconfig }), "shop", [forward], options);
    try {
      const browser = dial(local?.port as number, "127.0.0.1");
      browser.on("error", () => undefined);
      await once(browser, "close");
      assert.deepEqual(upgrades[0], [
        "/api/v1/namespaces/shop/pods/frontend-1/portforward?ports=8080",
        ...["Authorization", "Bearer t", "Impersonate-User", "jane"],
        ...["Impersonate-Group", "a", "Impersonate-Group", "b"],
      ]);
      assert.deepEqual(new Set(proxy.asked), new Set(["CONNECT api.example.org:6443"]));
      assert.deepEqual(notes, [
        "frontend: Unexpected server response: 403, through the proxy " +
          `http://127.0.0.1:${proxy.port} (proxy-url of the kubeconfig)`,
      ]);
    } finally {
      await local?.close();
      await proxy.close();
      server.closeAllConnections();
      server.close();
      rmSync(folder, { recursive: true });
    }
  });
});
