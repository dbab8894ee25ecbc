/** Rules for a changed Helm value: onto the chart of 3.0.0, if that goes on with the chart and reads the value. */

import type { MergeContext, Outcome } from "./change-outcome.ts";
import type { Change } from "./changes.ts";
import { exposedValue } from "./exposed-values.ts";
import { ownedBecause } from "./owned-values.ts";
import { plainValue } from "./plain-value.ts";
import { successorOf, type TargetStep, targetOf } from "./target-steps.ts";

/** What becomes of a changed value; `path` of the change starts with `values`. */
export function valueOutcome(change: Change, context: MergeContext): Outcome {
  const { steps, absent } = context;
  const path = change.path.slice(1);
  const id = change.standsFor ?? "";
  const target = targetOf(steps, id);
  const successor = successorOf(steps, id);
  const gone = `chart ${change.step.with["name"]} is not part of 3.0.0`;
  if (target === undefined && successor === undefined) return { kind: "left", ...goneFor(id, gone) };
  const step = (target ?? successor) as TargetStep;
  if (target === undefined && !["service", "ingress"].includes(String(path[0]))) {
    return { kind: "left", why: `${gone}; ${step.id} is another program` };
  }
  if (absent.has(step.component)) {
    return { kind: "left", why: `component ${step.component} is switched off, as it was in your object` };
  }
  const chart = String(step.with["repo"]);
  const own = ownedBecause(chart, path);
  if (own !== undefined) return { kind: "left", why: own };
  const special = exposedValue(change, path, step, context);
  if (special !== undefined) return special;
  return plainValue(change, path, step, context);
}

function goneFor(id: string, gone: string): { why: string; next?: string } {
  if (id !== "install-eventsse-etcd") return { why: gone };
  return {
    why: `${gone}: events are kept in PostgreSQL`,
    next: "its size is components.cnpg.stepConfig.install-pg-cluster.helmValues.cluster.storage.size",
  };
}
