import assert from "node:assert/strict";
import { encodeRelease } from "../../../cluster/client/helm-release.ts";
import { explainObject, explainRelease, explainService } from "../../../cluster/diagnose/diagnose.ts";
import { holding, withApiServer } from "../api-server.ts";
import { helmRelease } from "../helm-releases.ts";
import { around, now, podWith } from "./troubled-namespace.ts";

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
