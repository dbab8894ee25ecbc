import * as pulumi from "@pulumi/pulumi";
import { ConfigurationError } from "../profiles/problem.ts";

/** Runs `body`; a user's mistake ends the program with its message alone, where Pulumi would add a stack trace. */
export async function userErrors<T>(body: () => Promise<T>): Promise<T> {
  try {
    return await body();
  } catch (error) {
    if (error instanceof ConfigurationError) throw new pulumi.RunError(error.message);
    throw error;
  }
}
