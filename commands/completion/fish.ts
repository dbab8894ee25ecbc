/** The completion script for fish. */
import type { OptionEntry, Values, Vocabulary } from "./vocabulary.ts";

/** A script for fish's folder `conf.d`. */
export function fishScript({ commands, options }: Vocabulary): string {
  const lines = [
    ...commands.map(({ name, summary }) => `-n '__krateo_command ""' -f -a ${name} -d ${quoted(summary)}`),
    ...options.map((option) => `-n '__krateo_command ""' ${optionArguments(option)}`),
    ...commands.flatMap(({ name, options: own, argument }) => [
      `-n '__krateo_command ${name}' -f${argument?.kind === "words" ? ` -a ${quoted(argument.words.join(" "))}` : ""}`,
      ...own.map((option) => `-n '__krateo_command ${name}' ${optionArguments(option)}`),
    ]),
  ];
  return `# Completes npx krateo and krateo in fish. Made by: npx krateo completion fish
# Whether the command line is krateo's, and this its command; "" while none is typed.
function __krateo_command
    set -l words (commandline -opc)
    if string match -qr '(^|/)npx$' -- $words[1]
        set -e words[1]
    end
    string match -qr '(^|/)krateo$' -- "$words[1]"; and test "$words[2]" = "$argv[1]"
end
for program in krateo npx
${lines.map((line) => `    complete -c $program ${line}`).join("\n")}
end`;
}

function optionArguments({ flags, summary, value }: OptionEntry): string {
  const names = flags.map((flag) => (flag.startsWith("--") ? `-l ${flag.slice(2)}` : `-s ${flag.slice(1)}`));
  return [...names, ...(value ? [valueArguments(value)] : ["-f"]), `-d ${quoted(summary)}`].join(" ");
}

function valueArguments(value: Values): string {
  switch (value.kind) {
    case "words":
      return `-x -a ${quoted(value.words.join(" "))}`;
    case "stack":
      return `-x -a '(string match -rg "^Pulumi[.](.+)[.]yaml" -- *)'`;
    case "context":
      return "-x -a '(kubectl config get-contexts -o name 2>/dev/null)'";
    case "file":
      return "-r -F";
    case "text":
      return "-x";
  }
}

function quoted(text: string): string {
  return `'${text.replaceAll("\\", "\\\\").replaceAll("'", "\\'")}'`;
}
