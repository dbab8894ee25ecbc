import { cpus, loadavg, totalmem } from "node:os";
import { loginStep } from "../../components/portal-defaults.ts";
import { loadSettings } from "../../configuration/load.ts";
import { chartStepsOf, planOf } from "../../plan/plan.ts";
import { packCharts } from "../chart-repository.ts";
import { startCluster, stopCluster } from "../cluster.ts";
import { listReleases } from "../outcome.ts";
import { type ReleaseProgress, UpProgress } from "../progress.ts";
import { forgetStack, prepareStack, pulumiUp, type RehearsalChoice, stackValues } from "../stack.ts";
import type { RehearsalPaths } from "../toolchain/layout.ts";
import { ensureToolchain, type Toolchain } from "../toolchain.ts";
import { commandCpu } from "./cpu.ts";
import { criticalPath } from "./critical-path.ts";
import { withPeakMemory } from "./memory.ts";
import { installByPeer, type Peer } from "./peer.ts";
import { summarize, timePreviews } from "./preview.ts";
import { descendantsOf } from "./processes.ts";
import type { BenchReport } from "./report.ts";
import { changedRevisions } from "./revisions.ts";
import { installInTurn, type SequentialWaits } from "./sequential-install.ts";
import { simulatedSeconds } from "./simulated-seconds.ts";
import { timed } from "./statistics.ts";

/** What to measure. */
export interface BenchChoice {
  type: RehearsalChoice["type"];
  /** Timed previews of each program. */
  runs: number;
  /** Undefined: no installation one after another. */
  sequential: SequentialWaits | undefined;
  /** Undefined: upstream's CLI is not measured. */
  peer: Peer | undefined;
}

interface Bench {
  choice: BenchChoice;
  paths: RehearsalPaths;
  say: (line: string) => void;
  /** Stops the benchmark between two of its parts. */
  signal: AbortSignal;
}

/**
 * Takes all the figures, each installation on a new cluster; the last one is left running.
 *
 * @throws Error when something that was to be measured failed
 */
export async function measure({ choice, paths, say, signal }: Bench): Promise<BenchReport> {
  const loadBefore = loadavg()[0] ?? 0;
  const wanted: RehearsalChoice = { type: choice.type, profiles: [], namespace: "krateo-system" };
  const settings = await loadSettings({ values: stackValues(wanted, paths), secretKeys: [] }, paths.root);
  const toolchain = await ensureToolchain(say, paths);
  await packCharts({ helm: toolchain.helm, output: paths.mirror, lock: paths.lock });
  const newCluster = async () => {
    signal.throwIfAborted();
    await stopCluster(paths.directory);
    await startCluster(toolchain, { directory: paths.directory, realistic: true }, say);
    signal.throwIfAborted();
  };
  const up = async () => {
    signal.throwIfAborted();
    // The stand-ins for kubelets are descendants too, and no part of Pulumi.
    const others = new Set(descendantsOf(process.pid).map(({ pid }) => pid));
    return await withPeakMemory(
      () => timed(() => releasesOfUp(toolchain, paths, say)),
      () => descendantsOf(process.pid).filter(({ pid }) => !others.has(pid)),
    );
  };

  await newCluster();
  await forgetStack(paths);
  await prepareStack(toolchain, wanted, paths);
  say(`installing Krateo, type ${choice.type}, with realistic delays`);
  const { result: install, peaks: installMemory } = await up();
  const loginRelease = chartStepsOf(settings).find(({ id }) => id === loginStep)?.release.name;
  const path = criticalPath(planOf(settings), (node) => simulatedSeconds(node, settings));

  signal.throwIfAborted();
  say("previewing with nothing to do, and an empty program, in turn");
  const previews = await timePreviews(toolchain, paths, choice.runs, say);

  signal.throwIfAborted();
  say("running commands that ask no cluster");
  const cpu = await commandCpu(toolchain, paths, choice.runs);

  say("updating with nothing to do");
  const before = await listReleases(toolchain, wanted.namespace);
  const { peaks: againMemory } = await up();
  const changed = changedRevisions(before, await listReleases(toolchain, wanted.namespace));

  let sequential: BenchReport["sequential"];
  if (choice.sequential) {
    const waits = choice.sequential;
    await newCluster();
    say("installing the same charts one after another");
    const { seconds } = await timed(() => installInTurn(toolchain, paths, settings, waits, { say, signal }));
    sequential = { waits, seconds, overInstall: seconds / install.seconds };
  }
  let peer: BenchReport["peer"];
  if (choice.peer) {
    await newCluster();
    peer = await installByPeer(toolchain, paths, choice.peer, { ...wanted, say });
  }
  signal.throwIfAborted();

  return {
    type: choice.type,
    machine: { cores: cpus().length, memory: totalmem(), loadBefore, loadAfter: loadavg()[0] ?? 0 },
    install: {
      seconds: install.seconds,
      loginSeconds: install.result.find(({ name }) => name === loginRelease)?.endedAt ?? Number.NaN,
      criticalPath: path,
      overCriticalPath: install.seconds / path.seconds,
      memory: installMemory,
    },
    ...(sequential ? { sequential } : {}),
    ...(peer ? { peer } : {}),
    preview: summarize(previews),
    cpu,
    upAgain: { changedRevisions: changed, memory: againMemory },
    standIns: toolchain.standIns,
  };
}

/** The Helm releases of a `pulumi up`. @throws Error when it fails */
async function releasesOfUp(
  toolchain: Toolchain,
  paths: RehearsalPaths,
  say: (line: string) => void,
): Promise<readonly ReleaseProgress[]> {
  const progress = new UpProgress(say);
  if (!(await pulumiUp(toolchain, paths, progress))) throw new Error("pulumi up failed");
  return progress.finished;
}
