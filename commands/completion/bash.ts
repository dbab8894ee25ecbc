/** The completion script for bash. */
import { flagsWithValue, type Values, type Vocabulary, wordsAfter } from "./vocabulary.ts";

/** A script to source in bash 4.4 or newer. */
export function bashScript(vocabulary: Vocabulary): string {
  const words = wordsAfter(vocabulary).map(
    ({ command, words }) =>
      `    ${command || "''"}) _krateo_offer ${words.map(({ word }) => word).join(" ")} ;;`,
  );
  const values = flagsWithValue(vocabulary.commands).map(
    ({ command, flag, value }) => `    '${command} ${flag}') ${valueLine(value)} return ;;`,
  );
  return `# Completes npx krateo and krateo in bash. Made by: npx krateo completion bash
_krateo_offer() {
  mapfile -t COMPREPLY < <(compgen -W "$*" -- "\${COMP_WORDS[COMP_CWORD]}")
}
_krateo_stacks() {
  local file
  for file in Pulumi.*.yaml; do
    file=\${file#Pulumi.}
    [[ -e Pulumi.$file ]] && echo "\${file%.yaml}"
  done
}
_krateo() {
  local previous=\${COMP_WORDS[COMP_CWORD - 1]} first=1 command=''
  COMPREPLY=()
  if [[ \${COMP_WORDS[0]##*/} == npx ]]; then
    # Of any other program bash completes files, as without this script.
    [[ \${COMP_WORDS[1]} == krateo && COMP_CWORD -gt 1 ]] || return
    first=2
  fi
  compopt +o default
  ((COMP_CWORD > first)) && command=\${COMP_WORDS[first]}
  case "$command $previous" in
${values.join("\n")}
  esac
  case "$command" in
${words.join("\n")}
  esac
}
complete -o default -F _krateo krateo npx`;
}

function valueLine(value: Values): string {
  switch (value.kind) {
    case "words":
      return `_krateo_offer ${value.words.join(" ")};`;
    case "stack":
      return '_krateo_offer "$(_krateo_stacks)";';
    case "context":
      return '_krateo_offer "$(kubectl config get-contexts -o name 2> /dev/null)";';
    case "file":
      return "compopt -o default;";
    case "text":
      return "";
  }
}
