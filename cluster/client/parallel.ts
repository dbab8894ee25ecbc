/** Makes readings at the same time and reports all problems together. */
import { ConfigurationError, type Problem } from "../../model/problem.ts";

/** Requests under way at once: enough to hide a distant API server's latency, few enough for its fairness. */
const requestsAtOnce = 16;

/**
 * Does the same work for every item, several at a time, and returns the results in the items' order.
 *
 * @throws ConfigurationError with the problems of all items, each once; any other error at once
 */
export async function inParallel<T, R>(
  items: readonly T[],
  work: (item: T) => Promise<R>,
  atOnce = requestsAtOnce,
): Promise<R[]> {
  const results: R[] = [];
  const problems = new Map<string, Problem>();
  const queue = items.entries();
  const worker = async (): Promise<void> => {
    for (const [index, item] of queue) {
      try {
        results[index] = await work(item);
      } catch (error) {
        if (!(error instanceof ConfigurationError)) throw error;
        for (const problem of error.problems) problems.set(problem.next ?? problem.what, problem);
      }
    }
  };
  await Promise.all(Array.from({ length: atOnce }, worker));
  if (problems.size > 0) throw new ConfigurationError([...problems.values()]);
  return results;
}
