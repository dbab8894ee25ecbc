/** How time and memory grow with the platform and with the cluster: `npm run bench -- --scale`. */
import { join } from "node:path";
import { connect } from "../../cluster/client/connection.ts";
import { packCharts } from "../chart-repository.ts";
import { restoreCluster, saveCluster, startCluster, stopCluster } from "../cluster.ts";
import { stopSimulation } from "../simulation/process.ts";
import { forgetStack, prepareStack, type RehearsalChoice, stackFlags } from "../stack.ts";
import type { RehearsalPaths } from "../toolchain/layout.ts";
import { ensureToolchain } from "../toolchain.ts";
import { runCommand } from "./command.ts";
import { addDefinitions, addNodesAndPods, addRevisions, addSecrets, untilDescribed } from "./crowd.ts";
import { packExtraChart, writeExtraSteps } from "./extra-charts.ts";
import { withPeakMemory } from "./memory.ts";
import { descendantsOf } from "./processes.ts";
import { median, timed } from "./statistics.ts";

/** Seconds, and the memory in bytes of all processes that the command started. */
export interface ScaleFigure {
  /** What was there, beside the platform. */
  readonly state: string;
  /** Charts beside the platform's. */
  readonly charts: number;
  readonly command: string;
  readonly seconds: number;
  readonly memory: number | undefined;
}

interface Scale {
  readonly paths: RehearsalPaths;
  readonly runs: number;
  readonly say: (line: string) => void;
  readonly signal: AbortSignal;
}

const chartCounts = [50, 200];
const crowd = { definitions: 500, nodes: 1000, pods: 20_000, secrets: 5000, revisions: 50 };
const installed = "installed";

/**
 * Installs the platform once and comes back to it before each part: charts of a user's own, definitions of kinds, a crowd of nodes,
 * pods, Secrets and revisions.
 *
 * @throws Error when a command fails
 */
export async function measureScale({ paths, runs, say, signal }: Scale): Promise<readonly ScaleFigure[]> {
  const choice: RehearsalChoice = { type: "nodeport", profiles: [], namespace: "krateo-system" };
  const toolchain = await ensureToolchain(say, paths);
  await packCharts({ helm: toolchain.helm, output: paths.mirror, lock: paths.lock });
  await packExtraChart(toolchain, paths);
  const cluster = { directory: paths.directory };
  const options = { cwd: paths.root, env: toolchain.env };
  const pulumi = (...words: string[]) =>
    runCommand(
      toolchain.pulumi,
      [...words, "--non-interactive", "--parallel=32", ...stackFlags(paths)],
      options,
    );
  const up = () => pulumi("up", "--yes", "--skip-preview");
  const preview = () => pulumi("preview", "--expect-no-changes");
  const program = join(paths.root, "commands", "krateo.js");
  // 2 is an answer: the simulated addresses cannot be reached.
  const answered = '"$@" || [ $? -eq 2 ]';
  const krateo =
    (...words: string[]) =>
    () =>
      runCommand("bash", ["-c", answered, "bash", process.execPath, program, ...words], options);

  const figures: ScaleFigure[] = [];
  const measured = async (
    state: string,
    charts: number,
    commands: Readonly<Record<string, () => Promise<unknown>>>,
    times = runs,
  ) => {
    for (const [command, run] of Object.entries(commands)) {
      const seconds: number[] = [];
      let memory = 0;
      for (let time = 0; time < times; time++) {
        signal.throwIfAborted();
        const others = new Set(descendantsOf(process.pid).map(({ pid }) => pid));
        const { result, peaks } = await withPeakMemory(
          () => timed(run),
          () => descendantsOf(process.pid).filter(({ pid }) => !others.has(pid)),
        );
        seconds.push(result.seconds);
        memory = Math.max(memory, peaks.together ?? 0);
      }
      const figure = { state, charts, command, seconds: median(seconds), memory: memory || undefined };
      say(`${state}: ${command} ${figure.seconds.toFixed(2)} s`);
      figures.push(figure);
    }
  };
  const nothingToDo = { "preview, nothing to do": preview, "up, nothing to do": up };
  // The API server's caches are filled once after a change of the cluster, whoever comes first.
  const settled = async (...all: Parameters<typeof measured>) => {
    await preview();
    await measured(...all);
  };
  const reading = {
    "krateo preflight": krateo("preflight"),
    "krateo verify": krateo("verify"),
    "krateo diff": krateo("diff"),
    "krateo access": krateo("access"),
    "krateo status": krateo("status"),
    "krateo explain": krateo("explain", "authn.env.AUTHN_DEBUG"),
  };

  await stopCluster(paths.directory);
  await startCluster(toolchain, cluster, say);
  await forgetStack(paths);
  await prepareStack(toolchain, choice, paths);
  await measured("the platform alone", 0, { "up, installs it": up }, 1);
  await settled("the platform alone", 0, { ...nothingToDo, ...reading });
  await saveCluster(toolchain, cluster, installed, ["state", "stack"]);

  for (const count of chartCounts) {
    const overrides = await writeExtraSteps(paths, count);
    await prepareStack(toolchain, { ...choice, overrides }, paths);
    await measured(`${count} charts more`, count, { "up, installs them": up }, 1);
    await settled(`${count} charts more`, count, nothingToDo);
  }

  await restoreCluster(toolchain, cluster, installed);
  await prepareStack(toolchain, choice, paths);
  const connection = connect({ kubeconfig: paths.kubeconfig });
  say(`adding ${crowd.definitions} CRDs`);
  await addDefinitions(connection, crowd.definitions);
  say("waiting until the API server has described them");
  await untilDescribed(connection, crowd.definitions);
  await settled(`${crowd.definitions} CRDs`, 0, { ...nothingToDo, ...reading });

  // The platform's pods run by now; the stand-ins for kubelets would be busy with the others.
  await stopSimulation(paths.directory);
  say(`adding ${crowd.nodes} nodes and ${crowd.pods} pods`);
  await addNodesAndPods(connection, crowd.nodes, crowd.pods);
  say(`adding ${crowd.secrets} Secrets, and ${crowd.revisions} revisions of each release`);
  await addSecrets(connection, choice.namespace, crowd.secrets);
  await addRevisions(connection, choice.namespace, crowd.revisions);
  const state = `${crowd.nodes} nodes, ${crowd.pods} pods, ${crowd.secrets} Secrets, ${crowd.revisions} revisions`;
  await settled(state, 0, { ...nothingToDo, ...reading });
  return figures;
}
