import { amount } from "./amount.ts";
import { withoutLogins } from "./describe.ts";

/** How problems name the layer that Pulumi's own configuration is. */
export const stackConfiguration = "stack configuration";

/** One mistake of the user's, with what it takes to find and mend it. Never holds a secret's value. */
export interface Problem {
  /** What is wrong, as a sentence in the user's words. */
  readonly what: string;
  /** File as the user knows it, or "stack configuration". */
  readonly file?: string;
  /** Line in `file`, from 1. */
  readonly line?: number;
  /** Path inside the file, e.g. `components.backend.enabled`. */
  readonly path?: string;
  readonly given?: string;
  /** What is accepted; of a list of names the nearest comes first. */
  readonly allowed?: string | readonly string[];
  /** What to do about it, as a sentence. */
  readonly next?: string;
  /** Set where only the moment is wrong: another run is in progress, or the API server is away. */
  readonly later?: true;
}

/** Stands in what is said of such a problem, for scripts: Pulumi's own exit code is the same for every fault. */
export const laterCode = "try-again-later";

/** Where something stands, as every message has it: file, line and path, as far as they are known. */
export function placeText({ file, line, path }: Pick<Problem, "file" | "line" | "path">): string {
  return [file, line === undefined ? undefined : `line ${line}`, path]
    .filter((part) => part !== undefined)
    .join(", ");
}

/** A problem in one sentence, as a log has it; without the logins that something in it may hold. */
export function sentenceOf({ what, next, later }: Problem): string {
  const sentence = next === undefined || next === "" ? what : `${what}; ${next}`;
  return withoutLogins(later ? `${sentence} (${laterCode})` : sentence);
}

/** An error whose message is the whole report to the user: whoever shows it prints the message, never the stack. */
export class ReportableError extends Error {
  /** Nothing is wrong but the moment: the same may succeed later. */
  readonly isForLater: boolean = false;
}

/** Mistakes in what the user gave, all of them at once. */
export class ConfigurationError extends ReportableError {
  readonly problems: readonly Problem[];
  override readonly isForLater: boolean;

  constructor(given: readonly Problem[]) {
    const problems = given.map(withoutSecrets);
    super(listOf(problems));
    this.name = "ConfigurationError";
    this.problems = problems;
    this.isForLater = problems.length > 0 && problems.every(({ later }) => later);
  }
}

/** Whatever part of it came from the user, under whichever label. */
function withoutSecrets(problem: Problem): Problem {
  const clean = (value: unknown): unknown => {
    if (Array.isArray(value)) return value.map(clean);
    return typeof value === "string" ? withoutLogins(value) : value;
  };
  return Object.fromEntries(
    Object.entries(problem).map(([key, value]) => [key, clean(value)]),
  ) as unknown as Problem;
}

function listOf(problems: readonly Problem[]): string {
  return [
    `${amount(problems.length, "problem")}:`,
    ...problems.map((problem, index) => entry(problem, index + 1)),
  ].join("\n");
}

function entry(problem: Problem, number: number): string {
  const where = placeText(problem);
  const allowed = typeof problem.allowed === "string" ? problem.allowed : problem.allowed?.join(", ");
  const lines: [string, string | undefined][] = [
    ["where", where === "" ? undefined : where],
    ["given", problem.given],
    ["allowed", allowed],
    ["next", problem.next],
    ["code", problem.later && laterCode],
  ];
  const indent = " ".repeat(`${number}. `.length);
  return [
    `${number}. ${problem.what}`,
    ...lines
      .filter((line): line is [string, string] => line[1] !== undefined)
      .map(([label, text]) => `${indent}${`${label}:`.padEnd(9)}${text}`),
  ].join("\n");
}
