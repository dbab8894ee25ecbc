import assert from "node:assert/strict";
import { refusedWrite } from "../../plan/refused-write.ts";

describe("a refused write is named in words:", () => {
  for (const [message, words] of [
    ["create: failed to create: etcdserver: mvcc: database space exceeded", /database \(etcd\) is full/],
    ["etcdserver: request timed out", /does not take writes now: request timed out/],
    [
      `secrets "x" is forbidden: ValidatingAdmissionPolicy 'frozen' with binding 'frozen' denied request: no changes today`,
      /ValidatingAdmissionPolicy frozen refuses the write: no changes today$/,
    ],
    [
      'admission webhook "policy.example.org" denied the request: image not signed',
      /webhook policy\.example\.org refuses the write: image not signed$/,
    ],
    [
      'Internal error occurred: failed calling webhook "mutate.example.org": failed to call webhook: no endpoints',
      /webhook mutate\.example\.org does not answer/,
    ],
    [
      'pods "x" is forbidden: exceeded quota: small, requested: pods=1, used: pods=5, limited: pods=5',
      /ResourceQuota small of the namespace is used up: exceeded quota: small, requested: pods=1/,
    ],
    [
      'secrets "x" is forbidden: unable to create new content in namespace a because it is being terminated',
      /namespace is being deleted/,
    ],
  ] as const) {
    it(message.slice(0, 60), () => {
      const refused = refusedWrite(message);
      assert.match(refused?.what ?? "", words);
      assert.match(refused?.next ?? "", /\w+ \w+/);
    });
  }

  it("an error of another kind is not", () => {
    for (const message of ["context deadline exceeded", 'secrets "x" is forbidden: User "u" cannot create']) {
      assert.equal(refusedWrite(message), undefined);
    }
  });
});
