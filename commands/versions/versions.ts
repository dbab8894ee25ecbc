/** `krateo versions`: the platform versions that a stack can name; its subcommands add one, and compare two. */
import { Command } from "commander";
import { type Problem, placeText, sentenceOf } from "../../model/problem.ts";
import { plainTable } from "../plain-table.ts";
import { BadResult, type Session } from "../session.ts";
import { addCommand } from "./add.ts";
import { versionsDiffCommand } from "./diff.ts";

/** A platform version that `krateo:version` may name. */
interface VersionEntry {
  readonly version: string;
  /** "bundled", or where its documents came from. */
  readonly from: string;
  /** Number of upstream's documents; undefined for the bundled version. */
  readonly documents?: number;
  /** Ids of corrections that are not made. */
  readonly keepUpstream: readonly string[];
  /** Why it cannot be used; empty when it can. */
  readonly problems: readonly string[];
}

/** `krateo versions`: what `krateo:version` may name. */
export function versionsCommand(session: Session): Command {
  return new Command("versions")
    .description(
      "Lists the platform version that comes with this program, and those that were added to the project: upstream's " +
        "documents in versions/VERSION/, with their sha256 in krateo.lock. Needs no cluster and no network.",
    )
    .option("--json", "print one JSON array [{version, from, documents, keepUpstream, problems}]")
    .addHelpText(
      "after",
      `
Examples:
  npx krateo versions
  npx krateo versions add 3.1.0
  npx krateo versions diff 3.0.0 3.1.0
  npx pulumi config set krateo:version 3.1.0

Exit codes: 0 all of them can be used, 1 one cannot.`,
    )
    .action(async ({ json }: { readonly json?: boolean }) => {
      const entries = await list(session.directory);
      session.print(json ? JSON.stringify(entries, undefined, 2) : described(entries));
      if (entries.some(({ problems }) => problems.length > 0)) throw new BadResult();
    })
    .addCommand(addCommand(session))
    .addCommand(versionsDiffCommand(session));
}

async function list(directory: string): Promise<VersionEntry[]> {
  const [{ bundledVersion }, { addedVersions, storedVersion }, { readLockFile }] = await Promise.all([
    import("../../configuration/bundle.ts"),
    import("../../configuration/versions/stored-version.ts"),
    import("../../configuration/lock-file.ts"),
  ]);
  const { versions } = readLockFile(directory);
  const added = addedVersions(directory).map((version): VersionEntry => {
    const problems: Problem[] = [];
    storedVersion(directory, version, { problems, warnings: [] });
    const { from = "unknown", documents = {}, keepUpstream = [] } = versions[version] ?? {};
    return {
      version,
      from,
      documents: Object.keys(documents).length,
      keepUpstream,
      problems: problems.map((problem) => `${placeText(problem)}: ${sentenceOf(problem)}`),
    };
  });
  return [{ version: bundledVersion, from: "bundled", keepUpstream: [], problems: [] }, ...added];
}

function described(entries: readonly VersionEntry[]): string {
  const rows = entries.map(({ version, from, keepUpstream, problems }) => [
    version,
    from,
    keepUpstream.join(", "),
    problems.length === 0 ? "ready" : "cannot be used",
  ]);
  const table = plainTable(["version", "from", "upstream's kept", "state"], rows);
  return [table, ...entries.flatMap(({ problems }) => problems)].join("\n");
}
