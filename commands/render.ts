/** `krateo render`: writes the complete release document of the stack. */
import { writeFileSync } from "node:fs";
import { Command } from "commander";
import { renderDocument } from "../configuration/render.ts";
import { ConfigurationError } from "../model/problem.ts";
import { withStackOptions } from "./options.ts";
import { type ClusterOptions, type Session, stackSettings } from "./session.ts";

interface RenderOptions extends ClusterOptions {
  readonly output?: string;
}

/** `krateo render`: the document that all layers of configuration add up to. */
export function renderCommand(session: Session): Command {
  return withStackOptions(new Command("render"))
    .description(
      "Merges the release document with profiles, overrides and stack configuration, and writes it in the " +
        "format of krateo.yaml. Masks secret values. Needs no cluster.",
    )
    .option("--output <file>", "write to a file instead of standard output")
    .addHelpText(
      "after",
      `
Examples:
  npx krateo render --stack dev
  npx krateo render --stack production --output resolved.yaml

Exit codes: 0 written, 1 the configuration is wrong (every problem is listed).`,
    )
    .action(async (options: RenderOptions) => {
      const settings = await stackSettings(options, session);
      for (const warning of settings.warnings) session.note(`warning: ${warning}`);
      const document = renderDocument(settings);
      if (options.output === undefined) {
        session.print(document.trimEnd());
        return;
      }
      write(options.output, document);
      session.note(`written to ${options.output}`);
    });
}

function write(file: string, text: string): void {
  try {
    writeFileSync(file, text);
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    throw new ConfigurationError([{ what: `the document cannot be written: ${reason}`, file }]);
  }
}
