/** Gets upstream's documents of a platform version from where they are: a folder, an archive, a URL, an OCI registry. */
import { readdirSync, readFileSync, statSync } from "node:fs";
import { posix, resolve } from "node:path";
import { withoutLogins } from "../model/describe.ts";
import { fileFault } from "../model/file-fault.ts";
import { ConfigurationError, type Problem } from "../model/problem.ts";
import { sha256 } from "./archive-store.ts";
import { DownloadError, download } from "./download.ts";
import { Logins } from "./logins.ts";
import { findOciFiles } from "./oci.ts";
import { filesInTar } from "./tar-files.ts";

/** Environment variable with a token for the URL of an archive. */
export const tokenVariable = "KRATEO_RELEASE_TOKEN";

/** Contents by path. */
type Files = ReadonlyMap<string, Buffer>;

/** Names of files that a release may consist of. */
const documentName = /^(krateo(\..+)?|krateo-overrides(\..+)?|(pre|post)-upgrade(\..+)?)\.yaml$/;

/**
 * The documents of a version. Touches nothing in the project.
 *
 * @param source A folder or a tar archive (absolute, or relative to `directory`), an https URL of one, or `oci://HOST/PATH[:TAG]`;
 * `VERSION` in it stands for the version, which is also the tag of a reference that has none.
 * @returns contents by file name
 * @throws ConfigurationError that says what is wrong with the source
 */
export async function releaseFiles(
  source: string,
  version: string,
  directory: string,
): Promise<Map<string, Buffer>> {
  const place = source.replaceAll("VERSION", version);
  try {
    return documentsIn(await filesAt(place, version, directory));
  } catch (error) {
    throw new ConfigurationError([problemOf(error, place, version)]);
  }
}

async function filesAt(place: string, version: string, directory: string): Promise<Files> {
  if (place.startsWith("oci://")) return await inRegistry(place, version);
  if (/^https?:\/\//.test(place)) {
    const token = process.env[tokenVariable];
    if (token && !/^(https:\/\/|http:\/\/(localhost|127\.0\.0\.1|\[::1\])[:/])/.test(place))
      throw new Error(`the token of ${tokenVariable} is only sent over https`);
    return await inArchive(await download(place, token ? { Authorization: `Bearer ${token}` } : {}));
  }
  const path = resolve(directory, place);
  if (!statSync(path).isDirectory()) return await inArchive(readFileSync(path));
  const entries = readdirSync(path, { withFileTypes: true }).filter((entry) => entry.isFile());
  return new Map(entries.map(({ name }) => [name, readFileSync(resolve(path, name))]));
}

/** Files as they are, or archives of them. */
async function inRegistry(place: string, version: string): Promise<Files> {
  const [, reference = place, tag = version] = /^(.*\/[^/:]+):([^/]+)$/.exec(place) ?? [];
  const logins = new Logins();
  const files = new Map<string, Buffer>();
  for (const { name, url, digest, headers } of await findOciFiles(reference, tag, (host) =>
    logins.forRegistry(host),
  )) {
    const content = await download(url, headers);
    if (sha256(content) !== digest)
      throw new Error(`${name} is damaged: its sha256 is not the one of its manifest`);
    const inside = documentName.test(name) ? new Map([[name, content]]) : await inArchive(content);
    for (const [path, file] of inside) files.set(path, file);
  }
  return files;
}

/** The files of a tar archive, compressed or not. */
async function inArchive(content: Buffer): Promise<Files> {
  if (content.subarray(0, 2).toString() === "PK")
    throw new Error("it is a zip archive: take the .tar.gz, or unpack it and name the folder");
  try {
    const files = await filesInTar(content);
    return new Map([...files].map(([path, file]) => [posix.normalize(path), file]));
  } catch (error) {
    throw new Error(`it is no tar archive, or it is cut off or damaged (${(error as Error).message})`);
  }
}

/** The documents of the topmost folder that has a release document. */
function documentsIn(files: Files): Map<string, Buffer> {
  const depth = (path: string): number => path.split("/").length;
  const releases = [...files.keys()].filter((path) => /^krateo(\..+)?\.yaml$/.test(posix.basename(path)));
  const top = Math.min(...releases.map(depth));
  const folders = new Set(releases.filter((path) => depth(path) === top).map(posix.dirname));
  const [folder, other] = folders;
  if (folder === undefined) throw new Error("it has no release documents: no krateo.TYPE.yaml");
  if (other !== undefined) throw new Error(`it has release documents in two folders, ${folder} and ${other}`);
  return new Map(
    [...files]
      .filter(([path]) => posix.dirname(path) === folder && documentName.test(posix.basename(path)))
      .map(([path, content]): [string, Buffer] => [posix.basename(path), content])
      .sort(([one], [another]) => (one < another ? -1 : 1)),
  );
}

function problemOf(error: unknown, place: string, version: string): Problem {
  const status = error instanceof DownloadError ? error.status : undefined;
  const login = place.startsWith("oci://")
    ? "docker login to its registry, or name another source with --from"
    : `give a token in ${tokenVariable}, or name another source with --from`;
  const isRefused = status === 401 || status === 403 || status === 404;
  return {
    what: `the documents of version ${version} cannot be had: ${fileFault(error) ?? (error as Error).message}`,
    file: withoutLogins(place),
    next: isRefused
      ? `look whether the version is there; where it is and needs a login: ${login}`
      : `nothing was changed; name a source with --from: a folder, a .tar.gz, its https URL or an oci:// reference`,
  };
}
