import Table from "cli-table3";
import { judged, mebibytes, seconds } from "./report.ts";
import type { ScaleFigure } from "./scale.ts";

/** Seconds that a further chart may add to a command with nothing to do; of the other states, what a command may take. */
const aims = {
  perChart: { "preview, nothing to do": 0.03, "up, nothing to do": 0.12 } as Readonly<Record<string, number>>,
  reading: { seconds: 30, memory: 400 * 2 ** 20 },
};

/** The figures for a reader: a line for each command in each state, with what was aimed at. */
export function describeScale(figures: readonly ScaleFigure[]): string {
  const table = new Table({
    head: ["beside the platform", "command", "time", "a chart", "memory", "aim"],
    style: { head: [], border: [] },
  });
  for (const { state, charts, command, seconds: time, memory } of figures) {
    const alone = figures.find((one) => one.charts === 0 && one.command === command);
    const aChart = charts > 0 && alone ? (time - alone.seconds) / charts : undefined;
    const perChart = aims.perChart[command];
    table.push([
      state,
      command,
      seconds(time),
      aChart === undefined ? "" : `${aChart.toFixed(3)} s`,
      memory === undefined ? "not measured" : mebibytes(memory),
      aChart !== undefined && perChart !== undefined
        ? judged(`${perChart} s a chart`, aChart <= perChart)
        : command.startsWith("krateo ")
          ? judged(
              `${aims.reading.seconds} s, ${mebibytes(aims.reading.memory)}`,
              time <= aims.reading.seconds && (memory ?? 0) <= aims.reading.memory,
            )
          : "",
    ]);
  }
  return table.toString();
}
