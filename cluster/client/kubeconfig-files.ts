/** Finds the kubeconfig files. */
import { existsSync } from "node:fs";
import { homedir } from "node:os";
import { delimiter, join, resolve } from "node:path";
import { contentProblem, isKubeconfigContent } from "../../configuration/kubeconfig-content.ts";
import { ConfigurationError } from "../../model/problem.ts";

export interface KubeconfigChoice {
  /** Path of a kubeconfig, or several joined by the platform's path delimiter. */
  readonly kubeconfig?: string;
  /** What a relative path in `kubeconfig` is relative to; default: the working directory. */
  readonly directory?: string;
}

/**
 * Absolute paths of the kubeconfigs to merge: those given, which must exist, else those of KUBECONFIG that exist, else
 * ~/.kube/config if it exists.
 *
 * @throws ConfigurationError for a path that does not exist, and for the content of a kubeconfig in the place of a path
 */
export function kubeconfigFiles({ kubeconfig: given, directory = "." }: KubeconfigChoice): string[] {
  if (given) {
    refuseContent(given, "krateo:kubeconfig or --kubeconfig");
    const files = pathsOf(given, directory);
    const missing = files.filter((file) => !existsSync(file));
    if (missing.length > 0) {
      throw new ConfigurationError(
        missing.map((file) => ({
          what: "the kubeconfig does not exist",
          file,
          next: "correct krateo:kubeconfig, or leave it out to use KUBECONFIG or ~/.kube/config",
        })),
      );
    }
    return files;
  }
  const listed = process.env["KUBECONFIG"];
  if (listed) refuseContent(listed, "the variable KUBECONFIG");
  const files = listed ? pathsOf(listed, ".") : [join(homedir(), ".kube", "config")];
  return files.filter((file) => existsSync(file));
}

function pathsOf(list: string, directory: string): string[] {
  return list
    .split(delimiter)
    .filter(Boolean)
    .map((file) => (file.startsWith("~/") ? join(homedir(), file.slice(2)) : resolve(directory, file)));
}

/** The value holds credentials: nothing of it is shown. */
function refuseContent(value: string, where: string): void {
  if (isKubeconfigContent(value) && !existsSync(value))
    throw new ConfigurationError([{ ...contentProblem, file: where }]);
}
