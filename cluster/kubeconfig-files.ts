import { existsSync } from "node:fs";
import { homedir } from "node:os";
import { delimiter, join, resolve } from "node:path";
import { ConfigurationError } from "../profiles/problem.ts";

export interface KubeconfigChoice {
  /** Path of a kubeconfig, or several joined by the platform's path delimiter. */
  readonly kubeconfig?: string;
  /** What a relative path in `kubeconfig` is relative to; default: the working directory. */
  readonly directory?: string;
}

const contentKey = /\b(apiVersion|clusters|contexts|current-context)\b['"]?\s*:/;
/** No path: a second line, an object in JSON, or a key of a kubeconfig before a colon. */
const contentStart =
  /[\n\r]|^\s*(\{|['"]?(apiVersion|kind|clusters|contexts|users|current-context)['"]?\s*:)/;

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

/** Pulumi's kubernetes:kubeconfig takes the content as well; its value, which holds credentials, is not shown. */
function refuseContent(value: string, where: string): void {
  const decoded = Buffer.from(value, "base64").toString("latin1");
  if (!contentStart.test(value) && !contentKey.test(decoded)) return;
  throw new ConfigurationError([
    {
      what: `${where} holds the content of a kubeconfig; it takes the path of one`,
      allowed: `a path, or several joined by "${delimiter}"`,
      next: "write the content to a file that only you can read (chmod 600), and give the file's path",
    },
  ]);
}
