/** Why a chart cannot be fetched, as the user reads it. */
import { withoutLogins } from "../model/describe.ts";
import { fileFault } from "../model/file-fault.ts";
import { ConfigurationError, type Problem } from "../model/problem.ts";
import { secretMask } from "../model/secret-value.ts";
import type { ChartSource, Settings } from "../model/settings.ts";
import type { BundleError } from "./bundle-file.ts";
import { DownloadError } from "./download.ts";
import { NotInIndexError } from "./repository-index.ts";

export const writing = "writing the archive";
export const checking = "checking the archive";

/** The archive is whole, but not the one that krateo.lock pins. */
export class NotPinnedError extends Error {
  /** 64 hexadecimal digits each. */
  readonly digests: { readonly found: string; readonly pinned: string };

  constructor(digests: { readonly found: string; readonly pinned: string }) {
    super("it is not the archive that krateo.lock pins");
    this.digests = digests;
  }
}

/** What went wrong with one chart, and while doing what. */
export class FetchError extends Error {
  readonly step: string;
  readonly at: string;

  constructor(step: string, at: string, cause: unknown) {
    super(fileFault(cause) ?? (cause instanceof Error ? cause.message : String(cause)), { cause });
    this.step = step;
    this.at = at;
  }
}

/**
 * Does one step of fetching a chart.
 *
 * @param at The place that a message names; of a failed download it is the download's own URL.
 * @throws FetchError that names step and place; ConfigurationError as it is
 */
export async function during<T>(step: string, at: string, work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    if (error instanceof ConfigurationError) throw error;
    throw new FetchError(step, error instanceof DownloadError ? error.url : at, error);
  }
}

export interface Failure {
  readonly chart: ChartSource;
  readonly error: FetchError;
}

/** One problem for all charts that failed in the same way: a repository that is away takes all of its charts along. */
export function problemsOf(failures: readonly Failure[], charts: Settings["charts"]): Problem[] {
  const alike = Map.groupBy(failures, ({ chart, error }) => {
    const own = isOfOne(error.cause) ? chart.name : "";
    return [error.step, error.at, error.message, own].join("\n");
  });
  return [...alike.values()].flatMap(([first, ...others]) => {
    if (!first) return [];
    const names = [first, ...others]
      .map(({ chart }) => [chart.name, chart.version].filter(Boolean).join(" "))
      .sort();
    return [problemOf(`chart${others.length > 0 ? "s" : ""} ${names.join(", ")}`, first, charts)];
  });
}

/** A fault of one chart, not of the place that it comes from. */
function isOfOne(cause: unknown): boolean {
  return cause instanceof NotInIndexError || cause instanceof NotPinnedError;
}

function problemOf(
  charts: string,
  { error, chart }: Failure,
  { mirror, logins }: Settings["charts"],
): Problem {
  if (error.cause instanceof NotPinnedError) return notPinned(charts, error.at, error.cause);
  const status = error.cause instanceof DownloadError ? error.cause.status : undefined;
  const isRefused = status === 401 || status === 403;
  const missing = error.cause instanceof NotInIndexError ? error.cause : undefined;
  const inPlace = "let that file be written: remove what is in its way, or correct the rights of its folder";
  const inMirror = "put the archive into the mirror, or correct krateo:chartMirror";
  const elsewhere =
    "or set krateo:chartMirror to a folder or URL that holds NAME-VERSION.tgz files, or to a bundle";
  const first = missing
    ? "correct the chart's name or version in the release document"
    : "run again once the server answers";
  return {
    what: `${charts} cannot be fetched: ${error.step} failed: ${error.message}`,
    file: withoutLogins(error.at),
    allowed: missing?.alternatives,
    next:
      nextInBundle(error.cause) ??
      (isRefused
        ? loginAdvice(mirror ?? chart.url, error.at, logins)
        : error.step === writing
          ? inPlace
          : mirror
            ? inMirror
            : `${first}, ${elsewhere}`),
  };
}

/** What a bundle's own error advises: its class is only loaded where there is a bundle. */
function nextInBundle(cause: unknown): string | undefined {
  return cause instanceof Error && cause.name === "BundleError" ? (cause as BundleError).next : undefined;
}

/** How to log in where it was refused. Of a registry the source says where that is: its token service may be elsewhere. */
function loginAdvice(source: string, at: string, logins: Settings["charts"]["logins"] = {}): string {
  const isRegistry = source.startsWith("oci:");
  const host = URL.parse(isRegistry ? source.replace(/^oci:/, "https:") : at)?.host ?? "HOST";
  const byHelm = isRegistry
    ? `helm registry login ${host}`
    : `helm repo add NAME ${withoutLogins(source)} --username USER`;
  const key = `'krateo:registries["${host}"]`;
  const inStack = `pulumi config set --path ${key}.username' USER, and pulumi config set --secret --path ${key}.password'`;
  if (logins[host]?.password === secretMask)
    return `only pulumi preview and up can read the encrypted login of the stack; for this command log in with: ${byHelm}`;
  return logins[host]
    ? `correct the stack's login for ${host}: ${inStack}`
    : `log in with: ${byHelm}; or ${inStack}`;
}

function notPinned(chart: string, at: string, { digests }: NotPinnedError): Problem {
  return {
    what: `${chart} is not the archive that krateo.lock pins`,
    file: withoutLogins(at),
    given: `sha256:${digests.found}`,
    allowed: `sha256:${digests.pinned}`,
    next: "find out from its publisher why it has changed under the same version; to accept it: npx krateo lock --update",
  };
}
