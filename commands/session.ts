/** What the commands share: settings of the stack, connection, output. */
import { existsSync } from "node:fs";
import type { Connection, ConnectionChoice } from "../cluster/client/connection.ts";
import { keysFor } from "../configuration/exposure/keys.ts";
import { type Configuration, loadConfiguration } from "../configuration/load.ts";
import type { RawConfig } from "../configuration/raw-config.ts";
import { configFor } from "../configuration/stack-config.ts";
import {
  configuredStack,
  findStackFile,
  readStackFile,
  type StackChoice,
  stackFile,
} from "../engine/stack-file.ts";
import { ConfigurationError } from "../model/problem.ts";
import type { ReleaseType, Settings } from "../model/settings.ts";

/** What a command runs in; tests give their own. */
export interface Session {
  /** The project's root. */
  readonly directory: string;
  /** Name of the command that runs. */
  readonly command?: string;
  /** Results go here; everything else goes to `note`. */
  readonly print: (text: string) => void;
  readonly note: (text: string) => void;
  /** True when results go to a terminal. */
  readonly colours: boolean;
  /** True when there is somebody to ask: what is typed comes from a terminal, and results go to one. */
  readonly interactive: boolean;
}

/** Exit code where nothing is wrong but the moment: the same command may succeed later. */
export const tryLater = 3;

/** Ends a command that did its work and found it wanting; the result is printed already. */
export class BadResult extends Error {
  readonly exitCode: number;

  constructor(exitCode = 1) {
    super();
    this.exitCode = exitCode;
  }
}

export interface ClusterOptions extends StackChoice, ConnectionChoice {
  readonly namespace?: string;
  readonly type?: string;
}

/** The settings of the chosen stack. @throws ConfigurationError */
export async function stackSettings(options: ClusterOptions, session: Session): Promise<Settings> {
  return (await stackConfigurationOf(options, session)).settings;
}

/** The settings of the chosen stack with the layers that they come from. @throws ConfigurationError */
export async function stackConfigurationOf(
  options: ClusterOptions,
  session: Session,
): Promise<Configuration> {
  const config = readConfig(await findStackFile(options, session.directory), session);
  if (config.secretKeys.length > 0) {
    const keys = config.secretKeys.map((key) => `krateo:${key}`).join(", ");
    session.note(`encrypted values in ${keys} are taken as [secret]`);
  }
  return await loadConfiguration(withFlags(config, options), session.directory);
}

/**
 * A stack's configuration, with a word on what is missing in it; without a file the project's defaults.
 *
 * @param needed Keys that must be readable; default: all.
 */
export function readConfig(
  file: string | undefined,
  session: Session,
  needed?: readonly string[],
): RawConfig {
  const { environments, ...config } = readStackFile(file, session.directory, needed);
  if (environments.length > 0) {
    session.note(
      `the stack imports environments (${environments.join(", ")}), which this command does not read: what they set is missing here. ` +
        "Write such keys into the stack's file, or give --namespace, --kubeconfig and --context",
    );
  }
  return config;
}

/** The same where there may be no stack yet: flags and defaults stand for its configuration then. */
export async function configurationWithoutStack(
  options: ClusterOptions,
  session: Session,
): Promise<Configuration> {
  if (options.configFile) return await stackConfigurationOf(options, session);
  const stack = options.stack ?? (await configuredStack(session.directory));
  if (stack) return await stackConfigurationOf({ ...options, stack }, session);
  const defaults = readConfig(undefined, session);
  const type = options.type ?? defaults.values["type"] ?? "nodeport";
  session.note(
    `no stack with a configuration is selected: the defaults count, with type ${type}; --stack NAME chooses one`,
  );
  // No check depends on the domain, and there is none without a stack.
  const domain = (type === "ingress" || type === "gateway") && { domain: "krateo.example.org" };
  const values = { ...domain, ...defaults.values };
  return await loadConfiguration(withFlags({ ...defaults, values }, options), session.directory);
}

/** Flags win over the stack's configuration. */
function withFlags(config: RawConfig, options: ClusterOptions): RawConfig {
  const { type } = options;
  // A stack's keys for its own type would be errors with another one, which is only tried.
  const own = type === undefined ? config.values : keysFor(type as ReleaseType, config.values);
  return { ...config, values: { ...own, ...givenFlags(options) } };
}

function givenFlags({ namespace, kubeconfig, context, type }: ClusterOptions): Partial<ClusterOptions> {
  const flags = Object.entries({ namespace, kubeconfig, context, type });
  return Object.fromEntries(flags.filter(([, value]) => value !== undefined));
}

/**
 * What a command that only waits or cleans up needs to know: where. The rest of the configuration may be broken.
 *
 * @param more Keys that it needs beside those.
 * @throws ConfigurationError for a key that is needed and at fault
 */
export async function stackTarget(
  options: ClusterOptions,
  session: Session,
  more: readonly "nodeAddress"[] = [],
): Promise<{ namespace: string; choice: ConnectionChoice; nodeAddress?: string }> {
  const where = ["namespace", "kubeconfig", "context"] as const;
  const needed = [...where.filter((key) => options[key] === undefined), ...more];
  const config = configFor(await configOrNothing(options, session, needed), needed);
  const { namespace, kubeconfig, context } = { ...config, ...givenFlags(options) };
  return { namespace, choice: { kubeconfig, context }, nodeAddress: config.exposure.nodeAddress };
}

async function configOrNothing(
  options: ClusterOptions,
  session: Session,
  needed: readonly string[],
): Promise<RawConfig> {
  const { stack, configFile, namespace } = options;
  // A stack without a file has no configuration yet: Pulumi makes the file with the first key.
  const none = stack
    ? !configFile && !existsSync(stackFile(stack, session.directory))
    : !configFile && namespace;
  const file = none ? undefined : await findStackFile(options, session.directory);
  return readConfig(file, session, needed);
}

/**
 * Connects, and makes sure that it is the cluster that the stack was planned for when the program says which.
 *
 * @throws ConfigurationError for another cluster; UnreachableError
 */
export async function connectTo(choice: ConnectionChoice, session: Session): Promise<Connection> {
  // Loaded here because the client takes a third of a second, which `--help` and `render` need not spend.
  const [{ connect }, { readClusterUid }] = await Promise.all([
    import("../cluster/client/connection.ts"),
    import("../cluster/client/identity.ts"),
  ]);
  const connection = connect({ directory: session.directory, say: session.note, ...choice });
  const planned = process.env["KRATEO_CLUSTER_UID"];
  if (!planned) return connection;
  const live = await readClusterUid(connection);
  if (live === planned) return connection;
  throw new ConfigurationError([
    {
      what: `the cluster at ${connection.server} (context ${connection.context}) is not the one that was planned for`,
      given: `kube-system has UID ${live ?? "none"}`,
      allowed: planned,
      next: "switch the kubeconfig or context back; nothing was changed",
    },
  ]);
}
