import { DownloadError, download } from "./download.ts";

const chartLayer = "application/vnd.cncf.helm.chart.content.v1.tar+gzip";
const manifestTypes =
  "application/vnd.oci.image.manifest.v1+json, application/vnd.docker.distribution.manifest.v2+json";

/** Where an OCI registry keeps a chart archive. */
export interface OciChart {
  readonly url: string;
  /** sha256 in hexadecimal. */
  readonly digest: string;
  /** Headers for the download: the anonymous token. */
  readonly headers: Readonly<Record<string, string>>;
}

/**
 * Asks a registry for the archive behind `oci://HOST/PATH` at an exact version, anonymously. Plain HTTP on this
 * machine's own addresses, as Helm does it.
 *
 * @throws DownloadError
 */
export async function findOciChart(reference: string, version: string): Promise<OciChart> {
  const { host, pathname } = new URL(reference.replace(/^oci:/, "http:"));
  const scheme = /^(localhost|127\.0\.0\.1|\[::1\])(:|$)/.test(host) ? "http" : "https";
  const repository = `${scheme}://${host}/v2${pathname.replace(/\/$/, "")}`;
  // A tag cannot hold the + of a version's build part; Helm writes _ for it.
  const url = `${repository}/manifests/${version.replaceAll("+", "_")}`;
  const { body, headers } = await withToken(url);
  const manifest = parseManifest(url, body);
  const layer = manifest.layers?.find((candidate) => candidate.mediaType === chartLayer);
  if (!layer?.digest.startsWith("sha256:"))
    throw new DownloadError(url, "it refers to something that is not a Helm chart");
  return {
    url: `${repository}/blobs/${layer.digest}`,
    digest: layer.digest.slice("sha256:".length),
    headers,
  };
}

/** Gets a manifest; when the registry wants a token, asks its token service for an anonymous one first. */
async function withToken(url: string): Promise<{ body: Buffer; headers: Record<string, string> }> {
  const accept = { Accept: manifestTypes };
  try {
    return { body: await download(url, accept), headers: {} };
  } catch (error) {
    const challenge = error instanceof DownloadError && error.status === 401 ? String(error.cause) : "";
    const { realm, ...scope } = Object.fromEntries(
      [...challenge.matchAll(/(\w+)="([^"]*)"/g)].map(([, key, value]) => [key as string, value as string]),
    );
    if (!/^bearer /i.test(challenge) || !realm) throw error;
    const answer = JSON.parse((await download(`${realm}?${new URLSearchParams(scope)}`)).toString());
    const headers = { Authorization: `Bearer ${answer.token ?? answer.access_token}` };
    return { body: await download(url, { ...accept, ...headers }), headers };
  }
}

function parseManifest(url: string, body: Buffer): { layers?: { mediaType: string; digest: string }[] } {
  try {
    return JSON.parse(body.toString());
  } catch {
    throw new DownloadError(url, "it refers to something that is not an OCI manifest");
  }
}
