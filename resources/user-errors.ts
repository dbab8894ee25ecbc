/** Reports a user's mistake without a stack trace. */
import * as pulumi from "@pulumi/pulumi";
import { ReportableError } from "../model/problem.ts";

/** Runs `body`; an error that is a report ends the program with its message alone, where Pulumi would add a stack trace. */
export async function userErrors<T>(body: () => Promise<T>): Promise<T> {
  try {
    return await body();
  } catch (error) {
    if (error instanceof ReportableError) throw new pulumi.RunError(error.message);
    throw error;
  }
}

/** Shortens what Pulumi says of resources that were not made because something they need failed. */
export function shortenConsequences(): void {
  process.prependListener("unhandledRejection", shorten);
}

/**
 * Says of an error that is a mere consequence what was not started and why. By default it is an "unhandled exception" with
 * the SDK's own stack, which says nothing that the failed resource has not said better. Pulumi has two handlers: the one for
 * a program that still runs leaves the message of a RunError alone, the other one prints the stack if there is one.
 */
export function shorten(error: unknown): void {
  if (!(error instanceof Error)) return;
  const failed = /resource (\S+) \[\S+\] failed to register/.exec(error.message)?.[1];
  const unset = /\$\{\w+\} has no value, because .*/.exec(error.message)?.[0];
  if (failed) error.message = `What needs ${failed} was not started, because ${failed} failed.`;
  else if (unset) error.message = `What needs ${unset.replace(/^(\S+) has/, "$1 was not started: it has")}`;
  else return;
  error.stack = "";
  // The mark by which Pulumi knows a RunError.
  Object.assign(error, new pulumi.RunError(error.message));
}
