import type { PlanNode } from "../../plan/plan.ts";

/** The chain of the plan that takes longest, and with it the least time that an installation can take. */
export interface CriticalPath {
  seconds: number;
  /** Nodes of the chain that take time, first to last. */
  chain: { id: string; seconds: number }[];
}

/**
 * When everything starts the moment its last need is done, or has begun where that is enough, and nothing but `secondsOf` takes time.
 *
 * @param plan each node after its needs, as `planOf` gives it
 * @param secondsOf how long a node takes by itself
 */
export function criticalPath(plan: readonly PlanNode[], secondsOf: (node: PlanNode) => number): CriticalPath {
  const begins = new Map<string, CriticalPath>();
  const ends = new Map<string, CriticalPath>();
  let longest: CriticalPath = { seconds: 0, chain: [] };
  for (const node of plan) {
    const last = node.needs
      .map(({ on, begun }) => (begun ? begins : ends).get(on))
      .reduce((one, other) => ((other?.seconds ?? 0) > (one?.seconds ?? 0) ? other : one), undefined);
    if (last) begins.set(node.id, last);
    const seconds = secondsOf(node);
    const end: CriticalPath = {
      seconds: (last?.seconds ?? 0) + seconds,
      chain: [...(last?.chain ?? []), ...(seconds > 0 ? [{ id: node.id, seconds }] : [])],
    };
    ends.set(node.id, end);
    if (end.seconds > longest.seconds) longest = end;
  }
  return longest;
}
