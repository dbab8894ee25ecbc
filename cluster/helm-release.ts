import { gunzipSync, gzipSync } from "node:zlib";
import type { KubeObject } from "./api.ts";

/** One revision of a Helm release, as Helm 3 stores it in a Secret `sh.helm.release.v1.NAME.vREVISION`. */
export interface HelmRelease {
  readonly name: string;
  readonly namespace: string;
  /** The revision. */
  readonly version: number;
  readonly info: { readonly status: string; readonly description?: string; readonly [key: string]: unknown };
  readonly chart: { readonly metadata: { readonly name: string; readonly version: string } };
  /** The user's values. */
  readonly config?: Readonly<Record<string, unknown>>;
  /** Rendered objects, a YAML stream; empty when rendering failed. */
  readonly manifest: string;
  readonly hooks?: readonly HelmHook[];
}

export interface HelmHook {
  readonly name: string;
  readonly kind: string;
  readonly events: readonly string[];
  readonly manifest: string;
}

export interface HelmSecret extends KubeObject {
  readonly data: { readonly release: string };
}

/** Type of the Secrets that Helm 3 keeps releases in. */
export const helmSecretType = "helm.sh/release.v1";

/** Reads the release out of its Secret: base64 by the API, base64 by Helm, gzip, JSON. */
export function decodeRelease(secret: HelmSecret): HelmRelease {
  const packed = Buffer.from(Buffer.from(secret.data.release, "base64").toString("latin1"), "base64");
  // Helm 3 reads payloads from before it compressed them, too.
  const json = packed[0] === 0x1f && packed[1] === 0x8b ? gunzipSync(packed) : packed;
  return JSON.parse(json.toString("utf8")) as HelmRelease;
}

/** The reverse: what goes into `data.release` of the Secret. */
export function encodeRelease(release: HelmRelease): string {
  const packed = gzipSync(JSON.stringify(release)).toString("base64");
  return Buffer.from(packed, "latin1").toString("base64");
}
