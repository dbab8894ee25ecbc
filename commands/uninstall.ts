/** `krateo uninstall`: lists what would be removed, then removes the installation. */
import { resolve } from "node:path";
import { setTimeout as pause } from "node:timers/promises";
import { Command } from "commander";
import type { Connection } from "../cluster/client/connection.ts";
import type { RunLease } from "../cluster/lease/run-lease.ts";
import { pulumiDestroy } from "../engine/pulumi-destroy.ts";
import { findStackFile, type StackChoice, selectedStack } from "../engine/stack-file.ts";
import {
  connectionOf,
  type RecordedConnection,
  readStack,
  recordOf,
  type StackExport,
} from "../engine/stack-record.ts";
import { amount } from "../model/amount.ts";
import type { Inventory } from "../model/inventory.ts";
import { ConfigurationError } from "../model/problem.ts";
import type { Settings } from "../model/settings.ts";
import {
  confirmationProblems,
  heldProblems,
  placeProblems,
  recordProblems,
} from "../plan/removal/blockers.ts";
import { configuredRelease } from "../plan/removal/known.ts";
import { identityOf } from "../plan/removal/objects.ts";
import { type RemovalPlan, remainsOf, removalPlan } from "../plan/removal/removal-plan.ts";
import type { LiveRelease, RemovalSurvey } from "../plan/removal/survey.ts";
import { repairsOf } from "../plan/repair.ts";
import { exclusively } from "./exclusively.ts";
import { seconds, wholeNumber, withStackOptions } from "./options.ts";
import { planText, retainedLines } from "./removal-report.ts";
import { repairLocks } from "./repair.ts";
import { BadResult, connectTo, type Session, stackSettings } from "./session.ts";

interface UninstallOptions extends StackChoice {
  readonly namespace?: string;
  readonly purgeData?: boolean;
  readonly dryRun?: boolean;
  readonly yes?: boolean;
  readonly confirmUserObjects?: number;
  readonly timeout: number;
}

/** What the command works on. */
interface Work {
  readonly session: Session;
  readonly options: UninstallOptions;
  readonly settings: Settings;
  readonly connection: Connection;
  readonly stack: string;
  readonly configFile: string;
}

/** `krateo uninstall`: takes the whole installation down, and says before what goes and after what is left. */
export function uninstallCommand(session: Session): Command {
  return withStackOptions(new Command("uninstall"))
    .description(
      "Lists what would go and what stays. Then it deletes the users' objects of Krateo's kinds while their " +
        "controllers still run, destroys the stack, removes what Helm leaves behind, and checks that nothing is left. " +
        "Deletes only what it has listed. Safe to repeat, also after an interruption.",
    )
    .option("--dry-run", "only list what would go and what stays")
    .option("--yes", "remove what the list names; without this option nothing is removed")
    .option(
      "--confirm-user-objects <number>",
      "how many user objects go too; must be their number when it runs",
      wholeNumber,
    )
    .option(
      "--purge-data",
      "also delete the databases' volumes, CloudNativePG's definitions if nobody uses them, and the namespace if this " +
        "program made it and nothing of anybody else is in it",
    )
    .option("--timeout <seconds>", "how long to wait for deleted objects to be gone, each time", seconds, 120)
    .addHelpText(
      "after",
      `
Examples:
  npx krateo uninstall --dry-run --stack nodeport
  npx krateo uninstall --stack nodeport --yes --confirm-user-objects 3
  npx krateo uninstall --stack nodeport --yes --purge-data

Exit codes: 0 everything that should go is gone (with --dry-run: the list was made), 1 refused before anything was
changed, or something is left: the output names it and what holds it.`,
    )
    .action(async (options: UninstallOptions) => {
      await uninstall(await prepare(options, session));
    });
}

async function prepare(options: UninstallOptions, session: Session): Promise<Work> {
  const { directory } = session;
  const stack = options.stack ?? (await selectedStack(directory));
  const configFile = await findStackFile({ ...options, stack }, directory);
  const settings = await stackSettings({ ...options, stack }, session);
  const connection = await connectTo(settings.cluster, session);
  return { session, options, settings, connection, stack, configFile };
}

async function uninstall(work: Work): Promise<void> {
  const { session, options, settings, stack } = work;
  const { print } = session;
  // After a run that was killed while it wrote the state, it could not be read.
  const locks = options.yes && !options.dryRun ? await repairLocks({ stack }, session) : [];
  if (locks.length > 0) {
    const next = "nothing was changed; --force is an option of npx krateo repair";
    const problems = locks.map(({ reason: what, later }) => ({ what, next, ...(later && { later }) }));
    throw new ConfigurationError(problems);
  }
  const exported = await readStack(stack, session.directory);
  await checkPlace(work, exported);
  const { survey, plan } = await look(work, exported);
  const { server, context } = work.connection;
  print(
    `stack ${stack}: Krateo ${settings.platformVersion} in namespace ${settings.namespace} at ${server} (context ${context})`,
  );
  print(planText(plan));
  if (remainsOf(plan).length === 0 && !survey.stack.filled) {
    print("OK: nothing of this installation is left");
    return;
  }
  const problems = [
    ...recordProblems(survey),
    ...heldProblems(survey, plan),
    ...confirmationProblems(plan, options.confirmUserObjects),
  ];
  if (options.dryRun) {
    for (const { what, next } of problems) print(`would be refused: ${what}; ${next}`);
    print("nothing was changed (--dry-run)");
    return;
  }
  if (problems.length > 0) throw new ConfigurationError(problems);
  if (!options.yes) {
    const next = "read the list, then run the same with --yes";
    throw new ConfigurationError([{ what: "nobody has agreed to the removal; nothing was changed", next }]);
  }
  const read = await checkAlone(work);
  const remove = (lease: RunLease | undefined): Promise<void> =>
    carryOut(work, exported, plan, async () => void (await lease?.release()));
  await exclusively(work.connection, settings.namespace, session, remove, read);
  await judge(work, plan);
}

async function checkPlace({ connection, settings }: Work, exported: StackExport): Promise<void> {
  const { readClusterUid } = await import("../cluster/client/identity.ts");
  const problems = placeProblems(recordOf(exported), {
    clusterUid: (await readClusterUid(connection)) ?? "none",
    namespace: settings.namespace,
    server: connection.server,
  });
  if (problems.length > 0) throw new ConfigurationError(problems);
}

async function look(
  { settings, connection, options }: Work,
  exported: StackExport,
): Promise<{ survey: RemovalSurvey; plan: RemovalPlan }> {
  const { surveyForRemoval } = await import("../cluster/removal/survey.ts");
  const configured = settings.steps.flatMap((step) =>
    step.type === "chart" ? [configuredRelease(step)] : [],
  );
  const survey = await surveyForRemoval(connection, settings.namespace, configured, recordOf(exported));
  return { survey, plan: removalPlan(survey, { purgeData: options.purgeData ?? false }) };
}

/** @param leaveNamespace Called before the namespace is deleted, with all that is in it. */
async function carryOut(
  work: Work,
  exported: StackExport,
  plan: RemovalPlan,
  leaveNamespace: () => Promise<void>,
): Promise<void> {
  const { session, options, connection, settings, stack, configFile } = work;
  const { print, directory } = session;
  const runProgram = hasMoved(connectionOf(exported), work);
  const [removal, { deleteAndWait }, { waitForClaimUsers }] = await Promise.all([
    import("../cluster/removal/removal.ts"),
    import("../cluster/removal/delete-objects.ts"),
    import("../cluster/client/claims.ts"),
  ]);
  await removal.markLeftovers(connection, plan.leftovers);
  await whole(removal.removeUserObjects(connection, plan.waves, options.timeout, print));
  await removal.removeInterrupted(connection, plan.interrupted, objectsOf(plan), options.timeout, print);
  if (recordOf(exported).filled) {
    const code = await pulumiDestroy({
      stack,
      configFile,
      directory,
      terminal: session.colours,
      runProgram,
      // What is left of the confirmed ones goes with a namespace.
      confirmedUserObjects: plan.userObjects.length - plan.waves.flat().length,
    });
    if (code !== 0) {
      session.note(`pulumi destroy ended with exit code ${code}; what is left:`);
      return;
    }
  }
  await removal.removeLeftovers(connection, plan.leftovers, plan.crds, options.timeout, print);
  if (!options.purgeData) return;
  const claims = [...plan.volumes, ...plan.ownedVolumes]
    .filter((claim) => claim.namespace === settings.namespace)
    .map(({ name }) => name);
  await waitForClaimUsers(connection, settings.namespace, claims, options.timeout);
  await deleteAndWait(connection, plan.volumes, options.timeout, print);
  if (!plan.ownNamespace) return;
  const namespace = await emptyNamespace(work);
  if (!namespace) return;
  await leaveNamespace();
  await deleteAndWait(connection, [namespace], options.timeout, print);
}

/** Somebody may have put something into it since; what Kubernetes collects by and by gets some time to go. */
async function emptyNamespace(work: Work): Promise<RemovalPlan["ownNamespace"]> {
  const exported = await readStack(work.stack, work.session.directory);
  for (let attempt = 1; ; attempt++) {
    const { plan } = await look(work, exported);
    if (plan.ownNamespace || attempt === 10) return plan.ownNamespace;
    await pause(1000);
  }
}

/**
 * Stops when another run may be in progress. A release that is being uninstalled is no reason: Helm does it again.
 *
 * @returns the inventory that was read
 */
async function checkAlone({ settings, connection, session }: Work): Promise<Inventory> {
  const { readInventory } = await import("../run/inventory.ts");
  const inventory = await readInventory(connection, settings, { say: session.note });
  const releases = Object.entries(inventory.releases).filter(([, { status }]) => status !== "uninstalling");
  const { blocked } = repairsOf(
    settings,
    { ...inventory, releases: Object.fromEntries(releases) },
    Date.now(),
  );
  if (blocked.length > 0) throw new ConfigurationError(blocked);
  return inventory;
}

/** Until here only users' objects were touched: whoever reads the error must know that the platform is whole. */
async function whole(removing: Promise<void>): Promise<void> {
  try {
    await removing;
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    throw new ConfigurationError([
      {
        what: `the users' objects do not go, and the platform was not touched: ${reason}`,
        next:
          "find out why the finalizer is not cleared (the logs of who should, e.g. kubectl logs deployment/core-provider) " +
          "and run this again; after a minute it also says how to clear the finalizer by hand",
      },
    ]);
  }
}

/** A destroy without the program connects as the state remembers, which may be a kubeconfig of the past. */
function hasMoved(
  recorded: RecordedConnection | undefined,
  { connection, settings, session }: Work,
): boolean {
  if (!recorded) return false;
  const { kubeconfig, context } = recorded;
  const file = kubeconfig === undefined ? connection.kubeconfig : resolve(session.directory, kubeconfig);
  return file !== connection.kubeconfig || context !== settings.cluster.context;
}

/** Live objects of one release, out of all. */
function objectsOf({ manifest }: RemovalPlan): (release: LiveRelease) => RemovalPlan["manifest"] {
  return (release) => {
    const own = new Set(release.manifest.filter(({ kept }) => !kept).map(identityOf));
    return manifest.filter((object) => own.has(identityOf(object)));
  };
}

/** Looks again, and says what is left that should have gone. */
async function judge(work: Work, before: RemovalPlan): Promise<void> {
  const { session, stack, settings } = work;
  const { survey, plan } = await look(work, await readStack(stack, session.directory));
  const left = remainsOf(plan);
  if (left.length === 0 && !survey.stack.filled) {
    for (const line of retainedLines(plan)) session.print(line);
    const gone = before.releases.length + before.interrupted.length;
    const removed = gone > 0 ? `${amount(gone, "Helm release")} removed; ` : "";
    session.print(
      `OK: ${removed}nothing that should go is left in namespace ${settings.namespace} or cluster-wide`,
    );
    return;
  }
  session.print("LEFT");
  for (const line of left) session.print(`  ${line}`);
  if (survey.stack.filled) session.print(`  the state of stack ${stack} is not empty`);
  session.print(
    "ERROR: not everything is gone; remove what holds it, then run the same command again (npx krateo repair removes a stale lock)",
  );
  throw new BadResult();
}
