import Table from "cli-table3";
import type { CommandCpu } from "./cpu.ts";
import type { CriticalPath } from "./critical-path.ts";
import type { PeakMemory } from "./memory.ts";
import type { PeerFigures } from "./peer.ts";
import type { PreviewSummary } from "./preview.ts";
import type { SequentialWaits } from "./sequential-install.ts";

/** What a benchmark found; what `--json` prints. Times in seconds, memory in bytes. */
export interface BenchReport {
  type: string;
  machine: {
    cores: number;
    memory: number;
    /** Load averages of the last minute, before and after: other work makes everything here slower. */
    loadBefore: number;
    loadAfter: number;
  };
  install: {
    seconds: number;
    /** When users can log in, from the start of the run. */
    loginSeconds: number;
    criticalPath: CriticalPath;
    overCriticalPath: number;
    memory: PeakMemory;
  };
  /** Absent when it was skipped. */
  sequential?: {
    waits: SequentialWaits;
    seconds: number;
    overInstall: number;
  };
  /** Upstream's CLI on a cluster of its own; absent when it was not asked for. */
  peer?: PeerFigures;
  preview: PreviewSummary;
  cpu: CommandCpu;
  upAgain: {
    /** Helm releases whose revision is another one than before, as `name before -> after`. */
    changedRevisions: readonly string[];
    memory: PeakMemory;
  };
  /** Programs that the rehearsal's stand-ins replaced. */
  standIns: readonly string[];
}

/** What the project sets out to reach. */
const aims = {
  overCriticalPath: 1.2,
  loginSeconds: 60,
  overPeer: { seconds: 0.45, loginSeconds: 0.25, againSeconds: 0.3 },
  previewOverEmptySeconds: 1,
  upOverPreviewSeconds: 1,
  cpu: { help: 0.35, render: 0.6, explain: 0.6 } satisfies CommandCpu,
  memory: { program: 200 * 2 ** 20, together: 800 * 2 ** 20 } satisfies PeakMemory,
};

/** Above this load on two cores the figures say more about the other work than about the program. */
const quietLoad = 2.5;

/** The report for a reader: a table of figures with what was aimed at, and the critical path below it. */
export function describeReport(report: BenchReport): string {
  const { install, sequential, preview, upAgain, machine } = report;
  const table = new Table({
    head: [`type ${report.type}`, "measured", "aim"],
    style: { head: [], border: [] },
  });
  table.push(
    [
      "install, realistic delays",
      seconds(install.seconds),
      seconds(install.criticalPath.seconds * aims.overCriticalPath),
    ],
    [
      "  users can log in after",
      seconds(install.loginSeconds),
      judged(seconds(aims.loginSeconds), install.loginSeconds <= aims.loginSeconds),
    ],
    ["  critical path, computed", seconds(install.criticalPath.seconds), ""],
    [
      "  install / critical path",
      install.overCriticalPath.toFixed(2),
      judged(aims.overCriticalPath.toFixed(2), install.overCriticalPath <= aims.overCriticalPath),
    ],
  );
  if (sequential) {
    table.push(
      [`one after another, ${waitWords[sequential.waits]}`, seconds(sequential.seconds), ""],
      ["  one after another / install", sequential.overInstall.toFixed(2), ""],
    );
  }
  table.push(...peerRows(report));
  table.push(
    [`preview, nothing to do (median of ${preview.platform.length})`, seconds(preview.platformSeconds), ""],
    ["  empty program", seconds(preview.emptySeconds), ""],
    [
      "  more than the empty program",
      seconds(preview.overEmptySeconds),
      judged(seconds(aims.previewOverEmptySeconds), preview.overEmptySeconds <= aims.previewOverEmptySeconds),
    ],
    [`up, nothing to do (median of ${preview.up.length})`, seconds(preview.upSeconds), ""],
    [
      "  more than the preview",
      seconds(preview.upOverPreviewSeconds),
      judged(seconds(aims.upOverPreviewSeconds), preview.upOverPreviewSeconds <= aims.upOverPreviewSeconds),
    ],
    [
      "  new Helm revisions",
      String(upAgain.changedRevisions.length),
      judged("0", upAgain.changedRevisions.length === 0),
    ],
    ...(["help", "render", "explain"] as const).map((name) => [
      `CPU of krateo ${name === "help" ? "--help" : name}`,
      seconds(report.cpu[name]),
      judged(seconds(aims.cpu[name]), report.cpu[name] <= aims.cpu[name]),
    ]),
    ["peak memory, install", "", ""],
    ...memoryRows(install.memory),
    ["peak memory, up with nothing to do", "", ""],
    ...memoryRows(upAgain.memory),
  );
  return [
    table.toString(),
    `Critical path: ${install.criticalPath.chain.map(({ id, seconds }) => `${id} ${seconds} s`).join(" > ")}`,
    ...upAgain.changedRevisions.map((change) => `New Helm revision: ${change}`),
    `Machine: ${machine.cores} cores, ${gibibytes(machine.memory)}, load ${machine.loadBefore.toFixed(1)} before and ` +
      `${machine.loadAfter.toFixed(1)} after; pods, load balancers and operators are simulated.`,
    ...(report.standIns.length > 0 ? [`Stand-ins: ${report.standIns.join(", ")}`] : []),
    ...(machine.loadBefore > quietLoad
      ? ["The machine was busy before this began: trust the ratios, not the seconds."]
      : []),
  ].join("\n");
}

/** Each figure of upstream's CLI, and the part of it that this program takes. */
function peerRows({ peer, install, preview }: BenchReport): string[][] {
  if (!peer) return [];
  const compared = (name: string, own: number, its: number, aim: number): string[][] => [
    [name, seconds(its), ""],
    ["  this program takes", `${(own / its).toFixed(2)} x`, judged(`${aim} x`, own / its <= aim)],
  ];
  const { overPeer } = aims;
  const memory = install.memory.together ?? Number.NaN;
  return [
    ...compared("krateoctl, every workload ready", install.seconds, peer.seconds, overPeer.seconds),
    ...compared(
      "krateoctl, users can log in after",
      install.loginSeconds,
      peer.loginSeconds,
      overPeer.loginSeconds,
    ),
    ...compared("krateoctl, nothing to do", preview.upSeconds, peer.againSeconds, overPeer.againSeconds),
    ["krateoctl, peak memory", mebibytes(peer.memory.together ?? Number.NaN), ""],
    ["  this program takes", `${(memory / (peer.memory.together ?? Number.NaN)).toFixed(1)} x`, ""],
  ];
}

const waitWords: Record<SequentialWaits, string> = {
  upstream: "waiting where upstream does",
  each: "waiting for each",
};

function memoryRows(peaks: PeakMemory): string[][] {
  const rows: [string, number | undefined, number?][] = [
    ["  program (node)", peaks.program, aims.memory.program],
    ["  engine", peaks.engine],
    ["  kubernetes provider", peaks.kubernetesProvider],
    ["  all processes together", peaks.together, aims.memory.together],
  ];
  return rows.map(([name, bytes, aim]) => {
    if (bytes === undefined) return [name, "not measured", ""];
    return [name, mebibytes(bytes), aim === undefined ? "" : judged(mebibytes(aim), bytes <= aim)];
  });
}

export function judged(aim: string, reached: boolean): string {
  return `<= ${aim}: ${reached ? "reached" : "MISSED"}`;
}

export function seconds(value: number): string {
  return `${value.toFixed(value < 10 ? 2 : 1)} s`;
}

export function mebibytes(bytes: number): string {
  return `${Math.round(bytes / 2 ** 20)} MiB`;
}

function gibibytes(bytes: number): string {
  return `${Math.round(bytes / 2 ** 30)} GiB`;
}
