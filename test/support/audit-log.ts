/** Reads what the API server of the rehearsal has written down of requests. */
import { readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { parse, stringify } from "yaml";
import { places } from "../../rehearsal/control-plane.ts";
import { paths } from "./rehearsal.ts";

/** One request that was answered, as audit.k8s.io/v1 has it. */
export interface AuditEvent {
  readonly verb: string;
  readonly requestURI: string;
  readonly user: { readonly username: string };
  /** Set where the request acted as somebody else. */
  readonly impersonatedUser?: { readonly username: string };
  readonly userAgent?: string;
  readonly objectRef?: {
    readonly apiGroup?: string;
    readonly resource: string;
    readonly subresource?: string;
    readonly namespace?: string;
    readonly name?: string;
  };
  readonly responseStatus?: { readonly code: number };
  /** RFC 3339, by the API server's clock. */
  readonly requestReceivedTimestamp: string;
  readonly stageTimestamp: string;
}

/** Every request of the cluster's life so far, in the order in which they were answered. */
export async function auditEvents(): Promise<AuditEvent[]> {
  const lines = (await readFile(places(paths.directory).auditLog, "utf8")).split("\n");
  // The last line may be half written.
  return lines.slice(0, -1).map((line) => JSON.parse(line));
}

/** Whether a request changed something: it neither read, nor asked a question, nor was refused. */
export function isChange({ verb, requestURI, objectRef, responseStatus }: AuditEvent): boolean {
  const writes = ["create", "update", "patch", "delete", "deletecollection"].includes(verb);
  const isQuestion = objectRef?.apiGroup === "authorization.k8s.io" || /[?&]dryRun=/.test(requestURI);
  return writes && !isQuestion && (responseStatus?.code ?? 0) < 400;
}

/** The name that a request acts under. */
export function actorOf({ user, impersonatedUser }: AuditEvent): string {
  return impersonatedUser?.username ?? user.username;
}

/** Path of a kubeconfig of the administrator's that acts under a name, by which its requests are told apart. */
export async function actingAs(name: string): Promise<string> {
  const { users, ...rest } = parse(await readFile(paths.kubeconfig, "utf8"));
  const user = { ...users[0].user, as: name, "as-groups": ["system:masters"] };
  const file = join(paths.directory, `kubeconfig.${name}`);
  await writeFile(file, stringify({ ...rest, users: [{ ...users[0], user }] }));
  return file;
}

/**
 * What runs have changed while somebody else held the Lease, or nobody. Its last writer holds it: a run renews it every
 * few seconds, and gives it up at its end.
 *
 * @param runs The names that they act under; of others nothing is expected.
 */
export function changesWithoutLease(events: readonly AuditEvent[], runs: readonly string[]): AuditEvent[] {
  let holder = "";
  return events.filter(isChange).filter((event) => {
    const { resource = "", name } = event.objectRef ?? {};
    if (resource === "leases" && name === "krateo-installer") holder = actorOf(event);
    // The namespace comes before the Lease in it.
    const isFree = ["leases", "namespaces"].includes(resource);
    return !isFree && runs.includes(actorOf(event)) && actorOf(event) !== holder;
  });
}

/** A request for objects, in terms of RBAC. */
export interface AuditedRequest {
  readonly verb: string;
  readonly group: string;
  /** With its subresource. */
  readonly resource: string;
  readonly namespace?: string;
  readonly name?: string;
  readonly status: number;
}

/** Every request for objects that a service account made, in the order in which they were answered. */
export async function requestsOf(account: { namespace: string; name: string }): Promise<AuditedRequest[]> {
  const asker = `system:serviceaccount:${account.namespace}:${account.name}`;
  return (await auditEvents()).flatMap(({ verb, user, objectRef, responseStatus, requestURI }) => {
    // Everybody may ask what he may do.
    if (user.username !== asker || !objectRef || objectRef.apiGroup === "authorization.k8s.io") return [];
    const { apiGroup: group = "", resource, subresource, namespace, name } = objectRef;
    const request = {
      group,
      resource: subresource === undefined ? resource : `${resource}/${subresource}`,
      ...(namespace !== undefined && { namespace }),
      ...(name !== undefined && { name }),
      status: responseStatus?.code ?? 0,
    };
    // A patch that finds no object makes it, for which it needs the right to do so.
    const makes = verb === "patch" && request.status === 201;
    // A watch that begins with what is there stands for a list, which API servers without it are asked for.
    const lists = verb === "watch" && /[?&]sendInitialEvents=true/.test(requestURI);
    const verbs = [verb, ...(makes ? ["create"] : []), ...(lists ? ["list"] : [])];
    return verbs.map((one) => ({ ...request, verb: one }));
  });
}
