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

const namespace = "/api/v1/namespaces/krateo-system";
const place = (kind: string, name: string): string =>
  kind === "StatefulSet"
    ? `/apis/apps/v1/namespaces/krateo-system/statefulsets/${name}`
    : kind === "Cluster"
      ? `/apis/postgresql.cnpg.io/v1/namespaces/krateo-system/clusters/${name}`
      : `${namespace}/${kind === "Service" ? "services" : "secrets"}/${name}`;

const object = (kind: string, name: string, body: JsonObject) => ({
  apiVersion: kind === "StatefulSet" ? "apps/v1" : kind === "Cluster" ? "postgresql.cnpg.io/v1" : "v1",
  kind,
  metadata: { name },
  ...body,
});
const set = (storage: string) =>
  object("StatefulSet", "web", { spec: { volumeClaimTemplates: [{ storage }] } });
const service = (name: string, port: number) =>
  object("Service", name, { spec: { ports: [{ name: "http", port, nodePort: 30080 }] } });
const secret = (type: string) => object("Secret", "login", { type });
const cluster = (size: string, storageClass?: string) =>
  object("Cluster", "pg", { spec: { storage: { size, ...(storageClass && { storageClass }) } } });

const manifestOf = (...objects: JsonObject[]): string => objects.map((one) => stringify(one)).join("---\n");
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

interface Case {
  readonly step?: Partial<ChartStep>;
  readonly installed: readonly JsonObject[];
  readonly release?: Partial<HelmRelease>;
  /** As it is in the cluster; default: as installed. */
  readonly live?: readonly JsonObject[];
  readonly helm?: HelmUpgrade;
  readonly refuse?: Refusals;
  readonly reapply?: readonly string[];
}

async function check(given: Case): Promise<{ findings: UpgradeFindings; requests: readonly string[] }> {
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

/** Findings as `STATUS subject: found | next`, and the lines of a preview. */
async function found(given: Case): Promise<string[]> {
  const { findings } = await check(given);
  return [
    ...findings.checks.map(({ status, subject, found, next }) => `${status} ${subject}: ${found} | ${next}`),
    ...findings.lines,
  ];
}

const forbidden =
  'StatefulSet.apps "web" is invalid: spec: Forbidden: updates to statefulset spec are forbidden';
const immutable = 'Secret "login" is invalid: type: Invalid value: "b": field is immutable';
const taken =
  'Service "new" is invalid: spec.ports[0].nodePort: Invalid value: 30080: provided port is already allocated';
const duplicate = 'Service "web" is invalid: spec.ports[1].name: Duplicate value: "http"';
const renamed = { installed: [service("old", 80)], helm: { manifest: manifestOf(service("new", 80)) } };

describe("what the API server will refuse of an upgrade", () => {
  const cases: [rule: string, given: Case, expected: string[]][] = [
    [
      "is a StatefulSet's volumes, with what goes and what stays",
      {
        installed: [set("1Gi")],
        helm: { manifest: manifestOf(set("2Gi")) },
        refuse: {
          [`PATCH ${place("StatefulSet", "web")}`]: forbidden,
          [`PUT ${place("StatefulSet", "web")}`]: forbidden,
        },
      },
      [
        "ERROR Helm release web: StatefulSet web: cannot be changed in place: spec: Forbidden: updates to statefulset spec are " +
          "forbidden | take the change back, or kubectl delete statefulset web -n krateo-system and then npx pulumi up: its " +
          "pods go and are made again; its volumes and their data stay, in the size and class that they have",
      ],
    ],
    [
      "is nothing of a StatefulSet that was deleted to make way",
      { installed: [set("1Gi")], live: [], helm: { manifest: manifestOf(set("2Gi")) } },
      [],
    ],
    [
      "is a Secret's type",
      {
        installed: [secret("a")],
        helm: { manifest: manifestOf(secret("b")) },
        refuse: {
          [`PATCH ${place("Secret", "login")}`]: immutable,
          [`PUT ${place("Secret", "login")}`]: immutable,
        },
      },
      [
        'ERROR Helm release web: Secret login: cannot be changed in place: type: Invalid value: "b": field is immutable | take ' +
          "the change back, or kubectl delete secret login -n krateo-system and then npx pulumi up: keys that the chart does " +
          "not set go with it",
      ],
    ],
    [
      "is the node port of a Service that gets another name, which the old one holds until the end",
      { ...renamed, refuse: { [`POST ${namespace}/services`]: taken } },
      [
        "ERROR Helm release web: Service new: cannot be made: Service old, which it replaces, holds node port 30080 " +
          "until the end of the upgrade | kubectl delete service old -n krateo-system, then npx pulumi up: release web does not " +
          "need it any more",
      ],
    ],
    [
      "is no node port that somebody else holds: the check of node ports says that",
      { ...renamed, live: [service("foreign", 80)], refuse: { [`POST ${namespace}/services`]: taken } },
      [],
    ],
    [
      "is a new object that it does not take: there is none to look at",
      {
        installed: [],
        helm: { manifest: manifestOf(secret("b")) },
        refuse: { [`POST ${namespace}/secrets`]: 'Secret "login" is invalid: data: Too long' },
      },
      [
        "ERROR Helm release web: Secret login: cannot be made: data: Too long | take the change back: npx krateo explain web",
      ],
    ],
    [
      "is nothing that it takes as a whole: that is put back before Helm comes",
      {
        installed: [service("web", 80)],
        live: [service("web", 99)],
        helm: { manifest: manifestOf(service("web", 80)) },
        refuse: { [`PATCH ${place("Service", "web")}`]: duplicate },
      },
      [
        'web: Service web cannot be merged (spec.ports[1].name: Duplicate value: "http"): it is set to its manifest as a whole',
      ],
    ],
    [
      "is told of a release that was asked for, too, where it is deleted and made again",
      {
        installed: [secret("a")],
        live: [secret("b")],
        step: { values: { size: 1 } },
        helm: { manifest: manifestOf(secret("a")) },
        reapply: ["web"],
        refuse: {
          [`PATCH ${place("Secret", "login")}`]: immutable,
          [`PUT ${place("Secret", "login")}`]: immutable,
        },
      },
      [
        'web: Secret login cannot be changed in place (type: Invalid value: "b": field is immutable): it is deleted and made again',
      ],
    ],
    [
      "is what the chart cannot render, without the secrets among its values",
      {
        installed: [],
        step: { values: { password: "hush-hush" } },
        helm: { fails: "template: web/x.yaml: error calling fail: no hush-hush here" },
      },
      [
        "ERROR Helm release web: Helm refuses the upgrade: template: web/x.yaml: error calling fail: no [secret] here | correct " +
          "the values of step install-web: npx krateo explain web says where they come from",
      ],
    ],
    [
      "cannot all be told without a helm, which is said",
      { installed: [set("1Gi")] },
      [
        "there is no helm on the PATH: what the API server would refuse of web is seen only during the upgrade",
      ],
    ],
    [
      "is cratedb's selector under another version of its chart, and its volumes, without a helm, too",
      {
        installed: [set("1Gi")],
        step: {
          release: { name: "web", namespace: "krateo-system" },
          chart: { name: "cratedb", version: "1.1.0", kind: "repository", url: "https://charts.example.org" },
          values: { volumeClaims: [{ spec: { storageClassName: "fast" } }] },
        },
      },
      [
        "ERROR Helm release web: StatefulSet web: cannot be changed in place: chart 1.1.0 after 1.0.0 changes its selector, " +
          "which holds the version; volumeClaims, size and class included, are fixed when it is made | take the change back, or " +
          "kubectl delete statefulset web -n krateo-system and then npx pulumi up: its pods go and are made again; its volumes " +
          "and their data stay, in the size and class that they have",
        "there is no helm on the PATH: what the API server would refuse of web is seen only during the upgrade",
      ],
    ],
  ];
  for (const [rule, given, expected] of cases) {
    it(rule, async () => assert.deepEqual(await found(given), expected));
  }

  for (const [values, live, expected] of [
    [
      { size: "5Gi" },
      ["10Gi"],
      ["ERROR", "storage would shrink from 10Gi to 5Gi: its operator refuses that"],
    ],
    [{ size: "10240Mi" }, ["10Gi"], undefined],
    [{ size: "20Gi" }, ["10Gi"], undefined],
    [
      { storageClass: "fast" },
      ["10Gi"],
      [
        "WARNING",
        "storage gets the class fast in place of the cluster's default: volumes that are there keep theirs",
      ],
    ],
    [{ storageClass: "fast" }, ["10Gi", "fast"], undefined],
  ] as const) {
    it(`is PostgreSQL's storage ${JSON.stringify(values)} over ${live.join(" ")}: ${expected?.[0] ?? "no"}`, async () => {
      const { findings } = await check({
        installed: [cluster("1Gi")],
        live: [cluster(...(live as readonly [string, string?]))],
        step: {
          release: { name: "pg", namespace: "krateo-system" },
          chart: { name: "cluster", version: "1.0.0", kind: "repository", url: "https://charts.example.org" },
          values: { cluster: { storage: values } },
        },
      });
      assert.deepEqual(
        findings.checks.map(({ status, found }) => [status, found]),
        expected ? [expected] : [],
      );
    });
  }
});

describe("the releases that are looked at", () => {
  const ends = { fails: "looked at" };
  const cases: [rule: string, given: Case, looked: boolean][] = [
    [
      "are none whose values, chart and status are the same",
      { installed: [], step: { values: { size: 1 } } },
      false,
    ],
    ["are those with another value", { installed: [] }, true],
    [
      "are those with another version of the chart",
      {
        installed: [],
        step: { values: { size: 1 } },
        release: { chart: { metadata: { name: "web", version: "0.9.0" } } },
      },
      true,
    ],
    [
      "are those that failed",
      { installed: [], step: { values: { size: 1 } }, release: { info: { status: "failed" } } },
      true,
    ],
    [
      "are those that somebody asked for",
      { installed: [], step: { values: { size: 1 } }, reapply: ["web"] },
      true,
    ],
    [
      "are none for a variable alone, whose value is only read when there is another reason",
      {
        installed: [],
        step: { values: { size: 1, port: "${PORT}" } },
        release: { config: { size: 1, port: "80" } },
      },
      false,
    ],
    [
      "are none for a null alone, which a client in front of Helm drops",
      { installed: [], step: { values: { size: 1, gone: null } } },
      false,
    ],
    [
      "are none whose operation was interrupted: the run marks that as failed first",
      { installed: [], release: { info: { status: "pending-upgrade" } } },
      false,
    ],
  ];
  for (const [rule, given, looked] of cases) {
    it(rule, async () => {
      const { findings, requests } = await check({ ...given, helm: ends });
      assert.equal(
        findings.checks.some(({ found }) => found.endsWith("looked at")),
        looked,
      );
      if (!looked && given.release?.info === undefined) {
        assert.ok(
          requests.every((request) => request.startsWith(`GET ${namespace}/secrets?`)),
          requests.join("\n"),
        );
      }
    });
  }

  it("give the manifest that the upgrade will apply", async () => {
    const manifest = manifestOf(set("1Gi"));
    const { findings } = await check({ installed: [set("1Gi")], helm: { manifest } });
    assert.deepEqual([...findings.manifests], [["web", manifest]]);
    assert.deepEqual(findings.checks, []);
  });
});
