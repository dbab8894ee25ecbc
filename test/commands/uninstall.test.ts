import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { connectionOf, recordOf } from "../../engine/stack-record.ts";
import { holding, kubeconfigOf, withApiServer } from "../cluster/api-server.ts";
import { freeLease } from "../cluster/lease/lease-server.ts";
import { krateo, type Run, withProject } from "./session.ts";

const named = (name: string, given: object = {}) => ({ metadata: { name, uid: `uid of ${name}`, ...given } });
const verbs = ["list", "delete"];
const served = (resource: string, kind: string, scope = "Namespaced") => ({
  resource,
  responseKind: { kind },
  scope,
  verbs,
});
const marked = { annotations: { "krateo.io/created-by": "krateo-pulumi" } };

const account = named("cratedb", { namespace: "shop", annotations: { "helm.sh/hook": "pre-install" } });

/** A cluster in which the releases are gone, and only a hook's account and the namespace are left of it. */
const leftBehind = {
  "/api": {
    items: [
      {
        metadata: {},
        versions: [
          {
            version: "v1",
            resources: [
              served("serviceaccounts", "ServiceAccount"),
              served("namespaces", "Namespace", "Cluster"),
            ],
          },
        ],
      },
    ],
  },
  "/apis": { items: [] },
  "/api/v1": {
    resources: [
      { name: "serviceaccounts", kind: "ServiceAccount", namespaced: true },
      { name: "namespaces", kind: "Namespace", namespaced: false },
    ],
  },
  "/api/v1/namespaces/kube-system": named("kube-system"),
  "/api/v1/namespaces/shop": named("shop", marked),
  "/apis/coordination.k8s.io/v1/namespaces/shop/leases/krateo-installer": freeLease,
  "/api/v1/namespaces": { items: [named("shop", marked)] },
  "/api/v1/namespaces/shop/serviceaccounts": { items: [account] },
  "/api/v1/namespaces/shop/serviceaccounts/cratedb": account,
};

/** State with one release and what surrounds it. */
const state = (clusterUid: string, namespace = "shop") => ({
  deployment: {
    resources: [
      {
        urn: "urn:pulumi:dev::krateo::pulumi:pulumi:Stack::krateo-dev",
        type: "pulumi:pulumi:Stack",
        outputs: { clusterUid, namespace },
      },
    ],
  },
});

/** A stand-in for the pulumi program that writes down how it is called. */
const pulumi = (exported: object, destroyed = 0): string => `#!/bin/sh
echo "$@" >> "$(dirname "$0")/calls"
case "$1" in destroy) echo "confirmed $KRATEO_CONFIRM_USER_OBJECTS" >> "$(dirname "$0")/calls" ;; esac
case "$1 $2" in
  "stack export") echo '${JSON.stringify(exported)}' ;;
  "whoami --verbose") echo '{"url": "https://api.example.org"}' ;;
  destroy*) exit ${destroyed} ;;
esac
`;

describe("krateo uninstall", () => {
  const environment = ["PULUMI_STACK", "KRATEO_CONFIG_FILE", "KRATEO_CLUSTER_UID", "KUBECONFIG"];
  const before = environment.map((name) => [name, process.env[name]] as const);
  beforeEach(() => {
    for (const name of environment) delete process.env[name];
  });
  afterEach(() => {
    for (const [name, value] of before) if (value !== undefined) process.env[name] = value;
  });

  /** Runs the command against a cluster, with that state. */
  async function uninstall(
    objects: Readonly<Record<string, unknown>>,
    exported: object,
    words: readonly string[],
    destroyed?: number,
  ): Promise<Run & { deleted: string[]; calls: string[] }> {
    let result: (Run & { deleted: string[]; calls: string[] }) | undefined;
    const live = new Map(Object.entries(objects));
    const deleted: string[] = [];
    const handler = (method: string, path: string) => {
      if (method === "DELETE") {
        deleted.push(path);
        live.delete(path);
        live.set(path.slice(0, path.lastIndexOf("/")), { items: [] });
      }
      return holding(Object.fromEntries(live))(method, path);
    };
    await withApiServer(handler, async ({ server }) => {
      const { directory, remove } = withProject({
        "Pulumi.dev.yaml": "config:\n  krateo:namespace: shop\n  krateo:kubeconfig: kubeconfig\n",
        "node_modules/.bin/pulumi": pulumi(exported, destroyed),
        kubeconfig: JSON.stringify(kubeconfigOf("shop", server)),
      });
      try {
        const run = await krateo(directory, "uninstall", "--stack", "dev", ...words);
        const calls = readFileSync(join(directory, "node_modules/.bin/calls"), "utf8").trim().split("\n");
        result = { ...run, deleted, calls };
      } finally {
        remove();
      }
    });
    return result as NonNullable<typeof result>;
  }

  it("says so when nothing is left, and changes nothing", async () => {
    const empty = { ...leftBehind, "/api/v1/namespaces/shop/serviceaccounts": { items: [] } };
    const { code, printed, deleted } = await uninstall(empty, {}, ["--yes"]);
    assert.equal(code, 0, printed);
    assert.match(printed, /\nOK: nothing of this installation is left$/);
    assert.deepEqual(deleted, []);
  });

  it("lists in a dry run, and changes nothing", async () => {
    const { code, printed, deleted, calls } = await uninstall(leftBehind, {}, ["--dry-run", "--yes"]);
    assert.equal(code, 0, printed);
    assert.match(printed, /\n {4}ServiceAccount shop\/cratedb, of cratedb: made by a hook of its chart\n/);
    assert.match(printed, /\nSTAYS\n {2}Namespace shop: volumes and users' objects live in it/);
    assert.match(printed, /\nnothing was changed \(--dry-run\)$/);
    assert.deepEqual([deleted, calls], [[], ["stack export --stack dev --non-interactive"]]);
  });

  it("refuses without --yes, after the list", async () => {
    const { code, printed, noted, deleted } = await uninstall(leftBehind, {}, []);
    assert.equal(code, 1);
    assert.match(printed, /ServiceAccount shop\/cratedb/);
    assert.match(noted, /nobody has agreed to the removal; nothing was changed/);
    assert.deepEqual(deleted, []);
  });

  for (const [what, exported, message] of [
    ["another cluster", state("other"), /is not the one that this stack was installed on/],
    ["another namespace", state("uid of kube-system", "other"), /installed in another namespace/],
  ] as const) {
    it(`refuses when the state is of ${what}`, async () => {
      const { code, noted, deleted } = await uninstall(leftBehind, exported, ["--yes"]);
      assert.equal(code, 1);
      assert.match(noted, message);
      assert.deepEqual(deleted, []);
    });
  }

  it("destroys the stack, then removes what it has listed, then looks again", async () => {
    const { code, printed, calls, deleted } = await uninstall(leftBehind, state("uid of kube-system"), [
      "--yes",
    ]);
    const destroy = calls.find((call) => call.startsWith("destroy")) ?? "";
    assert.match(
      destroy,
      /^destroy --yes --skip-preview --refresh --stack dev --config-file .*dev\.yaml --non/,
    );
    assert.ok(calls.includes("confirmed 0"), "the destroy's own check must know what was confirmed");
    assert.deepEqual(deleted, ["/api/v1/namespaces/shop/serviceaccounts/cratedb"]);
    // This stand-in for Pulumi never forgets what it destroys.
    assert.equal(code, 1);
    assert.match(printed, /\nLEFT\n {2}the state of stack dev is not empty\nERROR: /);
  });

  it("removes nothing more when the destroy fails, and says what is left", async () => {
    const { code, printed, noted, deleted } = await uninstall(
      leftBehind,
      state("uid of kube-system"),
      ["--yes"],
      1,
    );
    assert.equal(code, 1);
    assert.match(noted, /pulumi destroy ended with exit code 1/);
    assert.match(printed, /\nLEFT\n {2}ServiceAccount shop\/cratedb\n/);
    assert.deepEqual(deleted, []);
  });

  it("ends well once nothing is left that it should have removed", async () => {
    const { code, printed, noted } = await uninstall(leftBehind, {}, ["--yes"]);
    assert.equal(code, 0, printed + noted);
    assert.match(printed, /\nOK: nothing that should go is left in namespace shop/);
  });

  it("wants a whole number of user objects", async () => {
    const { directory, remove } = withProject({});
    const { code, noted } = await krateo(directory, "uninstall", "--confirm-user-objects", "all");
    remove();
    assert.equal(code, 1);
    assert.match(noted, /It must be a whole number, such as 3/);
  });
});

describe("the state of a stack", () => {
  const urn = (name: string): string => `urn:pulumi:dev::krateo::x::${name}`;
  const release = (name: string) => ({
    urn: urn(name),
    type: "kubernetes:helm.sh/v3:Release",
    inputs: { name, namespace: "shop" },
  });
  const exported = {
    deployment: {
      resources: [
        {
          urn: urn("krateo-dev"),
          type: "pulumi:pulumi:Stack",
          outputs: { clusterUid: "u", namespace: "shop" },
        },
        {
          urn: urn("cluster"),
          type: "pulumi:providers:kubernetes",
          inputs: { kubeconfig: "/k", clusterIdentifier: "v" },
        },
        { urn: urn("secrets"), type: "krateo:platform:Secrets" },
        release("authn"),
        {
          urn: urn("namespace"),
          type: "kubernetes:core/v1:Namespace",
          inputs: { apiVersion: "v1", kind: "Namespace", metadata: { name: "shop" } },
          retainOnDelete: true,
        },
        {
          urn: urn("snapshot"),
          type: "kubernetes:krateo.io/v1:Installation",
          inputs: {
            apiVersion: "krateo.io/v1",
            kind: "Installation",
            metadata: { name: "krateoctl", namespace: "shop" },
          },
        },
      ],
      pending_operations: [
        { type: "creating", resource: release("portal") },
        { type: "deleting", resource: release("authn") },
      ],
    },
  };

  it("tells what is in it, what a killed run began, and what a destroy leaves alone", () => {
    assert.deepEqual(recordOf(exported), {
      filled: true,
      clusterUid: "u",
      namespace: "shop",
      releases: [{ name: "authn", namespace: "shop" }],
      interrupted: [{ name: "portal", namespace: "shop" }],
      objects: [
        { apiVersion: "v1", kind: "Namespace", name: "shop", retained: true },
        {
          apiVersion: "krateo.io/v1",
          kind: "Installation",
          namespace: "shop",
          name: "krateoctl",
          retained: false,
        },
      ],
    });
  });

  it("knows the cluster from the provider when no run has succeeded", () => {
    const { resources } = exported.deployment;
    assert.equal(recordOf({ deployment: { resources: resources.slice(1) } }).clusterUid, "v");
  });

  it("knows the connection that a destroy would use", () => {
    assert.deepEqual(connectionOf(exported), { kubeconfig: "/k", context: undefined });
    assert.equal(connectionOf({}), undefined);
  });

  it("of a stack that does not exist is empty", () => {
    assert.equal(recordOf({}).filled, false);
  });
});
