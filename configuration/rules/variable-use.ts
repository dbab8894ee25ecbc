/** Whether every `${NAME}` is set, once, before it is used, by a step that runs. */

import { nearestFirst } from "../../model/nearest.ts";
import type { Problem } from "../../model/problem.ts";
import { isMap, type Tree } from "../../model/secret-value.ts";
import type { Path } from "../../model/settings.ts";
import type { ComputedStep } from "../computed-step.ts";
import { nodeAddressVariable } from "../exposure/node-address.ts";
import type { ResolvedConfiguration } from "../resolved-configuration.ts";
import { variablesIn } from "../variables.ts";

interface Setter {
  readonly step: ComputedStep;
  readonly index: number;
}

/** Problems with variables, over all steps in document order. */
export function variableProblems({ computed }: ResolvedConfiguration): Problem[] {
  const problems: Problem[] = [];
  const setters = new Map<string, Setter>();
  for (const [index, step] of computed.entries()) {
    const name = step.type === "var" ? step.with?.["name"] : undefined;
    if (typeof name !== "string") continue;
    const first = setters.get(name);
    if (first === undefined) setters.set(name, { step, index });
    else {
      problems.push({
        what: `variable ${name} is set by two steps: ${first.step.id} and ${step.id}`,
        ...step.place(["name"]),
        next: "give one of them another name",
      });
    }
  }
  for (const [index, step] of computed.entries()) problems.push(...useProblems(step, index, setters));
  return problems;
}

function useProblems(step: ComputedStep, index: number, setters: ReadonlyMap<string, Setter>): Problem[] {
  const reported = new Set<string>();
  return expandedStrings(step).flatMap(({ path, text }) => {
    const bare = [...setters.keys()].filter((name) => isBareLowerCase(text, name));
    return [
      ...bare.map((name) => ({
        what: `step ${step.id}: $${name} stays text, though there is a variable ${name}`,
        ...step.place(path),
        next: `write \${${name}}`,
      })),
      ...variablesIn(text).flatMap((name): Problem[] => {
        const setter = setters.get(name);
        if (setter === undefined && name === nodeAddressVariable) return [];
        if (setter === undefined) return [unknownVariable(step, path, name, text, [...setters.keys()])];
        if (setter.index >= index) {
          return [
            {
              what: `step ${step.id} uses variable ${name} before step ${setter.step.id} sets it`,
              ...step.place(path),
              next: `move ${setter.step.id} before ${step.id}`,
            },
          ];
        }
        const { component, enabled } = setter.step;
        if (enabled || !step.enabled || reported.has(component)) return [];
        reported.add(component);
        return [
          {
            what: `component ${step.component} needs ${component}, which is switched off: step ${step.id} uses variable ${name}, which step ${setter.step.id} sets`,
            ...step.place(path),
            next: `switch ${component} on, or set the value without the variable, or switch ${step.component} off`,
          },
        ];
      }),
    ];
  });
}

function unknownVariable(
  step: ComputedStep,
  path: Path,
  name: string,
  text: string,
  known: readonly string[],
): Problem {
  const rest = text.includes(`$\{${name}`) ? `{${name}}` : name;
  const literal = `if a dollar sign is meant, write \${} for it: \${}${rest}`;
  return {
    what:
      name === ""
        ? `step ${step.id}: a variable without a name`
        : `step ${step.id} uses a variable that no step sets: ${name}`,
    ...step.place(path),
    allowed: known.length === 0 ? "no variables: the document sets none" : nearestFirst(name, known),
    next: /[^A-Za-z0-9_]/.test(name)
      ? `operators such as :- are not known; write the name alone between the braces; ${literal}`
      : literal,
  };
}

/** The strings of a step in which variables count; secrets are not looked into. */
function expandedStrings(step: ComputedStep): { path: Path; text: string }[] {
  if (step.type === "chart") return stringsAt(step.with?.["values"], ["values"]);
  if (step.type === "object") return stringsAt(step.with, []);
  return stringsAt(step.with?.["value"], ["value"]);
}

function stringsAt(tree: Tree | undefined, path: Path): { path: Path; text: string }[] {
  if (typeof tree === "string") return [{ path, text: tree }];
  if (Array.isArray(tree)) return tree.flatMap((item, index) => stringsAt(item, [...path, index]));
  if (!isMap(tree)) return [];
  return Object.entries(tree).flatMap(([key, item]) => stringsAt(item, [...path, key]));
}

function isBareLowerCase(text: string, name: string): boolean {
  return !/^[A-Z_][A-Z0-9_]*$/.test(name) && new RegExp(`\\$${name}(?![A-Za-z0-9_])`).test(text);
}
