import assert from "node:assert/strict";
import { stringify } from "yaml";
import { encodeRelease } from "../../cluster/client/helm-release.ts";
import { type Handler, holding, kubeconfigOf, withApiServer } from "../cluster/api-server.ts";
import { helmRelease } from "../cluster/helm-releases.ts";
import { krateo, type Run, withProject } from "./session.ts";

const named = (name: string, given: object = {}) => ({ metadata: { name, uid: `uid of ${name}`, ...given } });
const kinds = (group: string, resource: string, kind: string, scope = "Namespaced") => ({
  metadata: { name: group },
  versions: [
    {
      version: "v1",
      resources: [{ resource, responseKind: { kind }, scope, verbs: ["list", "delete"] }],
    },
  ],
});
const crd = { apiVersion: "apiextensions.k8s.io/v1", kind: "CustomResourceDefinition" };
const release = helmRelease("authn", {
  namespace: "shop",
  manifest: stringify({ ...crd, metadata: { name: "users.basic.authn.krateo.io" } }),
});
const script = named("script", {
  namespace: "shop",
  annotations: { "helm.sh/hook": "pre-install" },
});
const hooked = helmRelease("authn", {
  namespace: "shop",
  hooks: [
    {
      name: "script",
      kind: "ConfigMap",
      events: ["pre-install"],
      manifest: stringify({ apiVersion: "v1", kind: "ConfigMap", metadata: { name: "script" } }),
    },
  ],
});
const ada = named("ada", { namespace: "far" });

/** A cluster with one release, whose definition has one user's object. */
const cluster = {
  "/api": { items: [kinds("", "configmaps", "ConfigMap")] },
  "/api/v1": { resources: [{ name: "configmaps", kind: "ConfigMap", namespaced: true }] },
  "/api/v1/namespaces/shop/configmaps": { items: [script] },
  "/api/v1/namespaces/shop/configmaps/script": script,
  "/apis": {
    items: [
      kinds("apiextensions.k8s.io", "customresourcedefinitions", "CustomResourceDefinition", "Cluster"),
      kinds("basic.authn.krateo.io", "users", "User"),
    ],
  },
  "/apis/basic.authn.krateo.io/v1": { resources: [{ name: "users", kind: "User", namespaced: true }] },
  "/apis/apiextensions.k8s.io/v1/customresourcedefinitions": {
    items: [named("users.basic.authn.krateo.io")],
  },
  "/apis/basic.authn.krateo.io/v1/users": { items: [ada] },
  "/apis/basic.authn.krateo.io/v1/namespaces/far/users/ada": ada,
  "/api/v1/namespaces/shop/secrets": {
    items: [
      {
        ...named("sh.helm.release.v1.authn.v1", { labels: { name: "authn", version: "1", owner: "helm" } }),
        data: { release: encodeRelease(release) },
      },
    ],
  },
};

const state = {
  deployment: {
    resources: [
      {
        urn: "urn:pulumi:dev::krateo::x::install-authn",
        type: "kubernetes:helm.sh/v3:Release",
        inputs: { name: "authn", namespace: "shop" },
      },
    ],
  },
};

describe("krateo check-user-objects", () => {
  const variables = [
    "KRATEO_CONFIRM_USER_OBJECTS",
    "KRATEO_CONFIG_FILE",
    "PULUMI_STACK",
    "KRATEO_CLUSTER_UID",
    "KRATEO_WAIT",
  ];
  const before = variables.map((name) => [name, process.env[name]] as const);
  beforeEach(() => {
    for (const name of variables) delete process.env[name];
  });
  afterEach(() => {
    for (const [name, value] of before) {
      if (value === undefined) delete process.env[name];
      else process.env[name] = value;
    }
  });

  /** Runs the command with a project whose configuration says where the cluster is, and is broken otherwise. */
  async function check(
    confirmed?: string,
    objects: Readonly<Record<string, unknown>> = cluster,
  ): Promise<Run & { deleted: string[]; patched: unknown[] }> {
    let run: Run | undefined;
    const live = new Map<string, unknown>(Object.entries(objects));
    const deleted: string[] = [];
    const patched: unknown[] = [];
    if (confirmed !== undefined) process.env["KRATEO_CONFIRM_USER_OBJECTS"] = confirmed;
    const handler: Handler = (method, path, _query, body) => {
      const answer = holding(Object.fromEntries(live))(method, path);
      if (method === "PATCH") patched.push([path, body]);
      if (method !== "DELETE") return answer;
      deleted.push(path);
      live.delete(path);
      return answer;
    };
    await withApiServer(handler, async ({ server }) => {
      const { directory, remove } = withProject({
        "Pulumi.dev.yaml":
          "config:\n  krateo:type: nonsense\n  krateo:namespace: shop\n  krateo:kubeconfig: kubeconfig\n",
        "node_modules/.bin/pulumi": `#!/bin/sh\necho '${JSON.stringify(state)}'\n`,
        kubeconfig: JSON.stringify(kubeconfigOf("shop", server)),
      });
      try {
        run = await krateo(directory, "check-user-objects", "--stack", "dev");
      } finally {
        remove();
      }
    });
    return { ...(run as Run), deleted, patched };
  }

  it("refuses, and deletes nothing, when nobody has confirmed users' objects", async () => {
    const { code, noted, deleted } = await check();
    assert.equal(code, 1);
    assert.match(noted, /1 user object would go with the installation/);
    assert.match(noted, /1 User \(far\/ada\)/);
    assert.match(noted, /npx krateo uninstall --dry-run --stack dev .*KRATEO_CONFIRM_USER_OBJECTS=1/);
    assert.deepEqual(deleted, []);
  });

  it("deletes them when they are confirmed, and says so", async () => {
    const { code, printed, noted, deleted } = await check("1");
    assert.equal(code, 0, noted);
    assert.deepEqual(deleted, ["/apis/basic.authn.krateo.io/v1/namespaces/far/users/ada"]);
    assert.match(printed, /deleting 1 user object\n1 user object confirmed by KRATEO_CONFIRM_USER_OBJECTS/);
  });

  it("marks what Helm will leave and only the releases' records name, for the uninstall to come", async () => {
    const [secret] = cluster["/api/v1/namespaces/shop/secrets"].items;
    const { code, printed, noted, deleted, patched } = await check("0", {
      ...cluster,
      "/apis/basic.authn.krateo.io/v1/users": { items: [] },
      "/api/v1/namespaces/shop/secrets": {
        items: [{ ...secret, data: { release: encodeRelease(hooked) } }],
      },
    });
    assert.equal(code, 0, noted);
    assert.match(printed, /^1 object will be left by Helm; npx krateo uninstall removes what is left$/m);
    assert.deepEqual(deleted, []);
    assert.deepEqual(patched, [
      [
        "/api/v1/namespaces/shop/configmaps/script",
        { metadata: { annotations: { "krateo.io/left-by": "shop/authn" } } },
      ],
    ]);
  });

  describe("beside another run", () => {
    /** A cluster without users' objects, with a Lease that its holder gives up at the fourth reading. */
    const busy = () => {
      let readings = 0;
      const spec = () => {
        readings += 1;
        return readings < 4
          ? {
              holderIdentity: "ada elsewhere 7 1 6",
              leaseDurationSeconds: 2,
              renewTime: new Date(readings).toISOString(),
            }
          : { holderIdentity: "" };
      };
      return {
        ...cluster,
        "/apis/basic.authn.krateo.io/v1/users": { items: [] },
        "/api/v1/namespaces/shop": named("shop"),
        "/apis/coordination.k8s.io/v1/namespaces/shop/leases/krateo-installer": {
          ...named("krateo-installer", { namespace: "shop" }),
          toJSON() {
            return { ...this, toJSON: undefined, spec: spec() };
          },
        },
      };
    };

    it("waits until that has ended, where KRATEO_WAIT says so, and says for whom", async () => {
      process.env["KRATEO_WAIT"] = "1m";
      const { code, noted, printed } = await check("0", busy());
      assert.equal(code, 0, noted);
      assert.match(noted, /^waiting up to 1m for another run: ada on elsewhere, process 7$/m);
      assert.match(printed, /no objects of users go with the installation/);
    });

    it("stops at once otherwise", async () => {
      const { code, noted } = await check("0", busy());
      assert.equal(code, 3);
      assert.match(noted, /another run is in progress on the installation in namespace shop/);
    });
  });

  it("wants a whole number", async () => {
    const { code, noted, deleted } = await check("all");
    assert.equal(code, 1);
    assert.match(noted, /is not a whole number\n +where: +KRATEO_CONFIRM_USER_OBJECTS\n +given: +all/);
    assert.deepEqual(deleted, []);
  });
});
