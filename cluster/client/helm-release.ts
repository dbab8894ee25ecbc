/** Reads and writes the Secrets in which Helm keeps releases. */
import { gunzipSync, gzipSync } from "node:zlib";
import { z } from "zod";
import type { KubeObject } from "./api.ts";

/** One revision of a Helm release, as Helm 3 and 4 store it in a Secret `sh.helm.release.v1.NAME.vREVISION`. */
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
  readonly data?: { readonly release?: string };
}

/** Type of the Secrets that Helm keeps releases in. */
export const helmSecretType = "helm.sh/release.v1";

/** A record of Helm's that cannot be read; its message says why, as the end of a sentence about the Secret. */
export class UnreadableRecord extends Error {}

/** Helm leaves out what is empty; null stands for the same. */
const absent = <T extends z.ZodType>(shape: T) => shape.nullish().transform((value) => value ?? undefined);

/** What this program reads of a record. Whatever else Helm writes passes through as it is. */
const recordShape = z.looseObject({
  name: z.string().min(1),
  namespace: absent(z.string()),
  version: z.int().min(1),
  info: z.looseObject({ status: z.string().min(1) }),
  chart: z.looseObject({
    metadata: z.looseObject({ name: z.string().min(1), version: z.string().min(1) }),
  }),
  config: absent(z.record(z.string(), z.unknown())),
  manifest: absent(z.string()),
  hooks: absent(
    z.array(
      z.looseObject({
        name: absent(z.string()),
        kind: absent(z.string()),
        events: absent(z.array(z.string())),
        manifest: absent(z.string()),
      }),
    ),
  ),
});

/**
 * Reads the release out of its Secret: base64 by the API, base64 by Helm, gzip, JSON.
 *
 * @throws UnreadableRecord for what is no record of a release
 */
export function decodeRelease({ data, metadata }: HelmSecret): HelmRelease {
  if (data?.release === undefined) throw new UnreadableRecord("has no key release");
  if (data.release === "") throw new UnreadableRecord("has an empty key release");
  const read = recordShape.safeParse(parsed(unpacked(data.release)));
  if (!read.success) {
    const places = read.error.issues.map(({ path }) => path.join(".") || "everything");
    throw new UnreadableRecord(
      `holds no release as Helm writes it: wrong or missing is ${places.join(", ")}`,
    );
  }
  const { name, namespace = metadata.namespace ?? "", manifest = "", hooks, config, ...rest } = read.data;
  const labelled = metadata.labels?.["name"];
  if (labelled !== undefined && labelled !== name)
    throw new UnreadableRecord(`holds a release ${name}, and its label says ${labelled}`);
  return {
    ...rest,
    name,
    namespace,
    manifest,
    ...(config && { config }),
    ...(hooks && {
      hooks: hooks.map((hook) => ({
        ...hook,
        name: hook.name ?? "",
        kind: hook.kind ?? "",
        events: hook.events ?? [],
        manifest: hook.manifest ?? "",
      })),
    }),
  };
}

function unpacked(release: string): string {
  const packed = Buffer.from(Buffer.from(release, "base64").toString("latin1"), "base64");
  // Helm 3 reads payloads from before it compressed them, too.
  if (packed[0] !== 0x1f || packed[1] !== 0x8b) return packed.toString("utf8");
  try {
    return gunzipSync(packed).toString("utf8");
  } catch (error) {
    const cut = (error as NodeJS.ErrnoException).code === "Z_BUF_ERROR";
    throw new UnreadableRecord(cut ? "is cut off" : "holds damaged data: it does not unpack");
  }
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    throw new UnreadableRecord("holds neither gzip nor JSON, or is cut off");
  }
}

/** The reverse: what goes into `data.release` of the Secret. */
export function encodeRelease(release: HelmRelease): string {
  const packed = gzipSync(JSON.stringify(release)).toString("base64");
  return Buffer.from(packed, "latin1").toString("base64");
}
