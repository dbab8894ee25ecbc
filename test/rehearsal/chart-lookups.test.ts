import assert from "node:assert/strict";
import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { describeWithHelm, only, packedCharts, render } from "./chart-rendering.ts";

/** Secrets of the namespace krateo-system that the pretended API server answers with: name -> data (base64). */
let secrets: Record<string, Record<string, string>> = {};

/** Just enough of an API server for Helm's `lookup` of a Secret. */
function pretendApiServer(): Promise<Server> {
  const server = createServer((request, response) => {
    const path = new URL(request.url ?? "", "http://localhost").pathname;
    const name = path.match(/^\/api\/v1\/namespaces\/krateo-system\/secrets\/(.+)$/)?.[1];
    const data = name && secrets[name];
    const answer = data
      ? { apiVersion: "v1", kind: "Secret", metadata: { name, namespace: "krateo-system" }, data }
      : answers[path];
    response.writeHead(answer ? 200 : 404, { "content-type": "application/json" });
    response.end(
      JSON.stringify(
        answer ?? { apiVersion: "v1", kind: "Status", status: "Failure", reason: "NotFound", code: 404 },
      ),
    );
  });
  return new Promise((resolve) => server.listen(0, "127.0.0.1", () => resolve(server)));
}

const answers: Record<string, object> = {
  "/version": { major: "1", minor: "35", gitVersion: "v1.35.0" },
  "/api": { kind: "APIVersions", versions: ["v1"] },
  "/apis": { apiVersion: "v1", kind: "APIGroupList", groups: [] },
  "/api/v1": {
    kind: "APIResourceList",
    groupVersion: "v1",
    resources: [
      { name: "secrets", singularName: "secret", namespaced: true, kind: "Secret", verbs: ["get"] },
    ],
  },
};

describeWithHelm("lookups of the stand-in charts", () => {
  let server: Server;
  let args: string[];

  before(async () => {
    await packedCharts();
    server = await pretendApiServer();
    const { port } = server.address() as AddressInfo;
    args = ["--dry-run=server", "--kube-apiserver", `http://127.0.0.1:${port}`];
  });

  after(() => {
    server.close();
  });

  beforeEach(() => {
    secrets = {};
  });

  it("finops-database-handler leaves out endpoint and DatabaseConfig, and still succeeds, before cratedb made its Secret", async () => {
    const kinds = (await render("finops-database-handler", {}, { args })).map(({ kind }) => kind);
    assert.deepEqual(kinds, ["ConfigMap", "Service", "Deployment"]);
  });

  it("finops-database-handler renders both when the Secret that its values name is there", async () => {
    secrets = { "other-credentials": { username: base64("system"), password: base64('p"1: #') } };
    const values = { cratedbUserSystemName: "other-credentials" };
    const manifests = await render("finops-database-handler", values, { args });
    assert.deepEqual(only(manifests, "Secret", "finops-database-handler-endpoint").stringData, {
      "server-url": "http://finops-database-handler.krateo-system.svc:8088",
      username: "system",
      password: 'p"1: #',
    });
    assert.deepEqual(only(manifests, "DatabaseConfig", "finops-database-handler").spec, {
      username: "system",
      passwordSecretRef: { name: "other-credentials", namespace: "krateo-system", key: "password" },
    });
  });

  it("portal keeps the admin's password and changes cyberjoker's", async () => {
    secrets = {
      "admin-password": { password: base64("kept") },
      "cyberjoker-password": { password: base64("kept") },
    };
    const manifests = await render("portal", {}, { args });
    assert.equal(only(manifests, "Secret", "admin-password").data.password, base64("kept"));
    assert.notEqual(only(manifests, "Secret", "cyberjoker-password").data.password, base64("kept"));
  });

  it("portal makes up a password of twelve characters for both when there is none", async () => {
    const manifests = await render("portal", {}, { args });
    for (const user of ["admin", "cyberjoker"]) {
      const { password } = only(manifests, "Secret", `${user}-password`).data;
      assert.match(Buffer.from(password, "base64").toString(), /^[A-Za-z0-9]{12}$/);
    }
  });

  it("opa-kube-mgmt keeps the certificate that is there", async () => {
    const data = { "tls.crt": base64("certificate"), "tls.key": base64("key") };
    secrets = { "opa-kube-mgmt-cert": data };
    assert.deepEqual(
      only(await render("opa-kube-mgmt", {}, { args }), "Secret", "opa-kube-mgmt-cert").data,
      data,
    );
  });
});

function base64(text: string): string {
  return Buffer.from(text).toString("base64");
}
