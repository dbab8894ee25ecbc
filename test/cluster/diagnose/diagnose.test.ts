import assert from "node:assert/strict";
import type { CoreV1Event, V1PersistentVolumeClaim, V1Pod } from "@kubernetes/client-node";
import { encodeRelease } from "../../../cluster/client/helm-release.ts";
import { explainObject, explainRelease, explainService } from "../../../cluster/diagnose/diagnose.ts";
import { type NamespaceState, troubleOfPod } from "../../../cluster/diagnose/pod-trouble.ts";
import { holding, withApiServer } from "../api-server.ts";
import { helmRelease } from "../helm-releases.ts";

const now = new Date("2026-01-01T12:00:00Z");

const around = (given: { events?: object[]; claims?: object[] } = {}): NamespaceState => ({
  namespace: "shop",
  events: (given.events ?? []) as CoreV1Event[],
  claims: (given.claims ?? []) as V1PersistentVolumeClaim[],
  now,
});

/** A pod of Deployment `web` that is not ready, as JSON from the API server. */
const podWith = (status: object, spec: object = {}): V1Pod =>
  ({
    metadata: { name: "web-1", uid: "pod-1", labels: { app: "web" } },
    spec,
    status: { phase: "Pending", ...status },
  }) as V1Pod;

const waiting = (reason: string, message?: string, given: object = {}) => ({
  containerStatuses: [{ name: "web", restartCount: 0, state: { waiting: { reason, message } }, ...given }],
});

const describePod = "look further: kubectl describe pod web-1 -n shop";

describe("why a pod is not ready", () => {
  for (const [what, pod, lines] of [
    ["nothing, for one that is", podWith({ conditions: [{ type: "Ready", status: "True" }] }), []],
    ["nothing, for one that has ended well", podWith({ phase: "Succeeded" }), []],
    [
      "a Secret that is missing",
      podWith(waiting("CreateContainerConfigError", 'secret "jwt-sign-key" not found')),
      ['Pod web-1: container web: CreateContainerConfigError: secret "jwt-sign-key" not found', describePod],
    ],
    [
      "a ConfigMap that is missing",
      podWith(waiting("CreateContainerConfigError", 'configmap "settings" not found')),
      ['Pod web-1: container web: CreateContainerConfigError: configmap "settings" not found', describePod],
    ],
    [
      "an image that cannot be pulled",
      podWith(waiting("ImagePullBackOff", 'Back-off pulling image "x"')),
      ['Pod web-1: container web: ImagePullBackOff: Back-off pulling image "x"', describePod],
    ],
    [
      "a container that crashes again and again",
      podWith(
        waiting("CrashLoopBackOff", "back-off 5m0s restarting failed container", {
          restartCount: 7,
          lastState: { terminated: { exitCode: 137, reason: "OOMKilled" } },
        }),
      ),
      [
        "Pod web-1: container web: CrashLoopBackOff, 7 restarts, last exit code 137 (OOMKilled)",
        "look further: kubectl logs web-1 -c web -n shop --previous",
      ],
    ],
    [
      "an init container that ended badly",
      podWith({
        initContainerStatuses: [
          { name: "init", restartCount: 0, state: { terminated: { exitCode: 2, reason: "Error" } } },
        ],
      }),
      [
        "Pod web-1: container init: ended with exit code 2 (Error)",
        "look further: kubectl logs web-1 -c init -n shop --previous",
      ],
    ],
    [
      "a container that its liveness probe kills",
      podWith({
        phase: "Running",
        containerStatuses: [
          {
            name: "web",
            ready: false,
            restartCount: 2,
            state: { running: {} },
            lastState: { terminated: { exitCode: 143 } },
          },
        ],
      }),
      [
        "Pod web-1: container web: running, but not ready after 2 restarts, last exit code 143",
        "look further: kubectl logs web-1 -c web -n shop --previous",
      ],
    ],
    [
      "no node that takes it",
      podWith({
        conditions: [
          {
            type: "PodScheduled",
            status: "False",
            reason: "Unschedulable",
            message: "0/3 nodes are available: 3 Insufficient cpu.",
          },
        ],
      }),
      ["Pod web-1: not scheduled: 0/3 nodes are available: 3 Insufficient cpu.", describePod],
    ],
    [
      "a volume that is not bound, and one that does not exist",
      podWith(
        {},
        {
          volumes: [
            { persistentVolumeClaim: { claimName: "data" } },
            { persistentVolumeClaim: { claimName: "gone" } },
          ],
        },
      ),
      [
        "Pod web-1: PersistentVolumeClaim data is Pending",
        "Pod web-1: PersistentVolumeClaim gone does not exist",
        describePod,
      ],
    ],
    [
      "a probe that has not succeeded",
      podWith({
        phase: "Running",
        conditions: [
          { type: "ContainersReady", status: "False", message: "containers with unready status: [web]" },
        ],
        containerStatuses: [{ name: "web", ready: false, restartCount: 0, state: { running: {} } }],
      }),
      ["Pod web-1: Running, ContainersReady is False: containers with unready status: [web]", describePod],
    ],
    ["being new", podWith(waiting("ContainerCreating")), ["Pod web-1: Pending, not ready yet", describePod]],
  ] as const) {
    it(`is ${what}`, () => {
      const claims = [{ metadata: { name: "data" }, status: { phase: "Pending" } }];
      assert.deepEqual(troubleOfPod(pod, around({ claims })), lines);
    });
  }

  it("includes the last warning about it, with age and count, and no other", () => {
    const event = (reason: string, lastTimestamp: string, given: object = {}) => ({
      metadata: {},
      reason,
      message: `${reason} happened `,
      involvedObject: { kind: "Pod", name: "web-1", uid: "pod-1" },
      lastTimestamp,
      ...given,
    });
    const events = [
      event("Old", "2026-01-01T11:00:00Z"),
      event("New", "2026-01-01T11:59:30Z", { count: 4 }),
      event("Other", "2026-01-01T11:59:59Z", { involvedObject: { kind: "Pod", name: "web-2" } }),
      event("Former", "2026-01-01T11:59:59Z", {
        involvedObject: { kind: "Pod", name: "web-1", uid: "before" },
      }),
    ];
    assert.deepEqual(troubleOfPod(podWith({}), around({ events })), [
      "Pod web-1: Pending, not ready yet",
      "last event: New: New happened (30 s ago, 4 times)",
      describePod,
    ]);
  });
});

describe("why an object is not ready", () => {
  const deployment = (status: object = {}) => ({
    kind: "Deployment" as const,
    name: "web",
    live: {
      metadata: { name: "web", uid: "d" },
      spec: { replicas: 5, selector: { matchLabels: { app: "web" } } },
      status,
    },
  });

  it("is nothing when it is", () => {
    assert.deepEqual(
      explainObject(deployment({ availableReplicas: 5, updatedReplicas: 5 }), [], around()),
      [],
    );
  });

  it("is its absence", () => {
    assert.deepEqual(explainObject({ kind: "Service", name: "web", live: undefined }, [], around()), [
      "  Service web: does not exist",
    ]);
  });

  it("is what its own pods say, the first three of them", () => {
    const pods = [1, 2, 3, 4, 5].map((number) => {
      const pod = podWith({});
      return { ...pod, metadata: { ...pod.metadata, name: `web-${number}` } };
    });
    const foreign = { ...podWith({}), metadata: { name: "other", labels: { app: "other" } } };
    assert.deepEqual(explainObject(deployment(), [foreign, ...pods], around()), [
      "  Deployment web: 0 of 5 pods ready",
      ...["web-1", "web-2", "web-3"].flatMap((name) => [
        `    Pod ${name}: Pending, not ready yet`,
        `    look further: kubectl describe pod ${name} -n shop`,
      ]),
      "    and 2 more pods like these",
    ]);
  });

  it("without pods is what hindered their making: quota, admission", () => {
    const involvedObject = { kind: "ReplicaSet", name: "web-abc" };
    const events = [
      {
        metadata: {},
        reason: "FailedCreate",
        message: "exceeded quota",
        involvedObject,
        lastTimestamp: now.toISOString(),
      },
    ];
    assert.deepEqual(explainObject(deployment(), [], around({ events })), [
      "  Deployment web: 0 of 5 pods ready",
      "    last event: FailedCreate: exceeded quota (0 s ago)",
      "    look further: kubectl describe deployment web -n shop",
    ]);
  });
});

describe("why a Helm release is not ready", () => {
  const namespace = "/api/v1/namespaces/shop";
  const service = { metadata: { name: "web", uid: "s" }, spec: { type: "LoadBalancer" } };

  it("is read from the objects of its manifest", async () => {
    const manifest =
      "apiVersion: v1\nkind: Service\nmetadata: {name: web}\n---\napiVersion: v1\nkind: ConfigMap\nmetadata: {name: c}";
    const release = helmRelease("web", { manifest });
    const secret = {
      metadata: { name: "s", labels: { name: "web", version: "1" } },
      data: { release: encodeRelease(release) },
    };
    const objects = { [`${namespace}/secrets`]: { items: [secret] }, [`${namespace}/services/web`]: service };
    await withApiServer(holding(objects), async (connection) => {
      assert.deepEqual(await explainRelease(connection, "shop", "web"), [
        "Helm release web in namespace shop is not ready:",
        "  Service web: its load balancer has no address yet: does the cluster have one to give?",
        "    it has no events: nothing in this cluster makes load balancers, or none for its class",
        "    look further: kubectl describe service web -n shop",
      ]);
    });
  });

  it("is the word of whoever makes load balancers, an ordinary event where there is no warning", async () => {
    const event = (type: string, reason: string, message: string) => ({
      metadata: { name: reason },
      type,
      reason,
      message,
      involvedObject: { kind: "Service", name: "web" },
      lastTimestamp: new Date().toISOString(),
    });
    const ensuring = event("Normal", "EnsuringLoadBalancer", "Ensuring load balancer");
    const failed = event("Warning", "SyncLoadBalancerFailed", "quota exceeded");
    for (const [events, expected] of [
      [[ensuring], /^ {4}last event: EnsuringLoadBalancer: Ensuring load balancer/],
      [[failed], /^ {4}last event: SyncLoadBalancerFailed: quota exceeded/],
    ] as const) {
      const server = (_method: string, path: string, query: URLSearchParams) => {
        if (path === `${namespace}/services/web`) return { status: 200, body: service };
        const selector = query.get("fieldSelector") ?? "";
        const wanted = selector.startsWith("type=Warning") ? "Warning" : "Normal";
        const items = path.endsWith("/events") ? events.filter(({ type }) => type === wanted) : [];
        return { status: 200, body: { items } };
      };
      await withApiServer(server, async (connection) => {
        const lines = await explainService(connection, "shop", "web");
        assert.equal(lines[0], "Service web in namespace shop is not ready:");
        assert.match(lines[2] as string, expected);
      });
    }
  });

  it("is nothing for a Service that has its address", async () => {
    const addressed = { ...service, status: { loadBalancer: { ingress: [{ ip: "203.0.113.9" }] } } };
    await withApiServer(holding({ [`${namespace}/services/web`]: addressed }), async (connection) => {
      assert.deepEqual(await explainService(connection, "shop", "web"), []);
    });
  });

  it("is said with how long Helm has waited, but not after an earlier revision's deployment", async () => {
    const manifest = "apiVersion: v1\nkind: Service\nmetadata: {name: web}";
    for (const [status, expected] of [
      ["failed", /^Helm release web in namespace shop is not ready after \d+ s:$/],
      ["pending-install", /^Helm release web in namespace shop is not ready after \d+ s:$/],
      ["deployed", /^Helm release web in namespace shop is not ready:$/],
    ] as const) {
      const secret = {
        metadata: { name: "s", labels: { name: "web", version: "1" } },
        data: { release: encodeRelease(helmRelease("web", { manifest, status })) },
      };
      const objects = {
        [`${namespace}/secrets`]: { items: [secret] },
        [`${namespace}/services/web`]: service,
      };
      await withApiServer(holding(objects), async (connection) => {
        assert.match((await explainRelease(connection, "shop", "web"))[0] ?? "", expected);
      });
    }
  });

  it("is read from what Helm has marked as its own when it left no manifest", async () => {
    const marked = (name: string, release: string) => ({
      metadata: {
        name,
        uid: name,
        annotations: { "meta.helm.sh/release-name": release, "meta.helm.sh/release-namespace": "shop" },
      },
      spec: service.spec,
    });
    const objects = {
      [`${namespace}/services`]: { items: [marked("theirs", "other"), marked("web", "web")] },
    };
    await withApiServer(holding(objects), async (connection) => {
      const lines = await explainRelease(connection, "shop", "web");
      assert.match(lines[1] ?? "", /^ {2}Service web: /);
      assert.doesNotMatch(lines.join(), /theirs/);
    });
  });

  it("is nothing when all is ready", async () => {
    await withApiServer(holding({}), async (connection) => {
      assert.deepEqual(await explainRelease(connection, "shop", "web"), []);
    });
  });

  it("never fails itself", async () => {
    await withApiServer(
      () => ({ status: 500, body: { message: "out of memory" } }),
      async (connection) => {
        assert.deepEqual(await explainRelease(connection, "shop", "web"), [
          `cannot read why Helm release web is not ready: the cluster at ${connection.server} (context shop) cannot be reached: it answers 500: out of memory`,
        ]);
      },
    );
  });
});
