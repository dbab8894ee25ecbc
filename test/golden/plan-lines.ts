/** The plan as goldens show it: what is done, in which order, after what, and why. */
import type { PlanNode } from "../../plan/plan.ts";

/**
 * The nodes in their order, a line for each reason that a node has to wait. A node that waits for all nodes before it,
 * or for all releases among them, says so instead of repeating their names; if it leaves one out, it lists the others.
 */
export function planLines(plan: readonly PlanNode[]): string[] {
  return plan.flatMap((node, index) => {
    if (node.needs.length === 0) return [`${titleOf(node)} after nothing`];
    const before = plan.slice(0, index);
    return byReason(node.needs).map(
      ({ nodes, why, begun }) =>
        `${titleOf(node)} after ${begun ? "the beginning of " : ""}${namesOf(nodes, before)}, because ${why}`,
    );
  });
}

function titleOf({ id, kind, component }: PlanNode): string {
  if (kind === id) return id;
  return component === undefined ? `${kind} ${id}` : `${kind} ${component}/${id}`;
}

interface Group {
  readonly nodes: string[];
  readonly why: string;
  readonly begun: boolean;
}

/** Needs that follow each other, have the same reason and wait for the same, together. */
function byReason(needs: PlanNode["needs"]): Group[] {
  const groups: Group[] = [];
  for (const { on, why, begun = false } of needs) {
    const last = groups.at(-1);
    if (last?.why === why && last.begun === begun) last.nodes.push(on);
    else groups.push({ nodes: [on], why, begun });
  }
  return groups;
}

function namesOf(nodes: readonly string[], before: readonly PlanNode[]): string {
  const areAll = (candidates: readonly PlanNode[]) =>
    nodes.length > 1 &&
    nodes.length === candidates.length &&
    candidates.every(({ id }) => nodes.includes(id));
  if (areAll(before)) return "everything before it";
  if (areAll(before.filter(({ kind }) => kind === "release"))) return "every release before it";
  return nodes.join(", ");
}
