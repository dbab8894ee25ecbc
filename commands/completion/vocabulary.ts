/** What a shell can complete on this command line, read from the commands themselves. */
import type { Argument, Command, Option } from "commander";

/** What may follow an option, or stand as an argument. `text` is what nobody can foresee. */
export type Values =
  | { readonly kind: "words"; readonly words: readonly string[] }
  | { readonly kind: "file" | "stack" | "context" | "text" };

/** An option as it is typed. */
export interface OptionEntry {
  /** Short and long form, those that there are. */
  readonly flags: readonly string[];
  readonly summary: string;
  /** Undefined: it takes no value. */
  readonly value?: Values;
}

/** A command as it is typed. */
interface CommandEntry {
  readonly name: string;
  readonly summary: string;
  readonly options: readonly OptionEntry[];
  readonly argument?: Values;
}

export interface Vocabulary {
  readonly commands: readonly CommandEntry[];
  /** Options that stand before a command. */
  readonly options: readonly OptionEntry[];
}

const help: OptionEntry = { flags: ["-h", "--help"], summary: "show the help" };

/**
 * Reads a program's commands, options and choices.
 *
 * @param profiles Names for options that take profiles, whose choices depend on the project.
 */
export function vocabularyOf(program: Command, profiles: readonly string[]): Vocabulary {
  const entry = (option: Option): OptionEntry => optionEntry(option, profiles);
  return {
    options: [...program.options.map(entry), help],
    commands: program.commands.map((command) => {
      const [argument] = command.registeredArguments;
      return {
        name: command.name(),
        summary: command.summary(),
        options: [...command.options.filter(({ hidden }) => !hidden).map(entry), help],
        ...(argument && { argument: argumentValues(argument) }),
        ...(command.commands.length > 0 && { argument: subcommandsOf(command) }),
      };
    }),
  };
}

function optionEntry(option: Option, profiles: readonly string[]): OptionEntry {
  const { short, long, required, optional, description } = option;
  const flags = [short, long].filter((flag) => flag !== undefined);
  const entry = { flags, summary: description };
  return required || optional ? { ...entry, value: optionValues(option, profiles) } : entry;
}

function optionValues({ argChoices, flags, long }: Option, profiles: readonly string[]): Values {
  if (argChoices) return { kind: "words", words: argChoices };
  if (/<file>$/.test(flags)) return { kind: "file" };
  if (long === "--stack") return { kind: "stack" };
  if (long === "--context") return { kind: "context" };
  return long === "--profiles" ? { kind: "words", words: profiles } : { kind: "text" };
}

function subcommandsOf({ commands }: Command): Values {
  return { kind: "words", words: commands.map((command) => command.name()) };
}

function argumentValues({ argChoices }: Argument): Values {
  return argChoices ? { kind: "words", words: argChoices } : { kind: "text" };
}

/** A word that may be typed, with what it means where that is known. */
export interface Word {
  readonly word: string;
  readonly summary?: string;
}

/** The words that may follow each command, options by their long form; `command` is empty for what stands before one. */
export function wordsAfter({
  commands,
  options,
}: Vocabulary): { readonly command: string; readonly words: readonly Word[] }[] {
  const longForms = (all: readonly OptionEntry[]): Word[] =>
    all.map(({ flags, summary }) => ({ word: flags.at(-1) as string, summary }));
  return [
    {
      command: "",
      words: [...commands.map(({ name, summary }) => ({ word: name, summary })), ...longForms(options)],
    },
    ...commands.map(({ name, options: own, argument }) => ({
      command: name,
      words: [
        ...(argument?.kind === "words" ? argument.words.map((word) => ({ word })) : []),
        ...longForms(own),
      ],
    })),
  ];
}

/** Every flag that a value follows, with the command that it belongs to. */
export function flagsWithValue(
  commands: readonly CommandEntry[],
): { readonly command: string; readonly flag: string; readonly value: Values }[] {
  return commands.flatMap(({ name, options }) =>
    options.flatMap(({ flags, value }) =>
      value === undefined ? [] : flags.map((flag) => ({ command: name, flag, value })),
    ),
  );
}
