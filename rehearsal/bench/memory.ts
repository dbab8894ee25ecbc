import { type Process, type Role, roleOf } from "./processes.ts";

/** The most that each part of a run of Pulumi held in memory, in bytes; parts that never ran are absent. */
export type PeakMemory = Partial<Record<Exclude<Role, "other"> | "together", number>>;

/** Adds what the processes of one moment show to the peaks of the moments before. */
export function higherPeaks(before: PeakMemory, processes: readonly Process[]): PeakMemory {
  const peaks: PeakMemory = { ...before };
  for (const process of processes) {
    const role = roleOf(process);
    if (role !== "other") peaks[role] = Math.max(peaks[role] ?? 0, process.peak);
  }
  const together = processes.reduce((sum, { resident }) => sum + resident, 0);
  if (together > 0) peaks.together = Math.max(peaks.together ?? 0, together);
  return peaks;
}

/**
 * Runs work and looks at the processes four times a second meanwhile. The kernel keeps each one's own peak, so only
 * what it grew by after the last look is missed; the sum over all of them is that of the moments looked at.
 *
 * @param look the processes to count
 */
export async function withPeakMemory<T>(
  work: () => Promise<T>,
  look: () => readonly Process[],
): Promise<{ result: T; peaks: PeakMemory }> {
  let peaks: PeakMemory = {};
  const timer = setInterval(() => {
    peaks = higherPeaks(peaks, look());
  }, 250);
  try {
    return { result: await work(), peaks };
  } finally {
    clearInterval(timer);
  }
}
