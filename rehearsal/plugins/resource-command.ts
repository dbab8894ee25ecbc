/**
 * Stand-in for pulumi-resource-command, for machines that can reach package registries only. It knows
 * local.Command and behaves as the real provider does, but for assetPaths and archivePaths, which it refuses.
 */
import { randomBytes } from "node:crypto";
import type { Provider } from "@pulumi/pulumi/provider/provider.js";
import { main } from "@pulumi/pulumi/provider/server.js";
import { EngineLog } from "./engine-log.ts";
import { exitWithParent } from "./parent.ts";
import { changedProperties, holdsSecret, type Properties, reveal, secret } from "./property-values.ts";
import { type CommandRun, runCommand } from "./run-command.ts";

const token = "command:local:Command";

const inputNames = [
  "create",
  "update",
  "delete",
  "triggers",
  "environment",
  "dir",
  "interpreter",
  "stdin",
  "logging",
  "addPreviousOutputInEnv",
];

/** The provider, apart from serving it. */
export function commandProvider(log: EngineLog): Provider {
  const abort = new AbortController();

  /**
   * Runs one of the resource's commands and returns its whole state. Every output depends on every input,
   * so one secret input makes both outputs secret.
   */
  const run = async (
    urn: string,
    command: unknown,
    inputs: Properties,
    previous: { stdout?: unknown; stderr?: unknown },
  ): Promise<Properties> => {
    const shown = holdsSecret(inputs) ? secret : (value: string) => value;
    let { stdout = "", stderr = "" } = reveal(previous) as { stdout?: string; stderr?: string };
    if (typeof command === "string") {
      const settings = reveal(inputs) as unknown as CommandRun["settings"];
      const result = await runCommand({
        command,
        settings,
        previous: { stdout, stderr },
        signal: abort.signal,
        onLine: (line) => log.progress(urn, line),
      });
      ({ stdout, stderr } = result);
    }
    return { ...inputs, stdout: shown(stdout), stderr: shown(stderr) };
  };

  return {
    version: "1.2.1",
    async check(urn, _olds, news) {
      if (!urn.includes(token)) {
        throw new Error(`the rehearsal stand-in for pulumi-resource-command only knows ${token}, got ${urn}`);
      }
      await log.announceStandIn("pulumi-resource-command");
      const failures = ["assetPaths", "archivePaths"]
        .filter((property) => property in news)
        .map((property) => ({
          property,
          reason: "the rehearsal stand-in for pulumi-resource-command has no such thing",
        }));
      return { inputs: news, failures };
    },
    async diff(_id, _urn, olds, news) {
      const changed = changedProperties(inputNames, olds, news);
      return { changes: changed.length > 0, replaces: changed.filter((name) => name === "triggers") };
    },
    async create(urn, inputs) {
      const name = urn.slice(urn.lastIndexOf("::") + 2);
      const outs = await run(urn, reveal(inputs.create), inputs, {});
      return { id: name + randomBytes(4).toString("hex"), outs };
    },
    async read(id, _urn, props) {
      return { id, props };
    },
    async update(_id, urn, olds, news) {
      return { outs: await run(urn, reveal(news.update) ?? reveal(news.create), news, olds) };
    },
    async delete(_id, urn, props) {
      const { stdout, stderr, ...inputs } = props;
      await run(urn, reveal(props.delete), inputs, { stdout, stderr });
    },
    async cancel() {
      abort.abort();
    },
  };
}

if (import.meta.main) {
  exitWithParent();
  await main(commandProvider(new EngineLog(process.argv.slice(2))), process.argv.slice(2));
}
