/** The command line: registers the commands and reports errors. */
import { Command, CommanderError } from "commander";
import { debug, isDebugging } from "../configuration/debug.ts";
import { withoutLogins } from "../model/describe.ts";
import { ConfigurationError, ReportableError } from "../model/problem.ts";
import packageFile from "../package.json" with { type: "json" };
import { BadResult, type Session, tryLater } from "./session.ts";

/** What the help says of a command, and what loads the file that makes it. */
interface Entry {
  summary: string;
  load: () => Promise<(session: Session) => Command>;
}

/** In the order of the help. Each is loaded only when it is called: all of them take twice as long as one. */
const commands: Readonly<Record<string, Entry>> = {
  init: {
    summary: "make a stack for a cluster, with a configuration that suits it",
    load: async () => (await import("./init.ts")).initCommand,
  },
  preflight: {
    summary: "check whether the cluster is ready for an installation",
    load: async () => (await import("./preflight.ts")).preflightCommand,
  },
  render: {
    summary: "write the complete release document of the stack",
    load: async () => (await import("./render.ts")).renderCommand,
  },
  explain: {
    summary: "show a value, the layer that sets it, and the values of lower layers",
    load: async () => (await import("./explain.ts")).explainCommand,
  },
  profiles: {
    summary: "list the profiles that a stack can name",
    load: async () => (await import("./profiles.ts")).profilesCommand,
  },
  versions: {
    summary: "list the platform versions that a stack can name, add one, compare two",
    load: async () => (await import("./versions/versions.ts")).versionsCommand,
  },
  images: {
    summary: "list every image that the stack will run",
    load: async () => (await import("./images.ts")).imagesCommand,
  },
  bundle: {
    summary: "write a file with the charts of the stack, for a site without internet access",
    load: async () => (await import("./bundle.ts")).bundleCommand,
  },
  fleet: {
    summary: "render the Stacks of many clusters for the Pulumi Kubernetes Operator",
    load: async () => (await import("./fleet.ts")).fleetCommand,
  },
  lock: {
    summary: "pin the charts of the stack, or check what is pinned",
    load: async () => (await import("./lock.ts")).lockCommand,
  },
  verify: {
    summary: "compare the cluster with the configuration",
    load: async () => (await import("./verify.ts")).verifyCommand,
  },
  access: {
    summary: "show where the web interface is, and check that it works from here",
    load: async () => (await import("./access.ts")).accessCommand,
  },
  diff: {
    summary: "show how the cluster differs from the plan",
    load: async () => (await import("./diff.ts")).diffCommand,
  },
  rbac: {
    summary: "print the roles that an account needs, and no more",
    load: async () => (await import("./rbac.ts")).rbacCommand,
  },
  status: {
    summary: "say whether a run is in progress, whose, and since when",
    load: async () => (await import("./status.ts")).statusCommand,
  },
  migrate: {
    summary: "carry over the configuration of a Krateo 2.7.0",
    load: async () => (await import("../migration/commands/migrate.ts")).migrateCommand,
  },
  backup: {
    summary: "write a backup of a Krateo 2.7.0 before it is migrated",
    load: async () => (await import("../migration/commands/backup.ts")).backupCommand,
  },
  restore: {
    summary: "go back to Krateo 2.7.0, while that is still possible",
    load: async () => (await import("../migration/commands/restore.ts")).restoreCommand,
  },
  cleanup: {
    summary: "remove what Krateo 2.7.0 left and 3.0.0 must not run beside",
    load: async () => (await import("../migration/commands/cleanup.ts")).cleanupCommand,
  },
  retire: {
    summary: "remove the installer of 2.7.0 when 3.0.0 runs",
    load: async () => (await import("../migration/commands/retire.ts")).retireCommand,
  },
  repair: {
    summary: "clean up after a killed run",
    load: async () => (await import("./repair.ts")).repairCommand,
  },
  uninstall: {
    summary: "list what would be removed, then remove the installation",
    load: async () => (await import("./uninstall.ts")).uninstallCommand,
  },
  completion: {
    summary: "print a script that completes commands and options in a shell",
    load: async () => (await import("./completion.ts")).completionCommand,
  },
};

/** What only Pulumi calls. */
const innerCommands: Readonly<Record<string, Entry>> = {
  "end-revisions": {
    summary: "mark unfinished Helm revisions of a killed run as failed",
    load: async () => (await import("./end-revisions.ts")).endRevisionsCommand,
  },
  restart: {
    summary: "restart pods that are older than their configuration",
    load: async () => (await import("./restart.ts")).restartCommand,
  },
  "wait-database": {
    summary: "wait until PostgreSQL can be used",
    load: async () => (await import("./wait-database.ts")).waitDatabaseCommand,
  },
  "wait-notebooks": {
    summary: "wait until no finops Notebook is left",
    load: async () => (await import("./wait-notebooks.ts")).waitNotebooksCommand,
  },
  "check-user-objects": {
    summary: "stop a destroy that would delete users' objects, or wait for them forever",
    load: async () => (await import("./check-user-objects.ts")).checkUserObjectsCommand,
  },
  "hold-lease": {
    summary: "hold the Lease while a destroy is in progress",
    load: async () => (await import("./hold-lease.ts")).holdLeaseCommand,
  },
};

/**
 * Runs one command line. What goes wrong is said in words; the stack of an error that nobody foresaw is shown with
 * KRATEO_DEBUG=1.
 *
 * @param words The command line after the program's name.
 * @returns the exit code: 0 done, 1 not, 3 not at this moment; a command's own further codes are in its help
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
      "\nEach command has its own --help with examples. Exit codes: 0 done, 1 not done, 3 try again later (another run is in progress, or the API server is away); " +
        "init, access, diff and status also have 2.",
    )
    .configureOutput({
      writeOut: (text) => session.print(text.trimEnd()),
      writeErr: (text) => session.note(text.trimEnd()),
    });
  await addCommands(program, session, words[0] === "help" ? words[1] : session.command);
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
    return error instanceof ReportableError && error.isForLater ? tryLater : 1;
  }
}

/** Every command by name and summary; loaded is the wanted one, and all of them for the completion. */
async function addCommands(program: Command, session: Session, wanted?: string): Promise<void> {
  for (const [name, { summary, load }] of Object.entries({ ...commands, ...innerCommands })) {
    const isLoaded = name === wanted || wanted === "completion";
    const command = isLoaded ? prepared((await load())(session), program) : new Command(name);
    if (name in innerCommands) command.helpGroup("Commands that `pulumi up` and `pulumi destroy` run:");
    program.addCommand(command.summary(summary));
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
