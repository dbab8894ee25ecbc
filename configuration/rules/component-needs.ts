/** What a component that is on needs of others: the order of the steps says it, but for one need. */

import { gates, needsOfSteps } from "../../components/order.ts";
import { valueAt } from "../../model/path.ts";
import type { Problem } from "../../model/problem.ts";
import type { Path } from "../../model/settings.ts";
import type { ComputedStep } from "../computed-step.ts";
import type { Place } from "../document.ts";

/** Needs that order nothing, since the services wait for them by themselves, but that nothing works without. */
const unorderedNeeds: Readonly<Record<string, { on: string; why: string }[]>> = {
  "install-events-ingester": [
    { on: "install-deviser", why: "it makes the tables that events are written to" },
  ],
  "install-events-presenter": [
    { on: "install-deviser", why: "it makes the tables that events are read from" },
  ],
};

const databaseHost: Path = ["config", "DB_HOST"];

/** Enabled components whose needs are switched off, each with what to do about it. */
export function needProblems(steps: readonly ComputedStep[], namespace: string, origin: Place): Problem[] {
  const problems = new Map<string, Problem>();
  for (const step of steps.filter(({ enabled }) => enabled)) {
    for (const { on, why } of [...(needsOfSteps[step.id] ?? []), ...(unorderedNeeds[step.id] ?? [])]) {
      const needed = steps.find(({ id }) => id === on);
      const key = `${step.component} ${needed?.component}`;
      if (needed === undefined || needed.enabled || problems.has(key)) continue;
      problems.set(key, {
        what: `component ${step.component} needs ${needed.component}, which is switched off: ${step.id} needs ${needed.id}, ${why}`,
        ...switchOf(needed.component, origin),
        next: `switch ${needed.component} on, or ${step.component} off with components.${step.component}.enabled: false`,
      });
    }
  }
  return [...problems.values(), ...databaseProblems(steps, namespace, origin)];
}

/** Services that look for the database which the installation is told not to make. */
function databaseProblems(steps: readonly ComputedStep[], namespace: string, origin: Place): Problem[] {
  const database = steps.find(({ id }) => id === gates.database.on);
  if (database === undefined || database.enabled) return [];
  const users = steps.filter((step) => step.enabled && usesOwnDatabase(step, namespace));
  if (users.length === 0) return [];
  return [
    {
      what: `component ${database.component} is switched off, but ${users.map(({ id }) => id).join(", ")} still look for its database`,
      ...switchOf(database.component, origin),
      next: `switch ${database.component} on, or name your own PostgreSQL: pulumi config set --path krateo:database.host HOST`,
    },
  ];
}

/** True when DB_HOST is a Service of the CNPG cluster that this installation would have made. */
function usesOwnDatabase(step: ComputedStep, namespace: string): boolean {
  const host = valueAt(step.with, ["values", ...databaseHost]);
  if (typeof host !== "string") return needsOfSteps[step.id]?.some(({ on }) => on === "database") ?? false;
  const [service = "", where = namespace] = host.split(".");
  return /^pg-cluster-(rw|ro|r)$/.test(service) && where === namespace;
}

function switchOf(component: string, origin: Place) {
  return origin(["components", component, "enabled"]);
}
