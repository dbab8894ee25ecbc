/** Asks the API server for objects, and changes them. */
import {
  ApiError,
  messageIn,
  refusal,
  refusedWriteError,
  UnreachableError,
  unreachable,
} from "./api-errors.ts";
import type { Connection } from "./connection.ts";
import { answerTo, type RequestOptions } from "./request.ts";

/** What every Kubernetes object has; as JSON, so dates are strings. */
export interface KubeObject {
  readonly apiVersion?: string;
  readonly kind?: string;
  readonly metadata: {
    readonly name: string;
    readonly namespace?: string;
    readonly uid: string;
    readonly resourceVersion?: string;
    readonly generation?: number;
    readonly creationTimestamp?: string;
    readonly deletionTimestamp?: string;
    readonly labels?: Readonly<Record<string, string>>;
    readonly annotations?: Readonly<Record<string, string>>;
    readonly finalizers?: readonly string[];
    readonly ownerReferences?: readonly {
      readonly kind: string;
      readonly name: string;
      readonly uid: string;
    }[];
  };
}

/** Where objects of one kind are found. */
export interface Resource {
  readonly apiVersion: string;
  readonly plural: string;
  readonly namespaced: boolean;
}

/** What is asked once for each connection, by its path. */
const answers = new WeakMap<Connection, Map<string, Promise<unknown>>>();

interface DiscoveredKind {
  readonly name: string;
  readonly kind: string;
  readonly namespaced: boolean;
}

/** Path of an object, or of a list of them when no name is given. */
export function pathOf(apiVersion: string, plural: string, namespace?: string, name?: string): string {
  const scope = namespace ? `/namespaces/${namespace}` : "";
  return `${rootOf(apiVersion)}${scope}/${plural}${name ? `/${name}` : ""}`;
}

/** Path of all that is of an API version. */
export function rootOf(apiVersion: string): string {
  return apiVersion.includes("/") ? `/apis/${apiVersion}` : `/api/${apiVersion}`;
}

/**
 * Reads one object or list.
 *
 * @returns undefined when there is none (or no such kind)
 * @throws UnreachableError, ApiError; ConfigurationError when the user may not (401, 403)
 */
export async function get<T>(
  connection: Connection,
  path: string,
  options: RequestOptions = {},
): Promise<T | undefined> {
  return await send<T>(connection, "GET", path, options);
}

/** Names of the API groups that are served; undefined where nothing says so. Errors as `get`. */
export async function apiGroups(
  connection: Connection,
  options: RequestOptions = {},
): Promise<string[] | undefined> {
  const found = await get<{ groups: { name: string }[] }>(connection, "/apis", options);
  return found?.groups.map(({ name }) => name);
}

/** Reads what hardly changes: once for a connection, and again after it failed. Errors as `get`. */
export async function getOnce<T>(
  connection: Connection,
  path: string,
  options: RequestOptions = {},
): Promise<T | undefined> {
  const known = answers.get(connection) ?? new Map<string, Promise<unknown>>();
  answers.set(connection, known);
  const answer = known.get(path) ?? get<T>(connection, path, options);
  known.set(path, answer);
  return (await answer.catch((error: unknown) => {
    known.delete(path);
    throw error;
  })) as T | undefined;
}

/** Objects of one answer: as many as kubectl asks for. A slow network then brings each answer within its time. */
const pageSize = "500";

/**
 * Reads the items of a list, page by page; none when there is no such kind. Errors as `get`.
 *
 * The API server forgets a list's next page after some minutes: then the list is read again, as one answer.
 *
 * @param keep The part of an item that is asked for: the rest goes with its page. Default: all of it.
 */
export async function list<T = KubeObject, Kept = T>(
  connection: Connection,
  path: string,
  options: RequestOptions = {},
  keep: (item: T) => Kept = (item) => item as unknown as Kept,
): Promise<Kept[]> {
  const page = (more: Record<string, string>) => {
    const query = { ...options.query, ...more };
    return send<{ items?: T[]; metadata?: { continue?: string } }>(connection, "GET", path, {
      ...options,
      query,
    });
  };
  const items: Kept[] = [];
  for (let next = ""; ; ) {
    const answer = await page({ limit: pageSize, ...(next && { continue: next }) }).catch(
      (error: unknown) => {
        if (next && error instanceof ApiError && error.status === 410) return undefined;
        throw error;
      },
    );
    if (next && !answer) return ((await page({}))?.items ?? []).map(keep);
    items.push(...(answer?.items ?? []).map(keep));
    next = answer?.metadata?.continue ?? "";
    if (!next) return items;
  }
}

/** Sends an object that is a question, such as an access review, and returns its answer. Errors as `get`. */
export async function ask<T>(
  connection: Connection,
  path: string,
  body: unknown,
  options: RequestOptions = {},
): Promise<T | undefined> {
  return await send<T>(connection, "POST", path, { ...options, body });
}

/** Creates one object in a collection. Errors as `get`, with ApiError 409 for one that exists. */
export async function create(
  connection: Connection,
  path: string,
  body: unknown,
  query: Readonly<Record<string, string>> = {},
): Promise<void> {
  await send(connection, "POST", path, { body, query });
}

/**
 * Replaces one object. Errors as `get`, with ApiError 409 when its resourceVersion is not the latest.
 *
 * @param timeoutSeconds As of RequestOptions.
 * @returns the object after it; undefined when there is none
 */
export async function replace<T>(
  connection: Connection,
  path: string,
  body: unknown,
  query: Readonly<Record<string, string>> = {},
  timeoutSeconds?: number,
): Promise<T | undefined> {
  return await send<T>(connection, "PUT", path, { body, query, timeoutSeconds });
}

/** Query of a request that the API server judges, admission included, and does not carry out. */
export const dryRun: Readonly<Record<string, string>> = { dryRun: "All" };

/**
 * Changes one object. Errors as `get`.
 *
 * @param contentType Which kind of patch the body is.
 * @returns the object after it; undefined when there is none
 */
export async function patch<T>(
  connection: Connection,
  path: string,
  contentType: string,
  body: unknown,
  query: Readonly<Record<string, string>> = {},
): Promise<T | undefined> {
  return await send<T>(connection, "PATCH", path, { body, contentType, query });
}

/** Deletes one object, its dependents in the background. @returns false when it was not there. Errors as `get`. */
export async function remove(connection: Connection, path: string, uid?: string): Promise<boolean> {
  const body = { propagationPolicy: "Background", ...(uid ? { preconditions: { uid } } : {}) };
  return (await send(connection, "DELETE", path, { body })) !== undefined;
}

/** The resource that serves a kind; undefined when the cluster knows no such kind. Errors as `get`. */
export async function resourceOf(
  connection: Connection,
  apiVersion: string,
  kind: string,
  options: RequestOptions = {},
): Promise<Resource | undefined> {
  const root = rootOf(apiVersion);
  const version = await getOnce<{ resources?: DiscoveredKind[] }>(connection, root, options);
  const found = version?.resources?.find(
    (resource) => resource.kind === kind && !resource.name.includes("/"),
  );
  // A CRD may be established later on: only a kind that was found is remembered.
  if (!found) answers.get(connection)?.delete(root);
  return found && { apiVersion, plural: found.name, namespaced: found.namespaced };
}

async function send<T>(
  connection: Connection,
  method: string,
  path: string,
  options: RequestOptions,
): Promise<T | undefined> {
  if (connection.absent) throw new UnreachableError(connection.absent, false);
  const { status, text } = await answerTo(connection, method, path, options);
  if (status === 404) return undefined;
  const message = messageIn(text);
  const refused = status >= 400 && method !== "GET" && refusedWriteError(connection, message);
  if (refused) throw refused;
  if (status === 401 || status === 403) throw refusal(connection, method, path, status, message);
  // Asked whether it would take something, an API server says no in this way, too: to a node port that an object has twice.
  const judges = status === 500 && options.query?.["dryRun"] !== undefined;
  if (judges) throw new ApiError(status, `${method} ${path}: ${message}`);
  if (status === 429 || status >= 500) {
    throw new UnreachableError(unreachable(connection, `it answers ${status}: ${message}`));
  }
  if (status === 400 && /HTTP request to an HTTPS server/i.test(message)) {
    const next = "it speaks TLS: write https:// before the server's address in the kubeconfig";
    throw new UnreachableError(unreachable(connection, next), false);
  }
  if (status >= 400) throw new ApiError(status, `${method} ${path}: ${message}`);
  try {
    return JSON.parse(text) as T;
  } catch {
    throw new UnreachableError(
      unreachable(connection, "the server there is not a Kubernetes API server"),
      false,
    );
  }
}
