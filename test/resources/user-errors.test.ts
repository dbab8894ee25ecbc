import assert from "node:assert/strict";
import * as pulumi from "@pulumi/pulumi";
import { UnreachableError } from "../../cluster/client/api-errors.ts";
import { ConfigurationError } from "../../model/problem.ts";
import { NoValueError } from "../../plan/select-value.ts";
import { shorten, userErrors } from "../../resources/user-errors.ts";

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

describe("an error that says only that something else failed", () => {
  const shortened = (message: string) => {
    const error = new Error(message);
    shorten(error);
    return error;
  };

  it("becomes a sentence that Pulumi prints as it is", () => {
    const error = shortened("resource install-authn [kubernetes:helm.sh/v3:Release] failed to register: no");
    assert.equal(error.message, "What needs install-authn was not started, because install-authn failed.");
    assert.equal(error.stack, "");
    assert.ok(pulumi.RunError.isInstance(error));
  });

  it("tells of a variable without a value, too", () => {
    const text = "Step extract-port: ${PORT} has no value, because what it is read from failed.";
    const error = shortened(text);
    assert.equal(
      error.message,
      "What needs ${PORT} was not started: it has no value, because what it is read from failed.",
    );
    assert.ok(pulumi.RunError.isInstance(error));
  });

  it("is left alone when it is of another kind", () => {
    const error = shortened("x is undefined");
    assert.equal(error.message, "x is undefined");
    assert.notEqual(error.stack, "");
    assert.ok(!pulumi.RunError.isInstance(error));
  });
});
