/** The command line: registers the commands and reports errors. */
import { Command, CommanderError } from "commander";
import { debug, isDebugging } from "../configuration/debug.ts";
import { backupCommand } from "../migration/commands/backup.ts";
import { cleanupCommand } from "../migration/commands/cleanup.ts";
import { migrateCommand } from "../migration/commands/migrate.ts";
import { restoreCommand } from "../migration/commands/restore.ts";
import { retireCommand } from "../migration/commands/retire.ts";
import { withoutLogins } from "../model/describe.ts";
import { ConfigurationError, ReportableError } from "../model/problem.ts";
import packageFile from "../package.json" with { type: "json" };
import { accessCommand } from "./access.ts";
import { checkUserObjectsCommand } from "./check-user-objects.ts";
import { completionCommand } from "./completion.ts";
import { diffCommand } from "./diff.ts";
import { endRevisionsCommand } from "./end-revisions.ts";
import { explainCommand } from "./explain.ts";
import { holdLeaseCommand } from "./hold-lease.ts";
import { initCommand } from "./init.ts";
import { lockCommand } from "./lock.ts";
import { preflightCommand } from "./preflight.ts";
import { profilesCommand } from "./profiles.ts";
import { renderCommand } from "./render.ts";
import { repairCommand } from "./repair.ts";
import { restartCommand } from "./restart.ts";
import { BadResult, type Session } from "./session.ts";
import { statusCommand } from "./status.ts";
import { uninstallCommand } from "./uninstall.ts";
import { verifyCommand } from "./verify.ts";
import { waitDatabaseCommand } from "./wait-database.ts";
import { waitNotebooksCommand } from "./wait-notebooks.ts";

/**
 * Runs one command line. What goes wrong is said in words; the stack of an error that nobody foresaw is shown with
 * KRATEO_DEBUG=1.
 *
 * @param words The command line after the program's name.
 * @returns the exit code: 0 done, 1 not; a command's own further codes are in its help
 */
export async function runKrateo(words: readonly string[], given: Session): Promise<number> {
  const session = { ...given, command: words.find((word) => !word.startsWith("-")) };
  const program = new Command("krateo")
    .description(
      "Does what the Pulumi program cannot: makes a stack for a cluster, checks a cluster and an installation, shows where the web interface is, " +
        "cleans up after a killed run, migrates from Krateo 2.7.0, and removes the platform.",
    )
    .version(`krateo ${packageFile.version}`, "-V, --version", "print the version of this program")
    .addHelpText(
      "after",
      "\nEach command has its own --help with examples. Exit codes: 0 done, 1 not done; init, access, diff and status also have 2.",
    )
    .configureOutput({
      writeOut: (text) => session.print(text.trimEnd()),
      writeErr: (text) => session.note(text.trimEnd()),
    });
  for (const make of [
    initCommand,
    preflightCommand,
    renderCommand,
    explainCommand,
    profilesCommand,
    lockCommand,
    verifyCommand,
    accessCommand,
    diffCommand,
    statusCommand,
    migrateCommand,
    backupCommand,
    restoreCommand,
    cleanupCommand,
    retireCommand,
    repairCommand,
    uninstallCommand,
    completionCommand,
  ]) {
    program.addCommand(prepared(make(session), program));
  }
  for (const make of [
    endRevisionsCommand,
    restartCommand,
    waitDatabaseCommand,
    waitNotebooksCommand,
    checkUserObjectsCommand,
    holdLeaseCommand,
  ]) {
    program.addCommand(
      prepared(make(session), program).helpGroup("Commands that `pulumi up` and `pulumi destroy` run:"),
    );
  }
  for (const command of [program, ...program.commands]) command.exitOverride();

  debug(() => [`krateo ${words.join(" ")}`]);
  try {
    const code = 0;
    await program.parseAsync([...words], { from: "user" });
    return code;
  } catch (error) {
    if (error instanceof CommanderError) return error.exitCode === 0 ? 0 : 1;
    if (error instanceof BadResult) return error.exitCode;
    session.note(describe(error));
    return 1;
  }
}

function prepared(command: Command, program: Command): Command {
  return command.copyInheritedSettings(program).showHelpAfterError("(see --help)");
}

function describe(error: unknown): string {
  if (!(error instanceof Error)) return `krateo: ${error}`;
  const debug = isDebugging() && !(error instanceof ConfigurationError);
  if (debug && error.stack) return error.stack;
  return error instanceof ReportableError ? error.message : `krateo: ${withoutLogins(error.message)}`;
}
