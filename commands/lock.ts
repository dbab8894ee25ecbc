/** `krateo lock`: pins the stack's charts in krateo.lock, compares them with their sources, or takes what those have now. */
import { Command, Option } from "commander";
import type { FetchOptions } from "../charts/fetch.ts";
import { amount } from "../model/amount.ts";
import { withoutLogins } from "../model/describe.ts";
import type { ChartSource } from "../model/settings.ts";
import { chartStepsOf } from "../plan/plan.ts";
import { withStackOptions } from "./options.ts";
import { plainTable } from "./plain-table.ts";
import { BadResult, type ClusterOptions, type Session, stackSettings } from "./session.ts";

interface LockOptions extends ClusterOptions {
  readonly check?: boolean;
  readonly update?: boolean;
  readonly json?: boolean;
}

/** A chart of the stack, as its source and krateo.lock have it; digests as `sha256:HEX`. */
interface LockedChart {
  readonly chart: string;
  readonly version: string;
  readonly source: string;
  /** Undefined when it was not pinned. */
  readonly pinned?: string;
  readonly found: string;
  readonly status: "pinned" | "not pinned" | "changed";
}

/** `krateo lock`: what the file krateo.lock pins of the stack's charts. */
export function lockCommand(session: Session): Command {
  return withStackOptions(new Command("lock"))
    .description(
      "Fetches the charts of the stack and writes the sha256 of those that krateo.lock lacks into it. `pulumi preview` and " +
        "`pulumi up` do the same, and stop when a chart is not the one that is pinned. All stacks of the project share " +
        "the file: commit it. Needs no cluster.",
    )
    .option("--check", "write nothing: ask all sources, and fail when a chart is not pinned or has changed")
    .addOption(
      new Option("--update", "pin what the sources have now, also where it has changed").conflicts("check"),
    )
    .option("--json", "print one JSON array [{chart, version, source, pinned, found, status}]")
    .addHelpText(
      "after",
      `
Examples:
  npx krateo lock --stack dev
  npx krateo lock --check --stack production     # in CI, before a preview
  npx krateo lock --update && git diff krateo.lock

Exit codes: 0 all charts are pinned, 1 one cannot be fetched, is not pinned or has changed.`,
    )
    .action(async (options: LockOptions) => {
      const charts = await compare(options, session);
      session.print(options.json ? JSON.stringify(charts, undefined, 2) : described(charts, options));
      if (options.check && charts.some(({ status }) => status !== "pinned")) throw new BadResult();
    });
}

/** Does what the options say, and tells each chart's digest from the one that was pinned before. */
async function compare({ check, update, ...options }: LockOptions, session: Session): Promise<LockedChart[]> {
  const { directory } = session;
  const settings = await stackSettings(options, session);
  const steps = chartStepsOf(settings);
  const [{ digestsAtSources, fetchPinned }, { pin, pinnedDigest, readLock }] = await Promise.all([
    import("../charts/fetch.ts"),
    import("../charts/lock.ts"),
  ]);
  const given: FetchOptions = { directory, ...settings.charts };
  const before = readLock(directory);
  const digests = await (check || update ? digestsAtSources : fetchPinned)(steps, given);
  // A run goes on without a lock that it cannot write; this command is there for it.
  if (!check) await pin(directory, digests);
  return [...digests]
    .map(([chart, found]) => compared(chart, found, pinnedDigest(before, chart)))
    .sort((one, other) => one.chart.localeCompare(other.chart));
}

function compared(chart: ChartSource, found: string, pinned: string | undefined): LockedChart {
  return {
    chart: chart.name,
    version: chart.version,
    source: withoutLogins(chart.url),
    ...(pinned && { pinned: `sha256:${pinned}` }),
    found: `sha256:${found}`,
    status: pinned === undefined ? "not pinned" : pinned === found ? "pinned" : "changed",
  };
}

/** What differs from the lock, and what to do, for people. */
function described(charts: readonly LockedChart[], { check }: LockOptions): string {
  const differing = charts.filter(({ status }) => status !== "pinned");
  const all = `${amount(charts.length, "chart")} of the stack`;
  if (differing.length === 0) return `krateo.lock pins ${all}, and none has changed`;
  const rows = differing.map(({ chart, version, status, pinned = "", found, source }) => [
    `${chart} ${version}`,
    status,
    pinned,
    found,
    source,
  ]);
  const result = check
    ? "not pinned: npx krateo lock pins it; changed: npx krateo lock --update accepts it"
    : "krateo.lock now pins what was found: commit it";
  const table = plainTable(["chart", "before", "pinned", "found", "source"], rows);
  return `${table}\n${all}, ${differing.length} ${differing.length === 1 ? "differs" : "differ"}; ${result}`;
}
