/** `krateo versions diff`: what two platform versions install differently, and what that means for a stack. */
import { Command } from "commander";
import { configFor } from "../../configuration/stack-config.ts";
import {
  differenceLines,
  differenceOf,
  type VersionDifference,
} from "../../configuration/versions/difference.ts";
import type { JudgedCorrection } from "../../configuration/versions/judge.ts";
import { findStackFile } from "../../engine/stack-file.ts";
import { amount } from "../../model/amount.ts";
import { ConfigurationError, placeText, stackConfiguration } from "../../model/problem.ts";
import { type ReleaseType, releaseTypes } from "../../model/settings.ts";
import { withStackOptions } from "../options.ts";
import { type ClusterOptions, readConfig, type Session } from "../session.ts";
import { type CrdDifference, crdDifference, crdLines } from "./crd-difference.ts";

interface DiffOptions extends ClusterOptions {
  readonly crds?: boolean;
  readonly json?: boolean;
}

/** The difference, with what the second version means for the stack. */
interface StackDifference extends VersionDifference {
  readonly type: ReleaseType;
  /** Of the second version; empty for the bundled one, which has them in it. */
  readonly corrections: readonly JudgedCorrection[];
  /** What the stack's configuration names and the second version does not have, or refuses. */
  readonly overrides: readonly string[];
  /** Only when it was asked for. */
  readonly crds?: CrdDifference;
}

/** `krateo versions diff A B`. */
export function versionsDiffCommand(session: Session): Command {
  return withStackOptions(new Command("diff"))
    .argument("<from>", "platform version, bundled or added")
    .argument("<to>", "the other one")
    .summary("compare two platform versions")
    .description(
      "Compares the charts, values and images of two platform versions, for the type of the stack. Says which corrections apply " +
        "to the second one, and what in the stack's configuration names nothing there. Needs no cluster and no network. " +
        "What the charts contain is not compared, but for their CRDs with --crds.",
    )
    .option("--crds", "also compare CRDs of the charts that differ; fetches these and needs helm on the PATH")
    .option(
      "--json",
      "print one JSON object {from, to, type, charts: {added, gone, changed}, values, images: {added, gone}, corrections, overrides}, and with --crds crds: {added, gone, changed, versionsGone, notCompared}",
    )
    .addHelpText(
      "after",
      `
Examples:
  npx krateo versions diff 3.0.0 3.1.0
  npx krateo versions diff 3.0.0 3.1.0 --crds
  npx krateo versions diff 3.0.0 3.1.0 --stack production --json | jq .charts.changed

Exit codes: 0 compared, 1 one of them is not in the project, or with --crds a chart cannot be fetched.`,
    )
    .action(async (from: string, to: string, options: DiffOptions) => {
      const difference = await compare(from, to, options, session);
      session.print(options.json ? JSON.stringify(difference, undefined, 2) : described(difference));
    });
}

async function compare(
  from: string,
  to: string,
  options: DiffOptions,
  session: Session,
): Promise<StackDifference> {
  const [{ judgedCorrections }, { loadSettings }, { bundledVersion }, { addedVersions }] = await Promise.all([
    import("../../configuration/versions/judge.ts"),
    import("../../configuration/load.ts"),
    import("../../configuration/bundle.ts"),
    import("../../configuration/versions/stored-version.ts"),
  ]);
  const { directory } = session;
  const known = [bundledVersion, ...addedVersions(directory)];
  const isNamed = options.stack !== undefined || options.configFile !== undefined;
  const raw = readConfig(isNamed ? await findStackFile(options, directory) : undefined, session);
  const given = raw.values["type"];
  const type = releaseTypes.find((one) => one === given) ?? "nodeport";
  const difference = differenceOf(directory, type, from, to);
  if (difference === undefined) {
    throw new ConfigurationError(
      [from, to]
        .filter((version) => !known.includes(version))
        .map((version) => ({
          what: `version ${version} is neither bundled nor added to the project`,
          allowed: known,
          next: `npx krateo versions add ${version}`,
        }))
        .concat(
          known.includes(from) && known.includes(to)
            ? [
                {
                  what: "one of the versions cannot be used",
                  allowed: known,
                  next: "npx krateo versions says why",
                },
              ]
            : [],
        ),
    );
  }
  const overrides = await loadSettings({ ...raw, values: { ...raw.values, version: to } }, directory).then(
    () => [],
    (error: unknown) => {
      if (!(error instanceof ConfigurationError)) throw error;
      return error.problems.map((problem) => `${placeText(problem) || stackConfiguration}: ${problem.what}`);
    },
  );
  const corrections =
    to === bundledVersion ? [] : judgedCorrections(directory, to, { problems: [], warnings: [] });
  if (!options.crds) return { ...difference, type, corrections, overrides };
  const { chartMirror: mirror, registries: logins } = configFor(raw, ["chartMirror", "registries"]);
  const fetching = { directory, mirror, logins, say: session.note };
  return {
    ...difference,
    type,
    corrections,
    overrides,
    crds: await crdDifference(difference, type, fetching),
  };
}

function described(difference: StackDifference): string {
  const { from, to, type, corrections, overrides, crds } = difference;
  const ids = (state: JudgedCorrection["state"]): string[] => [
    ...new Set(corrections.filter((one) => one.state === state).map(({ id }) => id)),
  ];
  const states = [
    ...(ids("applied").length > 0 ? [`${amount(ids("applied").length, "correction")} made`] : []),
    ...(["obsolete", "kept"] as const).flatMap((state) =>
      ids(state).length > 0 ? [`${state}: ${ids(state).join(", ")}`] : [],
    ),
  ];
  return [
    `platform version ${from} -> ${to}, type ${type}`,
    ...differenceLines(difference),
    ...(crds ? crdLines(crds) : []),
    ...(states.length > 0 ? [`corrections of ${to}: ${states.join("; ")}`] : []),
    ...(overrides.length > 0
      ? [`your configuration with ${to}:`, ...overrides.map((line) => `  ${line}`)]
      : []),
  ].join("\n");
}
