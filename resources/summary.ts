/** The summary of a run in which something failed. */
import * as pulumi from "@pulumi/pulumi";
import type { PlanNode } from "../plan/plan.ts";
import type { BuildContext } from "./build-context.ts";

/** What an operator thinks of as a step: not the bookkeeping around it. */
const shown: readonly PlanNode["kind"][] = ["release", "object", "route", "gate"];

/**
 * Says what is done, what failed and what was therefore not started: at the end of a run in which something failed, and
 * at its first failure, with what is in progress then. A run reaches its end only with --continue-on-error: otherwise Pulumi
 * ends the program with the first error.
 */
export function summarise(build: BuildContext, plan: readonly PlanNode[]): void {
  if (pulumi.runtime.isDryRun()) return;
  const steps = plan.filter((node) => shown.includes(node.kind));
  const finished = new Set<string>();
  for (const node of plan) {
    // A variable stands for what it was read from.
    const made = pulumi
      .all(build.resourcesOf(node).map(({ urn }) => urn))
      .apply(() => void finished.add(node.id));
    pulumi.recover(made, () => undefined);
  }
  build.progress = () => {
    const names = (nodes: readonly PlanNode[]): string[] => nodes.map(({ id }) => build.displayName(id));
    const isReady = ({ needs }: PlanNode): boolean => needs.every(({ on }) => finished.has(on));
    const of = (wanted: (node: PlanNode) => boolean): Set<string> => new Set(names(steps.filter(wanted)));
    return summaryOf(
      names(steps),
      of(({ id }) => finished.has(id)),
      of(({ id }) => build.failed.has(id)),
      of(isReady),
    );
  };
  const outcomes = steps.map((node) => {
    const { urn } = build.resource(node.id) as pulumi.Resource;
    return pulumi.recover(
      urn.apply(() => true),
      () => false,
    );
  });
  pulumi.all(outcomes).apply(async (done) => {
    const lines = summaryOf(
      steps.map((node) => build.displayName(node.id)),
      new Set(steps.filter((_, index) => done[index]).map((node) => build.displayName(node.id))),
      new Set([...build.failed].map((id) => build.displayName(id))),
    );
    if (lines.length === 0) return;
    // What was in progress at the first failure has changed where a migration stands.
    await pulumi.log.info([...lines, ...(await build.args.migrationStatus())].join("\n"));
  });
}

/**
 * The summary's lines; none when all is done. What is neither done nor failed was not started.
 *
 * @param inProgress While the run goes on: what has all that it needs.
 */
export function summaryOf(
  names: readonly string[],
  done: ReadonlySet<string>,
  failed: ReadonlySet<string>,
  inProgress: ReadonlySet<string> = new Set(),
): readonly string[] {
  if (names.every((name) => done.has(name))) return [];
  const left = names.filter((name) => !done.has(name) && !failed.has(name));
  const groups: [string, string[]][] = [
    ["failed:", names.filter((name) => failed.has(name))],
    ["in progress:", left.filter((name) => inProgress.has(name))],
    ["not started:", left.filter((name) => !inProgress.has(name))],
    ["done:", names.filter((name) => done.has(name))],
  ];
  return groups
    .filter(([, members]) => members.length > 0)
    .map(([title, members]) => `${title.padEnd(13)}${members.join(", ")}`);
}
