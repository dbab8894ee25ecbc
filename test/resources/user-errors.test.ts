import assert from "node:assert/strict";
import * as pulumi from "@pulumi/pulumi";
import { UnreachableError } from "../../cluster/client/api-errors.ts";
import { ConfigurationError } from "../../model/problem.ts";
import { NoValueError } from "../../plan/select-value.ts";
import { userErrors } from "../../resources/user-errors.ts";

describe("an error that ends the program", () => {
  const endedBy = (error: Error): Promise<unknown> =>
    userErrors(() => Promise.reject(error)).then(
      () => undefined,
      (thrown: unknown) => thrown,
    );

  for (const error of [
    new ConfigurationError([{ what: "no" }]),
    new UnreachableError("no answer"),
    new NoValueError("no value"),
  ]) {
    it(`shows the message of a ${error.name} and no stack`, async () => {
      const thrown = await endedBy(error);
      assert.ok(pulumi.RunError.isInstance(thrown));
      assert.equal((thrown as Error).message, error.message);
    });
  }

  it("stays as it is when nobody foresaw it", async () => {
    const unforeseen = new TypeError("x is undefined");
    assert.equal(await endedBy(unforeseen), unforeseen);
  });
});
