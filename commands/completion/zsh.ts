/** The completion script for zsh. */
import { flagsWithValue, type Values, type Vocabulary, type Word, wordsAfter } from "./vocabulary.ts";

/** A script to source in zsh after `compinit`. */
export function zshScript(vocabulary: Vocabulary): string {
  const words = wordsAfter(vocabulary).map(
    ({ command, words }) => `    ${command || "''"}) found=(${words.map(described).join(" ")}) ;;`,
  );
  const values = flagsWithValue(vocabulary.commands).map(
    ({ command, flag, value }) => `    '${command} ${flag}') ${valueLine(value)}; return ;;`,
  );
  return `# Completes npx krateo and krateo in zsh. Made by: npx krateo completion zsh
_krateo() {
  local first=2 command='' previous=\${words[CURRENT-1]}
  local -a found
  if [[ \${words[1]:t} == npx ]]; then
    if [[ \${words[2]} != krateo || CURRENT -eq 2 ]]; then
      _default
      return
    fi
    first=3
  fi
  (( CURRENT > first )) && command=\${words[first]}
  case "$command $previous" in
${values.join("\n")}
  esac
  case "$command" in
${words.join("\n")}
  esac
  _describe krateo found
}
compdef _krateo krateo npx`;
}

function described({ word, summary }: Word): string {
  return quoted(summary === undefined ? word : `${word.replaceAll(":", "\\:")}:${summary}`);
}

function quoted(text: string): string {
  return `'${text.replaceAll("'", "'\\''")}'`;
}

function valueLine(value: Values): string {
  switch (value.kind) {
    case "words":
      return `compadd ${value.words.join(" ")}`;
    case "stack":
      return "found=(Pulumi.*.yaml(N)); found=(${found#Pulumi.}); compadd ${found%.yaml}";
    case "context":
      return 'compadd ${(f)"$(kubectl config get-contexts -o name 2> /dev/null)"}';
    case "file":
      return "_files";
    case "text":
      return ":";
  }
}
