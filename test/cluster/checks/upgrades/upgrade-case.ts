import assert from "node:assert/strict";
import { stringify } from "yaml";
import { checkUpgrades, type UpgradeFindings } from "../../../../cluster/checks/upgrades/check-upgrades.ts";
import { encodeRelease, type HelmRelease } from "../../../../cluster/client/helm-release.ts";
import type { ChartStep, JsonObject } from "../../../../model/settings.ts";
import { emptyInventory } from "../../../support/inventory.ts";
import { chartStep, settingsOf, variableStep } from "../../../support/settings.ts";
import { type Handler, withApiServer } from "../../api-server.ts";
import { helmRelease } from "../../helm-releases.ts";
import { type HelmAnswer, withHelm } from "../../helm-stand-in.ts";

/** Where the API server has the namespace of the release. */
export const namespace = "/api/v1/namespaces/krateo-system";
/** Where it has an object. */
export const place = (kind: string, name: string): string =>
  kind === "StatefulSet"
    ? `/apis/apps/v1/namespaces/krateo-system/statefulsets/${name}`
    : kind === "Cluster"
      ? `/apis/postgresql.cnpg.io/v1/namespaces/krateo-system/clusters/${name}`
      : `${namespace}/${kind === "Service" ? "services" : "secrets"}/${name}`;

/** An object of a manifest. */
export const object = (kind: string, name: string, body: JsonObject) => ({
  apiVersion: kind === "StatefulSet" ? "apps/v1" : kind === "Cluster" ? "postgresql.cnpg.io/v1" : "v1",
  kind,
  metadata: { name },
  ...body,
});
/** A StatefulSet whose volumes cannot be changed in place. */
export const set = (storage: string) =>
  object("StatefulSet", "web", { spec: { volumeClaimTemplates: [{ storage }] } });

export const manifestOf = (...objects: JsonObject[]): string =>
  objects.map((one) => stringify(one)).join("---\n");
const kinds = (...resources: [name: string, kind: string][]) => ({
  resources: resources.map(([name, kind]) => ({ name, kind, namespaced: true })),
});

type Refusals = Readonly<Record<string, string>>;

/** A cluster that holds the release's objects as its manifest has them, or as `live` says, and refuses writes as said. */
function apiServer(release: HelmRelease, live: readonly JsonObject[], refuse: Refusals): Handler {
  const held: Record<string, unknown> = {
    "/api/v1": kinds(["services", "Service"], ["secrets", "Secret"]),
    "/apis/apps/v1": kinds(["statefulsets", "StatefulSet"]),
    "/apis/postgresql.cnpg.io/v1": kinds(["clusters", "Cluster"]),
    [`${namespace}/services`]: { items: live.filter(({ kind }) => kind === "Service") },
    [`${namespace}/secrets`]: {
      items: [
        {
          metadata: {
            name: `sh.helm.release.v1.${release.name}.v1`,
            labels: { name: release.name, version: "1", status: release.info.status },
          },
          data: { release: encodeRelease(release) },
        },
      ],
    },
  };
  for (const one of live) {
    const { name } = one["metadata"] as { name: string };
    held[place(String(one["kind"]), name)] = { ...one, metadata: { name, namespace: "krateo-system" } };
  }
  return (method, path, query, body) => {
    if (method === "GET") return path in held ? { status: 200, body: held[path] } : { status: 404, body: {} };
    assert.equal(query.get("dryRun"), "All", "a check must not change anything");
    const message = refuse[`${method} ${path}`];
    if (message !== undefined) return { status: 422, body: { message } };
    return { status: 200, body: { ...(held[path] as object), ...(body as object) } };
  };
}

/** What helm makes of an upgrade, or says against it. */
type HelmUpgrade = { readonly manifest: string } | { readonly fails: string };

function answerOf(helm: HelmUpgrade | undefined): HelmAnswer | undefined {
  if (helm === undefined) return undefined;
  return "fails" in helm
    ? { code: 1, errors: `Error: UPGRADE FAILED: ${helm.fails}\n` }
    : { output: JSON.stringify(helm) };
}

/** An upgrade, and what cluster and helm answer. */
export interface Case {
  readonly step?: Partial<ChartStep>;
  readonly installed: readonly JsonObject[];
  readonly release?: Partial<HelmRelease>;
  /** As it is in the cluster; default: as installed. */
  readonly live?: readonly JsonObject[];
  readonly helm?: HelmUpgrade;
  readonly refuse?: Refusals;
  readonly reapply?: readonly string[];
}

/** Checks the upgrade of a case. */
export async function check(
  given: Case,
): Promise<{ findings: UpgradeFindings; requests: readonly string[] }> {
  const step = chartStep("install-web", { values: { size: 2 }, ...given.step });
  const settings = settingsOf([step, variableStep("read-port", "PORT", "web")]);
  const release: HelmRelease = {
    ...helmRelease(step.release.name, {
      chart: `${step.chart.name} 1.0.0`,
      manifest: manifestOf(...given.installed),
    }),
    config: { size: 1 },
    ...given.release,
  };
  const handler = apiServer(release, given.live ?? given.installed, given.refuse ?? {});
  let result: { findings: UpgradeFindings; requests: readonly string[] } | undefined;
  await withHelm(answerOf(given.helm), () =>
    withApiServer(handler, async (connection, requests) => {
      const findings = await checkUpgrades(connection, settings, {
        inventory: emptyInventory,
        latest: new Map([[release.name, release]]),
        reapply: new Set(given.reapply),
        charts: new Map([["install-web", "./web.tgz"]]),
      });
      result = { findings, requests: [...requests] };
    }),
  );
  assert.ok(result);
  return result;
}
