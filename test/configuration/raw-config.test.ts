import assert from "node:assert/strict";
import { rawConfig } from "../../configuration/raw-config.ts";
import { ConfigurationError } from "../../model/problem.ts";

describe("the part of a stack's configuration that is the project's", () => {
  const texts = { "krateo:type": "ingress", "krateo:tls": '{"external":true}', "aws:region": "x" };

  it("has the keys with the project's name in front, lists and maps decoded", () => {
    assert.deepEqual(rawConfig("krateo", texts, ["krateo:tls", "aws:token"]), {
      values: { type: "ingress", tls: { external: true } },
      secretKeys: ["tls"],
    });
    assert.deepEqual(rawConfig("shop", { "shop:type": "ingress" }, []).values, { type: "ingress" });
  });

  it("refuses keys with the usual prefix where the project has another name: nobody would read them", () => {
    assert.throws(
      () => rawConfig("shop", texts, []),
      (error) => {
        assert.ok(error instanceof ConfigurationError);
        assert.deepEqual(
          error.problems.map(({ path, next }) => [path, next]),
          [
            ["krateo:type", "write shop:type, or name: krateo in Pulumi.yaml"],
            ["krateo:tls", "write shop:tls, or name: krateo in Pulumi.yaml"],
          ],
        );
        return true;
      },
    );
  });
});
