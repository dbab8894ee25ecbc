/** `krateo explain`: shows which layer sets a value. */
import { Command } from "commander";
import { type Explanation, explainPath } from "../configuration/explain.ts";
import { placeText } from "../model/problem.ts";
import { withStackOptions } from "./options.ts";
import { type ClusterOptions, type Session, stackConfigurationOf } from "./session.ts";

interface ExplainOptions extends ClusterOptions {
  readonly json?: boolean;
}

/** `krateo explain`: which layer of the configuration a value comes from. */
export function explainCommand(session: Session): Command {
  return withStackOptions(new Command("explain"))
    .description(
      "Shows a value of the configuration, the layer, file and line that set it, and the values of the layers below. " +
        "Masks secret values. Needs no cluster.",
    )
    .argument("<path>", "RELEASE.VALUE or STEP.VALUE for a chart's value, or a path in the document")
    .option("--json", "{path, step, value, settings: [{file, line, path, value}]}, highest layer first")
    .addHelpText(
      "after",
      `
Examples:
  npx krateo explain authn.env.AUTHN_DEBUG --stack dev
  npx krateo explain pg-cluster.cluster.instances
  npx krateo explain authn.with.version
  npx krateo explain components.finops.enabled --json

Exit codes: 0 explained, 1 there is no such path (the nearest name is shown), or the configuration is wrong.`,
    )
    .action(async (path: string, options: ExplainOptions) => {
      const configuration = await stackConfigurationOf(options, session);
      const explanation = explainPath(configuration, path);
      session.print(options.json ? JSON.stringify(explanation, undefined, 2) : explanationText(explanation));
    });
}

function explanationText({ path, step, value, settings }: Explanation): string {
  const [first, ...rest] = settings;
  const merges = value !== null && typeof value === "object" && !Array.isArray(value);
  return [
    step === undefined ? path : `${path} (step ${step})`,
    `value:  ${value === undefined ? "none: it is taken away" : JSON.stringify(value, undefined, 2)}`,
    `set by: ${first ? placeText(first) : "no layer: it is the default"}`,
    ...rest.map(
      (setting) =>
        `${merges ? "and:   " : "over:  "} ${placeText(setting)}: ${JSON.stringify(setting.value)}`,
    ),
  ].join("\n");
}
