import assert from "node:assert/strict";
import { readOutdated } from "../../cluster/outdated-pods.ts";
import { restart } from "../../cluster/restart.ts";
import { chartStepsOf } from "../../plan/plan.ts";
import { chartStep, settingsOf } from "../support/settings.ts";
import { errorOf, holding, withApiServer } from "./api-server.ts";

const apps = "/apis/apps/v1/namespaces/krateo-system";
const core = "/api/v1/namespaces/krateo-system";
const settings = settingsOf([chartStep("install-web"), chartStep("install-off", { enabled: false })]);

const at = (minute: number): string => `2026-01-01T10:${String(minute).padStart(2, "0")}:00Z`;
const meta = (name: string, given: object = {}) => ({
  name,
  namespace: "krateo-system",
  uid: name,
  ...given,
});

interface Given {
  readonly release?: string;
  readonly container?: object;
  readonly initContainer?: object;
  readonly volumes?: readonly object[];
  readonly pod?: object;
  readonly phase?: string;
  readonly restartedAt?: string;
  readonly managed?: readonly object[];
}

/** Deployment web, a pod of it from minute 10, and ConfigMap web, changed in minute 20, as `given` has it. */
function cluster(given: Given = {}): Record<string, unknown> {
  const { release = "web", container = { envFrom: [{ configMapRef: { name: "web" } }] } } = given;
  const labels = { app: "web" };
  const spec = {
    containers: [{ name: "web", ...container }],
    initContainers: given.initContainer ? [given.initContainer] : undefined,
    volumes: given.volumes,
  };
  const managed = given.managed ?? [{ time: at(20), fieldsV1: { "f:data": {}, "f:metadata": {} } }];
  const running = { name: "web", state: { running: { startedAt: given.restartedAt ?? at(10) } } };
  return {
    [`${apps}/deployments`]: {
      items: [
        {
          metadata: meta("web", { annotations: { "meta.helm.sh/release-name": release } }),
          spec: { selector: { matchLabels: labels }, template: { spec } },
        },
      ],
    },
    [`${core}/pods`]: {
      items: [
        {
          metadata: meta("web-1", { labels, creationTimestamp: at(10), ...given.pod }),
          status: { phase: given.phase ?? "Running", containerStatuses: [running] },
        },
      ],
    },
    [`${core}/configmaps`]: {
      items: [{ metadata: meta("web", { creationTimestamp: at(5), managedFields: managed }) }],
    },
  };
}

const found = [
  {
    kind: "Deployment",
    name: "web",
    namespace: "krateo-system",
    release: "web",
    configMap: "web",
    changedAt: at(20),
    startedAt: at(10),
  },
];
const inFile = (mount: object) => ({
  container: { volumeMounts: [{ name: "files", mountPath: "/etc/web", ...mount }] },
  volumes: [{ name: "files", configMap: { name: "web" } }],
});
const ofData = (time: string) => ({ time, fieldsV1: { "f:data": {} } });

describe("a pod is older than its configuration", () => {
  const table: [what: string, given: Given, outdated: boolean][] = [
    ["when its environment was changed after its start", {}, true],
    [
      "when a single variable comes from it",
      { container: { env: [{ name: "A", valueFrom: { configMapKeyRef: { name: "web" } } }] } },
      true,
    ],
    [
      "when an init container reads it",
      { container: {}, initContainer: { envFrom: [{ configMapRef: { name: "web" } }] } },
      true,
    ],
    ["when it is mounted as a single file", inFile({ subPath: "web.json" }), true],
    ["not when it is mounted as a folder, which is kept up to date", inFile({}), false],
    [
      "not when another ConfigMap was changed",
      { container: { envFrom: [{ configMapRef: { name: "other" } }] } },
      false,
    ],
    ["not when it was changed in the second in which the pod was made", { managed: [ofData(at(10))] }, false],
    ["not when it was changed before", { managed: [ofData(at(9))] }, false],
    ["by the last of several changes", { managed: [ofData(at(9)), ofData(at(20))] }, true],
    [
      "not by a change of labels alone",
      { managed: [ofData(at(5)), { time: at(20), fieldsV1: { "f:metadata": {} } }] },
      false,
    ],
    ["not when the API server keeps no record of changes", { managed: [] }, false],
    ["not when its container was started again since", { restartedAt: at(21) }, false],
    ["not while it is being deleted", { pod: { deletionTimestamp: at(21) } }, false],
    ["not when it has ended", { phase: "Succeeded" }, false],
    ["not when it is another release's", { release: "other" }, false],
    ["not when its component is switched off", { release: "off" }, false],
  ];
  for (const [what, given, outdated] of table) {
    it(what, async () => {
      await withApiServer(holding(cluster(given)), async (connection) => {
        assert.deepEqual(await readOutdated(connection, chartStepsOf(settings)), outdated ? found : []);
      });
    });
  }

  it("and none is where there is nothing yet", async () => {
    await withApiServer(holding({}), async (connection) => {
      assert.deepEqual(await readOutdated(connection, chartStepsOf(settings)), []);
    });
  });
});

describe("the restart of a workload", () => {
  const outdated = found[0] as Parameters<typeof restart>[1];
  const rolledOut = (given: object) => ({
    metadata: meta("web", { generation: 2 }),
    spec: { replicas: 1 },
    status: { observedGeneration: 2, replicas: 1, updatedReplicas: 1, availableReplicas: 1, ...given },
  });

  it("sets one annotation of the pod template, and waits for the new pods", async () => {
    const sent: unknown[] = [];
    // First the old pod is still the only one that is ready; then both are there; then the new one alone.
    const states = [{ observedGeneration: 1 }, { replicas: 2 }, {}].map(rolledOut);
    await withApiServer(
      (method, path, _query, body) => {
        assert.equal(path, `${apps}/deployments/web`);
        if (method === "PATCH") sent.push(body);
        return {
          status: 200,
          body: method === "PATCH" ? {} : states.length > 1 ? states.shift() : states[0],
        };
      },
      async (connection) => {
        assert.equal(
          await restart(connection, outdated, 30),
          `restarted Deployment web (ConfigMap web changed ${at(20)})`,
        );
      },
    );
    assert.deepEqual(sent, [
      { spec: { template: { metadata: { annotations: { "kubectl.kubernetes.io/restartedAt": at(20) } } } } },
    ]);
    assert.equal(states.length, 1);
  });

  it("ends with where it stands when the new pods are not ready in time", async () => {
    const handler = () => ({ status: 200, body: rolledOut({ availableReplicas: 0 }) });
    await withApiServer(handler, async (connection) => {
      const { message } = await errorOf(restart(connection, outdated, 0));
      assert.equal(
        message,
        "Deployment web was restarted, and is not ready after 0 s: 0 of 1 pods ready; look further: kubectl describe deployment web -n krateo-system",
      );
    });
  });

  it("has nothing to do for what is gone", async () => {
    await withApiServer(holding({}), async (connection) => {
      assert.equal(await restart(connection, outdated, 30), "Deployment web is gone: nothing to restart");
    });
  });
});
