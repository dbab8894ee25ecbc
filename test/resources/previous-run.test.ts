import assert from "node:assert/strict";
import { previousRunIn } from "../../model/previous-run.ts";

const provider = { type: "pulumi:providers:kubernetes", outputs: { clusterIdentifier: "uid-1" } };
const namespace = { type: "kubernetes:core/v1:Namespace", outputs: { metadata: { name: "krateo-system" } } };

describe("what the state says of the last run", () => {
  it("is nothing for a new stack, and for one that never came to a namespace", () => {
    assert.equal(previousRunIn([]), undefined);
    assert.equal(previousRunIn([provider]), undefined);
  });

  it("is nothing when the stack was planned without its cluster", () => {
    assert.equal(previousRunIn([{ ...provider, outputs: {} }, namespace]), undefined);
  });

  it("is cluster, namespace and releases, whether the run succeeded or not", () => {
    const status = { chart: "authn", version: "0.22.2" };
    const type = "kubernetes:helm.sh/v3:Release";
    const release = { urn: "urn:pulumi:x::authn", type, outputs: { name: "authn", status } };
    assert.deepEqual(previousRunIn([provider, namespace, release]), {
      clusterUid: "uid-1",
      namespace: "krateo-system",
      releases: { authn: "authn 0.22.2" },
      releaseUrns: { authn: "urn:pulumi:x::authn" },
    });
  });
});
