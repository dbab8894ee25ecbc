/** `krateo end-revisions`: marks unfinished Helm revisions of a killed run as failed. */
import { Command } from "commander";
import { exclusively } from "./exclusively.ts";
import { withClusterOptions } from "./options.ts";
import { type ClusterOptions, connectTo, type Session, stackTarget } from "./session.ts";

/**
 * `krateo end-revisions`: carries out the repairs that the program planned, ahead of every Helm release. They stand
 * in KRATEO_REVISIONS as `[NAMESPACE/]RELEASE@REVISION`, separated by blanks, so that a preview shows them.
 */
export function endRevisionsCommand(session: Session): Command {
  return withClusterOptions(new Command("end-revisions"))
    .addHelpText(
      "after",
      `
Example:
  KRATEO_REVISIONS='authn@1 portal@3' npx krateo end-revisions --namespace krateo-system

Exit codes: 0 done or nothing to do, 1 a record could not be changed.`,
    )
    .action(async (options: ClusterOptions) => {
      const revisions = (process.env["KRATEO_REVISIONS"] ?? "").split(" ").filter((text) => text !== "");
      if (revisions.length === 0) {
        session.print("no unfinished Helm release");
        return;
      }
      const { namespace, choice } = await stackTarget(options, session);
      const connection = await connectTo(choice, session);
      const { endRevision } = await import("../cluster/repair.ts");
      await exclusively(connection, namespace, session, async () => {
        for (const text of revisions)
          session.print(await endRevision(connection, revisionOf(text, namespace)));
      });
    });
}

/** Reads `[NAMESPACE/]RELEASE@REVISION`. */
export function revisionOf(
  text: string,
  home: string,
): { release: string; namespace: string; revision: number } {
  const [key = "", revision] = text.split("@");
  const [release = "", namespace = home] = key.split("/").reverse();
  return { release, namespace, revision: Number(revision) };
}
