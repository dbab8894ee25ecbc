import { gatedSteps, knownStep } from "../components/catalogue.ts";
import type { Need } from "../components/description.ts";
import { registryLogin } from "../components/secrets.ts";
import { expandable, variablesIn } from "../configuration/variables.ts";
import type { ChartStep, Settings, Step, VariableStep } from "../model/settings.ts";
import { secretNamesOf } from "./database-secrets.ts";
import { makerOf, plannedValue } from "./planned-value.ts";
import { isRoute } from "./route.ts";

/** One thing that the installation makes or waits for. */
export interface PlanNode {
  /**
   * Step id, name of a Secret, or one of `namespace`, `repair`, `cleanup`, `database`, `standbys`, `notebooks-gone`,
   * `restart`, `retire`, `snapshot`, `user-objects`.
   */
  readonly id: string;
  readonly kind:
    | "namespace"
    | "repair"
    | "cleanup"
    | "secret"
    | "registry-login"
    | "release"
    | "variable"
    | "object"
    | "route"
    | "gate"
    | "restart"
    | "retire"
    | "snapshot"
    | "user-objects";
  /** Set for steps and gates. */
  readonly component?: string;
  /** Direct prerequisites, in a fixed order. */
  readonly needs: readonly Need[];
}

function kindOf(step: Step): PlanNode["kind"] {
  if (step.type === "chart") return "release";
  if (step.type === "var") return "variable";
  return isRoute(step) ? "route" : "object";
}

/**
 * What is installed, in which order and why: enabled steps, the Secrets, gates and bookkeeping around
 * them, each after all that it needs. A need whose step is switched off is dropped; whether it may be
 * switched off was settled when the settings were made.
 */
export function planOf(settings: Settings): readonly PlanNode[] {
  const steps = settings.steps.filter((step) => step.enabled);
  const nodes = new Map<string, PlanNode>();
  const add = (node: PlanNode): void => void nodes.set(node.id, node);

  add({ id: "namespace", kind: "namespace", needs: [] });
  add({
    id: "repair",
    kind: "repair",
    needs: [{ on: "namespace", why: "it repairs what a killed run left there" }],
  });
  add({
    id: "cleanup",
    kind: "cleanup",
    needs: [
      { on: "repair", why: "it removes releases of earlier platform versions, one that is half-done too" },
    ],
  });
  if (settings.secrets === "generated") {
    for (const name of secretNamesOf(settings)) {
      add({ id: name, kind: "secret", needs: [{ on: "namespace", why: "it lives there" }] });
    }
  }
  if (settings.images.logins !== undefined) {
    add({
      id: registryLogin,
      kind: "registry-login",
      needs: [{ on: "namespace", why: "it lives there" }],
    });
  }
  const waitedFor = new Set<string>();
  steps.forEach((step, index) => {
    const before = steps.slice(0, index);
    const ends = before.filter(({ id }) => !waitedFor.has(id));
    const needs = needsOf(step, { before, ends, all: steps });
    for (const { on, begun } of needs) if (!begun) waitedFor.add(on);
    add({ id: step.id, kind: kindOf(step), component: step.component, needs });
  });
  for (const { id: on, gate } of gatedSteps) {
    const behind = nodes.get(on);
    const needs = [{ on, why: gate.why }];
    if (behind) add({ id: gate.id, kind: "gate", component: behind.component, needs });
  }
  add({
    id: "restart",
    kind: "restart",
    needs: [
      { on: "cleanup", why: "it looks at what is left once that is done" },
      ...steps
        .filter(({ type }) => type === "chart")
        .map(({ id }) => ({ on: id, why: "its release's new configuration may not reach its running pods" })),
    ],
  });
  add({
    id: "retire",
    kind: "retire",
    needs: [...nodes.keys()].map((on) => ({ on, why: "it takes away the way back to an earlier version" })),
  });
  add({
    id: "snapshot",
    kind: "snapshot",
    needs: [...nodes.keys()].map((on) => ({ on, why: "it says that everything else succeeded" })),
  });
  add({
    id: "user-objects",
    kind: "user-objects",
    needs: [
      {
        on: "snapshot",
        why: "on removal it must come before everything: it stops while users' objects are left",
      },
    ],
  });
  return sorted(nodes);
}

/** The Helm releases that are installed, in document order. */
export function chartStepsOf(settings: Settings): readonly ChartStep[] {
  return settings.steps.filter((step): step is ChartStep => step.type === "chart" && step.enabled);
}

interface Surroundings {
  readonly before: readonly Step[];
  /** Those before it that no other one before it waits for: who waits for them waits for all. */
  readonly ends: readonly Step[];
  readonly all: readonly Step[];
}

function needsOf(step: Step, { before, ends, all }: Surroundings): Need[] {
  const needs: Need[] = [
    { on: "cleanup", why: "a deprecated release may hold a port or name that it needs" },
  ];
  if (step.type === "chart") {
    needs.push({ on: registryLogin, why: "its pods cannot pull their images without the login in it" });
  }
  const known = knownStep(step.id);
  if (known) {
    needs.push(...known.needs);
  } else if (step.type === "var") {
    needs.push(...sourceOf(step, before));
  } else {
    needs.push(...ends.map((other) => ({ on: other.id, why: "it stands before it in the document" })));
  }
  for (const name of variablesIn(expandable(step))) {
    const setter = all.findLast((other) => other.type === "var" && other.name === name);
    if (setter) needs.push({ on: setter.id, why: `it sets \${${name}}` });
  }
  return needs;
}

/**
 * A variable reads the object of an earlier step, or one of the release that bears its name; else of any earlier step. One
 * whose value the plan fixes waits for nothing.
 */
function sourceOf(step: VariableStep, before: readonly Step[]): Need[] {
  const from = step.valueFrom;
  if (!from || plannedValue(step, before) !== undefined) return [];
  const maker = makerOf(from, before);
  if (maker?.type === "object") return [{ on: maker.id, why: `it makes the ${from.kind} ${from.name}` }];
  if (maker) {
    // A cluster gives a Service what it has to give as soon as Helm has made it, long before the pods behind it are ready.
    const begun = from.apiVersion === "v1" && from.kind === "Service" && { begun: true as const };
    return [{ on: maker.id, why: `its Helm release makes the ${from.kind} ${from.name}`, ...begun }];
  }
  return before.map((other) => ({ on: other.id, why: `it may make the ${from.kind} ${from.name}` }));
}

/** Document order, but each node after its needs; needs on what is not installed are dropped. */
function sorted(nodes: ReadonlyMap<string, PlanNode>): readonly PlanNode[] {
  const result = new Map<string, PlanNode>();
  const visit = (node: PlanNode, trail: readonly string[]): void => {
    if (result.has(node.id)) return;
    if (trail.includes(node.id)) {
      throw new Error(`steps wait for each other: ${[...trail, node.id].join(" -> ")}`);
    }
    const needs = unique(node.needs).filter((need) => nodes.has(need.on));
    for (const need of needs) visit(nodes.get(need.on) as PlanNode, [...trail, node.id]);
    result.set(node.id, { ...node, needs });
  };
  for (const node of nodes.values()) visit(node, []);
  return [...result.values()];
}

/** The first reason for each prerequisite: a step may be needed twice, once by its description and once for a variable. */
function unique(needs: readonly Need[]): Need[] {
  return [...new Map(needs.toReversed().map((need) => [need.on, need])).values()].toReversed();
}
