import assert from "node:assert/strict";
import { stringify } from "yaml";
import type { Connection } from "../../../cluster/client/connection.ts";
import { encodeRelease, type HelmRelease } from "../../../cluster/client/helm-release.ts";
import { findDrift, findInstalledDrift } from "../../../cluster/drift/drift.ts";
import type { JsonObject, Settings } from "../../../model/settings.ts";
import { chartStep, objectStep, settingsOf, variableStep } from "../../support/settings.ts";
import { errorOf, type Handler, withApiServer } from "../api-server.ts";
import { helmRelease } from "../helm-releases.ts";

const namespace = "/api/v1/namespaces/krateo-system";

const meta = (name: string): JsonObject & { name: string } => ({ name, namespace: "krateo-system" });
const deployment: JsonObject = {
  apiVersion: "apps/v1",
  kind: "Deployment",
  metadata: meta("web"),
  spec: { replicas: 1 },
};
const service: JsonObject = {
  apiVersion: "v1",
  kind: "Service",
  metadata: meta("web"),
  spec: { ports: [{ port: 80 }] },
};
const config: JsonObject = {
  apiVersion: "v1",
  kind: "ConfigMap",
  metadata: { name: "web" },
  data: { url: "http://web" },
};
const secret: JsonObject = {
  apiVersion: "v1",
  kind: "Secret",
  metadata: meta("web"),
  stringData: { password: "planned secret", host: "db" },
};
const widget: JsonObject = {
  apiVersion: "example.org/v1",
  kind: "Widget",
  metadata: meta("w"),
  spec: { size: 1, typo: 2 },
};
const role: JsonObject = {
  apiVersion: "rbac.authorization.k8s.io/v1",
  kind: "ClusterRole",
  metadata: { name: "web" },
  rules: [{ verbs: ["get"] }],
};

/** It has ended and removed itself. */
const job: JsonObject = {
  apiVersion: "batch/v1",
  kind: "Job",
  metadata: meta("web"),
  spec: { ttlSecondsAfterFinished: 60 },
};

const web: HelmRelease = {
  ...helmRelease("web", {
    manifest: [deployment, service, config, secret, widget, role, job]
      .map((one) => stringify(one))
      .join("---\n"),
  }),
  config: { port: "80", url: "http://web:80" },
};

const settings = settingsOf(
  [
    chartStep("install-old-web", { release: { name: "web", namespace: "krateo-system" }, enabled: false }),
    chartStep("install-web", { values: { port: "${PORT}", url: "${URL}" } }),
    variableStep("read-port", "PORT", "web"),
    { ...variableStep("make-url", "URL", "web"), value: "http://web:${PORT}", valueFrom: undefined },
    objectStep("note", {
      apiVersion: "v1",
      kind: "ConfigMap",
      metadata: { name: "note" },
      data: { port: "${PORT}" },
    }),
  ],
  { snapshot: { componentsDefinition: {}, steps: [], installationVersion: "3.0.0" } },
);

const paths = {
  deployment: "/apis/apps/v1/namespaces/krateo-system/deployments/web",
  service: `${namespace}/services/web`,
  config: `${namespace}/configmaps/web`,
  note: `${namespace}/configmaps/note`,
  secret: `${namespace}/secrets/web`,
  widget: "/apis/example.org/v1/namespaces/krateo-system/widgets/w",
  role: "/apis/rbac.authorization.k8s.io/v1/clusterroles/web",
  snapshot: "/apis/krateo.io/v1/namespaces/krateo-system/installations/krateoctl",
  autoscalers: "/apis/autoscaling/v2/namespaces/krateo-system/horizontalpodautoscalers",
};

const kinds = (...resources: [name: string, kind: string, namespaced: boolean][]) => ({
  resources: resources.map(([name, kind, namespaced]) => ({ name, kind, namespaced })),
});

const encoded = (data: Readonly<Record<string, string>>): JsonObject =>
  Object.fromEntries(Object.entries(data).map(([key, text]) => [key, Buffer.from(text).toString("base64")]));

/** A cluster in which all is as planned. */
function asPlanned(): Record<string, unknown> {
  const releases = {
    items: [
      {
        metadata: { name: "sh.helm.release.v1.web.v1", labels: { name: "web", version: "1" } },
        data: { release: encodeRelease(web) },
      },
    ],
  };
  return {
    "/api/v1": kinds(
      ["services", "Service", true],
      ["configmaps", "ConfigMap", true],
      ["secrets", "Secret", true],
    ),
    "/apis/apps/v1": kinds(["deployments", "Deployment", true]),
    "/apis/example.org/v1": kinds(["widgets", "Widget", true]),
    "/apis/rbac.authorization.k8s.io/v1": kinds(["clusterroles", "ClusterRole", false]),
    [`${namespace}/secrets`]: releases,
    ...Object.fromEntries(
      ["jwt-sign-key", "krateo-db", "krateo-db-user"].map((name) => [
        `${namespace}/secrets/${name}`,
        { kind: "Secret", metadata: meta(name), data: {} },
      ]),
    ),
    [paths.deployment]: { ...deployment, status: { replicas: 1 } },
    [paths.service]: { ...service, spec: { clusterIP: "10.0.0.1", ports: [{ port: 80, nodePort: 30080 }] } },
    [paths.config]: config,
    [paths.note]: { apiVersion: "v1", kind: "ConfigMap", metadata: meta("note"), data: { port: "80" } },
    [paths.secret]: {
      ...secret,
      stringData: undefined,
      data: encoded({ password: "planned secret", host: "db" }),
    },
    [paths.widget]: { ...widget, spec: { size: 1 } },
    [paths.role]: role,
    [paths.snapshot]: { spec: { spec: settings.snapshot } },
  };
}

/** Answers as the cluster would, with changes; what a dry run makes of a manifest is what is there when all is as planned. */
function cluster(change: Record<string, unknown> = {}, dryRun = 200): Handler {
  const planned = asPlanned();
  const objects: Record<string, unknown> = { ...planned, ...change };
  return (method, path) => {
    if (objects[path] === undefined) return { status: 404, body: {} };
    if (method !== "PATCH") return { status: 200, body: objects[path] };
    return dryRun === 200
      ? { status: 200, body: planned[path] }
      : { status: dryRun, body: { message: "no" } };
  };
}

/** Every difference as `release subject path: planned -> live, remedy`. */
async function found(connection: Connection, given: Settings = settings): Promise<string[]> {
  const { drifts } = await findDrift(connection, given);
  return drifts.flatMap(({ release, subject, differences, remedy }) =>
    differences.map(({ path, planned, live }) =>
      [
        `${release} ${subject}${path && ` ${path}`}:`,
        path === "" ? (planned === undefined ? "nothing" : "all") : JSON.stringify(planned),
        "->",
        `${live === undefined ? "nothing" : JSON.stringify(live)}, ${remedy}`,
      ].join(" "),
    ),
  );
}

describe("drift", () => {
  it("is none when all is as planned, and every release and object has been looked at", async () => {
    await withApiServer(cluster(), async (connection) => {
      const { drifts, compared } = await findDrift(connection, settings);
      assert.deepEqual(drifts, []);
      assert.deepEqual(compared, { releases: 1, objects: 8 });
    });
  });

  const changes: [rule: string, change: Record<string, unknown>, differences: string[]][] = [
    [
      "is a Deployment that was scaled",
      { [paths.deployment]: { ...deployment, spec: { replicas: 0 } } },
      ["web Deployment web spec.replicas: 1 -> 0, reapply"],
    ],
    [
      "is a pod that is older than its configuration",
      {
        "/apis/apps/v1/namespaces/krateo-system/deployments": {
          items: [
            {
              metadata: { ...meta("web"), annotations: { "meta.helm.sh/release-name": "web" } },
              spec: {
                selector: { matchLabels: { app: "web" } },
                template: { spec: { containers: [{ envFrom: [{ configMapRef: { name: "web" } }] }] } },
              },
            },
          ],
        },
        [`${namespace}/pods`]: {
          items: [
            { metadata: { ...meta("p"), labels: { app: "web" }, creationTimestamp: "2026-01-01T10:00:00Z" } },
          ],
        },
        [`${namespace}/configmaps`]: {
          items: [
            {
              metadata: {
                ...meta("web"),
                managedFields: [{ time: "2026-01-01T11:00:00Z", fieldsV1: { "f:data": {} } }],
              },
            },
          ],
        },
      },
      ['web pods of Deployment web: all -> "started 2026-01-01T10:00:00Z", up'],
    ],
    [
      "is a Service that was deleted, and not the variable that is read from it once more",
      { [paths.service]: undefined },
      ["web Service web: all -> nothing, reapply"],
    ],
    [
      "is an object of a kind that is not there any more",
      { "/apis/example.org/v1": undefined },
      ["web Widget w: all -> nothing, reapply"],
    ],
    [
      "is an object that lives in no namespace",
      { [paths.role]: { ...role, rules: [] } },
      ['web ClusterRole web rules: [{"verbs":["get"]}] -> [], reapply'],
    ],
    [
      "is a Secret that was changed, and its contents are shown nowhere",
      {
        [paths.secret]: { ...secret, data: encoded({ host: "other", password: "another one" }) },
        [paths.config]: { ...config, data: { url: "http://another one@web" } },
      },
      [
        'web ConfigMap web data.url: "http://web" -> "http://[secret]@web", reapply',
        'web Secret web data.password: "[secret]" -> "[another secret]", reapply',
        'web Secret web data.host: "[secret]" -> "[another secret]", reapply',
      ],
    ],
    [
      "is an object of a step, with its variables filled in",
      { [paths.note]: { apiVersion: "v1", kind: "ConfigMap", metadata: meta("note"), data: { port: "81" } } },
      ['note ConfigMap note data.port: "80" -> "81", refresh'],
    ],
    [
      "is a variable that has no value although its object is there",
      { [paths.service]: { ...service, spec: { ports: [] } } },
      [
        'web Service web spec.ports[0]: {"port":80} -> nothing, reapply',
        "read-port variable PORT: all -> nothing, up",
      ],
    ],
    [
      "is a platform Secret or snapshot that is missing",
      { [`${namespace}/secrets/krateo-db`]: undefined, [paths.snapshot]: undefined },
      [
        "platform Secret krateo-db: all -> nothing, refresh",
        "platform Installation krateoctl: all -> nothing, refresh",
      ],
    ],
    [
      "is not how many pods an autoscaler chose",
      {
        [paths.deployment]: { ...deployment, spec: { replicas: 5 } },
        [paths.autoscalers]: {
          items: [{ metadata: meta("h"), spec: { scaleTargetRef: { kind: "Deployment", name: "web" } } }],
        },
      },
      [],
    ],
  ];
  for (const [rule, change, differences] of changes) {
    it(rule, async () => {
      await withApiServer(cluster(change), async (connection) => {
        assert.deepEqual(await found(connection), differences);
      });
    });
  }

  it("is not a field that the API server drops; it is asked without anything being changed", async () => {
    await withApiServer(cluster(), async (connection, requests) => {
      assert.deepEqual(await found(connection), []);
      const patches = requests.filter((request) => !request.startsWith("GET"));
      assert.deepEqual(patches, [`PATCH ${paths.widget}?dryRun=All`]);
    });
  });

  it("is put back without a refresh in a snapshot that an earlier version stored, nulls and all", async () => {
    const steps = [{ id: "a", type: "chart", with: { values: { user: null } } }];
    const snapshot = { spec: { spec: { ...settings.snapshot, installationVersion: "x", steps } } };
    await withApiServer(cluster({ [paths.snapshot]: snapshot }), async (connection) => {
      const { drifts } = await findInstalledDrift(connection, settings);
      assert.deepEqual(
        drifts.map(({ remedy }) => remedy),
        ["up-first"],
      );
    });
  });

  it("is told with who else set the field", async () => {
    const managedFields = [
      {
        manager: "argocd-controller",
        operation: "Apply",
        time: "2026-11-29T07:00:00Z",
        fieldsV1: { "f:spec": { "f:replicas": {} } },
      },
    ];
    const scaled = { ...deployment, metadata: { ...meta("web"), managedFields }, spec: { replicas: 0 } };
    await withApiServer(cluster({ [paths.deployment]: scaled }), async (connection) => {
      const { drifts } = await findDrift(connection, settings);
      assert.deepEqual(drifts[0]?.differences, [
        {
          path: "spec.replicas",
          planned: 1,
          live: 0,
          holder: { manager: "argocd-controller", since: "2026-11-29T07:00:00Z", applies: true },
        },
      ]);
    });
  });

  it("is not what admission makes of a new object, where nothing can put it back; nothing is made", async () => {
    const rewritten = { ...deployment, spec: { replicas: 7 } };
    // A field that cannot be changed, as a Job's image: the patch is refused.
    const admission: Handler = (method, path, query) => {
      if (method === "PATCH") return { status: 422, body: { message: "field is immutable" } };
      if (method === "POST" && path === "/apis/apps/v1/namespaces/krateo-system/deployments")
        return { status: 201, body: rewritten };
      return cluster({ [paths.deployment]: rewritten, [paths.widget]: widget })(method, path, query);
    };
    await withApiServer(admission, async (connection, requests) => {
      assert.deepEqual(await found(connection), []);
      assert.deepEqual(
        requests.filter((request) => !request.startsWith("GET")),
        [
          `PATCH ${paths.deployment}?dryRun=All`,
          "POST /apis/apps/v1/namespaces/krateo-system/deployments?dryRun=All",
        ],
      );
    });
  });

  it("is what differs from both, the plan and what admission makes of a new object", async () => {
    const scaled = { ...deployment, spec: { replicas: 3 } };
    const admission: Handler = (method, path, query) =>
      method === "POST"
        ? { status: 201, body: { ...deployment, spec: { replicas: 7 } } }
        : cluster({ [paths.deployment]: scaled })(method, path, query);
    await withApiServer(admission, async (connection) => {
      assert.deepEqual(await found(connection), ["web Deployment web spec.replicas: 1 -> 3, reapply"]);
    });
  });

  it("is every field that reads otherwise for who may not ask the API server", async () => {
    await withApiServer(cluster({}, 403), async (connection) => {
      assert.deepEqual(await found(connection), ["web Widget w spec.typo: 2 -> nothing, reapply"]);
    });
  });

  it("cannot be told without the right to read, and all rights that are lacking are named at once", async () => {
    const forbidden: Handler = (method, path, query) =>
      path === paths.config || path === paths.deployment
        ? { status: 403, body: { message: "forbidden" } }
        : cluster()(method, path, query);
    await withApiServer(forbidden, async (connection) => {
      const { message } = await errorOf(findDrift(connection, settings));
      assert.match(message, /may not get deployments in namespace krateo-system/);
      assert.match(message, /may not get configmaps in namespace krateo-system/);
    });
  });

  it("from the last run is told by the stored snapshot alone", async () => {
    const snapshot = { spec: { spec: { ...settings.snapshot, installationVersion: "2.9.9" } } };
    await withApiServer(cluster({ [paths.snapshot]: snapshot }), async (connection, requests) => {
      const { drifts } = await findInstalledDrift(connection, settings);
      assert.deepEqual(
        drifts.map(({ subject, differences }) => [subject, ...differences]),
        [["Installation krateoctl", { path: "installationVersion", planned: "3.0.0", live: "2.9.9" }]],
      );
      assert.deepEqual(requests, [`GET ${paths.snapshot}`]);
    });
  });
});
