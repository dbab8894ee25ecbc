/** `krateo init`: makes a stack, with a configuration that suits the cluster. */
import { existsSync, rmSync } from "node:fs";
import { basename, dirname, isAbsolute, join, relative, resolve } from "node:path";
import { Command, Option } from "commander";
import type { ClusterFeatures } from "../cluster/features.ts";
import { loadConfiguration } from "../configuration/load.ts";
import { initStack, type NewStack, refuseWithoutPassphrase, stackExists } from "../engine/new-stack.ts";
import { readProjectFile } from "../engine/project-file.ts";
import { stackFile } from "../engine/stack-file.ts";
import { readBackendUrl } from "../engine/state-backend.ts";
import { ConfigurationError } from "../model/problem.ts";
import { releaseTypes } from "../model/settings.ts";
import { answeredKeys } from "./init/answering.ts";
import { type Answers, answerNames, type ChosenKey, type Place, valuesOf } from "./init/answers.ts";
import { type Ask, terminalAsk, Unasked } from "./init/asking.ts";
import { sizes, tlsWays } from "./init/proposals.ts";
import { stackText } from "./init/stack-text.ts";
import { writeNewFiles } from "./new-files.ts";
import { checkReadiness } from "./preflight.ts";
import { BadResult, connectTo, readConfig, type Session } from "./session.ts";

interface InitOptions extends Answers, Place {
  readonly stack?: string;
  readonly secretsProvider?: string;
  readonly yes?: boolean;
}

/** Exit code for a stack that was made for a cluster that is not ready. */
const notReady = 2;

/** `krateo init`: a new stack, from questions that the cluster answers in part. */
export function initCommand(session: Session): Command {
  return new Command("init")
    .description(
      "Looks at the cluster, asks what only you know, and proposes the rest with its reason: type, domain, https, storage, " +
        "size, profiles. Then it writes Pulumi.STACK.yaml, makes the stack in Pulumi's backend and runs preflight. " +
        "It overwrites nothing and changes nothing in the cluster. Every question has an option; with --yes, or an option " +
        "for each, it needs no terminal.",
    )
    .addOption(new Option("--stack <name>", "name of the new stack, such as production").env("PULUMI_STACK"))
    .option("--kubeconfig <file>", "kubeconfig, instead of KUBECONFIG and ~/.kube/config")
    .option("--context <name>", "context of the kubeconfig, instead of the current one")
    .option("--namespace <namespace>", "namespace of the installation, instead of krateo-system")
    .addOption(new Option("--type <type>", "how browsers reach the platform").choices(releaseTypes))
    .option("--domain <domain>", "domain of the hosts")
    .option("--node-address <host>", "type nodeport: where browsers reach the nodes")
    .option("--ingress-class <name>", "type ingress: the IngressClass")
    .option("--gateway <name>", "type gateway: NAMESPACE/NAME of an existing Gateway, or a GatewayClass")
    .addOption(new Option("--tls <way>", "types ingress and gateway: https").choices(tlsWays))
    .option("--tls-secret <name>", "Secret of one certificate for all hosts")
    .option("--cluster-issuer <name>", "cert-manager's ClusterIssuer that makes the certificates")
    .option("--storage-class <name>", "StorageClass of the database")
    .addOption(new Option("--size <size>", "small: one PostgreSQL instance instead of three").choices(sizes))
    .option("--profiles <names>", "profiles, with commas in between; npx krateo profiles lists them")
    .option("--chart-mirror <place>", "folder or URL that replaces every chart repository")
    .option("--secrets-provider <url>", "what encrypts the stack's secrets, as pulumi stack init takes it")
    .option("--yes", "take the proposal wherever an option is missing")
    .addHelpText(
      "after",
      `
Examples:
  npx krateo init
  npx krateo init --stack production --context production --type ingress --domain krateo.example.org
  npx krateo init --stack lab --context kind-lab --yes

Exit codes: 0 the stack was made and preflight has no ERROR, 2 the stack was made and preflight has one, 1 nothing was made.`,
    )
    .action(async (options: InitOptions) => {
      await init(options, session);
    });
}

async function init(options: InitOptions, session: Session): Promise<void> {
  const { directory } = session;
  const project = readProjectFile(directory);
  const backendUrl = await readBackendUrl(directory);
  const asksPerson = session.interactive && !options.yes;
  const unasked = new Unasked(options.yes ?? false);
  const ask = asksPerson ? await terminalAsk(session.note) : unasked.ask;

  const stack = options.stack || (await askStack(ask, directory));
  if (stack !== undefined) await refuseExisting(stack, directory);
  const place = await askPlace(options, ask, session);
  const { features, cluster } = await lookAt(place, session);
  const keys = await answeredKeys({ directory, features, place, given: givenAnswers(options) }, ask);
  unasked.refuse();
  await loadConfiguration(rawValues(keys, session), directory);

  const made: NewStack = {
    stack: stack as string,
    secretsProvider: options.secretsProvider,
    asks: session.interactive,
  };
  refuseWithoutPassphrase(backendUrl, made);
  const file = stackFile(made.stack, directory);
  const schema = relative(dirname(file), join(directory, "schemas", "stack.schema.json"));
  const text = stackText(keys, { project: project.name, schema, cluster });
  session.print(`${basename(file)}:\n${text.trimEnd().replaceAll(/^/gm, "  ")}`);
  await write(made, file, text, session);
  session.print(`stack ${made.stack} was made\n`);
  await checkAndGoOn(made.stack, session);
}

/**
 * Pulumi adds to the file what it needs for the stack's secrets, so the file comes first.
 *
 * @throws ConfigurationError when Pulumi makes no stack; the file is taken back then
 */
async function write(made: NewStack, file: string, text: string, { directory }: Session): Promise<void> {
  writeNewFiles([{ file, text }], { force: false });
  let code = 1;
  try {
    code = await initStack(made, directory);
  } finally {
    if (code !== 0) rmSync(file, { force: true });
  }
  if (code === 0) return;
  const { stack } = made;
  // It may be somebody else's, made in the same moment.
  const left = await stackExists(stack, directory).catch(() => false);
  throw new ConfigurationError([
    {
      what: `pulumi stack init ended with exit code ${code}; ${basename(file)} was removed again`,
      next: left
        ? `what Pulumi says is above; the backend has a stack ${stack} now: npx pulumi stack rm ${stack} removes it`
        : "what Pulumi says is above; npx pulumi whoami -v says where it keeps its state",
    },
  ]);
}

async function askStack(ask: Ask, directory: string): Promise<string | undefined> {
  const proposal = { value: "krateo", reason: "" };
  const question = { name: "stack", message: "Name of the stack", example: "production", proposal };
  return await ask(question, (name) => {
    const [problem] = nameProblems(name, directory);
    return problem && `${problem.what}.`;
  });
}

function nameProblems(stack: string, directory: string) {
  if (!/^([\w-][\w.-]*\/){0,2}[\w-][\w.-]*$/.test(stack)) {
    const allowed =
      "letters, digits, dashes, underscores and dots; NAME, or ORGANIZATION/NAME in Pulumi Cloud";
    return [{ what: "this cannot be a stack's name", given: stack, allowed }];
  }
  const file = stackFile(stack, directory);
  if (!existsSync(file)) return [];
  return [
    {
      what: `there is a file ${basename(file)}, and init overwrites nothing`,
      next: `choose another name with --stack, or make a stack of that file: npx pulumi stack init ${stack}`,
    },
  ];
}

async function refuseExisting(stack: string, directory: string): Promise<void> {
  const problems = nameProblems(stack, directory);
  if (problems.length > 0) throw new ConfigurationError(problems);
  if (!(await stackExists(stack, directory))) return;
  throw new ConfigurationError([
    {
      what: `the backend has a stack ${stack}, and init changes none`,
      next: `choose another name with --stack, or give that one its configuration: npx pulumi config set krateo:type nodeport --stack ${stack}`,
    },
  ]);
}

/** Which cluster: asked where the kubeconfig has several contexts. A stack keeps its context, whatever becomes the current one. */
async function askPlace(options: InitOptions, ask: Ask, session: Session): Promise<Place> {
  const [{ kubeconfigFiles }, { readKubeconfigs }] = await Promise.all([
    import("../cluster/client/kubeconfig-files.ts"),
    import("../cluster/client/kubeconfig.ts"),
  ]);
  const { namespace, chartMirror } = options;
  const kubeconfig = options.kubeconfig && fromProject(options.kubeconfig, session.directory);
  const found = readKubeconfigs(kubeconfigFiles({ kubeconfig, directory: session.directory }));
  const current = found.currentContext;
  const contexts = [...found.contexts.keys()].toSorted(
    (one, other) => Number(other === current) - Number(one === current),
  );
  const choices = contexts.map((value) => ({
    value,
    reason: value === current ? "the current context" : "",
  }));
  const [only, ...others] = choices;
  const context =
    options.context ??
    (others.length > 0
      ? await ask({ name: "context", message: "Cluster", choices, proposal: only }, () => undefined)
      : only?.value);
  return { kubeconfig, context, namespace, chartMirror };
}

/** A path as the stack's file has it: from the project's folder, if it is given from another. */
function fromProject(path: string, directory: string): string {
  return isAbsolute(path) || path.startsWith("~/") ? path : relative(directory, resolve(path));
}

/** @throws ConfigurationError for a cluster out of reach */
async function lookAt(
  place: Place,
  session: Session,
): Promise<{ features: ClusterFeatures; cluster: string }> {
  const [{ readClusterFeatures }, { UnreachableError }] = await Promise.all([
    import("../cluster/features.ts"),
    import("../cluster/client/api-errors.ts"),
  ]);
  const connection = await connectTo(place, session);
  try {
    const features = await readClusterFeatures(connection);
    if (features.refused.length > 0)
      session.note(`may not read ${features.refused.join(", ")}: the proposals do without`);
    return { features, cluster: `the cluster at ${connection.server}` };
  } catch (error) {
    if (!(error instanceof UnreachableError)) throw error;
    const next =
      "start the cluster, or name another one: npx krateo init --context NAME, or --kubeconfig FILE";
    throw new ConfigurationError([{ what: `${error.message}; nothing was written`, next }]);
  }
}

function givenAnswers(options: InitOptions): Answers {
  return Object.fromEntries(
    answerNames.flatMap((name) => (options[name] === undefined ? [] : [[name, options[name]]])),
  );
}

/** The keys over the project's defaults, as the program will read them. */
function rawValues(keys: readonly ChosenKey[], session: Session) {
  const defaults = readConfig(undefined, session);
  return { ...defaults, values: { ...defaults.values, ...valuesOf(keys) } };
}

async function checkAndGoOn(stack: string, session: Session): Promise<void> {
  let ready = true;
  try {
    await checkReadiness({ stack, table: undefined }, session);
  } catch (error) {
    if (!(error instanceof BadResult)) throw error;
    ready = false;
  }
  const commands = [
    ...(ready ? [] : [["npx krateo preflight", "again, when what is an ERROR above is put right"]]),
    ["npx pulumi preview", "what will be made; changes nothing"],
    ["npx pulumi up --continue-on-error", "shows the plan again, asks, installs"],
  ].map(([command, purpose]) => [`${command} --stack ${stack}`, purpose as string] as const);
  const width = Math.max(...commands.map(([command]) => command.length));
  session.print("\nnext:");
  for (const [command, purpose] of commands) session.print(`  ${command.padEnd(width)}    # ${purpose}`);
  if (!ready) throw new BadResult(notReady);
}
