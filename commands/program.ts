/** The command line: registers the commands and reports errors. */
import { Command, CommanderError } from "commander";
import { debug, isDebugging } from "../configuration/debug.ts";
import { withoutLogins } from "../model/describe.ts";
import { ConfigurationError, ReportableError } from "../model/problem.ts";
import packageFile from "../package.json" with { type: "json" };
import { BadResult, type Session } from "./session.ts";

/** Loads what makes a command. */
type Load = () => Promise<(session: Session) => Command>;

/** In the order of the help. Each is loaded only when it is called: all of them take twice as long as one. */
const commands: Readonly<Record<string, Load>> = {
  init: async () => (await import("./init.ts")).initCommand,
  preflight: async () => (await import("./preflight.ts")).preflightCommand,
  render: async () => (await import("./render.ts")).renderCommand,
  explain: async () => (await import("./explain.ts")).explainCommand,
  profiles: async () => (await import("./profiles.ts")).profilesCommand,
  versions: async () => (await import("./versions/versions.ts")).versionsCommand,
  images: async () => (await import("./images.ts")).imagesCommand,
  bundle: async () => (await import("./bundle.ts")).bundleCommand,
  lock: async () => (await import("./lock.ts")).lockCommand,
  verify: async () => (await import("./verify.ts")).verifyCommand,
  access: async () => (await import("./access.ts")).accessCommand,
  diff: async () => (await import("./diff.ts")).diffCommand,
  status: async () => (await import("./status.ts")).statusCommand,
  migrate: async () => (await import("../migration/commands/migrate.ts")).migrateCommand,
  backup: async () => (await import("../migration/commands/backup.ts")).backupCommand,
  restore: async () => (await import("../migration/commands/restore.ts")).restoreCommand,
  cleanup: async () => (await import("../migration/commands/cleanup.ts")).cleanupCommand,
  retire: async () => (await import("../migration/commands/retire.ts")).retireCommand,
  repair: async () => (await import("./repair.ts")).repairCommand,
  uninstall: async () => (await import("./uninstall.ts")).uninstallCommand,
  completion: async () => (await import("./completion.ts")).completionCommand,
};

/** What only Pulumi calls. */
const innerCommands: Readonly<Record<string, Load>> = {
  "end-revisions": async () => (await import("./end-revisions.ts")).endRevisionsCommand,
  restart: async () => (await import("./restart.ts")).restartCommand,
  "wait-database": async () => (await import("./wait-database.ts")).waitDatabaseCommand,
  "wait-notebooks": async () => (await import("./wait-notebooks.ts")).waitNotebooksCommand,
  "check-user-objects": async () => (await import("./check-user-objects.ts")).checkUserObjectsCommand,
  "hold-lease": async () => (await import("./hold-lease.ts")).holdLeaseCommand,
};

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
    // An option belongs to the command before it: krateo versions and krateo versions add both have --json.
    .enablePositionalOptions()
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
  await addCommands(program, session);
  for (const command of [program, ...program.commands.flatMap((one) => [one, ...one.commands])])
    command.exitOverride();

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

/** The command that is called; all of them where it is none: for the help, the completion and the nearest name. */
async function addCommands(program: Command, session: Session): Promise<void> {
  const known = Object.entries({ ...commands, ...innerCommands });
  // The completion lists the others.
  const called = known.filter(([name]) => name === session.command && name !== "completion");
  for (const [name, load] of called.length > 0 ? called : known) {
    const command = prepared((await load())(session), program);
    if (name in innerCommands) command.helpGroup("Commands that `pulumi up` and `pulumi destroy` run:");
    program.addCommand(command);
  }
}

function prepared(command: Command, program: Command): Command {
  for (const below of command.commands) prepared(below, program);
  return command.copyInheritedSettings(program).showHelpAfterError("(see --help)");
}

function describe(error: unknown): string {
  if (!(error instanceof Error)) return `krateo: ${error}`;
  const debug = isDebugging() && !(error instanceof ConfigurationError);
  if (debug && error.stack) return error.stack;
  return error instanceof ReportableError ? error.message : `krateo: ${withoutLogins(error.message)}`;
}
