const units: Readonly<Record<string, number>> = {
  ns: 1e-9,
  us: 1e-6,
  µs: 1e-6,
  ms: 1e-3,
  s: 1,
  m: 60,
  h: 3600,
};
const part = /(\d+(?:\.\d*)?|\.\d+)(ns|us|µs|ms|s|m|h)/g;

/** What a duration has to look like, for error messages. */
export const durationForm = 'a duration with units such as "90s", "15m" or "1h30m"';

/** Seconds of a Go duration, rounded up to whole ones; undefined for anything that is not a positive one. */
export function secondsOf(text: string): number | undefined {
  const parts = [...text.matchAll(part)];
  if (parts.length === 0 || parts.map((match) => match[0]).join("") !== text) return undefined;
  const seconds = parts.reduce((sum, match) => sum + Number(match[1]) * (units[match[2] ?? ""] ?? 0), 0);
  return seconds > 0 ? Math.ceil(seconds) : undefined;
}
