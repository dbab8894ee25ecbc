import assert from "node:assert/strict";
import { object } from "../../../support/cluster-reading.ts";
import { found, own } from "./gateways.ts";

describe("preflight of type gateway", () => {
  it("looks for certificates of a Gateway, in whichever namespace they are", () => {
    const tls = (namespace?: string) => ({
      certificateRefs: [{ name: "wildcard", ...(namespace && { namespace }) }],
    });
    const steps = [
      own([
        { name: "a", tls: tls() },
        { name: "b", tls: tls("certs") },
        { name: "c", tls: tls("certs") },
      ]),
    ];
    const given = {
      tlsSecrets: new Map<string, unknown>([
        ["krateo-system/wildcard", "absent"],
        ["certs/wildcard", { ...object("wildcard"), type: "Opaque" }],
      ]),
    };
    assert.deepEqual(found(steps, given).slice(2), [
      ["ERROR", "Secret wildcard", "does not exist in namespace krateo-system"],
      ["ERROR", "Secret wildcard", "is of type Opaque"],
    ]);
  });

  it("leaves certificates to cert-manager where the Gateway names its issuer", () => {
    const listeners = [{ name: "a", tls: { certificateRefs: [{ name: "wildcard" }] } }];
    const given = {
      tlsSecrets: new Map([["krateo-system/wildcard", "absent"]]),
      issuers: new Map([["ClusterIssuer/letsencrypt", "absent"]]),
    };
    const steps = [own(listeners, { "cert-manager.io/cluster-issuer": "letsencrypt" })];
    assert.deepEqual(found(steps, given).slice(2), [
      ["ERROR", "ClusterIssuer letsencrypt", "does not exist"],
    ]);
  });
});
