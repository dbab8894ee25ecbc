/** What a component that is on needs of others: the order of the steps says it, but for one need. */

import { databaseStep, knownStep } from "../../components/catalogue.ts";
import { database } from "../../components/database-programs.ts";
import { valueAt } from "../../model/path.ts";
import type { Problem } from "../../model/problem.ts";
import type { Path } from "../../model/settings.ts";
import type { ComputedStep } from "../computed-step.ts";
import type { Place } from "../document.ts";
import { documentSteps } from "../resolved-components.ts";
import type { ResolvedConfiguration } from "../resolved-configuration.ts";

const databaseHost: Path = ["config", "DB_HOST"];

/** Enabled components whose needs are switched off, each with what to do about it. */
export function needProblems({
  computed: steps,
  config: { namespace },
  components,
  release,
  origin,
}: ResolvedConfiguration): Problem[] {
  const problems = new Map<string, Problem>();
  // What a release document leaves out itself, it can do without: what is known of the needs is known of another version.
  const leftOut = new Set(documentSteps(release?.root ?? {}).flatMap(({ id, skip }) => (skip ? [id] : [])));
  for (const step of steps.filter(({ enabled }) => enabled)) {
    const { needs = [], uses = [] } = knownStep(step.id) ?? {};
    for (const { on, why } of [...needs, ...uses]) {
      const needed = steps.find(({ id }) => id === on);
      const key = `${step.component} ${needed?.component}`;
      if (needed === undefined || needed.enabled || leftOut.has(on) || problems.has(key)) continue;
      const isSkipped = components.some(({ name, enabled }) => name === needed.component && enabled);
      problems.set(key, {
        what: isSkipped
          ? `step ${step.id} needs ${needed.id}, which is skipped: ${why}`
          : `component ${step.component} needs ${needed.component}, which is switched off: ${step.id} needs ${needed.id}, ${why}`,
        ...(isSkipped ? needed.place([]) : switchOf(needed.component, origin)),
        next: isSkipped
          ? `take the skip out, or skip ${step.id}, too`
          : `switch ${needed.component} on, or ${step.component} off with components.${step.component}.enabled: false`,
      });
    }
  }
  return [...problems.values(), ...databaseProblems(steps, namespace, origin)];
}

/** Services that look for the database which the installation is told not to make. */
function databaseProblems(steps: readonly ComputedStep[], namespace: string, origin: Place): Problem[] {
  const maker = steps.find(({ id }) => id === databaseStep);
  if (maker === undefined || maker.enabled) return [];
  const users = steps.filter((step) => step.enabled && usesOwnDatabase(step, namespace));
  if (users.length === 0) return [];
  return [
    {
      what: `component ${maker.component} is switched off, but ${users.map(({ id }) => id).join(", ")} still look for its database`,
      ...switchOf(maker.component, origin),
      next: `switch ${maker.component} on, or name your own PostgreSQL: pulumi config set --path krateo:database.host HOST`,
    },
  ];
}

/** True when DB_HOST is a Service of the CNPG cluster that this installation would have made. */
function usesOwnDatabase(step: ComputedStep, namespace: string): boolean {
  const host = valueAt(step.with, ["values", ...databaseHost]);
  if (typeof host !== "string")
    return knownStep(step.id)?.needs.some(({ on }) => on === database.on) ?? false;
  const [service = "", where = namespace] = host.split(".");
  return /^pg-cluster-(rw|ro|r)$/.test(service) && where === namespace;
}

function switchOf(component: string, origin: Place) {
  return origin(["components", component, "enabled"]);
}
