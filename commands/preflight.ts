import { Command, Option } from "commander";
import { type Check, checkOf } from "../profiles/check.ts";
import { concerns } from "../profiles/concerned-records.ts";
import { damagedCheck } from "../profiles/helm-record.ts";
import type { Inventory } from "../profiles/inventory.ts";
import { preconditionProblems } from "../profiles/preconditions.ts";
import { repairsOf } from "../profiles/repair.ts";
import { releaseTypes, type Settings } from "../profiles/settings.ts";
import { report } from "./check-report.ts";
import { withClusterOptions } from "./options.ts";
import { type ClusterOptions, connectTo, type Session, settingsWithoutStack } from "./session.ts";

interface PreflightOptions extends ClusterOptions {
  readonly type?: string;
  readonly json?: boolean;
}

/** `krateo preflight`: whether a cluster is ready for an installation. */
export function preflightCommand(session: Session): Command {
  return withClusterOptions(new Command("preflight"))
    .summary("check whether the cluster is ready for an installation")
    .description(
      "Reads the cluster and checks what an installation, an upgrade or a migration with the stack's configuration needs: " +
        "the Kubernetes version, your rights, what is installed already, names and node ports that are taken, storage, " +
        "capacity, ingress, Pod Security. Changes nothing. Works before there is any stack: the defaults count then. " +
        "`pulumi up` makes the same checks before it begins a new installation, and stops on an ERROR.",
    )
    .addOption(
      new Option("--type <type>", "type of the installation, instead of krateo:type").choices(releaseTypes),
    )
    .option(
      "--json",
      "print one JSON object {verdict, checks: [{check, subject, status, found, expected, next}]}",
    )
    .addHelpText(
      "after",
      `
Examples:
  npx krateo preflight --stack dev
  npx krateo preflight --context production --type loadbalancer
  npx krateo preflight --json | jq '.checks[] | select(.status == "ERROR")'

Exit codes: 0 no ERROR (there may be a WARNING), 1 at least one ERROR, or the cluster cannot be reached.`,
    )
    .action(async (options: PreflightOptions) => {
      const settings = await settingsWithoutStack(options, session);
      const connection = await connectTo(settings.cluster, session);
      const [{ preflight }, { readInventory }] = await Promise.all([
        import("../cluster/preflight/preflight.ts"),
        import("../cluster/inventory.ts"),
      ]);
      const reading = readInventory(connection, settings);
      const cluster = await preflight(connection, settings, reading);
      const inventory = await reading.catch(() => undefined);
      const checks = [...cluster, ...(inventory ? conditionChecks(settings, inventory) : [])];
      const { server } = connection;
      report(checks, { json: options.json, server, namespace: settings.namespace }, session);
    });
}

/** What `pulumi up` would stop for besides: releases, Secrets, somebody's live run. */
function conditionChecks(settings: Settings, inventory: Inventory): Check[] {
  if (inventory.unreachable) return [];
  const { blocked } = repairsOf(settings, inventory, Date.now());
  const problems = preconditionProblems(settings, inventory, {
    previous: undefined,
    preview: false,
    blocked,
  });
  const subject = `namespace ${settings.namespace}`;
  const concerned = concerns(settings);
  const unread = (inventory.damaged ?? [])
    .filter((record) => !concerned(record))
    .map((record) => damagedCheck(record, false));
  if (problems.length > 0)
    return [...unread, ...problems.map((problem) => checkOf("precondition", subject, problem))];
  return [
    ...unread,
    {
      check: "precondition",
      subject,
      status: "OK",
      found: "its Helm releases and Secrets can be gone on with",
      expected: "nothing in the way",
      next: "",
    },
  ];
}
