import assert from "node:assert/strict";
import type { Connection } from "../../../cluster/client/connection.ts";
import { findDrift, findInstalledDrift } from "../../../cluster/drift/drift.ts";
import type { Settings } from "../../../model/settings.ts";
import { errorOf, type Handler, withApiServer } from "../api-server.ts";
import {
  cluster,
  config,
  deployment,
  encoded,
  meta,
  namespace,
  paths,
  role,
  secret,
  service,
  settings,
} from "./planned-cluster.ts";

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
      assert.deepEqual(compared, { releases: 1, objects: 8, here: 0 });
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
          items: [{ spec: { scaleTargetRef: { kind: "Deployment", name: "web" } } }],
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
      const writes = requests.filter((request) => !request.startsWith("GET"));
      const asked = [paths.service, paths.widget].map((path) => `PATCH ${path}?dryRun=All`);
      assert.deepEqual(writes.toSorted(), asked);
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

  it("is told by a comparison here for a user who may not ask the API server, and the report says so", async () => {
    await withApiServer(cluster({}, 403), async (connection) => {
      const { drifts, compared } = await findDrift(connection, settings);
      assert.deepEqual(
        drifts.flatMap(({ subject, differences }) => differences.map(({ path }) => `${subject} ${path}`)),
        ["Widget w spec.typo"],
      );
      assert.deepEqual(compared, { releases: 1, objects: 8, here: 2 });
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
