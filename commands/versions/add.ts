/** `krateo versions add`: stores upstream's documents of a platform version in the project. */
import { existsSync, mkdirSync, mkdtempSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { Command } from "commander";
import type { RawConfig } from "../../configuration/raw-config.ts";
import type { JudgedCorrection } from "../../configuration/versions/judge.ts";
import { findStackFile } from "../../engine/stack-file.ts";
import { amount } from "../../model/amount.ts";
import { withoutLogins } from "../../model/describe.ts";
import { fileFault } from "../../model/file-fault.ts";
import { nearestFirst } from "../../model/nearest.ts";
import { ConfigurationError } from "../../model/problem.ts";
import { withStackOptions } from "../options.ts";
import { type ClusterOptions, readConfig, type Session } from "../session.ts";

interface AddOptions extends ClusterOptions {
  readonly from?: string;
  readonly keepUpstream: readonly string[];
  readonly json?: boolean;
}

/** What was added. */
interface Addition {
  readonly version: string;
  readonly from: string;
  /** Folder, relative to the project's root. */
  readonly folder: string;
  readonly documents: readonly string[];
  readonly corrections: readonly JudgedCorrection[];
  readonly warnings: readonly string[];
}

/** Where upstream publishes its documents. */
export const defaultSource = "https://github.com/krateoplatformops/releases/archive/refs/tags/VERSION.tar.gz";

/** `krateo versions add`: all or nothing. */
export function addCommand(session: Session): Command {
  const repeated = (id: string, before: readonly string[]): string[] => [...before, id];
  return withStackOptions(new Command("add"))
    .argument("<version>", "platform version, as 3.1.0")
    .summary("add a platform version to the project")
    .description(
      "Gets upstream's documents of a platform version, tries them with every type of exposure, and stores them as they " +
        "came in versions/VERSION/, their sha256 in krateo.lock. A run reads only these files. When something is wrong, " +
        "nothing is written. Adding a version again takes the place of what is there.",
    )
    .option(
      "--from <source>",
      "folder, .tar.gz, URL of one, or oci://HOST/PATH[:TAG]; VERSION in it stands for the version. Default: " +
        "krateo:releaseSource, else upstream's repository",
    )
    .option(
      "--keep-upstream <id>",
      "keep upstream's value where a correction finds another one than expected, or a manifest that you deal with yourself; may be repeated",
      repeated,
      [],
    )
    .option("--json", "print one JSON object {version, from, folder, documents, corrections, warnings}")
    .addHelpText(
      "after",
      `
Examples:
  npx krateo versions add 3.1.0
  npx krateo versions add 3.1.0 --from ../releases
  KRATEO_RELEASE_TOKEN=… npx krateo versions add 3.1.0 --from https://git.example.org/releases/VERSION.tar.gz
  npx krateo versions add 3.1.0 --from oci://registry.example.org/krateo/releases
  npx krateo versions add 3.1.0 --keep-upstream install-authn.values.env.AUTHN_DEBUG

Exit codes: 0 added, 1 nothing was changed.`,
    )
    .action(async (version: string, options: AddOptions) => {
      const addition = await add(version, options, session);
      session.print(options.json ? JSON.stringify(addition, undefined, 2) : described(addition));
    });
}

async function add(version: string, options: AddOptions, session: Session): Promise<Addition> {
  const [
    { releaseFiles },
    { sha256 },
    { lockVersion },
    { readLockFile },
    { configFor },
    { judgeVersion },
    stored,
    { bundledVersion },
  ] = await Promise.all([
    import("../../charts/release-files.ts"),
    import("../../charts/archive-store.ts"),
    import("../../charts/lock.ts"),
    import("../../configuration/lock-file.ts"),
    import("../../configuration/stack-config.ts"),
    import("../../configuration/versions/judge.ts"),
    import("../../configuration/versions/stored-version.ts"),
    import("../../configuration/bundle.ts"),
  ]);
  const { directory } = session;
  refuseName(version, bundledVersion, stored.versionForm);
  const { releaseSource } = configFor(await configuration(options, session), ["releaseSource"]);
  const source = options.from ?? releaseSource ?? defaultSource;
  const documents = await releaseFiles(source, version, directory);
  // What was kept stays kept when the version is added again.
  const kept = readLockFile(directory).versions[version]?.keepUpstream ?? [];
  const locked = {
    from: withoutLogins(source.replaceAll("VERSION", version)),
    documents: Object.fromEntries(
      [...documents].map(([name, content]) => [name, `sha256:${sha256(content)}`]),
    ),
    keepUpstream: [...new Set([...kept, ...options.keepUpstream])],
  };
  const folder = join(stored.versionsFolder, version);
  // A project of its own, in which the version is tried: what is tried there is what is moved here.
  const trial = writable(directory, () => mkdtempSync(join(directory, ".krateo-version-")));
  try {
    writable(directory, () => {
      mkdirSync(join(trial, folder), { recursive: true });
      for (const [name, content] of documents) writeFileSync(join(trial, folder, name), content);
    });
    await lockVersion(trial, version, locked);
    const { problems, keepable, ...judgement } = await judgeVersion(trial, version);
    const unknown = options.keepUpstream.filter((id) => problems.length === 0 && !keepable.includes(id));
    if (problems.length > 0 || unknown.length > 0) {
      throw new ConfigurationError([
        ...problems,
        ...unknown.map((id) => ({
          what: `there is no correction or manifest "${id}" in version ${version}`,
          allowed: nearestFirst(id, [...new Set(keepable)]).slice(0, 5),
          next: "correct --keep-upstream, or leave it out",
        })),
      ]);
    }
    await move(join(trial, folder), join(directory, folder), join(trial, "former"), () =>
      lockVersion(directory, version, {
        ...locked,
        keepUpstream: locked.keepUpstream.filter((id) => keepable.includes(id)),
      }),
    );
    return { version, from: locked.from, folder, documents: [...documents.keys()], ...judgement };
  } finally {
    rmSync(trial, { recursive: true, force: true });
  }
}

/** Of the stack that was named, else the project's defaults. */
async function configuration(options: AddOptions, session: Session): Promise<RawConfig> {
  const isNamed = options.stack !== undefined || options.configFile !== undefined;
  return readConfig(isNamed ? await findStackFile(options, session.directory) : undefined, session);
}

function refuseName(version: string, bundledVersion: string, form: RegExp): void {
  if (version === bundledVersion) {
    throw new ConfigurationError([
      {
        what: `version ${version} comes with this program`,
        next: `npx pulumi config set krateo:version ${version}`,
      },
    ]);
  }
  if (form.test(version)) return;
  throw new ConfigurationError([
    {
      what: "this is no platform version",
      given: version,
      allowed: `three numbers, as ${bundledVersion}, and what distinguishes a pre-release: 3.1.0-rc1`,
      next: `npx krateo versions add ${bundledVersion.replace(/^(\d+)\.(\d+).*/, (_, major, minor) => `${major}.${Number(minor) + 1}.0`)}`,
    },
  ]);
}

/** Puts a folder in its place and records it; when that fails, what was there before is there again. */
async function move(from: string, to: string, former: string, record: () => Promise<void>): Promise<void> {
  const before = existsSync(to);
  writable(to, () => {
    mkdirSync(dirname(to), { recursive: true });
    if (before) renameSync(to, former);
  });
  let file = to;
  try {
    renameSync(from, to);
    file = "krateo.lock";
    await record();
  } catch (error) {
    rmSync(to, { recursive: true, force: true });
    if (before) renameSync(former, to);
    throw notWritable(file, error);
  }
}

function writable<T>(place: string, write: () => T): T {
  try {
    return write();
  } catch (error) {
    throw notWritable(place, error);
  }
}

function notWritable(file: string, error: unknown): Error {
  if (error instanceof ConfigurationError) return error;
  const reason = fileFault(error) ?? (error as Error).message;
  return new ConfigurationError([
    {
      what: `it cannot be written: ${reason}`,
      file,
      next: "look at the folder's rights; nothing was changed",
    },
  ]);
}

function described({ version, from, folder, documents, corrections, warnings }: Addition): string {
  const withState = (state: JudgedCorrection["state"]): string[] => [
    ...new Set(corrections.filter((one) => one.state === state).map(({ id }) => id)),
  ];
  const [applied, obsolete, kept] = [withState("applied"), withState("obsolete"), withState("kept")];
  return [
    `version ${version} was added from ${from}`,
    `${amount(documents.length, "document")} in ${folder}, their sha256 in krateo.lock: commit both`,
    `${amount(applied.length, "correction")} of this program ${applied.length === 1 ? "applies" : "apply"}`,
    ...(obsolete.length > 0 ? [`obsolete, because upstream has it right: ${obsolete.join(", ")}`] : []),
    ...(kept.length > 0 ? [`not made, because upstream's value is kept: ${kept.join(", ")}`] : []),
    ...warnings.map((warning) => `warning: ${warning}`),
    `to use it: npx pulumi config set krateo:version ${version}, then npx pulumi preview`,
  ].join("\n");
}
