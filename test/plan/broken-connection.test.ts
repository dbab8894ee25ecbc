import assert from "node:assert/strict";
import { brokenConnection, isBrokenConnection } from "../../plan/broken-connection.ts";

describe("a connection that broke while something was done is told from", () => {
  for (const message of [
    'Get "https://192.0.2.1:6443/apis?timeout=32s": net/http: request canceled (Client.Timeout exceeded while awaiting headers)',
    "failed to download openapi: unexpected error when reading response body. Please retry. Original error: unexpected EOF",
    "read tcp 192.0.2.2:4711->192.0.2.1:6443: read: connection reset by peer",
    "failed to read resource state due to unreachable cluster. If the cluster was deleted, you can remove this resource",
    "Kubernetes cluster unreachable: connection refused",
    "the server is currently unable to handle the request (get secrets)",
  ]) {
    it(`an error of the way: ${message.slice(0, 50)}`, () => {
      assert.match(brokenConnection(message)?.next ?? "", /npx krateo repair && npx pulumi up/);
    });
  }
  it("a login that is not accepted any more", () => {
    const message =
      "Kubernetes cluster unreachable: the server has asked for the client to provide credentials";
    assert.match(brokenConnection(message)?.next ?? "", /^log in again; /);
    assert.equal(isBrokenConnection(message), false);
  });
  for (const message of [
    "Kubernetes cluster unreachable: x509: certificate signed by unknown authority",
    "context deadline exceeded",
    'secrets "x" is forbidden',
    "cannot re-use a name that is still in use",
  ]) {
    it(`another error: ${message}`, () => assert.equal(brokenConnection(message), undefined));
  }
});
