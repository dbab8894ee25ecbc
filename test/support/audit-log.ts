/** Reads what the API server of the rehearsal has written down of requests. */
import { readFile } from "node:fs/promises";
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

/** Whether a request changed something: it was neither a reading nor refused. */
export function isWrite({ verb, requestURI, responseStatus }: AuditEvent): boolean {
  const code = responseStatus?.code ?? 0;
  return (
    ["create", "update", "patch", "delete", "deletecollection"].includes(verb) &&
    code < 400 &&
    !/[?&]dryRun=/.test(requestURI)
  );
}
