/**
 * Where a chart step's archive comes from. Unlike upstream it has to be an exact version, so that the
 * same document installs the same thing tomorrow, and an OCI name is never cut at its last dash.
 */
import type { ChartSource } from "../model/settings.ts";

const exactVersion = /^v?\d+\.\d+\.\d+(?:-[0-9A-Za-z.-]+)?(?:\+[0-9A-Za-z.-]+)?$/;

/** The source, or what is wrong with `field`. */
export type ChartSourceResult =
  | { readonly source: ChartSource }
  | { readonly field: "url" | "repo" | "version"; readonly what: string; readonly allowed: string };

const notFetched = {
  field: "url",
  what: "a chart url of a form that cannot be fetched",
  allowed: "https://HOST/PATH of a chart repository, the https address of a .tgz archive, or oci://HOST/PATH",
} as const;

/** Reads `url`, `repo` and `version` of a chart step. */
export function chartSource(url: string, repo: string, version: string): ChartSourceResult {
  // A port of letters, or one of 99999.
  if (url !== "" && !URL.canParse(url.replace(/^oci:/, "http:"))) return notFetched;
  if (url.startsWith("oci://")) return fromRegistry(url, repo, version);
  if (/^https?:\/\/\S+\.(tgz|tar\.gz)$/.test(url)) return fromArchive(url);
  if (/^https?:\/\/[^\s/]+/.test(url)) return fromRepository(url, repo, version);
  if (url !== "") return notFetched;
  return { ...notFetched, what: "a chart step without a chart: url is missing" };
}

function fromRegistry(url: string, repo: string, version: string): ChartSourceResult {
  const reference = repo === "" ? url : `${url.replace(/\/+$/, "")}/${repo}`;
  const [, untagged = reference, tag] = /^(.*\/[^/:@]+):([^/@]+)$/.exec(reference) ?? [];
  const name = /([^/@]+)(?:@[^/]*)?$/.exec(untagged)?.[1];
  if (name === undefined || !/^oci:\/\/[^/]+\/./.test(untagged)) {
    return { field: "url", what: "an OCI reference without a chart name", allowed: "oci://HOST/PATH/NAME" };
  }
  const problem = inexact(tag ?? version);
  return problem ?? { source: { name, version: tag ?? version, kind: "oci", url: untagged } };
}

function fromArchive(url: string): ChartSourceResult {
  const stem = (url.split("/").at(-1) ?? "").replace(/\.(tgz|tar\.gz)$/, "");
  const [, name = stem, version = ""] = /^(.+?)-(v?\d+\.\d+\.\d+.*)$/.exec(stem) ?? [];
  return { source: { name, version, kind: "archive", url } };
}

function fromRepository(url: string, repo: string, version: string): ChartSourceResult {
  if (repo === "") {
    return {
      field: "repo",
      what: "a chart repository without the name of a chart in it: repo is missing",
      allowed: "the chart's name in the repository's index",
    };
  }
  return (
    inexact(version) ?? { source: { name: repo, version, kind: "repository", url: url.replace(/\/+$/, "") } }
  );
}

function inexact(version: string): ChartSourceResult | undefined {
  if (exactVersion.test(version)) return undefined;
  return {
    field: "version",
    what: version === "" ? "a chart without a version" : "a chart version that is not an exact one",
    allowed: "an exact version such as 1.2.3, so that every run installs the same chart",
  };
}
