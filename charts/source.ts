import { existsSync, statSync } from "node:fs";
import { readFile } from "node:fs/promises";
import { join, resolve } from "node:path";
import { fileURLToPath } from "node:url";
import type { ChartSource } from "../model/settings.ts";
import { DownloadError, download, urlIn } from "./download.ts";
import { basic, type Logins } from "./logins.ts";
import { findOciChart } from "./oci.ts";
import { findEntry, parseIndex, type RepositoryIndex } from "./repository-index.ts";

/** Where one archive really is, once indexes and registries have been asked. */
export interface Location {
  /** URL or path, as a user would open it. */
  readonly at: string;
  /** sha256 in hexadecimal that the archive must have; undefined when nobody says. */
  readonly digest?: string;
  read(): Promise<Buffer>;
}

/** File name of a chart's archive, in the store and in a mirror. */
export function archiveName({ name, version }: ChartSource): string {
  return version ? `${name}-${version}.tgz` : `${name}.tgz`;
}

/** The mirror's absolute path, when it is a folder or a bundle. */
export function mirrorFolder(mirror: string | undefined, directory: string): string | undefined {
  if (!mirror || /^(https?|oci):/.test(mirror)) return undefined;
  return mirror.startsWith("file:") ? fileURLToPath(mirror) : resolve(directory, mirror);
}

/** Finds archives; one for each run, so that each index.yaml is read once however many charts it lists. */
export class Locator {
  readonly #indexes = new Map<string, Promise<RepositoryIndex | undefined>>();
  readonly #bundles = new Map<string, Promise<ReadonlyMap<string, Buffer>>>();
  readonly #logins: Logins;

  constructor(logins: Logins) {
    this.#logins = logins;
  }

  /** @throws DownloadError, NotInIndexError, Error with a sentence */
  async locate(chart: ChartSource): Promise<Location> {
    switch (chart.kind) {
      case "archive":
        return { at: chart.url, read: () => this.#download(chart.url, chart.url) };
      case "oci":
        return await this.#inRegistry(chart.url, chart.version);
      case "repository": {
        const root = withoutSlash(chart.url);
        const index = await this.#index(`${root}/index.yaml`, async () =>
          parseIndex(await this.#text(`${root}/index.yaml`)),
        );
        const entry = findEntry(index ?? {}, chart.name, chart.version);
        const first = entry.urls?.[0];
        if (!first) throw new Error("its entry in the index has no URL");
        if (first.startsWith("oci://"))
          return await this.#inRegistry(first.replace(/:[^:/]+$/, ""), chart.version);
        const at = urlIn(root, first);
        return { at, digest: plainDigest(entry.digest), read: () => this.#download(at, root) };
      }
    }
  }

  /** The same chart in a bundle, or in a folder of archives; its index.yaml is optional, but binding where it lists the chart. */
  async locateInFolder(chart: ChartSource, folder: string): Promise<Location> {
    if (statSync(folder, { throwIfNoEntry: false })?.isFile()) return await this.#inBundle(chart, folder);
    const at = join(folder, archiveName(chart));
    const index = await this.#index(folder, async () => {
      const file = join(folder, "index.yaml");
      return existsSync(file) ? parseIndex(await readFile(file, "utf8")) : undefined;
    });
    if (!existsSync(folder)) throw new Error("the mirror folder does not exist");
    if (!existsSync(at)) {
      if (index) findEntry(index, chart.name, chart.version);
      throw new Error("the mirror folder does not hold this archive");
    }
    const listed = index?.[chart.name]?.find((entry) => entry.version === chart.version);
    return { at, digest: plainDigest(listed?.digest), read: () => readFile(at) };
  }

  /** The same chart below a mirror's URL: where its index says, or flat; never at an address outside the mirror. */
  async locateInMirror(chart: ChartSource, mirror: string): Promise<Location> {
    const root = withoutSlash(mirror);
    if (root.startsWith("oci://")) return await this.#inRegistry(`${root}/${chart.name}`, chart.version);
    const flat = `${root}/${archiveName(chart)}`;
    const index = await this.#index(`${root}/index.yaml`, async () => {
      const found = await this.#text(`${root}/index.yaml`).catch((error: unknown) => {
        if (error instanceof DownloadError && error.status === 404) return undefined;
        throw error;
      });
      return found === undefined ? undefined : parseIndex(found);
    });
    if (!index || chart.kind !== "repository") return { at: flat, read: () => this.#download(flat, root) };
    const entry = findEntry(index, chart.name, chart.version);
    const listed = urlIn(root, entry.urls?.[0] ?? archiveName(chart));
    const at = listed.startsWith(`${root}/`) ? listed : flat;
    return { at, digest: plainDigest(entry.digest), read: () => this.#download(at, root) };
  }

  /**
   * With the login for the place, if there is one; a login in the URL wins. An index may name a place without TLS: a login goes
   * there only when the user named it.
   */
  async #download(url: string, source: string): Promise<Buffer> {
    const place = URL.parse(url);
    const mayTell = place?.protocol === "https:" || place?.origin === URL.parse(source)?.origin;
    const login = mayTell && !place?.username ? await this.#logins.forRepository(url) : undefined;
    return await download(url, login && { Authorization: basic(login) });
  }

  async #text(url: string): Promise<string> {
    return (await this.#download(url, url)).toString("utf8");
  }

  async #inRegistry(reference: string, version: string): Promise<Location> {
    const found = await findOciChart(reference, version, (host) => this.#logins.forRegistry(host));
    return { at: found.url, digest: found.digest, read: () => download(found.url, found.headers) };
  }

  async #inBundle(chart: ChartSource, file: string): Promise<Location> {
    // Loaded here: hardly any run has one.
    const { BundleError, chartFolder, readBundle } = await import("./bundle-file.ts");
    const reading = this.#bundles.get(file) ?? readBundle(file);
    this.#bundles.set(file, reading);
    const content = (await reading).get(`${chartFolder}/${archiveName(chart)}`);
    if (content) return { at: file, read: async () => content };
    throw new BundleError(
      "the bundle does not hold this archive",
      "make a bundle of this very stack where its charts can be fetched: pulumi config rm krateo:chartMirror, then npx krateo bundle FILE.tar",
    );
  }

  #index(
    key: string,
    read: () => Promise<RepositoryIndex | undefined>,
  ): Promise<RepositoryIndex | undefined> {
    const reading = this.#indexes.get(key) ?? read();
    this.#indexes.set(key, reading);
    return reading;
  }
}

function withoutSlash(url: string): string {
  return url.replace(/\/+$/, "");
}

function plainDigest(digest: string | undefined): string | undefined {
  return digest?.replace(/^sha256:/, "").toLowerCase() || undefined;
}
