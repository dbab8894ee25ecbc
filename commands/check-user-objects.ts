/** `krateo check-user-objects`: stops a destroy while users' objects are left. */
import { Command } from "commander";
import type { Connection } from "../cluster/client/connection.ts";
import { startLeaseHolder } from "../engine/lease-holder.ts";
import { selectedStack } from "../engine/stack-file.ts";
import { readStack, recordOf } from "../engine/stack-record.ts";
import { amount } from "../model/amount.ts";
import { ConfigurationError } from "../model/problem.ts";
import { confirmationVariable, destroyedBy, destroyProblems } from "../plan/removal/destroy.ts";
import { removalPlan } from "../plan/removal/removal-plan.ts";
import type { RemovalSurvey } from "../plan/removal/survey.ts";
import { exclusively } from "./exclusively.ts";
import { seconds, withClusterOptions } from "./options.ts";
import { type ClusterOptions, connectTo, type Session, stackTarget } from "./session.ts";

interface CheckOptions extends ClusterOptions {
  readonly timeout: number;
}

/** `krateo check-user-objects`: the first thing that a `pulumi destroy` does. */
export function checkUserObjectsCommand(session: Session): Command {
  return withClusterOptions(new Command("check-user-objects"))
    .description(
      "Looks for users' objects that would go with the stack's Helm releases. If there are any, it lists them and " +
        `fails; with ${confirmationVariable}=NUMBER it deletes at most that many, while their controllers still ` +
        "run. `pulumi destroy` runs it before it removes anything. By hand, use `krateo uninstall` instead.",
    )
    .option("--timeout <seconds>", "how long to wait for deleted objects to be gone, each time", seconds, 120)
    .addHelpText(
      "after",
      `
Examples:
  npx krateo check-user-objects --stack dev

Exit codes: 0 none are left, 1 some are left, or the cluster or the state cannot be read.`,
    )
    .action(async (options: CheckOptions) => {
      await checkUserObjects(options, session);
    });
}

/**
 * The rest of a destroy has no program that could hold the Lease: a process of its own does, unless a command holds it. Nor has it
 * one that could wait for another run.
 */
async function checkUserObjects(options: CheckOptions, session: Session): Promise<void> {
  const confirmed = confirmedNumber();
  const { namespace, choice } = await stackTarget(options, session);
  const connection = await connectTo(choice, session);
  const { waitForOtherRun } = await import("../cluster/lease/wait.ts");
  await waitForOtherRun(connection, namespace, session.note);
  const isHeld = await exclusively(connection, namespace, session, async (lease) => {
    await look({ options, session, confirmed, namespace, connection });
    return lease === undefined || lease.isShared;
  });
  const { ancestors, engineOf } = await import("../cluster/client/process-identity.ts");
  const engine = engineOf(ancestors());
  if (isHeld) return;
  if (engine) await startLeaseHolder(engine.pid, namespace, options);
  else session.note("nothing holds the Lease from here on: the process id of Pulumi is not known");
}

interface Work {
  readonly options: CheckOptions;
  readonly session: Session;
  readonly confirmed: number;
  readonly namespace: string;
  readonly connection: Connection;
}

async function look({ options, session, confirmed, namespace, connection }: Work): Promise<void> {
  const { directory, print } = session;
  const stack = options.stack ?? (await selectedStack(directory));
  const exported = await readStack(stack, directory);
  const record = recordOf(exported);
  // Not the configuration's: it may be broken, and a destroy without the program does not need it.
  const releases = [...record.releases, ...record.interrupted].map((name) => ({ ...name, chart: name.name }));
  const { surveyForRemoval } = await import("../cluster/removal/survey.ts");
  const survey = await surveyForRemoval(connection, namespace, releases, record);
  const destroyed = destroyedBy(survey);
  const problems = destroyProblems(survey, destroyed, confirmed, stack);
  if (problems.length > 0) throw new ConfigurationError(problems);
  await markLeftOver(survey, connection, print);
  const count = destroyed.userObjects.length;
  if (count === 0) return print("no objects of users go with the installation");
  const { removeUserObjects } = await import("../cluster/removal/removal.ts");
  await removeUserObjects(connection, destroyed.waves, options.timeout, print);
  print(
    `${amount(count, "user object")} confirmed by ${confirmationVariable}: deleted, or going with a namespace`,
  );
}

/**
 * What Helm leaves behind stays after a destroy, whose releases' records alone tell whose some of it is: it is marked for
 * the `krateo uninstall` to come.
 */
async function markLeftOver(
  survey: RemovalSurvey,
  connection: Connection,
  print: (line: string) => void,
): Promise<void> {
  const chartOf = new Map(
    survey.releases.map(({ name, namespace, chart }) => [`${namespace}/${name}`, chart]),
  );
  const configured = survey.configured.map((release) => ({
    ...release,
    chart: chartOf.get(`${release.namespace}/${release.name}`) ?? release.chart,
  }));
  const { leftovers } = removalPlan({ ...survey, configured }, { purgeData: false });
  const { markLeftovers } = await import("../cluster/removal/removal.ts");
  await markLeftovers(connection, leftovers);
  if (leftovers.length > 0)
    print(
      `${amount(leftovers.length, "object")} will be left by Helm; npx krateo uninstall removes what is left`,
    );
}

/** @throws ConfigurationError for anything but a whole number */
function confirmedNumber(): number {
  const text = process.env[confirmationVariable] ?? "0";
  if (/^\d+$/.test(text)) return Number(text);
  throw new ConfigurationError([
    {
      what: "the number of user objects that may go is not a whole number",
      path: confirmationVariable,
      given: text,
      next: "npx krateo uninstall --dry-run says how many there are; nothing has been removed",
    },
  ]);
}
