/** `krateo verify`: compares the cluster with the configuration. */
import { Command } from "commander";
import { migrationChecks } from "../migration/verify-checks.ts";
import { report } from "./check-report.ts";
import { type TableForm, withClusterOptions, withTableOption } from "./options.ts";
import { type ClusterOptions, connectTo, type Session, stackSettings } from "./session.ts";

interface VerifyOptions extends ClusterOptions {
  readonly json?: boolean;
  readonly table: TableForm;
}

/** `krateo verify`: compares what the cluster holds with what the configuration pins. */
export function verifyCommand(session: Session): Command {
  return withTableOption(withClusterOptions(new Command("verify")))
    .description(
      "Compares the cluster with the stack's configuration: the Installation snapshot, charts and " +
        "versions, workloads, the database, Secrets, the Services that browsers call, and what earlier versions left. " +
        "Changes nothing, and does not rely on the stack's state.",
    )
    .option(
      "--json",
      "print one JSON object {verdict, checks: [{check, subject, status, found, expected, next}]}",
    )
    .addHelpText(
      "after",
      `
Examples:
  npx krateo verify --stack dev
  npx krateo verify --json | jq '.checks[] | select(.status != "OK")'

Exit codes: 0 no ERROR (there may be a WARNING), 1 at least one ERROR, or the cluster cannot be read.`,
    )
    .action(async (options: VerifyOptions) => {
      const settings = await stackSettings(options, session);
      const connection = await connectTo(settings.cluster, session);
      const [{ observe }, { verify }, { readLegacy }] = await Promise.all([
        import("../cluster/observation.ts"),
        import("../cluster/checks/verification/verification.ts"),
        import("../migration/live/legacy-inventory.ts"),
      ]);
      const [observed, legacy] = await Promise.all([
        observe(connection, settings),
        readLegacy(connection, settings.namespace),
      ]);
      const checks = [...verify(settings, observed), ...migrationChecks(legacy)];
      const { server } = connection;
      report(
        checks,
        { json: options.json, table: options.table, server, namespace: settings.namespace },
        session,
      );
    });
}
