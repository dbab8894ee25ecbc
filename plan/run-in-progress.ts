import type { Problem } from "../model/problem.ts";

/**
 * The reason not to change an installation while another run does.
 *
 * @param holder Who holds the Lease, in words.
 * @param since When it was taken, by the holder's clock in milliseconds since 1970; 0: not known.
 */
export function runInProgress(namespace: string, holder: string, since = 0): Problem {
  const begun = since > 0 ? `, since ${new Date(since).toISOString().replace(/\.\d+/, "")}` : "";
  return {
    what: `another run is in progress on the installation in namespace ${namespace}: ${holder}${begun}`,
    next:
      "wait until it has ended; if it was killed, its Lease expires 30 s after its last renewal, " +
      "or at once with: npx krateo repair --force",
  };
}
