/** `krateo profiles`: lists the profiles that a stack can name. */
import { styleText } from "node:util";
import { Command } from "commander";
import type { ProfileEntry } from "../configuration/profile-list.ts";
import type { RawConfig } from "../configuration/raw-config.ts";
import { findStackFile } from "../engine/stack-file.ts";
import { ConfigurationError } from "../model/problem.ts";
import { withStackOptions } from "./options.ts";
import { type ClusterOptions, readConfig, type Session } from "./session.ts";

interface ProfilesOptions extends ClusterOptions {
  readonly json?: boolean;
}

/** `krateo profiles`: what `krateo:profiles` may name. */
export function profilesCommand(session: Session): Command {
  return withStackOptions(new Command("profiles"))
    .description(
      "Lists the profiles that come with this program, those of the stack's platform version, and your own: files " +
        "krateo-overrides.NAME.yaml beside the override file, and those under `profiles` in it. Shows for each its purpose, its types and what it changes. " +
        "Profiles combine in any order; if two set the same value, the later one wins. Needs no cluster.",
    )
    .option(
      "--json",
      "print one JSON array [{name, source, purpose, types, contradicts, touches, paths}]; paths are exact",
    )
    .addHelpText(
      "after",
      `
Examples:
  npx krateo profiles
  npx krateo profiles --json | jq -r '.[] | select(.name == "openshift").paths[]'
  npx pulumi config set krateo:profiles no-finops,monitoring

Exit codes: 0 listed, 1 one of your files is not a valid profile (all problems are listed).`,
    )
    .action(async (options: ProfilesOptions) => {
      const [{ listProfiles }, { configFor }] = await Promise.all([
        import("../configuration/profile-list.ts"),
        import("../configuration/stack-config.ts"),
      ]);
      const config = configFor(await configuration(options, session), ["overrides", "namespace", "version"]);
      const namespace = options.namespace ?? config.namespace;
      const { profiles, problems } = listProfiles(session.directory, { ...config, namespace });
      if (problems.length > 0) throw new ConfigurationError(problems);
      session.print(
        options.json
          ? JSON.stringify(profiles, undefined, 2)
          : profiles.map((profile) => described(profile, session.colours)).join("\n\n"),
      );
    });
}

/** Of the stack that was named; which one is selected need not be asked, for what it chose changes little here. */
async function configuration(options: ProfilesOptions, session: Session): Promise<RawConfig> {
  if (options.stack === undefined && options.configFile === undefined) return { values: {}, secretKeys: [] };
  return readConfig(await findStackFile(options, session.directory), session);
}

function described(profile: ProfileEntry, colours: boolean): string {
  const { name, source, purpose, types, contradicts, touches } = profile;
  const title = colours ? styleText("bold", name, { validateStream: false }) : name;
  return [
    source === "bundled" ? title : `${title} (${source})`,
    `  ${purpose || "(no opening comment)"}`,
    `  changes: ${touches.join(", ") || "nothing"}`,
    ...(types === undefined ? [] : [`  only for type ${types.join(", ")}`]),
    ...(contradicts.length === 0 ? [] : [`  not together with ${contradicts.join(", ")}`]),
  ].join("\n");
}
