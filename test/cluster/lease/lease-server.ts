import type { Handler } from "../api-server.ts";

const namespace = "/api/v1/namespaces/krateo-system";
const collection = "/apis/coordination.k8s.io/v1/namespaces/krateo-system/leases";
const path = `${collection}/krateo-installer`;

export interface Lease {
  metadata: {
    name: string;
    uid: string;
    resourceVersion: string;
    annotations?: Record<string, string>;
  };
  spec: Record<string, string | number>;
}

/** A Lease that nobody holds. */
export const freeLease = {
  metadata: { name: "krateo-installer", uid: "l", resourceVersion: "1" },
  spec: { holderIdentity: "" },
};

/**
 * A stand-in for an API server that stores one Lease. As a real one it gives each version a number and refuses to
 * replace another version than the latest.
 */
export class LeaseServer {
  lease: Lease | undefined;
  /** Methods of the requests that it has got. */
  readonly asked: string[] = [];
  /** An API server that is away answers 503. */
  away = false;
  private version = 1;

  constructor(spec?: Record<string, string | number>) {
    if (spec) this.write(spec);
  }

  /** Stores a Lease as somebody else does. */
  write(spec: Record<string, string | number>, annotations: Record<string, string> = {}): void {
    this.version += 1;
    const metadata = { name: "krateo-installer", uid: "l", resourceVersion: String(this.version) };
    this.lease = { metadata: { ...metadata, annotations }, spec };
  }

  readonly handler: Handler = (method, asked, _query, body) => {
    this.asked.push(method);
    if (this.away) return { status: 503, body: { message: "away" } };
    if (method === "GET" && asked === namespace)
      return { status: 200, body: { metadata: { name: "krateo-system" } } };
    if (method === "GET" && asked === path && this.lease) return { status: 200, body: this.lease };
    if (method === "POST" && asked === collection) {
      if (this.lease) return { status: 409, body: { message: "already exists" } };
      const { metadata, spec } = body as Lease;
      this.write(spec, metadata.annotations);
      return { status: 201, body: this.lease };
    }
    if (method === "PUT" && asked === path && this.lease) {
      const { metadata, spec } = body as Lease;
      if (metadata.resourceVersion !== this.lease.metadata.resourceVersion)
        return { status: 409, body: { message: "the object has been modified" } };
      this.write(spec, metadata.annotations);
      return { status: 200, body: this.lease };
    }
    return { status: 404, body: {} };
  };
}
