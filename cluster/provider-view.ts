/** Refuses a kubeconfig that the Kubernetes provider would read in another way. */
import { delimiter, dirname } from "node:path";
import type { Problem } from "../model/problem.ts";
import type { Connection } from "./client/connection.ts";

/**
 * Where the Kubernetes provider would not get what this program gets. It reads the path in krateo:kubeconfig on its own,
 * as one file, and what is relative in that from the project's folder; KUBECONFIG it reads as kubectl does.
 *
 * @param kubeconfig krateo:kubeconfig as configured
 * @param directory The project's root.
 */
export function providerProblems(
  { kubeconfig: file, relativePaths }: Connection,
  kubeconfig: string | undefined,
  directory: string,
): Problem[] {
  if (!kubeconfig) return [];
  const next =
    "leave krateo:kubeconfig out and set KUBECONFIG, or make one file: kubectl config view --flatten";
  if (file.includes(delimiter)) {
    const what = "krateo:kubeconfig names several files: the Kubernetes provider takes one";
    return [{ what, file, next }];
  }
  if (relativePaths.length === 0 || dirname(file) === directory) return [];
  const keys = relativePaths.join(", ");
  const what = `the kubeconfig has relative paths (${keys}), which the Kubernetes provider would look for in the project's folder`;
  return [{ what, file, next }];
}
