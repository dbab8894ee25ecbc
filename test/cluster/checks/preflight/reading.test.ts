import assert from "node:assert/strict";
import { preflight, preflightOfRun } from "../../../../cluster/checks/preflight/preflight.ts";
import { readForPreflight } from "../../../../cluster/checks/preflight/reading.ts";
import { rightsNeeded } from "../../../../plan/rights/needed.ts";
import { readInventory } from "../../../../run/inventory.ts";
import { emptyInventory } from "../../../support/inventory.ts";
import { chartStep, settingsOf } from "../../../support/settings.ts";
import { errorOf, type Handler, nobodyThere, withApiServer, withKubeconfig } from "../../api-server.ts";
import {
  type Attributes,
  administrator,
  issuer,
  node,
  reviews,
  serverFor,
  settings,
  tlsSecret,
} from "./readable-cluster.ts";

const needed = rightsNeeded(settings, "install", { rendered: new Map() });
const rights = async () => needed;

describe("the reading of preflight", () => {
  it("takes in what is there, and knows absent from unreadable", async () => {
    const forbidden = ["/api/v1/pods", "/api/v1/namespaces/krateo-system/secrets/gone"];
    await withApiServer(serverFor(administrator, forbidden), async (connection) => {
      const reading = await readForPreflight(connection, settings, rights);
      assert.deepEqual(
        {
          version: reading.version,
          groups: reading.groups,
          nodes: reading.nodes,
          pods: reading.pods,
          services: reading.services,
          missingRights: reading.missingRights,
          tlsSecrets: [...reading.tlsSecrets],
          issuers: [...reading.issuers],
          refused: reading.refused,
        },
        {
          version: "v1.31.2",
          groups: ["apps"],
          nodes: [node],
          pods: undefined,
          services: [],
          missingRights: [],
          tlsSecrets: [
            ["krateo-system/web-tls", tlsSecret],
            ["krateo-system/gone", "unreadable"],
          ],
          issuers: [["Issuer/krateo-system/ours", issuer]],
          refused: ["Secret krateo-system/gone", "pods"],
        },
      );
    });
  });

  it("reads nodes and pods in pages: the API server ignores their size where its cache will do", async () => {
    await withApiServer(serverFor(administrator), async (connection, requests) => {
      await readForPreflight(connection, settings, rights);
      for (const kind of ["nodes", "pods"])
        assert.deepEqual(
          requests.filter((request) => request.startsWith(`GET /api/v1/${kind}?`)),
          [`GET /api/v1/${kind}?limit=500`],
        );
    });
  });

  it("looks for the pull Secrets that the user names, not for the one that a run makes", async () => {
    const pullSecrets = ["web-tls", "krateo-registry-login", "missing"];
    const named = { ...settings, images: { ...settings.images, pullSecrets } };
    await withApiServer(serverFor(administrator), async (connection) => {
      const { pullSecrets: found } = await readForPreflight(connection, named, rights);
      assert.deepEqual(found, [
        { name: "web-tls", type: "kubernetes.io/tls" },
        { name: "missing", type: undefined },
      ]);
    });
    const forbidden = ["/api/v1/namespaces/krateo-system/secrets/missing"];
    await withApiServer(serverFor(administrator, forbidden), async (connection) => {
      const { pullSecrets: found, refused } = await readForPreflight(connection, named, rights);
      assert.equal(found, undefined);
      assert.ok(refused.includes("the pull Secrets"));
    });
  });

  it("asks an administrator's rights once, and never asks for the same list twice", async () => {
    await withApiServer(serverFor(administrator), async (connection, requests) => {
      await readForPreflight(connection, settings, rights);
      assert.equal(requests.filter((request) => request.endsWith(reviews)).length, 1);
      const paths = requests.map((request) => request.split("?")[0]);
      assert.deepEqual(
        paths.filter((path, index) => paths.indexOf(path) !== index),
        [],
      );
    });
  });

  it("finds just the verbs that are missing", async () => {
    const may = ({ verb, resource }: Attributes) =>
      verb !== "*" && !(verb === "escalate" || (verb === "delete" && resource === "deployments"));
    await withApiServer(serverFor(may), async (connection, requests) => {
      const { missingRights } = await readForPreflight(connection, settings, rights);
      const why = "make, change and remove what is asked for by chart web";
      assert.deepEqual(missingRights, [
        { group: "rbac.authorization.k8s.io", resource: "clusterroles", verbs: ["escalate"], why },
        { group: "apps", resource: "deployments", verbs: ["delete"], namespace: "krateo-system", why },
      ]);
      const questions = needed.flatMap(({ verbs, names = [""] }) => names.flatMap(() => verbs));
      assert.equal(requests.filter((request) => request.endsWith(reviews)).length, questions.length + 1);
    });
  });
});

describe("preflight", () => {
  it("reads a cluster while the inventory is read, and judges both", async () => {
    await withApiServer(serverFor(administrator), async (connection) => {
      const checks = await preflight(connection, settings, readInventory(connection, settings), () => []);
      assert.equal(checks[0]?.found, `${connection.server}, UID of kube-system cluster`);
      assert.deepEqual(
        checks.filter(({ status }) => status === "ERROR").map(({ subject, found }) => [subject, found]),
        [["Issuer krateo-system/ours", "the cluster has no cert-manager"]],
      );
    });
  });

  it("of a cluster out of reach is one ERROR, at once", async () => {
    await withKubeconfig(await nobodyThere(), async (connection) => {
      const checks = await preflight(connection, settings, readInventory(connection, settings), () => []);
      assert.deepEqual(
        checks.map(({ status, check, found }) => [status, check, found]),
        [
          [
            "ERROR",
            "cluster",
            `the cluster at ${connection.server} (context shop) cannot be reached: connection refused`,
          ],
        ],
      );
    });
  });

  it("does not wait for a server that never answers, once the inventory has given up", async () => {
    await withApiServer(
      () => undefined,
      async (connection) => {
        const inventory = readInventory(connection, settings, { firstAnswerSeconds: 0.2 });
        const [only, ...more] = await preflight(connection, settings, inventory, () => []);
        assert.equal(only?.status, "ERROR");
        assert.match(only?.found ?? "", /no answer within 0.2 s/);
        assert.deepEqual(more, []);
      },
    );
  });

  it("with few rights lists those that are missing, though the inventory may not be read", async () => {
    const few = ({ resource }: Attributes) => resource === "pods";
    const forbidden = ["/api/v1/namespaces/krateo-system/secrets"];
    await withApiServer(serverFor(few, forbidden), async (connection) => {
      const checks = await preflight(connection, settings, readInventory(connection, settings), () => []);
      const missing = checks.filter(({ check, status }) => check === "permission" && status === "ERROR");
      const kinds = needed.map(({ group, resource, namespace }) => [namespace, group, resource].join("/"));
      const others = kinds.filter((kind) => !kind.endsWith("/pods"));
      assert.equal(missing.length, new Set(others).size);
      assert.deepEqual(
        missing.find(({ subject }) => subject === "secrets")?.found,
        "may not get, list, create, update, patch, delete, watch in namespace krateo-system",
      );
      assert.ok(!checks.some(({ check }) => check === "installation"), "it cannot know what is installed");
    });
  });

  it("says what the inventory said where no right is known to be missing: a login that has run out", async () => {
    await withApiServer(
      () => ({ status: 401, body: { message: "Unauthorized" } }),
      async (connection) => {
        const failed = preflight(connection, settings, readInventory(connection, settings), () => []);
        assert.match((await errorOf(failed)).message, /does not accept the credentials of context shop/);
      },
    );
  });

  describe("of a run", () => {
    const frontend = chartStep("install-frontend", {
      values: { service: { type: "NodePort", nodePort: 30080 } },
    });
    const holder = {
      metadata: { name: "web", namespace: "shop" },
      spec: { type: "NodePort", ports: [{ port: 80, nodePort: 30080 }] },
    };
    const ingressPath = "/apis/networking.k8s.io/v1/namespaces/krateo-system/ingresses";
    const issued = { "cert-manager.io/cluster-issuer": "letsencrypt" };
    const web = chartStep("install-web", {
      values: {
        ingress: {
          enabled: true,
          className: "nginx",
          annotations: issued,
          tls: [{ secretName: "web-own", hosts: ["web.example.org"] }],
        },
      },
    });
    const liveWeb = (spec: object, annotations: object = issued) => ({
      metadata: { name: "web", namespace: "krateo-system", annotations },
      spec: { ingressClassName: "nginx", tls: [{ secretName: "web-own" }], ...spec },
    });
    const faults = ["IngressClass nginx", "ClusterIssuer letsencrypt"];

    /** What is at fault, and how many requests that took. */
    const run = async (
      isNew: boolean,
      {
        steps = [chartStep("install-web")],
        inventory = emptyInventory,
        forbidden = [] as string[],
        ingresses = [] as object[],
      } = {},
    ): Promise<[string[], number]> => {
      let result: [string[], number] = [[], 0];
      const answer = serverFor(administrator, forbidden);
      const lists: Record<string, object[]> = { "/api/v1/services": [holder], [ingressPath]: ingresses };
      const services: Handler = (method, path, query, body) =>
        lists[path] && !forbidden.includes(path)
          ? { status: 200, body: { items: lists[path] } }
          : answer(method, path, query, body);
      await withApiServer(services, async (connection, requests) => {
        const [given, known] = [Promise.resolve(inventory), Promise.resolve(isNew)];
        const checks = await preflightOfRun(connection, settingsOf(steps), given, known, () => []);
        result = [
          checks.filter(({ status }) => status !== "OK").map(({ subject }) => subject),
          requests.length,
        ];
      });
      return result;
    };

    it("asks nothing where the platform is there, and has no node ports", async () => {
      assert.deepEqual(await run(false), [[], 0]);
    });

    it("asks for nothing but the node ports where it has some: they may be new", async () => {
      assert.deepEqual(await run(false, { steps: [frontend] }), [["node port 30080"], 1]);
    });

    it("goes without where Services may not be listed", async () => {
      assert.deepEqual(await run(false, { steps: [frontend], forbidden: ["/api/v1/services"] }), [[], 1]);
    });

    it("asks what serves an Ingress that is new", async () => {
      assert.deepEqual((await run(false, { steps: [web] }))[0], faults);
    });

    it("does not ask where the Ingress is there as it is planned: the run may be about something else", async () => {
      assert.deepEqual(await run(false, { steps: [web], ingresses: [liveWeb({})] }), [[], 1]);
    });

    for (const [name, ingress] of [
      ["class", liveWeb({ ingressClassName: "traefik" })],
      ["certificate", liveWeb({ tls: [{ secretName: "other" }] })],
      ["issuer", liveWeb({}, { "cert-manager.io/cluster-issuer": "other" })],
    ] as const) {
      it(`asks where an Ingress gets another ${name}`, async () => {
        assert.deepEqual((await run(false, { steps: [web], ingresses: [ingress] }))[0], faults);
      });
    }

    it("takes the class that the API server has filled in for the default one", async () => {
      const values = {
        ingress: { enabled: true, className: "", annotations: issued, tls: [{ secretName: "web-own" }] },
      };
      const steps = [chartStep("install-web", { values })];
      assert.deepEqual(await run(false, { steps, ingresses: [liveWeb({})] }), [[], 1]);
    });

    it("says nothing of what serves Ingresses where that may not be read", async () => {
      const forbidden = ["/apis/networking.k8s.io/v1/ingressclasses", "/apis"];
      assert.deepEqual((await run(false, { steps: [web], forbidden }))[0], []);
    });

    it("checks all for a new platform", async () => {
      assert.deepEqual((await run(true, { steps: [frontend] }))[0], ["nodes", "node port 30080"]);
    });

    it("checks all where something of an earlier version has to go", async () => {
      const releases = [{ name: "sweeper", chart: "sweeper", chartVersion: "0.2.0" }];
      const inventory = { ...emptyInventory, legacy: { releases, volumes: [] } };
      assert.deepEqual((await run(false, { inventory }))[0], ["nodes"]);
    });

    it("leaves a cluster out of reach to the inventory, which a preview of a new stack can do without", async () => {
      const inventory = { ...emptyInventory, unreachable: "gone" };
      assert.deepEqual((await run(true, { inventory }))[0], []);
      assert.deepEqual((await run(false, { inventory, steps: [frontend] }))[0], []);
    });
  });
});
