import assert from "node:assert/strict";
import { verify } from "../../../../cluster/checks/verification/verification.ts";
import type { KubeObject } from "../../../../cluster/client/api.ts";
import type { PostgresCluster } from "../../../../cluster/database.ts";
import type { Observation } from "../../../../cluster/observation.ts";
import { type Check, verdictOf } from "../../../../model/check.ts";
import type { SecretContent } from "../../../../model/secret-content.ts";
import type { ChartStep, JsonObject, Settings } from "../../../../model/settings.ts";
import type { Condition } from "../../../../plan/gateway-api.ts";
import { chartStep, objectStep, settingsOf } from "../../../support/settings.ts";
import { helmRelease } from "../../helm-releases.ts";

const objects = [
  { apiVersion: "apps/v1", kind: "Deployment", metadata: { name: "authn" }, spec: { replicas: 2 } },
  { apiVersion: "v1", kind: "Service", metadata: { name: "authn" } },
];
const manifest = objects.map((object) => JSON.stringify(object)).join("\n---\n");
const service = { type: "NodePort", port: 8082, nodePort: "30082" };
const authn = chartStep("install-authn", { values: { service } });
const settings = settingsOf([authn]);

const deployment = (replicas: number, available = replicas) => ({
  metadata: { name: "authn", namespace: "krateo-system", uid: "d" },
  spec: { replicas },
  status: { availableReplicas: available, updatedReplicas: replicas },
});

const liveService = (spec: object) => ({ metadata: { name: "authn", uid: "s" }, spec });
const nodePortService = liveService({ type: "NodePort", ports: [{ port: 8082, nodePort: 30082 }] });

/** A snapshot as the API answers. */
const asJson = (snapshot: unknown) => snapshot as JsonObject;

/** A cluster in which all is as `settings` say; `given` is what is not. */
const outdatedAuthn: Observation["outdated"][number] = {
  kind: "Deployment",
  name: "authn",
  namespace: "krateo-system",
  release: "authn",
  configMap: "authn",
  changedAt: "2026-01-01T10:20:00Z",
  startedAt: "2026-01-01T10:10:00Z",
};

const observed = (given: Partial<Observation> = {}): Observation => ({
  outdated: [],
  installation: { metadata: { name: "krateoctl", uid: "i" }, spec: { spec: asJson(settings.snapshot) } },
  releases: new Map([["krateo-system/authn", helmRelease("authn", { manifest, version: 4 })]]),
  objects: new Map<string, KubeObject>([
    ["Deployment/krateo-system/authn", deployment(2)],
    ["Service/krateo-system/authn", nodePortService],
  ]),
  secrets: new Map<string, SecretContent>([
    ["jwt-sign-key", { data: { JWT_SIGN_KEY: "k" } }],
    ["krateo-db", { data: { DB_USER: "u", DB_PASS: "p" } }],
    ["krateo-db-user", { data: { username: "u", password: "p" } }],
  ]),
  clusters: new Map(),
  databases: [],
  ingressHosts: new Map(),
  routes: new Map(),
  httpRoutes: new Map(),
  gateways: new Map(),
  ...given,
});

/** What is not OK. */
const faults = (given: Partial<Observation>, wanted: Settings = settings): Check[] =>
  verify(wanted, observed(given)).filter((check) => check.status !== "OK");

const withObject = (key: string, object: object | undefined): Partial<Observation> => {
  const changed = new Map(observed().objects);
  if (object) changed.set(key, object as KubeObject);
  else changed.delete(key);
  return { objects: changed };
};

describe("verify", () => {
  it("finds nothing at fault in a whole installation, and says what it looked at", () => {
    assert.deepEqual(
      verify(settings, observed()).map(({ check, subject, status, found }) => [
        status,
        check,
        subject,
        found,
      ]),
      [
        ["OK", "snapshot", "Installation krateoctl", "3.0.0"],
        ["OK", "release", "authn", "authn 1.0.0 deployed"],
        ["OK", "workload", "authn", "Deployment authn: 2 of 2 pods ready"],
        ["OK", "secret", "Secret jwt-sign-key", "keys JWT_SIGN_KEY"],
        ["OK", "secret", "Secret krateo-db", "keys DB_PASS, DB_USER"],
        ["OK", "secret", "Secret krateo-db-user", "keys password, username"],
        ["OK", "endpoint", "Service authn", "NodePort, port 8082, node port 30082"],
      ],
    );
  });

  describe("of the snapshot", () => {
    const snapshot = {
      componentsDefinition: { shop: { steps: ["a"] } },
      steps: [{ id: "a", type: "chart", with: { ttl: 60, from: null } }],
      installationVersion: "3.0.0",
    };
    const wanted = settingsOf([authn], { snapshot });
    const stored = (spec: unknown) => ({
      installation: { metadata: { name: "krateoctl", uid: "i" }, spec: { spec: asJson(spec) } },
    });

    it("names who edited it, and no refresh where an earlier version stored it with nulls", () => {
      const entry = {
        manager: "kubectl-edit",
        operation: "Update",
        time: "2026-11-29T07:00:00Z",
        fieldsV1: { "f:spec": { "f:spec": { "f:installationVersion": {} } } },
      };
      const edited = (steps: unknown) => ({
        installation: {
          metadata: { name: "krateoctl", uid: "i", managedFields: [entry] },
          spec: { spec: asJson({ ...snapshot, steps, installationVersion: "x" }) },
        },
      });
      const shown = (steps: unknown) => {
        const [fault] = faults(edited(steps), wanted);
        return [fault?.found, fault?.next];
      };
      const found = "differs at installationVersion, set by kubectl-edit since 2026-11-29T07:00:00Z";
      assert.deepEqual(shown([{ id: "a", type: "chart", with: { ttl: 60 } }]), [
        found.replace(",", ", steps.a.with.from,"),
        "npx pulumi up --refresh, if this configuration is right",
      ]);
      assert.deepEqual(shown(snapshot.steps), [found, "npx pulumi up, if this configuration is right"]);
    });

    it("misses one that is not there", () => {
      assert.deepEqual(faults({ installation: undefined }), [
        {
          check: "snapshot",
          subject: "Installation krateoctl",
          status: "ERROR",
          found: "none in namespace krateo-system",
          expected: "3.0.0",
          next: "npx pulumi up --refresh",
        },
      ]);
    });

    for (const [what, spec, found] of [
      [
        "accepts an equal one, keys in any order",
        { ...snapshot, steps: [{ with: { from: null, ttl: 60 }, id: "a", type: "chart" }] },
        undefined,
      ],
      [
        "names where a value differs",
        { ...snapshot, steps: [{ id: "a", type: "chart", with: { ttl: 61, from: null } }] },
        "differs at steps.a.with.ttl",
      ],
      [
        "names another version",
        { ...snapshot, installationVersion: "2.7.0" },
        "differs at installationVersion",
      ],
      [
        "names a step more",
        { ...snapshot, steps: [{ id: "b", type: "chart" }, ...snapshot.steps] },
        "differs at steps.b",
      ],
      [
        "names the first three of many",
        {
          ...snapshot,
          installationVersion: "local",
          steps: [{ id: "a", type: "var", with: { ttl: 1, from: 2, more: 3 } }],
        },
        "differs at installationVersion, steps.a.type, steps.a.with.from and 2 more",
      ],
      ["notices an object without a body", undefined, "differs at "],
    ] as const) {
      it(what, () => {
        assert.deepEqual(faults(stored(spec), wanted)[0]?.found, found);
      });
    }
  });

  describe("of Helm releases", () => {
    const release = (given: Parameters<typeof helmRelease>[1]) => ({
      releases: new Map([["krateo-system/authn", helmRelease("authn", { manifest, ...given })]]),
    });

    for (const [what, given, found, next] of [
      ["is absent", { releases: new Map() }, "none", "npx pulumi up --refresh"],
      ["failed", release({ status: "failed" }), "authn 1.0.0 failed", "npx pulumi up"],
      [
        "is pending",
        release({ status: "pending-upgrade" }),
        "authn 1.0.0 pending-upgrade",
        "npx krateo repair && npx pulumi up",
      ],
      [
        "has another version",
        release({ chart: "authn 0.9.0" }),
        "authn 0.9.0 deployed",
        "KRATEO_REAPPLY=authn npx pulumi up",
      ],
      [
        "is of another chart",
        release({ chart: "login 1.0.0" }),
        "login 1.0.0 deployed",
        "give the step another releaseName, or, if it is yours, helm uninstall authn -n krateo-system",
      ],
    ] as const) {
      it(`is an error when one ${what}`, () => {
        assert.deepEqual(faults(given)[0], {
          check: "release",
          subject: "authn",
          status: "ERROR",
          found,
          expected: "authn 1.0.0 deployed",
          next,
        });
      });
    }

    it("is an error when one of a component that is switched off is there", () => {
      const off: ChartStep = { ...authn, enabled: false };
      assert.deepEqual(faults({}, settingsOf([off])), [
        {
          check: "release",
          subject: "authn",
          status: "ERROR",
          found: "authn 1.0.0 deployed",
          expected: "none",
          next: "npx pulumi up (component shop is switched off), or helm uninstall authn -n krateo-system",
        },
      ]);
      assert.deepEqual(faults({ releases: new Map() }, settingsOf([off])), []);
    });

    it("looks in the release's own namespace", () => {
      const far = { ...authn, release: { name: "authn", namespace: "elsewhere" } };
      assert.equal(faults({}, settingsOf([far]))[0]?.found, "none");
    });
  });

  describe("of workloads", () => {
    for (const [what, given, status, found, next] of [
      [
        "a Deployment whose pods are not ready",
        withObject("Deployment/krateo-system/authn", deployment(2, 1)),
        "ERROR",
        "1 of 2 pods ready",
        "kubectl describe deployment authn -n krateo-system",
      ],
      [
        "a Deployment scaled to nothing",
        withObject("Deployment/krateo-system/authn", deployment(0)),
        "ERROR",
        "scaled to 0",
        "kubectl scale deployment authn -n krateo-system --replicas=2",
      ],
      [
        "a Deployment scaled down",
        withObject("Deployment/krateo-system/authn", deployment(1)),
        "WARNING",
        "scaled to 1",
        "kubectl scale deployment authn -n krateo-system --replicas=2",
      ],
      [
        "a Deployment that was deleted",
        withObject("Deployment/krateo-system/authn", undefined),
        "ERROR",
        "does not exist",
        "KRATEO_REAPPLY=authn npx pulumi up",
      ],
    ] as const) {
      it(`reports ${what}`, () => {
        const [first] = faults(given);
        assert.deepEqual(
          [first?.check, first?.subject, first?.status, first?.found, first?.next],
          ["workload", "Deployment authn", status, found, next],
        );
      });
    }

    it("takes a Deployment scaled up for well", () => {
      assert.deepEqual(faults(withObject("Deployment/krateo-system/authn", deployment(5))), []);
    });
  });

  describe("of a Service of our own", () => {
    const selector = { "app.kubernetes.io/instance": "authn" };
    const spec = { type: "NodePort", selector, ports: [{ port: 8082, nodePort: 31000 }] };
    const metadata = { name: "authn-external", namespace: "krateo-system" };
    const step = objectStep("expose-authn", { apiVersion: "v1", kind: "Service", metadata, spec });
    const exposed = settingsOf([authn, step]);
    const chartService = liveService({ ...nodePortService.spec, selector });
    const found = (live: object | undefined, chart: object = chartService): string[] => {
      const objects = new Map(observed().objects);
      objects.set("Service/krateo-system/authn", {
        ...chart,
        metadata: { ...metadata, name: "authn", uid: "s" },
      });
      if (live) objects.set("Service/krateo-system/authn-external", live as KubeObject);
      return verify(exposed, observed({ objects }))
        .filter(({ subject }) => subject === "Service authn-external")
        .map(({ status, found }) => `${status} ${found}`);
    };
    const own = (given: object) => ({ metadata: { ...metadata, uid: "o" }, spec: { ...spec, ...given } });

    const cases: [string, object | undefined, string][] = [
      ["that is as announced is fine", own({}), "OK NodePort, port 8082, node port 31000"],
      ["that is missing is an error", undefined, "ERROR does not exist"],
      [
        "with another port is an error",
        own({ ports: [{ port: 8082, nodePort: 31001 }] }),
        "ERROR NodePort, port 8082, node port 31001",
      ],
      [
        "that selects other pods than its chart's is an error",
        own({ selector: { app: "authn" } }),
        'ERROR selects {"app":"authn"}, as no chart\'s Service does',
      ],
    ];
    for (const [name, live, expected] of cases) it(name, () => assert.deepEqual(found(live), [expected]));

    it("that waits for a load balancer's address is an error", () => {
      const balancer = { type: "LoadBalancer", selector, ports: [{ port: 8082 }] };
      const waiting = settingsOf([authn, { ...step, manifest: { ...step.manifest, spec: balancer } }]);
      const objects = new Map(observed().objects);
      objects.set("Service/krateo-system/authn-external", {
        metadata: { ...metadata, uid: "o" },
        spec: balancer,
      } as KubeObject);
      const check = verify(waiting, observed({ objects })).find(({ subject }) =>
        subject.endsWith("external"),
      );
      assert.match(check?.found ?? "", /no address yet/);
      assert.equal(check?.next, "kubectl describe service authn-external -n krateo-system");
    });
  });

  describe("of endpoints", () => {
    const key = "Service/krateo-system/authn";
    for (const [what, object, found] of [
      ["another type", liveService({ type: "ClusterIP", ports: [{ port: 8082 }] }), "ClusterIP, port 8082"],
      [
        "another port",
        liveService({ type: "NodePort", ports: [{ port: 80, nodePort: 30082 }] }),
        "NodePort, port 80, node port 30082",
      ],
    ] as const) {
      it(`is an error when a Service has ${what}`, () => {
        assert.deepEqual(faults(withObject(key, object)), [
          {
            check: "endpoint",
            subject: "Service authn",
            status: "ERROR",
            found,
            expected: "NodePort, port 8082, node port 30082",
            next: "KRATEO_REAPPLY=authn npx pulumi up",
          },
        ]);
      });
    }

    it("warns of another node port: its chart may not let it be chosen, and the frontend is told the real one", () => {
      const object = liveService({ type: "NodePort", ports: [{ port: 8082, nodePort: 31234 }] });
      assert.deepEqual(
        faults(withObject(key, object)).map(({ status, found }) => [status, found]),
        [["WARNING", "NodePort, port 8082, node port 31234"]],
      );
    });

    it("is an error when a Service was deleted", () => {
      assert.deepEqual(
        faults(withObject(key, undefined)).map(({ check, found }) => [check, found]),
        [
          ["workload", "does not exist"],
          ["endpoint", "does not exist"],
        ],
      );
    });

    it("expects nothing that the values leave to the chart, or to a variable", () => {
      const open = { ...authn, values: { service: { nodePort: "${PORT}" } } };
      assert.deepEqual(faults({}, settingsOf([open])), []);
    });

    it("expects the hosts of an Ingress", () => {
      const ingress = { enabled: true, hosts: [{ host: "a.example.org" }] };
      const wanted = settingsOf([{ ...authn, values: { service, ingress } }]);
      const hosts = (...names: string[]) => ({ ingressHosts: new Map([["krateo-system/authn", names]]) });
      assert.deepEqual(faults(hosts("a.example.org"), wanted), []);
      assert.deepEqual(
        [hosts("b.example.org"), {}].map((given) => faults(given, wanted)[0]?.found),
        ["b.example.org", "does not exist"],
      );
    });
  });

  describe("of a Route", () => {
    const route = {
      apiVersion: "route.openshift.io/v1",
      kind: "Route",
      metadata: { name: "authn", namespace: "krateo-system" },
      spec: { to: { kind: "Service", name: "authn" } },
    };
    const wanted = settingsOf([{ ...authn, values: { service } }, objectStep("expose-authn", route)]);
    const routes = (status: string) => {
      const conditions = [{ type: "Admitted", status, reason: "HostAlreadyClaimed" }];
      const ingress = [{ host: "authn.example.org", routerName: "default", conditions }];
      return { routes: new Map([["krateo-system/authn", { ...route, status: { ingress } }]]) };
    };

    it("is fine when a router admits it", () => assert.deepEqual(faults(routes("True"), wanted), []));

    it("is an error when none does, and says why", () => {
      assert.deepEqual(faults(routes("False"), wanted), [
        {
          check: "endpoint",
          subject: "Route authn",
          status: "ERROR",
          found: "router default does not admit it at authn.example.org: HostAlreadyClaimed",
          expected: "admitted at the host that OpenShift gives it",
          next: "oc describe route authn -n krateo-system",
        },
      ]);
    });

    it("is an error when it is missing, or has another host than it should", () => {
      assert.deepEqual(faults({}, wanted)[0]?.found, "it does not exist");
      const spec = { ...route.spec, host: "other.example.org" };
      const other = settingsOf([
        { ...authn, values: { service } },
        objectStep("expose-authn", { ...route, spec }),
      ]);
      assert.deepEqual(faults(routes("True"), other)[0]?.found, "admitted at authn.example.org");
    });
  });

  describe("of type gateway", () => {
    const yes = (type: string) => ({ type, status: "True", observedGeneration: 1 });
    const no = (type: string) => ({
      type,
      status: "False",
      reason: "NotAllowedByListeners",
      message: "none takes it",
      observedGeneration: 1,
    });
    const apiVersion = "gateway.networking.k8s.io/v1";
    const metadata = (name: string) => ({ name, namespace: "krateo-system", generation: 1 });
    const spec = (host: string) => ({
      hostnames: [host],
      parentRefs: [{ name: "krateo" }],
      rules: [{ backendRefs: [{ name: "authn" }] }],
    });
    const host = "authn.example.org";
    const wanted = settingsOf([
      { ...authn, values: { service } },
      objectStep("open-gateway", { apiVersion, kind: "Gateway", metadata: metadata("krateo") }),
      objectStep("attach-authn", {
        apiVersion,
        kind: "HTTPRoute",
        metadata: metadata("authn"),
        spec: spec(host),
      }),
    ]);
    const served = (conditions: Condition[], given: { gateway?: Condition[]; host?: string } = {}) => ({
      httpRoutes: new Map([
        [
          "krateo-system/authn",
          {
            metadata: metadata("authn"),
            spec: spec(given.host ?? host),
            status: { parents: [{ parentRef: { name: "krateo" }, conditions }] },
          },
        ],
      ]),
      gateways: new Map([
        [
          "krateo-system/krateo",
          {
            metadata: metadata("krateo"),
            status: {
              addresses: [{ value: "203.0.113.9" }],
              conditions: given.gateway ?? [yes("Programmed")],
            },
          },
        ],
      ]),
    });
    const good = [yes("Accepted"), yes("ResolvedRefs")];

    it("is fine when the Gateway listens and serves the host", () => {
      assert.deepEqual(faults(served(good), wanted), []);
      assert.deepEqual(
        verify(wanted, observed(served(good)))
          .slice(-2)
          .map(({ subject, found }) => [subject, found]),
        [
          ["HTTPRoute authn", "served at authn.example.org"],
          ["Gateway krateo", "listening at 203.0.113.9"],
        ],
      );
    });

    it("is an error when the Gateway does not take the HTTPRoute, and says why", () => {
      assert.deepEqual(faults(served([no("Accepted")]), wanted), [
        {
          check: "endpoint",
          subject: "HTTPRoute authn",
          status: "ERROR",
          found: "Gateway krateo-system/krateo: Accepted is False: NotAllowedByListeners: none takes it",
          expected: "served at authn.example.org",
          next: "kubectl describe httproute authn -n krateo-system",
        },
      ]);
    });

    it("is an error when the Gateway does not listen", () => {
      const [fault, ...others] = faults(served(good, { gateway: [no("Programmed")] }), wanted);
      assert.deepEqual(others, []);
      assert.equal(fault?.found, "Programmed is False: NotAllowedByListeners: none takes it");
      assert.equal(fault?.next, "kubectl describe gateway krateo -n krateo-system");
    });

    it("is an error when either is missing, or has another host than it should", () => {
      assert.deepEqual(
        faults({}, wanted).map(({ subject, found, next }) => [subject, found, next]),
        [
          ["HTTPRoute authn", "it does not exist", "npx pulumi up --refresh"],
          ["Gateway krateo", "it does not exist", "npx pulumi up --refresh"],
        ],
      );
      assert.deepEqual(
        faults(served(good, { host: "other.example.org" }), wanted).map(({ found, next }) => [found, next]),
        [["served at other.example.org", "npx pulumi up --refresh"]],
      );
    });
  });

  describe("of the database", () => {
    const cluster = (status: string): PostgresCluster => ({
      metadata: { name: "pg", namespace: "krateo-system", uid: "c" },
      status: { phase: "Failing over", conditions: [{ type: "Ready", status }] as never },
    });

    it("is an error when a Cluster is not ready", () => {
      const clusters = new Map([["krateo-system/pg", cluster("False")]]);
      assert.deepEqual(faults({ clusters }), [
        {
          check: "database",
          subject: "Cluster krateo-system/pg",
          status: "ERROR",
          found: "Failing over, 0 of 1 instances ready",
          expected: "Ready",
          next: "kubectl describe clusters.postgresql.cnpg.io pg -n krateo-system",
        },
      ]);
    });

    it("is an error when a Database of it is not applied", () => {
      const database = {
        metadata: { name: "pg-db", namespace: "krateo-system", uid: "d" },
        spec: { name: "db", cluster: { name: "pg" } },
      };
      const given = { clusters: new Map([["krateo-system/pg", cluster("True")]]), databases: [database] };
      assert.deepEqual(
        faults(given).map(({ found, expected }) => [found, expected]),
        [["Database pg-db is not applied yet", "Ready, db applied"]],
      );
    });
  });

  describe("of Secrets", () => {
    const secrets = (changes: Record<string, Record<string, string> | undefined>, binary?: string[]) => {
      const changed = new Map(observed().secrets);
      for (const [name, data] of Object.entries(changes)) {
        if (data) changed.set(name, { data, ...(binary && { binary }) });
        else changed.delete(name);
      }
      return { secrets: changed };
    };
    const edit = "kubectl edit secret jwt-sign-key -n krateo-system: up never changes what it holds";

    for (const [what, changes, wanted, found, next] of [
      ["one is absent", { "jwt-sign-key": undefined }, settings, "none", "npx pulumi up --refresh"],
      [
        "a key is absent",
        { "jwt-sign-key": { OTHER: "x" } },
        settings,
        "keys OTHER; JWT_SIGN_KEY is missing",
        edit,
      ],
      [
        "a key is empty",
        { "jwt-sign-key": { JWT_SIGN_KEY: "" } },
        settings,
        "keys JWT_SIGN_KEY; JWT_SIGN_KEY is empty",
        edit,
      ],
      [
        "one of somebody else's is absent",
        { "jwt-sign-key": undefined },
        settingsOf([authn], { secrets: "external" }),
        "none",
        "the provider of the Secrets must set them",
      ],
      [
        "the logins disagree",
        { "krateo-db": { DB_USER: "u", DB_PASS: "other" } },
        settings,
        "different passwords",
        "make them agree: services log in with krateo-db, PostgreSQL expects krateo-db-user",
      ],
      [
        "the logins are of different users",
        { "krateo-db-user": { username: "other", password: "p" } },
        settings,
        "different user names",
        "make them agree: services log in with krateo-db, PostgreSQL expects krateo-db-user",
      ],
      [
        "the passwords differ by a line end",
        { "krateo-db-user": { username: "u", password: "p\n" } },
        settings,
        "different passwords (they differ by a line end at the end)",
        "make them agree: services log in with krateo-db, PostgreSQL expects krateo-db-user",
      ],
    ] as const) {
      it(`is an error when ${what}`, () => {
        assert.deepEqual(
          faults(secrets(changes), wanted).map((check) => [check.status, check.found, check.next]),
          [["ERROR", found, next]],
        );
      });
    }

    it("is an error when a value is not text, which no container can be given", () => {
      assert.deepEqual(
        faults(secrets({ "jwt-sign-key": {} }, ["JWT_SIGN_KEY"])).map(({ found, next }) => [found, next]),
        [["keys JWT_SIGN_KEY; JWT_SIGN_KEY holds bytes that are not text", edit]],
      );
    });

    it("expects those that charts make at run time, where they are installed", () => {
      const steps = ["cratedb", "portal"].map((name) => chartStep(`install-${name}`));
      const releases = new Map(
        steps.map(({ release }) => [`krateo-system/${release.name}`, helmRelease(release.name)]),
      );
      assert.deepEqual(
        faults({ releases }, settingsOf(steps)).map(({ subject, expected }) => [subject, expected]),
        [
          ["Secret cratedb-system-credentials", "keys username, password"],
          ["Secret admin-password", "keys password"],
        ],
      );
    });

    it("never shows a value", () => {
      const report = JSON.stringify(
        verify(settings, observed(secrets({ "krateo-db": { DB_USER: "u", DB_PASS: "hush" } }))),
      );
      assert.doesNotMatch(report, /hush/);
    });
  });
});

describe("the verdict", () => {
  for (const [statuses, verdict] of [
    [[], "OK"],
    [["OK", "OK"], "OK"],
    [["OK", "WARNING"], "WARNING"],
    [["ERROR", "WARNING", "OK"], "ERROR"],
  ] as const) {
    it(`of ${statuses.join(", ") || "nothing"} is ${verdict}`, () => {
      const checks = statuses.map((status) => ({
        check: "",
        subject: "",
        status,
        found: "",
        expected: "",
        next: "",
      }));
      assert.equal(verdictOf(checks).verdict, verdict);
    });
  }
});

describe("pods that are older than their configuration", () => {
  it("are an error each, with both times and the command that restarts them", () => {
    assert.deepEqual(faults({ outdated: [outdatedAuthn] }), [
      {
        check: "configuration",
        subject: "Deployment authn",
        status: "ERROR",
        found: "a pod started 2026-01-01T10:10:00Z, before ConfigMap authn was changed 2026-01-01T10:20:00Z",
        expected: "pods that have read it",
        next: "npx pulumi up: it restarts them",
      },
    ]);
  });
});
