import type { HelmHook, HelmRelease } from "../../cluster/client/helm-release.ts";

/** A Helm release; `chart` is "NAME VERSION" and defaults to the release's name at 1.0.0. */
export function helmRelease(
  name: string,
  given: {
    namespace?: string;
    version?: number;
    status?: string;
    /** When its uninstallation was begun. */
    deleted?: string;
    chart?: string;
    manifest?: string;
    hooks?: readonly HelmHook[];
  } = {},
): HelmRelease {
  const [chart = name, chartVersion = "1.0.0"] = (given.chart ?? `${name} 1.0.0`).split(" ");
  return {
    name,
    namespace: given.namespace ?? "krateo-system",
    version: given.version ?? 1,
    info: {
      status: given.status ?? "deployed",
      last_deployed: "2026-01-01T12:00:00.5Z",
      // Helm writes an empty text for no time.
      deleted: given.deleted ?? "",
    },
    chart: { metadata: { name: chart, version: chartVersion } },
    manifest: given.manifest ?? "",
    hooks: given.hooks ?? [],
  };
}
