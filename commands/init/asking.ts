/** Three ways to get an answer: from a person, from the proposals, or not at all. */
import { ConfigurationError } from "../../model/problem.ts";
import { BadResult } from "../session.ts";
import type { Question } from "./questions.ts";

/** Gets the answer to a question. @param problem What is wrong with an answer; undefined: nothing. */
export type Ask = (
  question: Question,
  problem: (answer: string) => string | undefined,
) => Promise<string | undefined>;

/** Asks at the terminal. @throws BadResult when the user leaves with Ctrl-C */
export async function terminalAsk(note: (text: string) => void): Promise<Ask> {
  const { isCancel, multiselect, select, text } = await import("@clack/prompts");
  const answered = <T>(answer: T): Exclude<T, symbol> => {
    if (!isCancel(answer)) return answer as Exclude<T, symbol>;
    note("cancelled: nothing was written");
    throw new BadResult();
  };
  return async ({ message, choices, several, proposal, example }, problem) => {
    const options = choices?.map(({ value, reason }) => ({
      value,
      label: value === "" ? reason : value,
      ...(value !== "" && reason !== "" && { hint: reason }),
    }));
    if (several) {
      if (!options?.length) return proposal?.value;
      return answered(await multiselect({ message, options, required: false })).join(",");
    }
    if (options) return answered(await select({ message, options, initialValue: proposal?.value }));
    const shown = proposal?.value || example;
    const given = await text({
      message,
      ...(proposal !== undefined && { defaultValue: proposal.value }),
      ...(shown !== undefined && { placeholder: shown }),
      validate: (answer = "") => {
        const meant = answer === "" ? proposal?.value : answer;
        return meant === undefined ? "This has no default." : problem(meant);
      },
    });
    return answered(given);
  };
}

/** Answers without a person, and what nobody answered. */
export class Unasked {
  private readonly missing: { readonly question: Question; readonly proposal?: string }[] = [];
  private readonly takesProposals: boolean;

  /** @param takesProposals A proposal is an answer; without it the proposal only shows what would be asked next. */
  constructor(takesProposals: boolean) {
    this.takesProposals = takesProposals;
  }

  readonly ask: Ask = async (question) => {
    const { proposal } = question;
    // What is empty is a default of the program's: nothing is written for it.
    const isAnswer = proposal !== undefined && (this.takesProposals || proposal.value === "");
    if (!isAnswer) this.missing.push({ question, proposal: proposal?.value });
    return proposal?.value;
  };

  /** @throws ConfigurationError with every option that is missing */
  refuse(): void {
    if (this.missing.length === 0) return;
    throw new ConfigurationError(
      this.missing.map(({ question: { name, message, choices, example }, proposal }) => ({
        what: `--${optionName(name)} is missing, and there is no terminal to ask: ${message}`,
        ...(choices?.length
          ? { allowed: choices.map(({ value }) => value).filter(Boolean) }
          : example !== undefined && { allowed: `such as ${example}` }),
        next:
          proposal === undefined
            ? `give --${optionName(name)}`
            : `give --${optionName(name)}, or take all proposals with --yes: here ${proposal}`,
      })),
    );
  }
}

/** The option as it is typed, without dashes in front: `node-address`. */
function optionName(name: string): string {
  return name.replaceAll(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`);
}
