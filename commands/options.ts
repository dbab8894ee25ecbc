/** Options that several commands share. */
import { type Command, InvalidArgumentError, Option } from "commander";
import type { StackChoice } from "../engine/stack-file.ts";

/** Options that choose a stack; Commander takes the stack's name from PULUMI_STACK, too. */
export function withStackOptions(command: Command): Command {
  return command
    .hook("preAction", withoutEmpty)
    .addOption(
      new Option("--stack <name>", "stack whose configuration is used; default: the selected one").env(
        "PULUMI_STACK",
      ),
    )
    .addOption(
      new Option("--config-file <file>", "its configuration file, if not Pulumi.STACK.yaml").env(
        "KRATEO_CONFIG_FILE",
      ),
    )
    .option("--namespace <namespace>", "namespace of the installation, instead of krateo:namespace");
}

/** An environment variable that is set to nothing counts as not set, as it does for Pulumi. */
function withoutEmpty(_: Command, command: Command): void {
  for (const name of ["stack", "configFile"]) {
    if (command.getOptionValue(name) === "") command.setOptionValue(name, undefined);
  }
}

/** The options that make Pulumi use the same stack and configuration; PULUMI_STACK it reads itself. */
export function stackOptions(command: Command, { stack, configFile }: StackChoice): string[] {
  return [
    ...(command.getOptionValueSource("stack") === "cli" ? [`--stack ${stack}`] : []),
    ...(configFile ? [`--config-file ${configFile}`] : []),
  ];
}

/** Options of commands that look at a cluster. */
export function withClusterOptions(command: Command): Command {
  return withStackOptions(command)
    .option("--kubeconfig <file>", "kubeconfig, instead of krateo:kubeconfig, KUBECONFIG and ~/.kube/config")
    .option("--context <name>", "context of the kubeconfig, instead of krateo:context and the current one");
}

/** How much a table shows; undefined is the usual. */
export type TableForm = "short" | "wide" | undefined;

/** The option that makes a table shorter or wider; not together with --json, which has everything. */
export function withTableOption(command: Command): Command {
  return command.addOption(
    new Option(
      "-o, --table <form>",
      "short: only what needs attention; wide: more columns, and no value cut off",
    )
      .choices(["short", "wide"] satisfies TableForm[])
      .conflicts("json"),
  );
}

/** Parses a number of seconds. */
export function seconds(text: string): number {
  const value = Number(text);
  if (Number.isInteger(value) && value > 0) return value;
  throw new InvalidArgumentError("It must be a whole number of seconds, such as 900.");
}

/** Parses a number of things, none included. */
export function wholeNumber(text: string): number {
  if (/^\d+$/.test(text)) return Number(text);
  throw new InvalidArgumentError("It must be a whole number, such as 3.");
}
