/** Reads and merges kubeconfig files. */
import { readFileSync } from "node:fs";
import { dirname, isAbsolute, resolve } from "node:path";
import { parseDocument } from "yaml";
import { fileFault } from "../../model/file-fault.ts";
import { ConfigurationError } from "../../model/problem.ts";
import { isMap } from "../../model/secret-value.ts";
import type { Json, JsonObject } from "../../model/settings.ts";

/** A cluster as a kubeconfig describes it; the keys are the kubeconfig's own. */
export interface KubeCluster {
  readonly server?: string;
  readonly "certificate-authority"?: string;
  readonly "certificate-authority-data"?: string;
  readonly "insecure-skip-tls-verify"?: boolean;
  readonly "tls-server-name"?: string;
  readonly "proxy-url"?: string;
  readonly "disable-compression"?: boolean;
  readonly extensions?: readonly { readonly name?: string; readonly extension?: unknown }[];
}

/** How a user of a kubeconfig logs in; the keys are the kubeconfig's own. */
export interface KubeUser {
  readonly "client-certificate"?: string;
  readonly "client-certificate-data"?: string;
  readonly "client-key"?: string;
  readonly "client-key-data"?: string;
  readonly token?: string;
  readonly tokenFile?: string;
  readonly username?: string;
  readonly password?: string;
  readonly as?: string;
  readonly "as-uid"?: string;
  readonly "as-groups"?: readonly string[];
  readonly "as-user-extra"?: Readonly<Record<string, readonly string[]>>;
  readonly "auth-provider"?: { readonly name?: string; readonly config?: Record<string, string> };
  readonly exec?: LoginHelper;
}

/** A program that logs in: a credential plugin of client-go. */
export interface LoginHelper {
  readonly command?: string;
  readonly args?: readonly string[] | null;
  readonly env?: readonly { readonly name: string; readonly value: string }[] | null;
  readonly apiVersion?: string;
  readonly installHint?: string;
  readonly interactiveMode?: string;
  readonly provideClusterInfo?: boolean;
}

export interface Kubeconfig {
  readonly clusters: ReadonlyMap<string, KubeCluster>;
  readonly users: ReadonlyMap<string, KubeUser>;
  readonly contexts: ReadonlyMap<string, { readonly cluster?: string; readonly user?: string }>;
  readonly currentContext: string;
  /** The keys of clusters and users whose paths are relative in the kubeconfig. */
  readonly relative: readonly { readonly of: object; readonly key: string }[];
}

const fileKeys = ["certificate-authority", "client-certificate", "client-key", "tokenFile"];

/**
 * Reads kubeconfigs and merges them as kubectl does: the first to name a thing wins. Paths in them are relative to the
 * file that they stand in; a login helper's command is one if it has a path separator.
 *
 * @throws ConfigurationError for a file that cannot be read or is no kubeconfig; nothing of its content is shown
 */
export function readKubeconfigs(files: readonly string[]): Kubeconfig {
  const relative: { of: object; key: string }[] = [];
  const documents = files.map((file) => ({ file, document: documentOf(file) }));
  const named = <T extends object>(list: string, key: string): Map<string, T> => {
    const found = new Map<string, T>();
    for (const { file, document } of documents) {
      for (const entry of entriesOf(document[list])) {
        const name = String(entry["name"] ?? "");
        const value = entry[key];
        if (!found.has(name))
          found.set(name, withAbsolutePaths(isMap(value) ? value : {}, dirname(file), relative) as T);
      }
    }
    return found;
  };
  return {
    clusters: named<KubeCluster>("clusters", "cluster"),
    users: named<KubeUser>("users", "user"),
    contexts: named("contexts", "context"),
    currentContext:
      documents.map(({ document }) => String(document["current-context"] ?? "")).find(Boolean) ?? "",
    relative,
  };
}

function documentOf(file: string): JsonObject {
  let text: string;
  try {
    text = readFileSync(file, "utf8");
  } catch (error) {
    const reason = fileFault(error) ?? String(error);
    throw new ConfigurationError([{ what: `the kubeconfig cannot be read: ${reason}`, file }]);
  }
  // YAML as kubectl reads it: `yes` is true.
  const parsed = parseDocument(text, { version: "1.1", logLevel: "silent" });
  const [error] = parsed.errors;
  if (error) {
    const line = error.linePos?.[0].line;
    // The parser's own words may quote the line, and with it a token.
    throw new ConfigurationError([{ what: `the kubeconfig is no YAML (${error.code})`, file, line }]);
  }
  const document = (parsed.toJS() ?? {}) as Json;
  if (isMap(document)) return document;
  throw new ConfigurationError([
    {
      what: "the file is not a kubeconfig",
      file,
      allowed: "a YAML or JSON object with clusters, users and contexts",
    },
  ]);
}

function entriesOf(list: Json | undefined): JsonObject[] {
  return Array.isArray(list) ? list.filter(isMap) : [];
}

function withAbsolutePaths(
  value: JsonObject,
  folder: string,
  relative: { of: object; key: string }[],
): object {
  const result: Record<string, Json | undefined> = { ...value };
  const absolute = (path: Json | undefined, key: string): Json | undefined => {
    if (typeof path !== "string" || path === "") return path;
    if (!isAbsolute(path)) relative.push({ of: result, key });
    return resolve(folder, path);
  };
  for (const key of fileKeys) if (key in result) result[key] = absolute(result[key], key);
  const helper = result["exec"];
  if (isMap(helper) && String(helper["command"]).includes("/"))
    result["exec"] = { ...helper, command: absolute(helper["command"], "exec.command") as string };
  return result;
}
