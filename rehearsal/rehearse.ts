/** The command line of the rehearsal: `npm run rehearse`. */
import { access, mkdir } from "node:fs/promises";
import { join, relative, resolve } from "node:path";
import { Command, CommanderError, InvalidArgumentError, Option } from "commander";
import { loadSettings } from "../configuration/load.ts";
import { ReportableError } from "../model/problem.ts";
import { releaseTypes } from "../model/settings.ts";
import { packCharts } from "./chart-repository.ts";
import { clusterStatus, startCluster, stopCluster } from "./cluster.ts";
import { carryOver, seedLegacy } from "./legacy/rehearsal.ts";
import { describeOutcome, listReleases, type Outcome, releaseOutcomes, wantedReleases } from "./outcome.ts";
import { UpProgress } from "./progress.ts";
import { runKrateo } from "./run-krateo.ts";
import {
  forgetStack,
  prepareStack,
  pulumiUp,
  type RehearsalChoice,
  stackFlags,
  stackNamespace,
  stackOutputs,
  stackValues,
} from "./stack.ts";
import { type RehearsalPaths, rehearsalPaths } from "./toolchain/layout.ts";
import { withLock } from "./toolchain/lock.ts";
import { kubernetesChoices, kubernetesVersion, kubernetesVersionFor } from "./toolchain/recipes.ts";
import { ensureToolchain, type Toolchain } from "./toolchain.ts";

interface Flags {
  type: RehearsalChoice["type"];
  profile: string[];
  namespace: string;
  kubernetes: string;
  overrides?: string;
  realistic?: boolean;
  from?: "2.7.0";
  byHand?: boolean;
  json?: boolean;
  down?: boolean;
  status?: boolean;
}

/** A mistake of the user's: its message is all they need. */
const say = (line: string) => process.stderr.write(`${line}\n`);

/** The command line; parsing it throws for a wrong one. */
export function commandLine(): Command {
  const names = (text: string, before: string[] = []) => [
    ...before,
    ...text.split(",").map((name) => name.trim()),
  ];
  return new Command("npm run rehearse --")
    .description(
      "Installs Krateo PlatformOps on a Kubernetes control plane that is made on this machine for it, with the real " +
        "Pulumi program, engine and Helm, and stand-ins for charts, pods and operators; then verifies the result.",
    )
    .addOption(
      new Option("--type <type>", "how the platform is exposed").choices(releaseTypes).default("nodeport"),
    )
    .option("--profile <names>", "profiles to lay over the release, in order, separated by commas", names, [])
    .option("--overrides <file>", "a file of overrides, instead of krateo-overrides.yaml")
    .option("--namespace <name>", "the namespace to install into", "krateo-system")
    .addOption(
      new Option("--kubernetes <version>", `version of the control plane: ${kubernetesChoices}`)
        .default(kubernetesVersion)
        .argParser(kubernetesOf),
    )
    .addOption(
      new Option(
        "--from <version>",
        "first put a Krateo of that version there, of the same type, and migrate it",
      ).choices(["2.7.0"]),
    )
    .option("--by-hand", "with --from: put it there, say how to migrate it, and leave that to you")
    .option("--realistic", "pods take as long as real ones, 10 to 45 s, instead of under a second")
    .option("--json", "end with the result as one JSON object on stdout; all else goes to stderr")
    .option("--status", "say what runs, and do nothing else")
    .option("--down", "remove the rehearsal cluster and everything in it")
    .allowExcessArguments(false)
    .exitOverride();
}

function kubernetesOf(text: string): string {
  const version = kubernetesVersionFor(text);
  if (version) return version;
  throw new InvalidArgumentError(`It must be one of ${kubernetesChoices}.`);
}

async function main(args: string[]): Promise<number> {
  const flags = commandLine().parse(args, { from: "user" }).opts<Flags>();
  const paths = rehearsalPaths();
  if (flags.byHand && !flags.from)
    throw new ReportableError("--by-hand says what to do with --from 2.7.0: add that, or leave it out");
  if (flags.status) return status(paths, flags);
  await mkdir(paths.directory, { recursive: true });
  return withLock(
    join(paths.directory, "lock"),
    () => (flags.down ? down(paths) : rehearse(paths, flags)),
    ({ pid }) => say(`another rehearsal (process ${pid}) is at work in this folder; waiting for it`),
  );
}

async function status(paths: RehearsalPaths, { json }: Flags): Promise<number> {
  const found = await clusterStatus(paths.directory);
  if (json) process.stdout.write(`${JSON.stringify(found, undefined, 2)}\n`);
  else {
    const { state, server, processes, simulation } = found;
    say(`cluster: ${state}${server ? ` at ${server}` : ""}`);
    for (const [name, running] of Object.entries(processes))
      say(`  ${name}: ${running ? "running" : "not running"}`);
    const delays = simulation.realistic ? "realistic" : "quick";
    say(
      `stand-ins for kubelets and operators: ${simulation.running ? `running, ${delays} delays` : "not running"}`,
    );
    say(`stack: ${(await stackNamespace(paths)) ? `namespace ${await stackNamespace(paths)}` : "none"}`);
  }
  return found.state === "running" && found.simulation.running ? 0 : 1;
}

async function down(paths: RehearsalPaths): Promise<number> {
  await stopCluster(paths.directory);
  await forgetStack(paths);
  say("the rehearsal cluster is gone");
  return 0;
}

async function rehearse(paths: RehearsalPaths, flags: Flags): Promise<number> {
  const choice = await choiceOf(flags);
  // Throws for a wrong configuration, before anything has been made.
  const settings = await loadSettings({ values: stackValues(choice, paths), secretKeys: [] }, paths.root);
  const toolchain = await ensureToolchain(say, paths, flags.kubernetes);
  // The tools are fetched or built once, which says nothing of an installation.
  const begin = performance.now();
  if (toolchain.standIns.length > 0)
    say(`stand-ins for what cannot be downloaded here: ${toolchain.standIns.join(", ")}`);
  const created = await startCluster(
    toolchain,
    {
      directory: paths.directory,
      realistic: flags.realistic ?? false,
      loadBalancer: choice.profiles.includes("lb-hostname") ? "hostname" : "ip",
      openshift: settings.openshift,
      gatewayApi: settings.type === "gateway",
    },
    say,
  );
  // A stack without its cluster would take everything for installed.
  if (created) await forgetStack(paths);
  await packCharts({ helm: toolchain.helm, output: paths.mirror, lock: paths.lock });
  await prepareStack(toolchain, choice, paths);

  if (flags.from) {
    await seedLegacy(toolchain, choice, paths, say);
    if (flags.byHand) {
      for (const line of ["to migrate it by hand:", ...migrationByHand(paths)]) say(line);
      return 0;
    }
    await prepareStack(toolchain, await carryOver(toolchain, choice, paths, say), paths);
  }
  say(`${flags.from ? "migrating to" : "installing"} Krateo, type ${choice.type}, into ${choice.namespace}`);
  const progress = new UpProgress(say);
  const succeeded = await pulumiUp(toolchain, paths, progress);
  if (succeeded && progress.finished.every(({ operation }) => operation === "same")) say("nothing to change");
  const verified = succeeded && (await verify(toolchain, paths));
  const outputs = succeeded ? await stackOutputs(toolchain, paths) : {};
  const releases = releaseOutcomes(
    wantedReleases(settings),
    await listReleases(toolchain, choice.namespace),
    progress.finished,
  );
  const outcome: Outcome = {
    type: choice.type,
    profiles: choice.profiles,
    namespace: choice.namespace,
    seconds: Math.round((performance.now() - begin) / 100) / 10,
    passed: verified && releases.every(({ status }) => status === "deployed"),
    releases,
    access: {
      ...(outputs.addresses as object),
      ...(succeeded ? { adminPassword: outputs.adminPassword } : {}),
    },
    standIns: toolchain.standIns,
  };
  for (const line of describeOutcome(outcome, choice, byHand(paths))) say(line);
  if (flags.json) process.stdout.write(`${JSON.stringify(outcome)}\n`);
  return outcome.passed ? 0 : 1;
}

/** What the flags ask for. */
async function choiceOf(flags: Flags): Promise<RehearsalChoice> {
  const overrides = flags.overrides && resolve(flags.overrides);
  if (overrides) {
    await access(overrides).catch(() => {
      throw new ReportableError(`--overrides: there is no file ${overrides}`);
    });
  }
  return {
    type: flags.type,
    profiles: flags.profile.filter(Boolean),
    namespace: flags.namespace,
    ...(overrides ? { overrides } : {}),
  };
}

async function verify(toolchain: Toolchain, paths: RehearsalPaths): Promise<boolean> {
  say("verifying");
  return await runKrateo(["verify"], toolchain, paths);
}

function migrationByHand(paths: RehearsalPaths): string[] {
  const flags = stackFlags(paths).join(" ");
  return [
    `  . ${relative(paths.root, paths.environmentFile)}`,
    "  npx krateo preflight",
    "  npx krateo migrate",
    `  npx pulumi preview ${flags}`,
    `  npx pulumi up ${flags}`,
    "  npx krateo verify",
  ];
}

function byHand(paths: RehearsalPaths): string[] {
  const local = (path: string) => relative(paths.root, path);
  return [
    `. ${local(paths.environmentFile)}`,
    `npx pulumi preview ${stackFlags(paths).join(" ")}`,
    "npx krateo verify",
    "npx krateo access --port-forward",
    "kubectl get pods --all-namespaces",
    "npm run rehearse -- --down",
  ];
}

if (import.meta.main) {
  try {
    process.exitCode = await main(process.argv.slice(2));
  } catch (error) {
    if (error instanceof CommanderError) process.exitCode = error.exitCode;
    else {
      const known = error instanceof ReportableError;
      say(known || !process.env.DEBUG ? (error as Error).message : String((error as Error).stack));
      process.exitCode = 1;
    }
  }
}
