/** A number with its noun: `1 user object`, `2 user objects`. */
export function amount(number: number, noun: string): string {
  return `${number} ${noun}${number === 1 ? "" : "s"}`;
}
