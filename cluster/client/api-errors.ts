/** Turns failed requests to the API server into messages for the user. */
import { ConfigurationError, ReportableError } from "../../model/problem.ts";
import { refusedWrite } from "../../plan/refused-write.ts";
import type { Connection } from "./connection.ts";

/** No answer worth the name came from the API server. The message is a sentence for the user. */
export class UnreachableError extends ReportableError {
  override name = "UnreachableError";
  override readonly isForLater: boolean;

  /** @param isForLater False where the address is wrong, or there is none: it will not answer later either. */
  constructor(message: string, isForLater = true) {
    super(message);
    this.isForLater = isForLater;
  }
}

/** The API server answered, with an error that is no matter of permissions. */
export class ApiError extends Error {
  override name = "ApiError";
  readonly status: number;

  constructor(status: number, message: string) {
    super(message);
    this.status = status;
  }
}

/** The sentence of an UnreachableError. */
export function unreachable(connection: Connection, reason: string): string {
  return `the cluster at ${connection.server} (context ${connection.context}) cannot be reached: ${reason}`;
}

/** What it means that an API server can be read and takes no write; undefined for an error of another kind. */
export function refusedWriteError(connection: Connection, message: string): Error | undefined {
  const refused = refusedWrite(message);
  return (
    refused && new ConfigurationError([{ ...refused, given: `${connection.server} answers: ${message}` }])
  );
}

/** What a 401 or 403 means to the user. */
export function refusal(
  connection: Connection,
  method: string,
  path: string,
  status: number,
  message: string,
): Error {
  if (status === 401) {
    return new ConfigurationError([
      {
        what: `the cluster at ${connection.server} does not accept the credentials of context ${connection.context}`,
        file: connection.kubeconfig,
        next: "log in again, or choose another context (krateo:context)",
      },
    ]);
  }
  const { verb, resource, namespace } = actionOf(method, path);
  const scope = namespace ? ` in namespace ${namespace}` : "";
  return new ConfigurationError([
    {
      what: `the user of context ${connection.context} may not ${verb} ${resource}${scope}: ${message}`,
      file: connection.kubeconfig,
      next: `use a context with that right, or grant it; to check: kubectl auth can-i ${verb} ${resource}${
        namespace ? ` -n ${namespace}` : ""
      }`,
    },
  ]);
}

/** The words of RBAC for a request. */
function actionOf(method: string, path: string): { verb: string; resource: string; namespace?: string } {
  const parts = path.split("/").slice(path.startsWith("/apis/") ? 4 : 3);
  const namespace = parts[0] === "namespaces" && parts.length > 2 ? parts[1] : undefined;
  const [resource = path, name] = namespace ? parts.slice(2) : parts;
  const verbs: Readonly<Record<string, string>> = {
    POST: "create",
    PUT: "update",
    PATCH: "patch",
    DELETE: "delete",
  };
  return { verb: verbs[method] ?? (name ? "get" : "list"), resource, namespace };
}

/** A Status object's message, else the start of whatever text came. */
export function messageIn(text: string): string {
  try {
    return (JSON.parse(text) as { message?: string }).message ?? "";
  } catch {
    return text.trim().split("\n")[0]?.slice(0, 200) ?? "";
  }
}

/** An error's message without the details that follow it. */
export function firstLine(error: unknown): string {
  return (error instanceof Error ? error.message : String(error)).split("\n")[0] ?? "";
}
