import assert from "node:assert/strict";
import type { Output } from "@pulumi/pulumi";
import { type Inventory, objectKey } from "../../model/inventory.ts";
import type { ChartStep, JsonObject, Settings, Step, VariableStep } from "../../model/settings.ts";
import { configurationHash } from "../../plan/configuration-hash.ts";
import { planOf } from "../../plan/plan.ts";
import type { PlatformArgs } from "../../resources/build-context.ts";
import { Platform } from "../../resources/platform.ts";
import { emptyInventory } from "../support/inventory.ts";
import { type Registration, registrations } from "../support/recorded.ts";
import { chartStep, objectStep, settingsOf, variableStep } from "../support/settings.ts";

const service = { spec: { type: "NodePort", ports: [{ port: 8082, nodePort: 30082 }] } };

/** How Pulumi marks a secret on the wire. */
const secretMark = "1b47061264138c4ac30d75fd1eb44270";
const secretKey = "4dabf18193072939515e22adb298388d";

async function build(
  steps: readonly Step[],
  {
    inventory = {},
    settings = {},
    repairs = [],
    reapply = [],
    failing = [],
    outdated = [],
    read = async () => service as unknown as JsonObject,
  }: {
    inventory?: Partial<Inventory>;
    settings?: Partial<Settings>;
    repairs?: PlatformArgs["repairs"];
    reapply?: readonly string[];
    failing?: readonly string[];
    outdated?: readonly string[];
    read?: PlatformArgs["read"];
  } = {},
): Promise<{ platform: Platform; all: Registration[]; find: (name: string) => Registration }> {
  const args: PlatformArgs = {
    settings: settingsOf(steps, settings),
    inventory: { ...emptyInventory, ...inventory },
    repairs,
    reapply: new Set(reapply),
    outdated,
    putBack: async () => [],
    migrationStatus: async () => [],
    charts: new Map(steps.map((step) => [step.id, `./.charts/${step.id}.tgz`])),
    stack: "test",
    explain: async () => [],
    explainRoute: async () => [],
    explainHttpRoute: async () => [],
    explainGateway: async () => [],
    explainService: async () => [],
    enter: async () => {},
    checkLease: async () => {},
    read,
  };
  let platform: Platform | undefined;
  const all = await registrations(() => {
    platform = new Platform("krateo", args);
  }, failing);
  const find = (name: string): Registration => {
    const found = all.filter((item) => item.name === name && !item.type.startsWith("random:"));
    assert.equal(found.length, 1, `${name} is registered ${found.length} times`);
    return found[0] as Registration;
  };
  return { platform: platform as Platform, all, find };
}

/** What an output settles to. */
async function resolved<T>(output: Output<T>): Promise<T> {
  return await (output as unknown as { promise: () => Promise<T> }).promise();
}

const release = { chart: "authn", chartVersion: "0.22.2", revision: 3, status: "deployed", updatedAt: 0 };

describe("a Helm release", () => {
  it("gets name, namespace, archive, values and time-out from its step", async () => {
    const { find } = await build([
      chartStep("install-authn", { component: "backend", values: { env: { A: null } }, timeoutSeconds: 60 }),
    ]);
    const { inputs, parent } = find("install-authn");
    assert.equal(parent, "backend");
    assert.deepEqual(inputs, {
      name: "authn",
      namespace: "krateo-system",
      chart: "./.charts/install-authn.tgz",
      version: "1.0.0",
      values: { env: { A: null } },
      timeout: 60,
      skipAwait: false,
      maxHistory: 10,
      resetValues: true,
      compat: "true",
    });
  });

  it("is not waited for where the document says so", async () => {
    const { find } = await build([chartStep("install-finops-notebooks", { wait: false })]);
    assert.equal(find("install-finops-notebooks").inputs["skipAwait"], true);
  });

  it("is imported when it exists, whatever state it is in", async () => {
    for (const status of ["deployed", "failed", "pending-install", "uninstalling"]) {
      const { find } = await build([chartStep("install-authn")], {
        inventory: { releases: { authn: { ...release, status } } },
      });
      assert.equal(find("install-authn").importId, "krateo-system/authn");
    }
  });

  it("is upgraded with equal inputs when it is to be applied again, and by nothing that this left there later", async () => {
    const steps = [chartStep("install-authn"), chartStep("install-web")];
    const { find } = await build(steps, {
      inventory: { releases: { authn: { ...release, revision: 3 }, web: release } },
      reapply: ["authn"],
    });
    const [authn, web] = [find("install-authn"), find("install-web")];
    assert.equal(authn.inputs["description"], "applied again over revision 3");
    assert.deepEqual(authn.ignoreChanges, []);
    assert.equal(web.inputs["description"], undefined);
    assert.deepEqual(web.ignoreChanges, ["description"]);
  });

  it("that is not deployed is upgraded with equal inputs, too: the engine may think that it is done", async () => {
    for (const status of ["failed", "pending-install", "pending-upgrade", "uninstalling"]) {
      const { find } = await build([chartStep("install-authn")], {
        inventory: { releases: { authn: { ...release, status } } },
      });
      assert.equal(find("install-authn").inputs["description"], "applied again over revision 3");
      assert.deepEqual(find("install-authn").ignoreChanges, []);
    }
  });

  it("that is missing cannot be applied again: it is installed", async () => {
    const { find } = await build([chartStep("install-authn")], { reapply: ["authn"] });
    assert.equal(find("install-authn").inputs["description"], undefined);
  });

  it("is looked for in its own namespace", async () => {
    const step = chartStep("install-web", { release: { name: "web", namespace: "other" } });
    const inHome = await build([step], { inventory: { releases: { web: release } } });
    assert.equal(inHome.find("install-web").importId, "");
    const inOther = await build([step], { inventory: { releases: { "other/web": release } } });
    assert.equal(inOther.find("install-web").importId, "other/web");
  });

  it("gets variables as text, read from the live Service", async () => {
    const { find } = await build([
      chartStep("install-web"),
      variableStep("extract-web-port", "WEB_PORT", "web"),
      chartStep("install-frontend", {
        values: { config: { URL: "http://h:${WEB_PORT}/$5", HOME: "${}HOME", BOTH: "${}A ${WEB_PORT}" } },
      }),
    ]);
    assert.deepEqual(find("install-frontend").inputs["values"], {
      config: { URL: "http://h:8082/$5", HOME: "$HOME", BOTH: "$A 8082" },
    });
    assert.deepEqual(find("install-frontend").dependsOn, ["cleanup", "install-web"]);
  });

  it("gets a port that the plan fixes without waiting for its Service", async () => {
    const { find } = await build([
      chartStep("install-authn", { values: { service: { type: "NodePort", nodePort: 31000 } } }),
      {
        ...variableStep("extract-authn-port", "AUTHN_PORT", "authn"),
        valueFrom: {
          ...(variableStep("", "", "authn").valueFrom as NonNullable<VariableStep["valueFrom"]>),
          selector: ".spec.ports[0].nodePort",
        },
      },
      chartStep("install-frontend", { values: { config: { URL: "http://h:${AUTHN_PORT}" } } }),
    ]);
    assert.deepEqual(find("install-frontend").inputs["values"], { config: { URL: "http://h:31000" } });
    assert.deepEqual(find("install-frontend").dependsOn, ["cleanup"]);
  });

  it("gets the address of a node where it asks for one", async () => {
    const step = chartStep("install-frontend", { values: { url: "http://${NODE_ADDRESS}:1" } });
    const node = { name: "n", createdAt: 0, ready: true, externalIps: [], names: [] };
    const { find } = await build([step], {
      settings: { nodeAddress: undefined },
      inventory: { nodes: [{ ...node, internalIps: ["10.0.0.1"] }] },
    });
    assert.deepEqual(find("install-frontend").inputs["values"], { url: "http://10.0.0.1:1" });
  });

  it("has those values marked secret that came from secret configuration, and only those", async () => {
    const { find } = await build([
      chartStep("install-authn", {
        values: { env: { TOKEN: "x", OPEN: "y" } },
        secretPaths: [["env", "TOKEN"]],
      }),
    ]);
    const { env } = find("install-authn").inputs["values"] as { env: Record<string, JsonObject> };
    assert.equal(env["OPEN"], "y");
    assert.deepEqual(Object.values(env["TOKEN"] as JsonObject), [secretMark, "x"]);
  });
});

describe("the platform's resources", () => {
  const steps = [
    chartStep("install-cnpg", { component: "cnpg" }),
    chartStep("install-pg-cluster", { component: "cnpg" }),
    chartStep("install-deviser", { component: "db-maintenance" }),
    objectStep("note", {
      apiVersion: "v1",
      kind: "ConfigMap",
      metadata: { name: "note", namespace: "krateo-system" },
    }),
  ];

  it("depend on exactly what the plan says", async () => {
    const { find } = await build(steps);
    for (const node of planOf(settingsOf(steps))) {
      const expected = node.needs.map((need) => need.on);
      if (node.kind === "secret") expected.push(node.id === "jwt-sign-key" ? node.id : "krateo-db");
      if (node.id === "snapshot") expected.push("installation-kind");
      assert.deepEqual(find(node.id).dependsOn, expected.toSorted(), node.id);
    }
  });

  it("wait for the namespace wherever they are: only then the run holds the Lease that guards them", async () => {
    assert.deepEqual((await build(steps)).find("installation-kind").dependsOn, ["namespace"]);
  });

  it("of an object step bear the type that the provider knows, with or without a group", async () => {
    const policy = { apiVersion: "networking.k8s.io/v1", kind: "NetworkPolicy", metadata: { name: "deny" } };
    const { find } = await build([...steps, objectStep("deny", policy)]);
    assert.deepEqual(
      [find("note").type, find("deny").type],
      ["kubernetes:core/v1:ConfigMap", "kubernetes:networking.k8s.io/v1:NetworkPolicy"],
    );
  });

  it("are the same whatever the cluster holds; only their options differ", async () => {
    const ours = { ours: true, uid: "u" };
    const secret = {
      ...ours,
      data: { DB_USER: "u", DB_PASS: "p", username: "u", password: "p", JWT_SIGN_KEY: "k" },
    };
    const full: Partial<Inventory> = {
      namespace: { ours: false, uid: "n" },
      releases: { cnpg: release, "pg-cluster": release, deviser: release },
      secrets: { "jwt-sign-key": secret, "krateo-db": { ...secret, ours: false }, "krateo-db-user": secret },
      objects: { [objectKey("v1", "ConfigMap", "krateo-system", "note")]: ours },
      legacy: { releases: [{ name: "eventsse", chart: "eventsse", chartVersion: "0.5.9" }], volumes: ["v"] },
    };
    const names = (all: Registration[]): string[] =>
      all.map((item) => `${item.type} ${item.name}`).toSorted();
    const [empty, populated] = [await build(steps), await build(steps, { inventory: full })];
    assert.deepEqual(names(populated.all), names(empty.all));
    assert.equal(populated.find("note").importId, "krateo-system/note");
  });

  it("leave no trace of a component that is switched off", async () => {
    const { all } = await build([chartStep("install-authn", { component: "backend", enabled: false })]);
    assert.deepEqual(
      all.filter((item) => /Backend|Release/.test(item.type)),
      [],
    );
  });

  it("put an unknown component's steps below a component of its own", async () => {
    const { all } = await build([chartStep("install-thing", { component: "things" })]);
    assert.deepEqual(
      all.filter((item) => item.name === "things").map((item) => item.type),
      ["krateo:platform:Component"],
    );
  });

  it("hang on one provider that knows the cluster by its UID", async () => {
    const { find } = await build([], { settings: { cluster: { kubeconfig: "./kube", context: "prod" } } });
    assert.deepEqual(find("cluster").inputs, {
      kubeconfig: "./kube",
      context: "prod",
      clusterIdentifier: "uid-of-kube-system",
    });
  });
});

describe("a Route", () => {
  const manifest = {
    apiVersion: "route.openshift.io/v1",
    kind: "Route",
    metadata: { name: "authn", namespace: "krateo-system" },
    spec: { to: { kind: "Service", name: "authn" }, tls: { termination: "edge" } },
  };
  const steps = [chartStep("install-authn"), objectStep("expose-authn", manifest)];

  it("stands behind the release of its Service, and is done when a router has admitted it", async () => {
    const { find } = await build(steps);
    const { type, dependsOn, inputs } = find("expose-authn");
    assert.equal(type, "kubernetes:route.openshift.io/v1:Route");
    assert.deepEqual(dependsOn, ["cleanup", "install-authn"]);
    const { annotations } = inputs["metadata"] as { annotations: Record<string, string> };
    assert.match(annotations["pulumi.com/waitFor"] ?? "", /^jsonpath=.*Admitted.*True/);
    assert.match(annotations["pulumi.com/timeoutSeconds"] ?? "", /^\d+$/);
    assert.equal(annotations["pulumi.com/patchForce"], "true");
  });

  it("is what the address is taken from, not the Service", async () => {
    const live = {
      ...manifest,
      status: {
        ingress: [{ host: "authn.apps.example.org", conditions: [{ type: "Admitted", status: "True" }] }],
      },
    };
    const { platform } = await build(steps, {
      read: async ({ kind }) => (kind === "Route" ? live : (service as unknown as JsonObject)),
    });
    assert.deepEqual(await resolved(platform.addresses), { authn: "https://authn.apps.example.org" });
  });
});

describe("an HTTPRoute", () => {
  const manifest = (name: string, host: string) => ({
    apiVersion: "gateway.networking.k8s.io/v1",
    kind: "HTTPRoute",
    metadata: { name, namespace: "krateo-system" },
    spec: {
      hostnames: [host],
      parentRefs: [{ name: "shared", namespace: "gateways" }],
      rules: [{ backendRefs: [{ name }] }],
    },
  });
  const steps = [
    chartStep("install-authn"),
    objectStep("attach-authn", manifest("authn", "login.example.org")),
    chartStep("install-frontend"),
    objectStep("attach-frontend", manifest("frontend", "app.example.org")),
  ];

  it("stands behind the release of its Service, and is done when a Gateway serves it as it is now", async () => {
    const { find } = await build(steps);
    const { type, dependsOn, inputs } = find("attach-authn");
    assert.equal(type, "kubernetes:gateway.networking.k8s.io/v1:HTTPRoute");
    assert.deepEqual(dependsOn, ["cleanup", "install-authn"]);
    const { annotations } = inputs["metadata"] as { annotations: Record<string, string> };
    const now = "@.observedGeneration == $.metadata.generation";
    assert.equal(
      annotations["pulumi.com/waitFor"],
      `jsonpath={.status.parents[?@.conditions[?(@.type == "Accepted" && @.status == "True") && ${now}] && ` +
        `@.conditions[?(@.type == "ResolvedRefs" && @.status == "True") && ${now}]]}`,
    );
    assert.equal(annotations["pulumi.com/timeoutSeconds"], "300");
  });

  it("says the address by itself, and the Gateway that of the hosts file", async () => {
    const { platform } = await build(steps, {
      settings: { exposure: { services: ["frontend", "authn"], https: true } },
    });
    assert.deepEqual(await resolved(platform.addresses), {
      frontend: "https://app.example.org",
      authn: "https://login.example.org",
    });
    assert.equal(
      platform.hostsFile,
      "kubectl get gateway shared -n gateways -o jsonpath='{.status.addresses[0].value} app.example.org login.example.org'",
    );
  });
});

describe("a Gateway", () => {
  it("is done when it listens, and its document may say how long to wait for that", async () => {
    const gateway = objectStep("open-gateway", {
      apiVersion: "gateway.networking.k8s.io/v1",
      kind: "Gateway",
      metadata: {
        name: "krateo",
        namespace: "krateo-system",
        annotations: { "pulumi.com/timeoutSeconds": "30" },
      },
      spec: { gatewayClassName: "envoy" },
    });
    const { annotations } = (await build([gateway])).find("open-gateway").inputs["metadata"] as {
      annotations: Record<string, string>;
    };
    assert.equal(
      annotations["pulumi.com/waitFor"],
      'jsonpath={.status.conditions[?(@.type == "Programmed" && @.status == "True") && @.observedGeneration == $.metadata.generation]}',
    );
    assert.equal(annotations["pulumi.com/timeoutSeconds"], "30");
  });
});

describe("the namespace", () => {
  it("is kept on removal, marked when it is ours", async () => {
    const { find } = await build([]);
    assert.equal(find("namespace").retainOnDelete, true);
    assert.deepEqual(find("namespace").inputs["metadata"], {
      name: "krateo-system",
      annotations: { "krateo.io/created-by": "krateo-pulumi" },
    });
  });

  it("is taken as it is when it was there before", async () => {
    const { find } = await build([], { inventory: { namespace: { ours: false, uid: "u" } } });
    const { importId, ignoreChanges, inputs } = find("namespace");
    assert.equal(importId, "krateo-system");
    assert.deepEqual(ignoreChanges, ["metadata", "spec"]);
    assert.deepEqual(inputs["metadata"], { name: "krateo-system" });
  });
});

describe("the Secrets", () => {
  /** The whole content, as it must be sent: marked secret. */
  const secret = (value: JsonObject): JsonObject => ({
    [secretKey]: secretMark,
    value,
  });
  const fields = ["data", "immutable", "stringData", "type"];

  it("share one generated password, and are never updated", async () => {
    const { find } = await build([]);
    const password = "password-of-krateo-db";
    assert.deepEqual(
      find("krateo-db").inputs["stringData"],
      secret({ DB_USER: "krateo-db-user", DB_PASS: password }),
    );
    assert.deepEqual(
      find("krateo-db-user").inputs["stringData"],
      secret({ username: "krateo-db-user", password }),
    );
    assert.deepEqual(
      find("jwt-sign-key").inputs["stringData"],
      secret({ JWT_SIGN_KEY: "password-of-jwt-sign-key" }),
    );
    assert.deepEqual(find("jwt-sign-key").ignoreChanges, fields);
  });

  it("are adopted when they exist: imported, left alone, kept on removal", async () => {
    const foreign = { ours: false, uid: "u", data: { JWT_SIGN_KEY: "theirs" } };
    const { find, all } = await build([], { inventory: { secrets: { "jwt-sign-key": foreign } } });
    const { importId, ignoreChanges, retainOnDelete } = find("jwt-sign-key");
    assert.equal(importId, "krateo-system/jwt-sign-key");
    assert.deepEqual(ignoreChanges, [...fields, "metadata"].toSorted());
    assert.equal(retainOnDelete, true);
    assert.deepEqual(
      all.filter((item) => item.type.startsWith("random:")).map((item) => [item.name, item.importId]),
      [
        ["jwt-sign-key", ""],
        ["krateo-db", ""],
      ],
    );
  });

  it("agree: where one of the two database Secrets exists, the other gets its live login, as a secret", async () => {
    const login = { ours: false, uid: "u", data: { DB_USER: "me", DB_PASS: "live" } };
    const { find } = await build([], { inventory: { secrets: { "krateo-db": login } } });
    assert.deepEqual(
      find("krateo-db-user").inputs["stringData"],
      secret({ username: "me", password: "live" }),
    );
  });

  it("of a database of the user's own are not generated: krateo-db is adopted as it is", async () => {
    const own = [
      chartStep("install-pg-cluster", { component: "cnpg", enabled: false }),
      chartStep("install-deviser"),
    ];
    const foreign = { ours: false, uid: "u", data: { DB_USER: "u", DB_PASS: "hush" } };
    const { all, find } = await build(own, { inventory: { secrets: { "krateo-db": foreign } } });
    assert.deepEqual(
      all
        .filter(({ type }) => /random|core\/v1:Secret/.test(type))
        .map(({ type, name }) => `${type} ${name}`)
        .toSorted(),
      [
        "kubernetes:core/v1:Secret jwt-sign-key",
        "kubernetes:core/v1:Secret krateo-db",
        "random:index/randomPassword:RandomPassword jwt-sign-key",
      ],
    );
    assert.equal(find("krateo-db").importId, "krateo-system/krateo-db");
    assert.ok(find("krateo-db").ignoreChanges.includes("data"));
    assert.equal(find("krateo-db").retainOnDelete, true);
  });

  it("stay as they are when the platform goes over to a database of the user's, and when it comes back", async () => {
    const database = (enabled: boolean) => [
      chartStep("install-pg-cluster", { component: "cnpg", enabled }),
      chartStep("install-deviser"),
    ];
    const ours = { ours: true, uid: "u" };
    const login = { ...ours, data: { DB_USER: "krateo-db-user", DB_PASS: "first" } };
    const kept = (item: Registration) => {
      assert.deepEqual([item.importId, item.retainOnDelete], ["krateo-system/krateo-db", false]);
      for (const key of ["data", "stringData"]) assert.ok(item.ignoreChanges.includes(key), key);
    };
    const over = await build(database(false), { inventory: { secrets: { "krateo-db": login } } });
    kept(over.find("krateo-db"));
    // Whatever was generated is out of the state by then: what comes back takes the login that lives.
    const back = await build(database(true), { inventory: { secrets: { "krateo-db": login } } });
    kept(back.find("krateo-db"));
    assert.deepEqual(
      back.find("krateo-db-user").inputs["stringData"],
      secret({ username: "krateo-db-user", password: "first" }),
    );
  });

  it("follow the configuration's login where that names one, as secrets", async () => {
    const own = [
      chartStep("install-pg-cluster", { component: "cnpg", enabled: false }),
      chartStep("install-deviser"),
    ];
    const { find } = await build(own, {
      settings: {
        database: {
          host: "h",
          port: 5432,
          name: "n",
          sslMode: "require",
          login: { user: "u", password: "hush" },
        },
      },
    });
    const { inputs, ignoreChanges } = find("krateo-db");
    assert.deepEqual(ignoreChanges, []);
    assert.deepEqual(inputs["stringData"], secret({ DB_USER: "u", DB_PASS: "hush" }));
  });

  it("are not registered when they are external", async () => {
    const { all } = await build([], { settings: { secrets: "external" } });
    assert.deepEqual(
      all.filter((item) => item.type === "kubernetes:core/v1:Secret"),
      [],
    );
    assert.equal(all.filter((item) => item.type.startsWith("random:")).length, 2);
  });
});

describe("the repair", () => {
  it("shows which unfinished operations it ends", async () => {
    const dead = { revision: 2, status: "pending-upgrade", because: "its run has ended" };
    const { find } = await build([], {
      repairs: [
        { release: "authn", ...dead },
        { release: "other/web", ...dead },
      ],
    });
    assert.deepEqual(find("repair").inputs, {
      create: "node commands/krateo.ts end-revisions --stack test --namespace krateo-system",
      environment: { KRATEO_CLUSTER_UID: "uid-of-kube-system", KRATEO_REVISIONS: "authn@2 other/web@2" },
    });
    assert.deepEqual(find("repair").ignoreChanges, []);
  });

  it("keeps its inputs when there is nothing to end, so that a second run is empty", async () => {
    const { find } = await build([]);
    assert.deepEqual(find("repair").ignoreChanges, ["environment"]);
  });
});

describe("the cleanup", () => {
  it("shows what was found", async () => {
    const legacy = {
      releases: [{ name: "eventsse", chart: "eventsse", chartVersion: "0.5.9" }],
      volumes: ["etcd-data-eventsse-etcd-0"],
    };
    const { find } = await build([], { inventory: { legacy } });
    assert.deepEqual(find("cleanup").inputs, {
      create: "node commands/krateo.ts cleanup --stack test --namespace krateo-system",
      environment: {
        KRATEO_CLUSTER_UID: "uid-of-kube-system",
        KRATEO_FOUND: "release eventsse (chart eventsse 0.5.9), volume etcd-data-eventsse-etcd-0",
      },
    });
    assert.deepEqual(find("cleanup").ignoreChanges, []);
  });

  it("shows the installer that it stops, and is told to delete storage only when the stack says so", async () => {
    const platform = {
      objects: [{ name: "krateo", uid: "u", generation: 1, finalizers: [], deleting: false }],
      elsewhere: [],
      releases: [{ name: "installer", chart: "installer", chartVersion: "2.7.0" }],
      installers: [{ name: "installer", replicas: 1 }],
    };
    const leftovers = [{ kind: "ClusterRoleBinding", name: "helm-runner-cluster-admin" } as const];
    const legacy = { releases: [], volumes: [], platform, leftovers };
    const { find } = await build([], { inventory: { legacy }, settings: { purgeVolumes: true } });
    assert.deepEqual(find("cleanup").inputs["environment"], {
      KRATEO_CLUSTER_UID: "uid-of-kube-system",
      KRATEO_PURGE_VOLUMES: "true",
      KRATEO_FOUND: "installer installer at 1",
    });
    assert.deepEqual(find("retire").inputs, {
      create: "node commands/krateo.ts retire --stack test --namespace krateo-system",
      environment: {
        KRATEO_CLUSTER_UID: "uid-of-kube-system",
        KRATEO_FOUND:
          "object krateo, release installer (chart installer 2.7.0), ClusterRoleBinding helm-runner-cluster-admin",
      },
    });
    assert.deepEqual(find("retire").ignoreChanges, []);
    assert.ok(find("snapshot").dependsOn.includes("retire"));
  });

  it("and the retirement keep their inputs when nothing is found, so that a second run is empty", async () => {
    const { find } = await build([]);
    assert.deepEqual(find("cleanup").ignoreChanges, ["environment"]);
    assert.deepEqual(find("retire").ignoreChanges, ["environment"]);
  });

  it("shows that upstream's snapshot loses the finalizer that would never be taken off", async () => {
    const snapshot = { ours: false, uid: "u", finalizers: ["krateoctl.krateo.io/protect-state"] };
    const objects = { [objectKey("krateo.io/v1", "Installation", "krateo-system", "krateoctl")]: snapshot };
    const { find } = await build([], { inventory: { objects } });
    const { KRATEO_FOUND } = find("cleanup").inputs["environment"] as Record<string, string>;
    assert.equal(KRATEO_FOUND, "finalizer krateoctl.krateo.io/protect-state");
    assert.equal(find("snapshot").importId, "krateo-system/krateoctl");
    assert.equal(find("snapshot").retainOnDelete, true);
  });

  it("keeps its inputs when nothing was found, so that a second run is empty", async () => {
    const { find } = await build([]);
    assert.deepEqual(find("cleanup").ignoreChanges, ["environment"]);
  });
});

describe("the gates", () => {
  it("wait again for the database when its release got a new revision", async () => {
    const { find } = await build([chartStep("install-pg-cluster", { component: "cnpg" })]);
    assert.deepEqual(find("database").inputs, {
      create:
        "node commands/krateo.ts wait-database --cluster pg-cluster --timeout 900 --stack test --namespace krateo-system",
      environment: { KRATEO_CLUSTER_UID: "uid-of-kube-system", PG_CLUSTER_REVISION: "1" },
    });
  });

  it("wait for the notebooks on removal only", async () => {
    const { find } = await build([
      chartStep("install-finops-database-handler-uploader", { component: "finops" }),
    ]);
    const { create, delete: onRemoval } = find("notebooks-gone").inputs;
    assert.equal(create, undefined);
    assert.match(String(onRemoval), /wait-notebooks/);
  });
});

describe("the restart of pods that a new configuration does not reach", () => {
  const step = (values: JsonObject, given: Partial<ChartStep> = {}): ChartStep =>
    chartStep("install-authn", {
      chart: { name: "authn", version: "0.22.2", kind: "repository", url: "https://charts.example.org" },
      values,
      ...given,
    });
  const environment = async (
    one: Step[],
    options: Parameters<typeof build>[1] = {},
  ): Promise<Record<string, unknown>> => {
    const { find } = await build(one, options);
    const { inputs, ignoreChanges } = find("restart");
    return { ...(inputs["environment"] as Record<string, unknown>), ignoreChanges };
  };

  it("shows a hash of what goes into each release's ConfigMaps, and is left alone while nothing is older", async () => {
    const { find } = await build([step({ env: { A: "1" } }), chartStep("install-deviser")]);
    const { inputs, dependsOn, ignoreChanges } = find("restart");
    assert.deepEqual(inputs, {
      create: "node commands/krateo.ts restart --stack test --namespace krateo-system",
      environment: {
        KRATEO_CLUSTER_UID: "uid-of-kube-system",
        KRATEO_CONFIGURATION_AUTHN: configurationHash(step({}), { env: { A: "1" } }),
        KRATEO_OUTDATED: "",
        KRATEO_RELEASES: "krateo-system/authn,krateo-system/deviser",
      },
    });
    assert.deepEqual(dependsOn, ["cleanup", "install-authn", "install-deviser"]);
    assert.deepEqual(ignoreChanges, ["environment.KRATEO_OUTDATED"]);
  });

  it("names what is older already, and what is put back", async () => {
    const found = await environment([step({})], {
      outdated: ["Deployment web (ConfigMap web changed 2026-01-01T00:00:00Z)"],
      inventory: { releases: { authn: { ...release, revision: 3 } } },
      reapply: ["authn"],
    });
    assert.equal(
      found["KRATEO_OUTDATED"],
      "Deployment web (ConfigMap web changed 2026-01-01T00:00:00Z); authn applied again over revision 3",
    );
    assert.deepEqual(found["ignoreChanges"], []);
  });

  it("hashes variables by their values", async () => {
    const port = variableStep("read-port", "PORT", "authn");
    const found = await environment([
      step({}),
      port,
      { ...step({ env: { URL: "http://a:${PORT}" } }), id: "install-b" },
    ]);
    assert.equal(
      found["KRATEO_CONFIGURATION_AUTHN"],
      configurationHash(step({}), { env: { URL: "http://a:8082" } }),
    );
  });

  it("keeps the hash of a secret value secret", async () => {
    const found = await environment([
      step({ env: { A: "1", OIDC_SECRET: "hush" } }, { secretPaths: [["env", "OIDC_SECRET"]] }),
    ]);
    assert.deepEqual(found["KRATEO_CONFIGURATION_AUTHN"], {
      [secretKey]: secretMark,
      value: configurationHash(step({}), { env: { A: "1", OIDC_SECRET: "hush" } }),
    });
  });
});

describe("the check for users' objects", () => {
  it("stands behind everything, so that a destroy begins with it, and does nothing on installation", async () => {
    const { find } = await build([chartStep("install-authn")]);
    const { inputs, dependsOn, ignoreChanges } = find("user-objects");
    assert.deepEqual(inputs, {
      delete: "node commands/krateo.ts check-user-objects --stack test --namespace krateo-system",
      environment: { KRATEO_CLUSTER_UID: "uid-of-kube-system" },
    });
    assert.deepEqual([dependsOn, ignoreChanges], [["snapshot"], []]);
  });
});

describe("the snapshot", () => {
  it("is an Installation in upstream's shape, without a finalizer", async () => {
    const { find } = await build([]);
    assert.deepEqual(find("snapshot").inputs, {
      apiVersion: "krateo.io/v1",
      kind: "Installation",
      metadata: {
        name: "krateoctl",
        namespace: "krateo-system",
        annotations: {
          "pulumi.com/patchForce": "true",
          "krateo.io/created-by": "krateo-pulumi",
          "krateo.io/installation-version": "3.0.0",
        },
      },
      spec: { spec: { componentsDefinition: {}, steps: [], installationVersion: "3.0.0" } },
    });
  });
});

describe("the platform's addresses", () => {
  const promised = <T>(output: unknown): Promise<T> => (output as { promise(): Promise<T> }).promise();

  it("are of the Services that are exposed, and of our own Service where it stands in for a chart's", async () => {
    const expose = objectStep("publish-events-presenter", {
      apiVersion: "v1",
      kind: "Service",
      metadata: { name: "events-presenter-external", namespace: "krateo-system" },
    });
    const read: string[] = [];
    const { platform } = await build(
      [
        chartStep("install-authn"),
        chartStep("install-events-presenter"),
        expose,
        chartStep("install-resources-presenter"),
      ],
      {
        read: async ({ name }) => {
          read.push(name);
          return service as unknown as JsonObject;
        },
      },
    );
    assert.deepEqual(await promised(platform.addresses), {
      authn: "http://127.0.0.1:30082",
      eventsPresenter: "http://127.0.0.1:30082",
    });
    assert.deepEqual(read.toSorted(), ["authn", "events-presenter-external"]);
  });

  it("of a release whose upgrade failed are read all the same, and there is none of one that was never there", async () => {
    const steps = [chartStep("install-authn"), chartStep("install-snowplow")];
    const { platform } = await build(steps, {
      inventory: { releases: { authn: release } },
      failing: steps.map(({ id }) => id),
    });
    assert.deepEqual(await promised(platform.addresses), {
      authn: "http://127.0.0.1:30082",
      snowplow: "none: snowplow is not installed",
    });
  });

  it("are those of the Ingresses, whose hosts are known", async () => {
    const values = { ingress: { enabled: true, hosts: [{ host: "authn.example.org" }] } };
    const { platform } = await build([chartStep("install-authn", { values })], {
      settings: { exposure: { services: ["authn"], https: true } },
    });
    assert.deepEqual(await promised(platform.addresses), { authn: "https://authn.example.org" });
    assert.equal(
      platform.hostsFile,
      "kubectl get ingress frontend -n krateo-system -o jsonpath='{.status.loadBalancer.ingress[0].ip} authn.example.org'",
    );
  });

  it("need no line in a hosts file without hosts", async () => {
    const { platform } = await build([chartStep("install-authn")], {
      read: async () => service as unknown as JsonObject,
    });
    assert.equal(platform.hostsFile, "not needed: there is no Ingress");
  });
});

describe("a Service of our own", () => {
  const service = (type: string, annotations: JsonObject = {}) =>
    objectStep("publish", {
      apiVersion: "v1",
      kind: "Service",
      metadata: { name: "x", namespace: "krateo-system", annotations },
      spec: { type },
    });
  const wait = "pulumi.com/timeoutSeconds";

  const cases: [string, Step, JsonObject][] = [
    ["is waited for until its load balancer has an address", service("LoadBalancer"), { [wait]: "900" }],
    [
      "is waited for as long as its document says",
      service("LoadBalancer", { [wait]: "30" }),
      { [wait]: "30" },
    ],
    ["is not waited for otherwise", service("NodePort"), { "pulumi.com/skipAwait": "true" }],
  ];
  for (const [name, step, expected] of cases) {
    it(name, async () => {
      const { find } = await build([step]);
      const { annotations } = find("publish").inputs["metadata"] as { annotations: JsonObject };
      assert.deepEqual(annotations, {
        ...expected,
        "krateo.io/created-by": "krateo-pulumi",
        "pulumi.com/patchForce": "true",
      });
    });
  }

  it("that is there already keeps the address that the cluster gave it, which only a new one could lose", async () => {
    const key = objectKey("v1", "Service", "krateo-system", "x");
    for (const [inventory, step, expected] of [
      [{}, service("NodePort"), []],
      [
        { objects: { [key]: { ours: true, uid: "u" } } },
        service("NodePort"),
        ["spec.clusterIP", "spec.clusterIPs"],
      ],
      [
        { objects: { [key]: { ours: false, uid: "u" } } },
        service("NodePort"),
        ["spec.clusterIP", "spec.clusterIPs"],
      ],
    ] as const) {
      const { find } = await build([step], { inventory });
      assert.deepEqual(find("publish").ignoreChanges, expected);
    }
  });
});
