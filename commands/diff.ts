/** `krateo diff`: shows how the cluster differs from the plan. */
import { Command, Option } from "commander";
import { ConfigurationError } from "../model/problem.ts";
import { stackOptions, type TableForm, withClusterOptions, withTableOption } from "./options.ts";
import { BadResult, type ClusterOptions, connectTo, type Session, stackSettings } from "./session.ts";

interface DiffOptions extends ClusterOptions {
  readonly json?: boolean;
  readonly installed?: boolean;
  readonly format: "table" | "unified";
  readonly table: TableForm;
}

/** Exit code for a comparison that worked and found differences. */
const different = 2;

/** `krateo diff`: what in the cluster is not as the configuration plans it. */
export function diffCommand(session: Session): Command {
  return withTableOption(withClusterOptions(new Command("diff")))
    .description(
      "Compares the cluster with the plan: Helm releases with chart, version and values; every object of their " +
        "manifests, in the fields that the manifests set; the Secrets and the Installation snapshot. Changes nothing, " +
        "shows no secret, and prints the command that puts everything back.",
    )
    .addOption(
      new Option("--format <format>", "how to show differences")
        .choices(["table", "unified"])
        .default("table"),
    )
    .option(
      "--json",
      "print one JSON object {equal, compared, differences: [{release, subject, path, planned, live}], notes, next}",
    )
    .option("--installed", "compare the plan with the stored Installation snapshot, not with live objects")
    .addHelpText(
      "after",
      `
Examples:
  npx krateo diff --stack dev
  npx krateo diff --format unified
  npx krateo diff --json | jq -r '.differences[].release' | sort -u

It does not decrypt values of the stack's configuration: it only checks that they exist.

Exit codes: 0 equal, 2 different, 1 the comparison failed.`,
    )
    .action(async (options: DiffOptions, command: Command) => {
      if (options.table && options.format === "unified") {
        throw new ConfigurationError([
          { what: "--table is for the table: it goes without --format unified" },
        ]);
      }
      const settings = await stackSettings(options, session);
      const connection = await connectTo(settings.cluster, session);
      const [{ findDrift, findInstalledDrift }, { jsonReport, tableReport, unifiedReport }] =
        await Promise.all([import("../cluster/drift/drift.ts"), import("./diff-report.ts")]);
      const report = await (options.installed ? findInstalledDrift : findDrift)(connection, settings);
      for (const line of report.unread) session.note(line);
      const write = options.json ? jsonReport : options.format === "unified" ? unifiedReport : tableReport;
      session.print(
        write(report, {
          server: connection.server,
          namespace: settings.namespace,
          stackOptions: stackOptions(command, options),
          installed: options.installed,
          table: options.table,
          colours: session.colours,
        }),
      );
      if (report.drifts.length > 0) throw new BadResult(different);
    });
}
