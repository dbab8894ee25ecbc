import assert from "node:assert/strict";
import { stringify } from "yaml";
import { encodeRelease, type HelmRelease } from "../../../cluster/client/helm-release.ts";
import type { Means } from "../../../cluster/drift/means.ts";
import { findPutBack, putBack } from "../../../cluster/drift/put-back.ts";
import type { JsonObject } from "../../../model/settings.ts";
import { errorOf, type Handler, withApiServer } from "../api-server.ts";
import { helmRelease } from "../helm-releases.ts";

const namespace = "/api/v1/namespaces/krateo-system";
const web = { name: "web", namespace: "krateo-system" };

const planned = {
  service: {
    apiVersion: "v1",
    kind: "Service",
    metadata: { name: "web", labels: { app: "web" } },
    spec: { type: "NodePort", ports: [{ name: "http", port: 80 }] },
  },
  secret: {
    apiVersion: "v1",
    kind: "Secret",
    metadata: { name: "login" },
    type: "Opaque",
    stringData: { password: "planned" },
  },
  claim: {
    apiVersion: "v1",
    kind: "PersistentVolumeClaim",
    metadata: { name: "data" },
    spec: { resources: { requests: { storage: "1Gi" } } },
  },
  widget: { apiVersion: "example.org/v1", kind: "Widget", metadata: { name: "w" }, spec: { size: 1 } },
} satisfies Record<string, JsonObject>;

const paths = {
  service: `${namespace}/services/web`,
  secret: `${namespace}/secrets/login`,
  claim: `${namespace}/persistentvolumeclaims/data`,
  widget: "/apis/example.org/v1/namespaces/krateo-system/widgets/w",
};

/** As the API server has it: with an identity, and what it and others have added. */
function live(kind: keyof typeof planned, change: JsonObject = {}): JsonObject {
  const { stringData, ...object } = planned[kind] as JsonObject;
  const metadata = { ...planned[kind].metadata, namespace: "krateo-system", uid: "u1", resourceVersion: "7" };
  return { ...object, metadata: { ...metadata, annotations: { by: "others" } }, ...change };
}

const edited = {
  service: live("service", {
    spec: { type: "NodePort", clusterIP: "10.0.0.1", ports: [{ name: "http", port: 99, nodePort: 30080 }] },
  }),
  secret: live("secret", { type: "other", data: { password: "b2xk", extra: "eA==" } }),
  claim: live("claim", { spec: { resources: { requests: { storage: "2Gi" } } } }),
  widget: live("widget", { spec: { size: 2 } }),
};

const invalid = (message: string) => ({ status: 422, body: { message } });
const kinds = (...resources: [name: string, kind: string][]) => ({
  resources: resources.map(([name, kind]) => ({ name, kind, namespaced: true })),
});

type Sent = { readonly method: string; readonly path: string; readonly body: JsonObject };

/**
 * A cluster that holds these objects and Helm revisions. `refuse`: what the API server answers to a write that it judges
 * or carries out, by method and path; everything else it takes. Writes that it carries out are noted in `sent`.
 */
function cluster(
  objects: Record<string, JsonObject>,
  refuse: Record<string, { status: number; body: unknown }>,
  sent: Sent[] = [],
  revisions: readonly HelmRelease[] = [
    helmRelease("web", {
      manifest: Object.values(planned)
        .map((one) => stringify(one))
        .join("---\n"),
    }),
  ],
): Handler {
  const held: Record<string, unknown> = {
    "/api/v1": kinds(
      ["services", "Service"],
      ["secrets", "Secret"],
      ["persistentvolumeclaims", "PersistentVolumeClaim"],
    ),
    "/apis/example.org/v1": kinds(["widgets", "Widget"]),
    [`${namespace}/secrets`]: {
      items: revisions.map((release) => ({
        metadata: {
          name: `sh.helm.release.v1.${release.name}.v${release.version}`,
          labels: { name: release.name, version: String(release.version), status: release.info.status },
        },
        data: { release: encodeRelease(release) },
      })),
    },
    ...objects,
  };
  return (method, path, query, body) => {
    if (method === "GET") return path in held ? { status: 200, body: held[path] } : { status: 404, body: {} };
    const refused = refuse[`${method} ${path}`];
    if (refused) return refused;
    if (query.get("dryRun") !== "All") {
      sent.push({ method, path, body: body as JsonObject });
      if (method === "DELETE") delete held[path];
    }
    return {
      status: 200,
      body: method === "PATCH" ? { ...(held[path] as object), ...(body as object) } : {},
    };
  };
}

const all = {
  [paths.service]: live("service"),
  [paths.secret]: live("secret", { data: { password: Buffer.from("planned").toString("base64") } }),
  [paths.claim]: live("claim"),
  [paths.widget]: live("widget"),
};
const duplicate = invalid('Service "web" is invalid: spec.ports[1].name: Duplicate value: "http"');
const immutable = invalid('Secret "login" is invalid: type: Invalid value: "Opaque": field is immutable');

describe("what an upgrade would leave or fail on", () => {
  const cases: [
    rule: string,
    change: Record<string, JsonObject>,
    refuse: Record<string, { status: number; body: unknown }>,
    found: [object: string, how: Means["how"], because: string][],
  ][] = [
    ["is nothing when all is as the manifest says", {}, {}, []],
    ["is nothing that Helm's merge mends", { [paths.service]: edited.service }, {}, []],
    [
      "is a custom resource, which Helm merges with nothing",
      { [paths.widget]: edited.widget },
      {},
      [["Widget w", "merge", ""]],
    ],
    [
      "is a Service whose merge ends in two ports of one name: it is replaced",
      { [paths.service]: edited.service },
      { [`PATCH ${paths.service}`]: duplicate },
      [["Service web", "replace", 'spec.ports[1].name: Duplicate value: "http"']],
    ],
    [
      "is a Service whose merge has a node port twice, which the API server calls an internal error",
      { [paths.service]: edited.service },
      { [`PATCH ${paths.service}`]: { status: 500, body: { message: "duplicate nodePort: {TCP 30080}" } } },
      [["Service web", "replace", "duplicate nodePort: {TCP 30080}"]],
    ],
    [
      "is a Secret of another type: it is deleted and made again",
      { [paths.secret]: edited.secret },
      { [`PATCH ${paths.secret}`]: immutable, [`PUT ${paths.secret}`]: immutable },
      [["Secret login", "recreate", 'type: Invalid value: "Opaque": field is immutable']],
    ],
    [
      "is a volume, which is never deleted",
      { [paths.claim]: edited.claim },
      { [`PATCH ${paths.claim}`]: invalid("no"), [`PUT ${paths.claim}`]: invalid("can not be less") },
      [["PersistentVolumeClaim data", "none", "can not be less"]],
    ],
    [
      "is a custom resource, which is never deleted either",
      { [paths.widget]: edited.widget },
      { [`PATCH ${paths.widget}`]: invalid("no"), [`PUT ${paths.widget}`]: invalid("no") },
      [["Widget w", "none", "no"]],
    ],
    [
      "is not told to a user who may not ask the API server",
      { [paths.service]: edited.service },
      { [`PATCH ${paths.service}`]: { status: 403, body: { message: "forbidden" } } },
      [],
    ],
  ];
  for (const [rule, change, refuse, found] of cases) {
    it(rule, async () => {
      const sent: Sent[] = [];
      await withApiServer(cluster({ ...all, ...change }, refuse, sent), async (connection) => {
        const result = await findPutBack(connection, web);
        assert.deepEqual(
          result.map(({ planned, means }) => [
            `${planned.kind} ${planned.metadata.name}`,
            means.how,
            means.because,
          ]),
          found,
        );
        assert.deepEqual(sent, []);
      });
    });
  }

  it("is told by the deployed revision, not by one that failed behind it", async () => {
    const manifest = stringify(planned.service);
    const other = stringify({ ...planned.service, spec: { type: "ClusterIP" } });
    const revisions = [
      helmRelease("web", { manifest }),
      helmRelease("web", { version: 2, status: "failed", manifest: other }),
    ];
    const refuse = { [`PATCH ${paths.service}`]: duplicate };
    const handler = cluster({ [paths.service]: edited.service }, refuse, [], revisions);
    await withApiServer(handler, async (connection) => {
      const [found] = await findPutBack(connection, web);
      assert.deepEqual(found?.planned, planned.service);
    });
  });
});

describe("putting back", () => {
  const change = {
    [paths.service]: edited.service,
    [paths.secret]: edited.secret,
    [paths.claim]: edited.claim,
    [paths.widget]: edited.widget,
  };
  const refuse = {
    [`PATCH ${paths.service}`]: duplicate,
    [`PATCH ${paths.secret}`]: immutable,
    [`PUT ${paths.secret}`]: immutable,
    [`PATCH ${paths.claim}`]: invalid("no"),
    [`PUT ${paths.claim}`]: invalid("no"),
  };
  const replaced = {
    ...live("service", { spec: planned.service.spec }),
    metadata: { ...(edited.service["metadata"] as JsonObject), labels: { app: "web" } },
  };

  it("does each in its own way when just this release was asked for", async () => {
    const sent: Sent[] = [];
    await withApiServer(cluster(change, refuse, sent), async (connection) => {
      const done = await putBack(connection, web, true);
      assert.deepEqual(done, ["Service web", "Secret login (deleted and made again)", "Widget w"]);
    });
    assert.deepEqual(sent.map(({ method, path }) => `${method} ${path}`).toSorted(), [
      `DELETE ${paths.secret}`,
      `PATCH ${paths.widget}`,
      `POST ${namespace}/secrets`,
      `PUT ${paths.service}`,
    ]);
    assert.deepEqual(sent.find(({ method }) => method === "PUT")?.body, replaced);
    assert.deepEqual(sent.find(({ method }) => method === "POST")?.body, {
      apiVersion: "v1",
      kind: "Secret",
      metadata: { name: "login", namespace: "krateo-system", labels: {}, annotations: { by: "others" } },
      type: "Opaque",
      data: { password: Buffer.from("planned").toString("base64"), extra: "eA==" },
    });
    assert.deepEqual(sent.find(({ method }) => method === "DELETE")?.body, {
      propagationPolicy: "Background",
      preconditions: { uid: "u1" },
    });
  });

  it("only replaces before any other upgrade, which may be on its way to what is live", async () => {
    const sent: Sent[] = [];
    await withApiServer(cluster(change, refuse, sent), async (connection) => {
      assert.deepEqual(await putBack(connection, web, false), ["Service web"]);
    });
    assert.deepEqual(
      sent.map(({ method, path }) => `${method} ${path}`),
      [`PUT ${paths.service}`],
    );
  });

  it("keeps the node ports of a Service that is deleted and made again, by the ports' names", async () => {
    const sent: Sent[] = [];
    const refuseAll = {
      [`PATCH ${paths.service}`]: invalid("no"),
      [`PUT ${paths.service}`]: invalid("spec.clusterIPs[0]: may not change once set"),
    };
    await withApiServer(cluster(change, refuseAll, sent), async (connection) => {
      await putBack(connection, web, true);
    });
    const made = sent.find(({ method, path }) => method === "POST" && path.endsWith("/services"));
    assert.deepEqual(made?.body["spec"], {
      type: "NodePort",
      ports: [{ name: "http", port: 80, nodePort: 30080 }],
    });
  });

  it("does nothing for want of rights before an ordinary upgrade, and says so when it was asked for", async () => {
    const forbidden: Handler = (method, path, query, body) =>
      path === paths.service
        ? { status: 403, body: { message: "forbidden" } }
        : cluster(change, refuse)(method, path, query, body);
    await withApiServer(forbidden, async (connection) => {
      assert.deepEqual(await putBack(connection, web, false), []);
      assert.match((await errorOf(putBack(connection, web, true))).message, /may not get services/);
    });
  });

  it("has nothing to do for a release that is not there", async () => {
    await withApiServer(cluster({}, {}, [], []), async (connection) => {
      assert.deepEqual(await putBack(connection, web, true), []);
    });
  });
});
