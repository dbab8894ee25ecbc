/** OCI registries: where one keeps a chart's archive, and how it is told who asks. */
import { DownloadError, download } from "./download.ts";
import { basic, type RegistryLogin } from "./logins.ts";

const chartLayer = "application/vnd.cncf.helm.chart.content.v1.tar+gzip";
const manifestTypes =
  "application/vnd.oci.image.manifest.v1+json, application/vnd.docker.distribution.manifest.v2+json";

/** Where an OCI registry keeps a file. */
export interface OciBlob {
  readonly url: string;
  /** sha256 in hexadecimal. */
  readonly digest: string;
  /** Headers for the download: the token, or the login. */
  readonly headers: Readonly<Record<string, string>>;
}

/** The login for a host; asked only when it is needed. */
type LoginFor = (host: string) => Promise<RegistryLogin | undefined>;

/**
 * Asks a registry for the archive behind `oci://HOST/PATH` at an exact version: anonymously, and with a login when the registry wants
 * to know who asks. Plain HTTP on this machine's own addresses, as Helm does it.
 *
 * @throws DownloadError; whatever `loginFor` throws
 */
export async function findOciChart(reference: string, version: string, loginFor: LoginFor): Promise<OciBlob> {
  const { url, layers, locate } = await manifestOf(reference, version, loginFor);
  const layer = layers.find((candidate) => candidate.mediaType === chartLayer);
  if (!layer?.digest.startsWith("sha256:"))
    throw new DownloadError(url, "it refers to something that is not a Helm chart");
  return locate(layer);
}

/**
 * The files of an artifact that is no chart, as ORAS pushes them: each layer with its title. Asked for as a chart is.
 *
 * @throws DownloadError; whatever `loginFor` throws
 */
export async function findOciFiles(
  reference: string,
  tag: string,
  loginFor: LoginFor,
): Promise<(OciBlob & { readonly name: string })[]> {
  const { layers, locate } = await manifestOf(reference, tag, loginFor);
  return layers.map((layer) => {
    const name = layer.annotations?.["org.opencontainers.image.title"] ?? layer.digest;
    return { ...locate(layer), name };
  });
}

async function manifestOf(reference: string, version: string, loginFor: LoginFor) {
  const { host, pathname } = new URL(reference.replace(/^oci:/, "http:"));
  const scheme = /^(localhost|127\.0\.0\.1|\[::1\])(:|$)/.test(host) ? "http" : "https";
  const repository = `${scheme}://${host}/v2${pathname.replace(/\/$/, "")}`;
  // A tag cannot hold the + of a version's build part; Helm writes _ for it.
  const url = `${repository}/manifests/${version.replaceAll("+", "_")}`;
  const { body, headers } = await authorized(url, () => loginFor(host));
  const locate = ({ digest }: Layer): OciBlob => ({
    url: `${repository}/blobs/${digest}`,
    digest: digest.slice("sha256:".length),
    headers,
  });
  return { url, layers: parseManifest(url, body).layers ?? [], locate };
}

/**
 * Gets a manifest. When the registry wants to know who asks, it says how: with the login itself, or with a token for it. What
 * is public needs no login: one that is out of date, or that a helper does not give, stops nothing there.
 */
async function authorized(
  url: string,
  login: () => Promise<RegistryLogin | undefined>,
): Promise<{ body: Buffer; headers: Record<string, string> }> {
  const accept = { Accept: manifestTypes };
  const open = async (challenge: string, own?: RegistryLogin) => {
    const Authorization = await answerTo(challenge, own, URL.parse(url)?.protocol);
    if (!Authorization) throw new DownloadError(url, "the server answers 401 Unauthorized", 401);
    return { body: await download(url, { ...accept, Authorization }), headers: { Authorization } };
  };
  try {
    return { body: await download(url, accept), headers: {} };
  } catch (error) {
    if (!(error instanceof DownloadError) || error.status !== 401) throw error;
    const challenge = String(error.cause);
    try {
      return await open(challenge, await login());
    } catch (refusal) {
      return await open(challenge).catch(() => {
        throw refusal;
      });
    }
  }
}

/** The header that a challenge asks for; undefined when there is nothing to answer with. */
async function answerTo(
  challenge: string,
  login: RegistryLogin | undefined,
  protocol: string | undefined,
): Promise<string | undefined> {
  if (/^basic /i.test(challenge)) return login && "username" in login ? basic(login) : undefined;
  const { realm, ...scope } = Object.fromEntries(
    [...challenge.matchAll(/(\w+)="([^"]*)"/g)].map(([, key, value]) => [key as string, value as string]),
  );
  if (!/^bearer /i.test(challenge) || !realm) return undefined;
  // A login does not leave TLS, wherever the registry sends it.
  const mayTell = protocol === "http:" || URL.parse(realm)?.protocol === "https:";
  const answer = JSON.parse((await askForToken(realm, scope, mayTell ? login : undefined)).toString());
  return `Bearer ${answer.token ?? answer.access_token}`;
}

/** By the two ways of the token services: a login with the question, or an identity token by OAuth 2. */
async function askForToken(
  realm: string,
  scope: Readonly<Record<string, string>>,
  login: RegistryLogin | undefined,
): Promise<Buffer> {
  if (login && "identityToken" in login) {
    const grant = { grant_type: "refresh_token", client_id: "krateo", refresh_token: login.identityToken };
    return await download(realm, {}, new URLSearchParams({ ...grant, ...scope }));
  }
  const headers = login && { Authorization: basic(login) };
  return await download(`${realm}?${new URLSearchParams(scope)}`, headers);
}

interface Layer {
  readonly mediaType: string;
  readonly digest: string;
  readonly annotations?: Readonly<Record<string, string>>;
}

function parseManifest(url: string, body: Buffer): { layers?: Layer[] } {
  try {
    return JSON.parse(body.toString());
  } catch {
    throw new DownloadError(url, "it refers to something that is not an OCI manifest");
  }
}
