import assert from "node:assert/strict";
import { existsSync, readFileSync } from "node:fs";
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { parse, parseAllDocuments } from "yaml";
import { catalogue } from "./chart-catalogue.ts";
import {
  archiveOf,
  describeWithHelm,
  type Manifest,
  only,
  packedCharts,
  render,
  runHelm,
  template,
} from "./chart-rendering.ts";

const factsFile = join(process.env.KRATEO_RELEASE_FILES ?? "", "charts.json");

describeWithHelm("objects of the stand-in charts", () => {
  /** Manifests by release, with the catalogue's values. */
  const rendered = new Map<string, Manifest[]>();
  const of = (release: string): Manifest[] => rendered.get(release) ?? [];

  before(async () => {
    await packedCharts();
    await Promise.all(
      catalogue.map(async ({ release, chart, values }) => {
        rendered.set(release, await render(chart, values, { release }));
      }),
    );
  });

  it("has the Services, ports and container ports of the real charts, in every chart", () => {
    const services = catalogue.flatMap(({ release }) =>
      of(release)
        .filter(({ kind }) => kind === "Service")
        .flatMap((service) =>
          service.spec.ports.map((port: Manifest) => servicePort(service, port, of(release))),
        ),
    );
    assert.deepEqual(
      services.sort(),
      [
        "authn 8082 -> 8082 at node port 30082",
        "cnpg-webhook-service 443 -> 9443",
        "core-provider-chart-inspector 8081 -> 8081",
        "core-provider-webhook-service 9443 -> 9443",
        "cratedb 4200 -> 4200",
        "cratedb 5432 -> 5432",
        "cratedb-internal 4300 -> 4300",
        "deviser 8081 -> 8081",
        // node port 30083 is asked for, and not rendered
        "events-presenter 8083 -> 8083",
        "events-ingester 8082 -> 8082",
        "finops-database-handler 8088 -> 8088 at node port 30086",
        "frontend 8080 -> 8080 at node port 30080",
        "opa-kube-mgmt 8181 -> 8181",
        "resources-ingester 8082 -> 8084",
        "resources-ingester-prom 9090 -> 9090",
        "resources-presenter 8080 -> 8085",
        "snowplow 8081 -> 8081 at node port 30081",
      ].sort(),
    );
  });

  for (const chart of ["resources-presenter", "events-presenter"]) {
    it(`${chart} leaves the node port to the cluster, whatever its values say`, async () => {
      const service = only(
        await render(chart, { service: { type: "NodePort", nodePort: 30099 } }),
        "Service",
      );
      assert.equal(service.spec.type, "NodePort");
      assert.deepEqual(Object.keys(service.spec.ports[0]), ["name", "port", "targetPort", "protocol"]);
    });
  }

  it("labels every pod with its chart and its release", () => {
    const labels = catalogue.flatMap(({ release, chart }) =>
      workloads(of(release)).map((workload) => {
        const { "app.kubernetes.io/name": name, "app.kubernetes.io/instance": instance } =
          workload.spec.template.metadata.labels;
        const second = workload.metadata.name === "core-provider-chart-inspector";
        assert.deepEqual([name, instance], [second ? workload.metadata.name : chart, release]);
        return `${workload.kind}/${workload.metadata.name}`;
      }),
    );
    assert.equal(labels.length, 19);
  });

  it("selects with each selector the pods of one workload only", () => {
    for (const { release } of catalogue) {
      const selectors = workloads(of(release)).map((workload) =>
        JSON.stringify(workload.spec.selector.matchLabels),
      );
      assert.equal(new Set(selectors).size, selectors.length, release);
    }
  });

  it("reads the Secrets of the real charts, so that a missing one keeps the pod from starting", () => {
    const secrets = Object.fromEntries(
      catalogue.map(({ release }) => [release, secretsOf(of(release))]).filter(([, names]) => names?.length),
    );
    const database = ["krateo-db DB_USER", "krateo-db DB_PASS"];
    assert.deepEqual(secrets, {
      authn: ["jwt-sign-key"],
      snowplow: ["jwt-sign-key"],
      deviser: database,
      "resources-ingester": database,
      "resources-presenter": [...database, "jwt-sign-key JWT_SIGN_KEY"],
      "events-ingester": database,
      "events-presenter": [...database, "jwt-sign-key JWT_SIGN_KEY"],
    });
  });

  const secretNames: readonly [string, object, string[]][] = [
    ["authn", { jwtSignKeySecretName: "other" }, ["other"]],
    // jwtSignKeySecret is the presenters' key: snowplow does not read it.
    ["snowplow", { jwtSignKeySecret: { name: "other" } }, ["jwt-sign-key"]],
    ["deviser", {}, ["events-stack-db DB_USER", "events-stack-db DB_PASS"]],
    ["resources-ingester", {}, ["db-credentials DB_USER", "db-credentials DB_PASS"]],
    ["events-ingester", {}, ["events-stack-db DB_USER", "events-stack-db DB_PASS"]],
    ["deviser", { config: { DB_USER: "u", DB_PASS: "p" } }, []],
    [
      "events-presenter",
      { dbSecret: { name: "db" }, jwtSignKeySecret: { name: "key" } },
      ["db DB_USER", "db DB_PASS", "key JWT_SIGN_KEY"],
    ],
  ];
  for (const [chart, values, expected] of secretNames) {
    it(`${chart} with ${JSON.stringify(values)} reads ${expected.join(", ") || "no Secret"}`, async () => {
      assert.deepEqual(secretsOf(await render(chart, values)), expected);
    });
  }

  for (const chart of ["deviser", "resources-ingester", "events-ingester"]) {
    it(`${chart} does not render when nothing names the database's credentials`, async () => {
      const outcome = await template(chart, { secret: { name: null } });
      assert.equal(outcome.code, 1);
      assert.match(
        outcome.stderr,
        /DB_USER is missing: name a Secret in secret\.name, or set config\.DB_USER/,
      );
    });
  }

  it("names the database's host in the environment itself, where the simulated pods look for it", () => {
    const hosts = Object.fromEntries(
      ["deviser", "resources-ingester", "resources-presenter", "events-ingester", "events-presenter"].map(
        (release) => [
          release,
          containers(of(release))[0]
            .env.find(({ name }: Manifest) => name === "DB_HOST")
            .value.split(".")[0],
        ],
      ),
    );
    assert.deepEqual(hosts, {
      deviser: "pg-cluster-rw",
      "resources-ingester": "pg-cluster-rw",
      "resources-presenter": "pg-cluster-ro",
      "events-ingester": "pg-cluster-rw",
      "events-presenter": "pg-cluster-rw",
    });
  });

  it("mounts or reads no ConfigMap that the same release does not bring", () => {
    for (const { release } of catalogue) {
      const own = of(release)
        .filter(({ kind }) => kind === "ConfigMap")
        .map(({ metadata }) => metadata.name);
      const read = [
        ...containers(of(release))
          .flatMap((one) => one.envFrom ?? [])
          .map((from) => from.configMapRef?.name),
        ...workloads(of(release))
          .flatMap(({ spec }) => spec.template.spec.volumes ?? [])
          .map((one) => one.configMap?.name),
      ];
      assert.deepEqual(
        read.filter((name) => name && !own.includes(name)),
        [],
        release,
      );
    }
  });

  it("ships the CRDs of the real charts as templates, so that they go with the release, CNPG's excepted", () => {
    const definitions = catalogue.flatMap(({ release }) =>
      of(release)
        .filter(isDefinition)
        .map((one) => [release, one]),
    );
    const names = definitions.map(([release, { spec, metadata }]) => {
      const kept = metadata.annotations?.["helm.sh/resource-policy"] === "keep" ? " keep" : "";
      return `${release}: ${metadata.name} ${spec.versions[0].name}${kept}`;
    });
    const widgets =
      "barcharts buttons buttongroups columns datagrids eventlists filters flowcharts forms linecharts markdowns navmenus " +
      "navmenuitems pages panels paragraphs piecharts routes routesloaders rows tablists tables themes yamlviewers";
    const cnpg =
      "backups clusters databases failoverquorums imagecatalogs poolers publications scheduledbackups subscriptions clusterimagecatalogs";
    assert.deepEqual(
      names.sort(),
      [
        "authn: users.basic.authn.krateo.io v1alpha1",
        "authn: ldapconfigs.ldap.authn.krateo.io v1alpha1",
        "authn: oauthconfigs.oauth.authn.krateo.io v1alpha1",
        "authn: oidcconfigs.oidc.authn.krateo.io v1alpha1",
        "snowplow: restactions.templates.krateo.io v1",
        ...cnpg.split(" ").map((plural) => `cnpg: ${plural}.postgresql.cnpg.io v1 keep`),
        ...widgets.split(" ").map((plural) => `frontend: ${plural}.widgets.templates.krateo.io v1beta1`),
        "core-provider: compositiondefinitions.core.krateo.io v1alpha1",
        "oasgen-provider: restdefinitions.ogen.krateo.io v1alpha1",
        "finops-operator-exporter: databaseconfigs.finops.krateo.io v1",
        "finops-operator-exporter: exporterscraperconfigs.finops.krateo.io v1",
        "finops-database-handler-uploader: notebooks.finops.krateo.io v1",
      ].sort(),
    );
    const clusterWide = definitions
      .filter(([, { spec }]) => spec.scope === "Cluster")
      .map(([, one]) => one.spec.names.kind);
    assert.deepEqual(clusterWide, ["ClusterImageCatalog"]);
  });

  for (const [chart, name] of [
    ["finops-operator-focus", "focusconfigs.finops.krateo.io"],
    ["finops-operator-scraper", "scraperconfigs.finops.krateo.io"],
  ] as const) {
    it(`${chart} has its CRD in crds/, where Helm installs it once and never removes it`, async () => {
      const { stdout } = await runHelm(["show", "crds", await archiveOf(chart)]);
      assert.deepEqual(
        parseAllDocuments(stdout)
          .map((one) => one.toJS()?.metadata?.name)
          .filter(Boolean),
        [name],
      );
    });
  }

  it("keeps one object beside CNPG's CRDs after a release: the certificate of OPA", () => {
    const kept = catalogue
      .flatMap(({ release }) => of(release))
      .filter(
        (one) => one.metadata.annotations?.["helm.sh/resource-policy"] === "keep" && !isDefinition(one),
      );
    assert.deepEqual(
      kept.map((one) => `${one.kind}/${one.metadata.name}`),
      ["Secret/opa-kube-mgmt-cert"],
    );
  });

  it("has the hooks of the real charts", () => {
    const hooks = catalogue
      .flatMap(({ release }) => of(release))
      .filter((one) => one.metadata.annotations?.["helm.sh/hook"])
      .map(hookOf);
    assert.deepEqual(hooks.sort(), [
      "ConfigMap/create-user-sidecar: pre-install,pre-upgrade",
      "Job/finops-notebooks-cleanup: post-delete 1 hook-succeeded",
      "Role/cratedb-secret-creator: pre-install -10",
      "Role/finops-notebooks-cleanup: post-delete 0 hook-succeeded",
      "RoleBinding/cratedb-secret-creator: pre-install -5",
      "RoleBinding/finops-notebooks-cleanup: post-delete 0 hook-succeeded",
      "ServiceAccount/cratedb: pre-install,pre-upgrade -5",
      "ServiceAccount/finops-notebooks-cleanup: post-delete 0 hook-succeeded",
    ]);
  });

  it("cratedb on OpenShift adds a Job and cluster roles ahead of the install", async () => {
    const plain = of("cratedb").map(identity);
    const added = (await render("cratedb", { openshift: { enabled: true } })).filter(
      (one) => !plain.includes(identity(one)),
    );
    assert.deepEqual(added.map(hookOf).sort(), [
      "ClusterRole/cratedb-scc: pre-install,pre-upgrade -5 before-hook-creation,hook-succeeded",
      "ClusterRole/cratedb: pre-install,pre-upgrade -5",
      "ClusterRoleBinding/cratedb-scc: pre-install,pre-upgrade -5 before-hook-creation,hook-succeeded",
      "ClusterRoleBinding/cratedb: pre-install,pre-upgrade -5",
      "Job/cratedb: pre-install,pre-upgrade -1 before-hook-creation,hook-succeeded",
    ]);
  });

  it("cratedb renders the security context constraints only where the cluster knows the kind", async () => {
    const args = ["--api-versions", "security.openshift.io/v1"];
    const manifests = await render("cratedb", { openshift: { enabled: true } }, { args });
    assert.equal(only(manifests, "SecurityContextConstraints").metadata.name, "cratedb");
  });

  it("cratedb's selector holds the versions of chart and program, and its volume is called data", () => {
    const { spec } = only(of("cratedb"), "StatefulSet");
    assert.equal(spec.selector.matchLabels["helm.sh/chart"], "cratedb-0.1.4");
    assert.equal(spec.selector.matchLabels["app.kubernetes.io/version"], "5.9.6");
    assert.deepEqual(
      spec.volumeClaimTemplates.map((one: Manifest) => one.metadata.name),
      ["data"],
    );
  });

  it("cratedb with an Ingress does not render", async () => {
    const outcome = await template("cratedb", { ingress: { enabled: true } });
    assert.equal(outcome.code, 1);
    assert.match(outcome.stderr, /leave ingress\.enabled off/);
  });

  it("pg-cluster asks the operator for a Cluster, its role's password, and a Database", () => {
    const cluster = only(of("pg-cluster"), "Cluster", "pg-cluster");
    assert.equal(cluster.apiVersion, "postgresql.cnpg.io/v1");
    assert.equal(cluster.spec.instances, 3);
    assert.equal(cluster.spec.imageName, "ghcr.io/cloudnative-pg/postgresql:18");
    assert.deepEqual(cluster.spec.managed.roles, [
      { name: "krateo-db-user", login: true, passwordSecret: { name: "krateo-db-user" } },
    ]);
    assert.deepEqual(only(of("pg-cluster"), "Database", "pg-cluster-krateo-db").spec, {
      name: "krateo-db",
      owner: "krateo-db-user",
      ensure: "present",
      databaseReclaimPolicy: "retain",
      cluster: { name: "pg-cluster" },
    });
  });

  it("cnpg takes nulls for the user and group of its container, and refuses objects while its webhooks are down", () => {
    assert.deepEqual(containers(of("cnpg"))[0].securityContext, {
      allowPrivilegeEscalation: false,
      readOnlyRootFilesystem: true,
      seccompProfile: { type: "RuntimeDefault" },
      capabilities: { drop: ["ALL"] },
    });
    const webhooks = of("cnpg").filter(({ kind }) => kind.endsWith("WebhookConfiguration"));
    assert.deepEqual(webhooks.map(({ metadata }) => metadata.name).sort(), [
      "cnpg-mutating-webhook-configuration",
      "cnpg-validating-webhook-configuration",
    ]);
    assert.deepEqual(
      [...new Set(webhooks.flatMap((one) => one.webhooks).map((one) => one.failurePolicy))],
      ["Fail"],
    );
  });

  it("authn drops a default that the values null", async () => {
    const key = "AUTHN_KUBECONFIG_SERVER_URL";
    assert.equal(only(await render("authn"), "ConfigMap").data[key], "https://kube-apiserver:6443");
    assert.equal(key in only(of("authn"), "ConfigMap").data, false);
  });

  it("portal brings users, widgets and RESTActions whose kinds come from three other charts", () => {
    const groups = new Map<string, number>();
    for (const { apiVersion } of of("portal")) groups.set(apiVersion, (groups.get(apiVersion) ?? 0) + 1);
    assert.deepEqual(Object.fromEntries(groups), {
      v1: 3,
      "rbac.authorization.k8s.io/v1": 19,
      "widgets.templates.krateo.io/v1beta1": 25,
      "templates.krateo.io/v1": 6,
      "basic.authn.krateo.io/v1alpha1": 2,
    });
    for (const user of ["admin", "cyberjoker"]) {
      assert.equal(only(of("portal"), "Secret", `${user}-password`).type, "kubernetes.io/basic-auth");
      assert.equal(only(of("portal"), "User", user).spec.passwordRef.name, `${user}-password`);
    }
  });

  it("portal leaves out what is switched off", async () => {
    const off = { enableAdminUser: false, enableCyberjokerUser: false, enableDemoSystemNamespace: false };
    const kinds = new Set((await render("portal", off)).map(({ kind }) => kind));
    assert.deepEqual(
      ["Namespace", "User", "Secret", "Route", "Role"].filter((kind) => kinds.has(kind)),
      [],
    );
  });

  it("finops-notebooks guards its Secret with a finalizer and has eight Notebooks", () => {
    assert.deepEqual(only(of("finops-notebooks"), "Secret").metadata.finalizers, [
      "finops.krateo.io/notebooks",
    ]);
    const notebooks = of("finops-notebooks").filter(({ kind }) => kind === "Notebook");
    assert.deepEqual(notebooks.map((one) => `${one.apiVersion} ${one.metadata.name}`).sort(), [
      "finops.krateo.io/v1 allcosts",
      "finops.krateo.io/v1 costs",
      "finops.krateo.io/v1 costsbreakdown",
      "finops.krateo.io/v1 cyclic",
      "finops.krateo.io/v1 metrics",
      "finops.krateo.io/v1 pricingfrontend",
      "finops.krateo.io/v1 pricingparser",
      "finops.krateo.io/v1 query",
    ]);
  });

  const endpoints: readonly [string, string, object, string][] = [
    ["snowplow", "snowplow-endpoint", {}, "http://snowplow.krateo-system.svc:8081"],
    [
      "resources-presenter",
      "resources-presenter-endpoint",
      { service: { port: 8083 } },
      "http://resources-presenter.krateo-system.svc:8083",
    ],
    ["events-presenter", "events-presenter-endpoint", {}, "http://events-presenter.krateo-system.svc:8083"],
  ];
  for (const [chart, name, values, url] of endpoints) {
    it(`${chart} says in Secret ${name} where it is: ${url}`, async () => {
      assert.equal(only(await render(chart, values), "Secret", name).stringData["server-url"], url);
    });
  }

  const restarts: readonly [string, object, object, boolean][] = [
    ["frontend", { config: { A: "1" } }, { config: { A: "2" } }, false],
    ["deviser", { config: { DEBUG: "false" } }, { config: { DEBUG: "true" } }, true],
    ["opa-kube-mgmt", {}, {}, true],
  ];
  for (const [chart, first, second, restarted] of restarts) {
    it(`${chart}: ${JSON.stringify(first)} -> ${JSON.stringify(second)} ${restarted ? "restarts" : "leaves"} the pod`, async () => {
      const templates = await Promise.all(
        [first, second].map(async (values) => only(await render(chart, values), "Deployment").spec.template),
      );
      const same = JSON.stringify(templates[0]) === JSON.stringify(templates[1]);
      assert.equal(same, !restarted);
    });
  }

  it("uses the namespace of the release in every reference and in the names of cluster-wide objects", async () => {
    const strangers = await Promise.all(
      catalogue.map(async ({ chart, release, values }) => {
        const text = JSON.stringify(values).replaceAll("krateo-system", "elsewhere");
        const manifests = await render(chart, JSON.parse(text), { release, namespace: "elsewhere" });
        return manifests.filter((one) => JSON.stringify(one).includes("krateo-system")).map(identity);
      }),
    );
    // Charts' own defaults, which the release documents override or should.
    assert.deepEqual(strangers.flat(), ["Deployment/events-presenter", "ConfigMap/frontend-config-vars"]);
  });

  const itWithFacts = existsSync(factsFile) ? it : it.skip;
  const skipped = existsSync(factsFile)
    ? ""
    : " (skipped: KRATEO_RELEASE_FILES names no folder with charts.json)";
  itWithFacts(`renders exactly the objects that the charts' facts list${skipped}`, () => {
    const facts = JSON.parse(readFileSync(factsFile, "utf8")).charts;
    for (const { release, chart, version } of catalogue) {
      assert.deepEqual([facts[release].chart, facts[release].version], [chart, version]);
      const objects = of(release)
        .filter((one) => !isDefinition(one))
        .map(identity);
      assert.deepEqual(objects.sort(), listed(facts[release].objects).sort(), release);
    }
    assert.deepEqual(Object.keys(facts).sort(), catalogue.map(({ release }) => release).sort());
  });

  it("has no two charts that render the same object", () => {
    const all = catalogue
      .flatMap(({ release }) => of(release))
      .map((one) => `${identity(one)} ${one.metadata.namespace ?? ""}`);
    assert.equal(new Set(all).size, all.length);
  });

  it("says in every chart's description that it is a stand-in, at the pinned version", async () => {
    const { entries } = parse(await readFile(join(await packedCharts(), "index.yaml"), "utf8"));
    for (const { chart, version, appVersion = version } of catalogue) {
      const [shown] = entries[chart];
      assert.match(shown.description, /^Stand-in for .* for rehearsals only\.$/);
      assert.equal(shown.version, version);
      assert.equal(shown.appVersion, ["cluster", "portal"].includes(chart) ? undefined : appVersion);
    }
  });
});

function identity({ kind, metadata }: Manifest): string {
  return `${kind}/${metadata.name}`;
}

function isDefinition({ kind }: Manifest): boolean {
  return kind === "CustomResourceDefinition";
}

function hookOf(manifest: Manifest): string {
  const of = (key: string) => manifest.metadata.annotations?.[`helm.sh/${key}`];
  return [`${identity(manifest)}:`, of("hook"), of("hook-weight"), of("hook-delete-policy")]
    .filter(Boolean)
    .join(" ");
}

function workloads(manifests: readonly Manifest[]): Manifest[] {
  return manifests.filter(({ kind }) => kind === "Deployment" || kind === "StatefulSet");
}

function containers(manifests: readonly Manifest[]): Manifest[] {
  return workloads(manifests).flatMap(({ spec }) => spec.template.spec.containers);
}

/** Names (and keys) of the Secrets without which the pods of these manifests do not start. */
function secretsOf(manifests: readonly Manifest[]): string[] {
  return containers(manifests).flatMap(({ env = [], envFrom = [] }) => [
    ...envFrom.filter((from: Manifest) => from.secretRef).map((from: Manifest) => from.secretRef.name),
    ...env
      .filter((entry: Manifest) => entry.valueFrom?.secretKeyRef)
      .map(({ valueFrom }: Manifest) => `${valueFrom.secretKeyRef.name} ${valueFrom.secretKeyRef.key}`),
  ]);
}

/** "name port -> container port", with the port's name resolved in the pods that the Service selects. */
function servicePort(service: Manifest, port: Manifest, manifests: readonly Manifest[]): string {
  const selected = workloads(manifests).filter(({ spec }) =>
    Object.entries(service.spec.selector).every(
      ([key, value]) => spec.template.metadata.labels[key] === value,
    ),
  );
  const ports = selected.flatMap(({ spec }) =>
    spec.template.spec.containers.flatMap((one: Manifest) => one.ports ?? []),
  );
  const target = port.targetPort ?? port.port;
  const found = ports.find((one: Manifest) => one.name === target || one.containerPort === target);
  const at = port.nodePort ? ` at node port ${port.nodePort}` : "";
  return `${service.metadata.name} ${port.port} -> ${found?.containerPort}${at}`;
}

/** Objects as the facts list them: "A+B/name" stands for two, the optional ones and the Ingress are off here. */
function listed(objects: readonly string[]): string[] {
  return objects
    .filter((object) => !object.endsWith("(optional)") && !object.startsWith("Ingress/"))
    .flatMap((object) => {
      const [kinds = "", name] = object.split("/");
      return kinds.split("+").map((kind) => `${kind}/${name}`);
    });
}
