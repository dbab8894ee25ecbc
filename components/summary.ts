import * as pulumi from "@pulumi/pulumi";
import type { PlanNode } from "../profiles/plan.ts";
import type { Site } from "./site.ts";

/** What an operator thinks of as a step: not the bookkeeping around it. */
const shown: readonly PlanNode["kind"][] = ["release", "object", "route", "gate"];

/**
 * After a run in which something failed, says what is done, what failed and what was therefore not started. A run
 * goes that far only with --continue-on-error: otherwise Pulumi ends the program with the first error.
 */
export function summarise(site: Site, plan: readonly PlanNode[]): void {
  if (pulumi.runtime.isDryRun()) return;
  const steps = plan.filter((node) => shown.includes(node.kind));
  const outcomes = steps.map((node) => {
    const { urn } = site.resource(node.id) as pulumi.Resource;
    return pulumi.recover(
      urn.apply(() => true),
      () => false,
    );
  });
  pulumi.all(outcomes).apply(async (done) => {
    const lines = summaryOf(
      steps.map((node) => site.displayName(node.id)),
      new Set(steps.filter((_, index) => done[index]).map((node) => site.displayName(node.id))),
      new Set([...site.failed].map((id) => site.displayName(id))),
    );
    if (lines.length > 0) await pulumi.log.info(lines.join("\n"));
  });
}

/** The summary's lines; none when all is done. What is neither done nor failed was not started. */
export function summaryOf(
  names: readonly string[],
  done: ReadonlySet<string>,
  failed: ReadonlySet<string>,
): readonly string[] {
  if (names.every((name) => done.has(name))) return [];
  const groups: [string, string[]][] = [
    ["failed:", names.filter((name) => failed.has(name))],
    ["not started:", names.filter((name) => !done.has(name) && !failed.has(name))],
    ["done:", names.filter((name) => done.has(name))],
  ];
  return groups
    .filter(([, members]) => members.length > 0)
    .map(([title, members]) => `${title.padEnd(13)}${members.join(", ")}`);
}
