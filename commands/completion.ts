/** `krateo completion`: prints a shell's completion of this command line. */
import { Argument, Command } from "commander";
import { bundledProfiles } from "../configuration/bundle.ts";
import { bashScript } from "./completion/bash.ts";
import { fishScript } from "./completion/fish.ts";
import { vocabularyOf } from "./completion/vocabulary.ts";
import { zshScript } from "./completion/zsh.ts";
import type { Session } from "./session.ts";

const scripts = { bash: bashScript, zsh: zshScript, fish: fishScript };

/** `krateo completion`: a script that completes `npx krateo` and `krateo`. */
export function completionCommand(session: Session): Command {
  return new Command("completion")
    .description(
      "Prints a script that completes `npx krateo` and `krateo`: commands, options and their values, stacks of the folder " +
        "that you are in, and kubectl's contexts. The script starts no program but kubectl.",
    )
    .addArgument(new Argument("<shell>", "the shell").choices(Object.keys(scripts)))
    .addHelpText(
      "after",
      `
Examples:
  npx krateo completion bash > ~/.krateo-completion.bash    # then, in ~/.bashrc: source ~/.krateo-completion.bash
  npx krateo completion zsh > ~/.krateo-completion.zsh      # the same in ~/.zshrc, after compinit
  source <(npx krateo completion bash)                      # for this shell alone
  npx krateo completion fish > ~/.config/fish/conf.d/krateo.fish

Run npx krateo in the project's folder: elsewhere npx looks for it on the internet.

Exit codes: 0 printed, 1 there is no such shell.`,
    )
    .action((shell: keyof typeof scripts, _options, command: Command) => {
      const program = command.parent as Command;
      session.print(scripts[shell](vocabularyOf(program, bundledProfiles)));
    });
}
