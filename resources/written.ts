/** Makes Pulumi's Kubernetes provider wait for an object as it is written now. */
import { writtenMark } from "../plan/written-mark.ts";

/**
 * Bears a mark of what was written. The provider may take the former object, which it still remembers, for the one that it
 * waits for, where nothing else in it tells them apart.
 */
const annotation = "krateo.io/written";

/**
 * Annotations with which the provider waits.
 *
 * @param written Parts of the object whose change has to be waited for.
 * @param path What must be there, in the provider's own JSONPath, in which `=` alone would end the path and more than two
 * conditions need parentheses. Is given the condition that the object is the one that was written.
 */
export function waitingFor(
  written: unknown,
  path: (isWritten: string) => string,
  timeoutSeconds: number,
): Readonly<Record<string, string>> {
  const mark = writtenMark(written);
  return {
    [annotation]: mark,
    "pulumi.com/waitFor": `jsonpath={${path(`$.metadata.annotations["${annotation}"] == "${mark}"`)}}`,
    "pulumi.com/timeoutSeconds": String(timeoutSeconds),
  };
}
