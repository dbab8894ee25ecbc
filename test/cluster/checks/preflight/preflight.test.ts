import assert from "node:assert/strict";
import type { ClusterScoped, WebhookObject } from "../../../../cluster/checks/preflight/ownership.ts";
import { judge } from "../../../../cluster/checks/preflight/preflight.ts";
import type { ClusterReading } from "../../../../cluster/checks/preflight/reading.ts";
import type { KubeObject } from "../../../../cluster/client/api.ts";
import type { DatabaseAnswer } from "../../../../cluster/database-probe.ts";
import { loadSettings } from "../../../../configuration/load.ts";
import type { Inventory } from "../../../../model/inventory.ts";
import type { ExternalDatabase, Settings, Step } from "../../../../model/settings.ts";
import { node, object, ofRelease, pod, portHolder, readyCluster } from "../../../support/cluster-reading.ts";
import { emptyInventory } from "../../../support/inventory.ts";
import { chartStep, objectStep, settingsOf } from "../../../support/settings.ts";

type Line = readonly [status: string, subject: string, found: string];

/** What the checks of one kind say of a cluster that is ready but for `given`. */
function found(
  check: string,
  steps: readonly Step[],
  given: Partial<ClusterReading> = {},
  { settings = {}, inventory = {} }: { settings?: Partial<Settings>; inventory?: Partial<Inventory> } = {},
): Line[] {
  return judge(
    settingsOf(steps, settings),
    { ...emptyInventory, ...inventory },
    readyCluster(given),
    () => [],
  )
    .filter((one) => one.check === check)
    .map(({ status, subject, found }) => [status, subject, found]);
}

const cases = (table: readonly (readonly [string, () => unknown, readonly Line[]])[]): void => {
  for (const [sentence, run, expected] of table) it(sentence, () => assert.deepEqual(run(), expected));
};

describe("preflight", () => {
  it("finds nothing at fault in a ready cluster, and says what it looked at", () => {
    const authn = chartStep("install-authn", {
      values: {
        service: { type: "NodePort", nodePort: 30082 },
        ingress: { enabled: true, className: "nginx" },
      },
    });
    const steps = [authn, chartStep("install-cluster")];
    assert.deepEqual(
      judge(settingsOf(steps), emptyInventory, readyCluster(), () => []).map(
        ({ status, check, subject, found }) => [status, check, subject, found],
      ),
      [
        ["OK", "cluster", "context shop", "https://c, UID of kube-system uid-of-kube-system"],
        ["OK", "version", "Kubernetes", "v1.31.2"],
        ["OK", "permission", "user of context shop", "all granted"],
        ["OK", "installation", "earlier installation", "none: everything will be created"],
        ["OK", "ownership", "cluster-scoped names", "free, or this installation's own"],
        ["OK", "storage", "default StorageClass", "standard (csi)"],
        ["OK", "capacity", "nodes", "16 vCPU and 64 GiB free on 1 of 1 nodes"],
        ["OK", "node port", "node ports", "30082: free, or this installation's own"],
        ["OK", "ingress", "IngressClass nginx", "exists"],
      ],
    );
  });

  it("says nothing about what may not be read, but that it may not be", () => {
    const nothing: ClusterScoped = {
      CustomResourceDefinition: undefined,
      ClusterRole: undefined,
      Namespace: undefined,
      ValidatingAdmissionPolicy: undefined,
      MutatingWebhookConfiguration: undefined,
      ValidatingWebhookConfiguration: undefined,
    };
    const unread = {
      version: undefined,
      groups: undefined,
      nodes: undefined,
      pods: undefined,
      services: undefined,
      storageClasses: undefined,
      ingressClasses: undefined,
      clusterScoped: nothing,
      missingRights: [
        { group: "apps", resource: "deployments", verbs: ["create"], namespace: "krateo-system" },
      ],
      refused: ["nodes", "pods", "nodes"],
    };
    const step = chartStep("install-cluster", { values: { service: { type: "NodePort", nodePort: 30082 } } });
    assert.deepEqual(
      judge(settingsOf([step]), undefined, readyCluster(unread), () => []).map(
        ({ status, subject, found }) => [status, subject, found],
      ),
      [
        ["OK", "context shop", "https://c, UID of kube-system unknown"],
        ["ERROR", "deployments.apps", "may not create in namespace krateo-system"],
        ["WARNING", "what preflight reads", "may not read nodes, pods: not checked"],
      ],
    );
  });

  describe("of the cluster itself", () => {
    const version = (version: string) => () => found("version", [], { version });
    cases([
      ["takes Kubernetes 1.31", version("v1.31.0"), [["OK", "Kubernetes", "v1.31.0"]]],
      [
        "takes a newer one, with a vendor's suffix",
        version("v1.35.4+k3s1"),
        [["OK", "Kubernetes", "v1.35.4+k3s1"]],
      ],
      ["warns of 1.30", version("v1.30.9"), [["WARNING", "Kubernetes", "v1.30.9"]]],
      ["refuses 1.29", version("v1.29.15"), [["ERROR", "Kubernetes", "v1.29.15"]]],
      [
        "warns of EKS, where nobody signs client certificates",
        () => found("cluster", [], { version: "v1.31.2-eks-7f9249a" }).slice(1),
        [
          [
            "WARNING",
            "signer kubernetes.io/kube-apiserver-client",
            "this is EKS, which issues no client certificates",
          ],
        ],
      ],
      [
        "leaves profile openshift to the preconditions",
        () =>
          found("openshift", [], { groups: ["security.openshift.io"] }, { settings: { openshift: true } }),
        [],
      ],
      [
        "warns of OpenShift without the profile",
        () => found("openshift", [], { groups: ["security.openshift.io"] }),
        [
          [
            "WARNING",
            "API group security.openshift.io",
            "this is an OpenShift cluster, and profile openshift is off",
          ],
        ],
      ],
    ]);
  });

  describe("of node ports", () => {
    const authn = chartStep("install-authn", {
      component: "backend",
      values: { service: { type: "NodePort", nodePort: "30082" } },
    });
    const held =
      (...services: ReturnType<typeof portHolder>[]) =>
      () =>
        found("node port", [authn, chartStep("install-snowplow")], { services });
    const free: Line[] = [["OK", "node ports", "30082: free, or this installation's own"]];
    cases([
      [
        "names the Service that holds one",
        held(portHolder("web", 30082, { namespace: "shop" })),
        [["ERROR", "node port 30082", "held by Service shop/web"]],
      ],
      [
        "names its Helm release, too",
        held(portHolder("web", 30082, { namespace: "shop", ...ofRelease("web", "shop") })),
        [["ERROR", "node port 30082", "held by Service shop/web (Helm release web)"]],
      ],
      ["does not mind other ports", held(portHolder("web", 30081)), free],
      ["does not mind its own release's Service", held(portHolder("authn", 30082, ofRelease("authn"))), free],
      [
        "minds a release of the same name in another namespace",
        held(portHolder("authn", 30082, { namespace: "old", ...ofRelease("authn", "old") })),
        [["ERROR", "node port 30082", "held by Service old/authn (Helm release authn)"]],
      ],
      [
        "warns of two releases of its own that exchange ports",
        held(portHolder("snowplow", 30082, ofRelease("snowplow"))),
        [["WARNING", "node port 30082", "held by Service krateo-system/snowplow (Helm release snowplow)"]],
      ],
      [
        "finds a load balancer's health check port",
        held({ metadata: { name: "lb", namespace: "shop" }, spec: { healthCheckNodePort: 30082 } }),
        [["ERROR", "node port 30082", "held by Service shop/lb"]],
      ],
      [
        "does not mind what a legacy release holds that goes first",
        () =>
          found(
            "node port",
            [authn],
            { services: [portHolder("eventsse-external", 30082, ofRelease("eventsse"))] },
            {
              inventory: {
                legacy: {
                  releases: [{ name: "eventsse", chart: "eventsse", chartVersion: "0.5.9" }],
                  volumes: [],
                },
              },
            },
          ),
        free,
      ],
      [
        "knows ports of ClusterIP Services, and of what is switched off, for none",
        () =>
          found("node port", [
            chartStep("a", { values: { service: { type: "ClusterIP", nodePort: 30082 } } }),
            chartStep("b", { values: { extra: { enabled: false, type: "NodePort", nodePort: 30082 } } }),
            { ...authn, enabled: false },
          ]),
        [],
      ],
      [
        "finds ports in lists of ports, and in Services of the document itself",
        () =>
          found(
            "node port",
            [
              chartStep("a", { values: { metrics: { type: "NodePort", ports: [{ nodePort: 30090 }] } } }),
              objectStep("b", {
                apiVersion: "v1",
                kind: "Service",
                metadata: { name: "b", namespace: "shop" },
                spec: { type: "LoadBalancer", ports: [{ port: 80, nodePort: 30091 }] },
              }),
            ],
            { services: [portHolder("b", 30091, { namespace: "shop" }), portHolder("x", 30090)] },
          ),
        [["ERROR", "node port 30090", "held by Service krateo-system/x"]],
      ],
    ]);

    const own = objectStep("publish-events-presenter", {
      apiVersion: "v1",
      kind: "Service",
      metadata: { name: "events-presenter-external" },
      spec: { type: "NodePort", ports: [{ port: 8083, nodePort: 30082 }] },
    });
    const path = "components.backend.stepConfig.install-authn.helmValues.service.nodePort";
    const ways: [string, Step, Partial<Settings>, string][] = [
      [
        "a chart's Service",
        authn,
        {},
        "choose another one: pulumi config set --path krateo:nodePorts.authn PORT",
      ],
      [
        "a Service of our own",
        own,
        {},
        "choose another one: pulumi config set --path krateo:nodePorts.events-presenter PORT",
      ],
      ["a type without that key", authn, { type: "loadbalancer" }, `set another one at ${path}`],
      [
        "a release document of the user's own",
        authn,
        { platformVersion: "local" },
        `set another one at ${path}`,
      ],
      ["a step of the user's own", { ...own, id: "expose-shop" }, {}, "set another one in step expose-shop"],
    ];
    for (const [name, step, given, expected] of ways) {
      it(`says how to take another port: ${name}`, () => {
        const services = [portHolder("web", 30082)];
        const [check] = judge(
          settingsOf([step], given),
          emptyInventory,
          readyCluster({ services }),
          () => [],
        ).filter((one) => one.check === "node port");
        assert.equal(
          check?.next,
          `${expected}, or take it off that Service: kubectl edit service web -n krateo-system`,
        );
      });
    }
  });

  describe("of ingress", () => {
    const secretName = "web-tls";
    const web = (ingress: object) => [
      chartStep("install-web", { values: { ingress: { enabled: true, className: "nginx", ...ingress } } }),
    ];
    const withTls = (annotations: Record<string, string> = {}) =>
      web({ annotations, tls: [{ secretName, hosts: ["web.example.org"] }] });
    const issued = { "cert-manager.io/cluster-issuer": "letsencrypt" };
    const tls = (secret: object | "absent" | "unreadable") => ({
      tlsSecrets: new Map([[`krateo-system/${secretName}`, secret as never]]),
    });
    const issuers = (issuer: object | "absent") => ({
      ...tls("absent"),
      issuers: new Map([["ClusterIssuer/letsencrypt", issuer as never]]),
    });
    const ready = (status: string) => ({
      ...object("letsencrypt"),
      status: { conditions: [{ type: "Ready", status, message: "no account" }] },
    });
    const served: Line = ["OK", "IngressClass nginx", "exists"];
    cases([
      ["asks for nothing without an Ingress", () => found("ingress", [chartStep("install-web")]), []],
      [
        "misses a class, and names those there are",
        () => found("ingress", web({ className: "haproxy" })),
        [["ERROR", "IngressClass haproxy", "does not exist; there are nginx"]],
      ],
      [
        "takes the default class for an Ingress that names none",
        () => found("ingress", web({ className: "" })),
        [["OK", "default IngressClass", "nginx"]],
      ],
      [
        "warns of no default class: some controllers do without",
        () => found("ingress", web({ className: null }), { ingressClasses: [object("nginx")] }),
        [["WARNING", "default IngressClass", "none is marked as default; there are nginx"]],
      ],
      [
        "asks for no class where the older annotation chooses a controller",
        () =>
          found("ingress", web({ className: "", annotations: { "kubernetes.io/ingress.class": "x" } }), {
            ingressClasses: [],
          }),
        [],
      ],
      [
        "misses a TLS Secret",
        () => found("ingress", withTls(), tls("absent")),
        [served, ["ERROR", "Secret web-tls", "does not exist in namespace krateo-system"]],
      ],
      [
        "refuses one of another type",
        () => found("ingress", withTls(), tls({ ...object(secretName), type: "Opaque" })),
        [served, ["ERROR", "Secret web-tls", "is of type Opaque"]],
      ],
      [
        "refuses one without its key",
        () =>
          found(
            "ingress",
            withTls(),
            tls({
              ...object(secretName),
              type: "kubernetes.io/tls",
              data: { "tls.crt": "x", "tls.key": "" },
            }),
          ),
        [served, ["ERROR", "Secret web-tls", "lacks tls.key"]],
      ],
      [
        "takes a right one",
        () =>
          found(
            "ingress",
            withTls(),
            tls({
              ...object(secretName),
              type: "kubernetes.io/tls",
              data: { "tls.crt": "x", "tls.key": "y" },
            }),
          ),
        [served, ["OK", "Secret web-tls", "of type kubernetes.io/tls"]],
      ],
      [
        "reports a Secret once, whoever needs it",
        () =>
          found("ingress", [...withTls(), { ...withTls()[0], id: "install-other" } as Step], tls("absent")),
        [served, ["ERROR", "Secret web-tls", "does not exist in namespace krateo-system"]],
      ],
      [
        "says nothing of one that may not be read",
        () => found("ingress", withTls(), tls("unreadable")),
        [served],
      ],
      [
        "misses no Secret that cert-manager will make",
        () => found("ingress", withTls(issued), issuers(ready("True"))),
        [served, ["OK", "ClusterIssuer letsencrypt", "ready"]],
      ],
      [
        "warns of an issuer that is not ready",
        () => found("ingress", withTls(issued), issuers(ready("False"))),
        [served, ["WARNING", "ClusterIssuer letsencrypt", "not ready: no account"]],
      ],
      [
        "misses an issuer",
        () => found("ingress", withTls(issued), issuers("absent")),
        [served, ["ERROR", "ClusterIssuer letsencrypt", "does not exist"]],
      ],
      [
        "misses cert-manager altogether",
        () => found("ingress", withTls(issued), { ...issuers("absent"), groups: ["apps"] }),
        [served, ["ERROR", "ClusterIssuer letsencrypt", "the cluster has no cert-manager"]],
      ],
      [
        "looks at Ingresses of the document itself, too",
        () =>
          found("ingress", [
            objectStep("own", {
              apiVersion: "networking.k8s.io/v1",
              kind: "Ingress",
              metadata: { name: "own" },
              spec: { ingressClassName: "traefik" },
            }),
          ]),
        [["ERROR", "IngressClass traefik", "does not exist; there are nginx"]],
      ],
    ]);
  });

  describe("of storage", () => {
    const database = (storageClass?: string) =>
      chartStep("install-pg", {
        release: { name: "pg", namespace: "krateo-system" },
        chart: { name: "cluster", version: "0.5.0", kind: "repository", url: "https://c" },
        values: { cluster: { storage: { size: "1Gi", ...(storageClass && { storageClass }) } } },
      });
    const cratedb = chartStep("install-cratedb", {
      values: { volumeClaims: [{ spec: { storageClassName: "fast" } }] },
    });
    const plain = { metadata: { name: "slow" }, provisioner: "csi" };
    const defaultClass = (name: string, day: number, stage = "") => ({
      metadata: {
        name,
        creationTimestamp: new Date(2026, 0, day),
        annotations: { [`storageclass.${stage && `${stage}.`}kubernetes.io/is-default-class`]: "true" },
      },
      provisioner: "csi",
    });
    cases([
      [
        "asks for none without a database",
        () => found("storage", [chartStep("a")], { storageClasses: [] }),
        [],
      ],
      [
        "misses a default, and names what there is",
        () => found("storage", [database(), chartStep("install-cratedb")], { storageClasses: [plain] }),
        [["ERROR", "default StorageClass", "none is marked as default; there are slow"]],
      ],
      [
        "misses the one that values name, and cratedb's",
        () => found("storage", [database("gold"), cratedb], { storageClasses: [] }),
        [
          ["ERROR", "StorageClass gold", "does not exist; there is none at all"],
          ["ERROR", "StorageClass fast", "does not exist; there is none at all"],
        ],
      ],
      [
        "takes one that values name, default or not",
        () => found("storage", [database("slow")], { storageClasses: [plain] }),
        [["OK", "StorageClass slow", "slow (csi)"]],
      ],
      [
        "takes a default that is marked in the old way",
        () => found("storage", [database()], { storageClasses: [defaultClass("old", 1, "beta")] }),
        [["OK", "default StorageClass", "old (csi)"]],
      ],
      [
        "takes of several defaults the newest, of equally old ones the first by name, as the API server does",
        () =>
          found("storage", [database()], {
            storageClasses: [defaultClass("a", 1), defaultClass("z", 2), defaultClass("m", 2)],
          }),
        [["OK", "default StorageClass", "m (csi)"]],
      ],
      [
        "warns of one that makes no volumes",
        () =>
          found("storage", [database("local")], {
            storageClasses: [{ metadata: { name: "local" }, provisioner: "kubernetes.io/no-provisioner" }],
          }),
        [["WARNING", "StorageClass local", "local makes no volumes by itself"]],
      ],
      [
        "does not ask where the release is there, and so are its volumes",
        () =>
          found(
            "storage",
            [database()],
            { storageClasses: [] },
            {
              inventory: {
                releases: {
                  pg: {
                    chart: "cluster",
                    chartVersion: "0.5.0",
                    revision: 1,
                    status: "deployed",
                    updatedAt: 0,
                  },
                },
              },
            },
          ),
        [],
      ],
    ]);
  });

  describe("of capacity", () => {
    const capacity = (given: Partial<ClusterReading>) => () => found("capacity", [], given);
    const tainted = node("b", { spec: { taints: [{ key: "control-plane", effect: "NoSchedule" }] } });
    const init = (restartPolicy?: string) =>
      pod(
        "p",
        { cpu: "500m" },
        {
          spec: {
            nodeName: "a",
            containers: [{ name: "c", resources: { requests: { cpu: "500m", memory: "1Gi" } } }],
            initContainers: [
              { name: "i", restartPolicy, resources: { requests: { cpu: "2", memory: "2Gi" } } },
            ],
            overhead: { cpu: "100m" },
          },
        },
      );
    cases([
      [
        "takes off what pods have asked for",
        capacity({ pods: [pod("p", { cpu: "4500m", memory: "50Gi" })] }),
        [["WARNING", "nodes", "11.5 vCPU and 14 GiB free on 1 of 1 nodes"]],
      ],
      [
        "counts an init container where it asks for more",
        capacity({ pods: [init()] }),
        [["OK", "nodes", "13.9 vCPU and 62 GiB free on 1 of 1 nodes"]],
      ],
      [
        "adds a sidecar to the containers",
        capacity({ pods: [init("Always")] }),
        [["OK", "nodes", "13.4 vCPU and 61 GiB free on 1 of 1 nodes"]],
      ],
      [
        "counts neither ended pods, nor those of nodes that do not count, nor the platform's own",
        capacity({
          pods: [
            pod("done", { cpu: "9" }, { status: { phase: "Succeeded" } }),
            pod("off", { cpu: "9" }, { spec: { nodeName: "b", containers: [] } }),
            pod("own", { cpu: "9" }, { metadata: { name: "own", namespace: "krateo-system" } }),
          ],
        }),
        [["OK", "nodes", "16 vCPU and 64 GiB free on 1 of 1 nodes"]],
      ],
      [
        "does not count nodes that take no pods",
        capacity({ nodes: [node("a"), tainted, node("c", { spec: { unschedulable: true } })] }),
        [["OK", "nodes", "16 vCPU and 64 GiB free on 1 of 3 nodes"]],
      ],
      [
        "warns where no node takes pods",
        capacity({ nodes: [tainted, node("n", { status: { allocatable: { cpu: "16" } } })] }),
        [["WARNING", "nodes", "none of 2 is ready and takes pods"]],
      ],
    ]);
  });

  describe("of a database of the user's own", () => {
    const host = "db.example.org";
    const database =
      (answer: DatabaseAnswer | undefined, given: Partial<ExternalDatabase> = {}) =>
      () =>
        found(
          "database",
          [],
          { database: answer, services: [portHolder("pg", 1, { namespace: "data" })] },
          { settings: { database: { host, port: 5432, name: "krateo-db", sslMode: "require", ...given } } },
        );
    cases([
      ["says nothing where there is none", () => found("database", []), []],
      ["takes one with TLS", database("tls"), [["OK", `${host}:5432`, "it answers, with TLS"]]],
      [
        "refuses one without TLS where that is asked for",
        database("clear"),
        [["ERROR", `${host}:5432`, "it answers, and offers no TLS"]],
      ],
      [
        "takes one without TLS where that is agreed",
        database("clear", { sslMode: "disable" }),
        [["OK", `${host}:5432`, "it answers"]],
      ],
      [
        "only warns of one that this machine does not reach: pods may",
        database({ fault: "connection refused" }),
        [["WARNING", `${host}:5432`, "not reached from here: connection refused"]],
      ],
      [
        "looks for the Service where the name is one",
        database(undefined, { host: "pg.data.svc.cluster.local" }),
        [["OK", "pg.data.svc.cluster.local:5432", "Service data/pg"]],
      ],
      [
        "refuses a Service that is not there",
        database(undefined, { host: "pg.old.svc" }),
        [["ERROR", "pg.old.svc:5432", "there is no Service old/pg"]],
      ],
    ]);
  });

  describe("of Pod Security", () => {
    const enforced = (level: string) => ({
      clusterScoped: {
        ...readyCluster().clusterScoped,
        Namespace: [object("krateo-system", { labels: { "pod-security.kubernetes.io/enforce": level } })],
      },
    });
    const careful = chartStep("install-careful", {
      values: {
        podSecurityContext: { runAsNonRoot: true, seccompProfile: { type: "RuntimeDefault" } },
        securityContext: { allowPrivilegeEscalation: false, capabilities: { drop: ["ALL"] } },
      },
    });
    const steps = [
      careful,
      chartStep("install-authn"),
      chartStep("install-cratedb"),
      chartStep("install-portal"),
    ];
    cases([
      ["says nothing of a namespace without a level", () => found("pod security", steps), []],
      [
        "takes baseline",
        () => found("pod security", steps, enforced("baseline")),
        [["OK", "namespace krateo-system", "enforces baseline"]],
      ],
      [
        "names the releases whose pods a restricted namespace refuses",
        () => found("pod security", steps, enforced("restricted")),
        [
          [
            "ERROR",
            "namespace krateo-system",
            "enforces restricted, which refuses the pods of authn, cratedb",
          ],
        ],
      ],
      [
        "takes restricted where values meet it",
        () => found("pod security", [careful], enforced("restricted")),
        [["OK", "namespace krateo-system", "enforces restricted"]],
      ],
    ]);
  });

  it("of Pod Security finds that profile openshift suits a restricted namespace, but for two charts of finops", async () => {
    const Namespace = [
      object("krateo-system", { labels: { "pod-security.kubernetes.io/enforce": "restricted" } }),
    ];
    const restricted = readyCluster({ clusterScoped: { ...readyCluster().clusterScoped, Namespace } });
    const said = async (profiles: string[]) => {
      const values = { type: "loadbalancer", openshift: true, profiles };
      const settings = await loadSettings({ values, secretKeys: [] }, import.meta.dirname);
      return judge(settings, emptyInventory, restricted, () => []).find(
        ({ check }) => check === "pod security",
      )?.found;
    };
    assert.equal(await said(["no-finops"]), "enforces restricted");
    assert.equal(await said([]), "enforces restricted, which refuses the pods of cratedb, opa-kube-mgmt");
  });

  describe("of names that a cluster has once", () => {
    const scoped = (given: Partial<ClusterScoped>) => ({
      clusterScoped: { ...readyCluster().clusterScoped, ...given },
    });
    const steps = [
      chartStep("install-authn"),
      chartStep("install-cnpg", {
        release: { name: "cnpg", namespace: "krateo-system" },
        chart: { name: "cloudnative-pg", version: "0.27.1", kind: "repository", url: "https://c" },
      }),
      chartStep("install-portal"),
    ];
    const users = "users.basic.authn.krateo.io";
    const crds = (...objects: KubeObject[]) => scoped({ CustomResourceDefinition: objects });
    const own: Line[] = [["OK", "cluster-scoped names", "free, or this installation's own"]];
    cases([
      ["takes its own", () => found("ownership", steps, crds(object(users, ofRelease("authn")))), own],
      [
        "does not mind definitions of others",
        () => found("ownership", steps, crds(object("x.example.org"))),
        own,
      ],
      [
        "minds those of an installation elsewhere",
        () => found("ownership", steps, crds(object(users, ofRelease("authn", "old")))),
        [
          [
            "ERROR",
            "step install-authn",
            `CustomResourceDefinition ${users} belongs to Helm release old/authn`,
          ],
        ],
      ],
      [
        "minds those that Helm did not make",
        () => found("ownership", steps, crds(object(users))),
        [["ERROR", "step install-authn", `CustomResourceDefinition ${users} belongs to no Helm release`]],
      ],
      [
        "names many in one line",
        () =>
          found(
            "ownership",
            steps,
            crds(
              ...["clusters", "databases", "backups"].map((name) =>
                object(`${name}.postgresql.cnpg.io`, ofRelease("pg", "cnpg-system")),
              ),
            ),
          ),
        [
          [
            "ERROR",
            "step install-cnpg",
            "CustomResourceDefinition clusters.postgresql.cnpg.io and 2 more belong to Helm release cnpg-system/pg",
          ],
        ],
      ],
      [
        "minds one that is being deleted",
        () =>
          found(
            "ownership",
            steps,
            crds(object(users, { ...ofRelease("authn"), deletionTimestamp: "2026-01-01T00:00:00Z" })),
          ),
        [["ERROR", "step install-authn", `CustomResourceDefinition ${users}: being deleted`]],
      ],
      [
        "minds roles, namespaces and webhooks, too",
        () =>
          found(
            "ownership",
            steps,
            scoped({
              Namespace: [object("demo-system")],
              ValidatingWebhookConfiguration: [object("cnpg-validating-webhook-configuration")],
            }),
          ),
        [
          [
            "ERROR",
            "step install-cnpg",
            "ValidatingWebhookConfiguration cnpg-validating-webhook-configuration belongs to no Helm release",
          ],
          ["ERROR", "step install-portal", "Namespace demo-system belongs to no Helm release"],
        ],
      ],
      [
        "does not mind those of charts that are switched off",
        () =>
          found(
            "ownership",
            steps.map((step) => ({ ...step, enabled: false })),
            crds(object(users)),
          ),
        own,
      ],
    ]);

    describe("and webhooks", () => {
      const hook = (given: object): WebhookObject => ({
        ...object("guard"),
        webhooks: [
          {
            name: "guard.example.org",
            clientConfig: { service: { name: "guard", namespace: "guard" } },
            rules: [{ apiGroups: ["apps"] }],
            ...given,
          },
        ],
      });
      const webhook =
        (
          given: object,
          services: ClusterReading["services"] = readyCluster().services,
          pods: ClusterReading["pods"] | null = [],
        ) =>
        () => {
          const hooks = scoped({ ValidatingWebhookConfiguration: [hook(given)] });
          return found("webhook", [], { ...hooks, services, pods: pods ?? undefined });
        };
      const guarded = {
        metadata: { name: "guard", namespace: "guard" },
        spec: { selector: { app: "guard" } },
      };
      const guard = (app: string, status: string) =>
        pod(
          app,
          {},
          {
            metadata: { name: app, namespace: "guard", labels: { app } },
            status: { phase: "Running", conditions: [{ type: "Ready", status }] },
          },
        );
      cases([
        [
          "warns of one whose Service is gone",
          webhook({}),
          [
            [
              "WARNING",
              "ValidatingWebhookConfiguration guard",
              "its Service guard/guard does not exist, and its failurePolicy is Fail",
            ],
          ],
        ],
        [
          "takes one whose Service is there",
          webhook({}, [portHolder("guard", 1, { namespace: "guard" })]),
          [],
        ],
        [
          "warns of one whose Service has no pod that is ready",
          webhook({}, [guarded], [guard("other", "True"), guard("guard", "False")]),
          [
            [
              "WARNING",
              "ValidatingWebhookConfiguration guard",
              "no pod of its Service guard/guard is ready, and its failurePolicy is Fail",
            ],
          ],
        ],
        ["takes one whose Service has a ready pod", webhook({}, [guarded], [guard("guard", "True")]), []],
        ["looks at the Service only where pods may not be read", webhook({}, [guarded], null), []],
        ["takes one that lets pass what it cannot judge", webhook({ failurePolicy: "Ignore" }), []],
        ["takes one about other kinds", webhook({ rules: [{ apiGroups: ["example.org"] }] }), []],
      ]);
    });
  });
});
