import assert from "node:assert/strict";
import { containers, hookOf, identity, renderAll } from "./chart-manifests.ts";
import { describeWithHelm, type Manifest, only, render, template } from "./chart-rendering.ts";

describeWithHelm("particulars of single stand-in charts", () => {
  let rendered = new Map<string, Manifest[]>();
  const of = (release: string): Manifest[] => rendered.get(release) ?? [];

  before(async () => {
    rendered = await renderAll();
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
      "SecurityContextConstraints/cratedb:",
    ]);
  });

  it("cratedb renders the security context constraints whether the cluster knows the kind or not", async () => {
    const manifests = await render("cratedb", { openshift: { enabled: true } });
    assert.equal(only(manifests, "SecurityContextConstraints").metadata.name, "cratedb");
  });

  it("opa-kube-mgmt takes a security context for its pod, and none for its containers", async () => {
    const manifests = await render("opa-kube-mgmt", { podSecurityContext: { runAsNonRoot: true } });
    const { securityContext, containers: both } = only(manifests, "Deployment").spec.template.spec;
    assert.deepEqual(securityContext, { runAsNonRoot: true });
    assert.deepEqual(
      both.map(({ name, securityContext }: Manifest) => [name, securityContext]),
      [
        ["opa-kube-mgmt", undefined],
        ["mgmt", undefined],
      ],
    );
    const outcome = await template("opa-kube-mgmt", { securityContext: { enabled: true } });
    assert.match(outcome.stderr, /leave securityContext\.enabled off/);
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

  const unrenderable: [chart: string, values: object, said: RegExp][] = [
    [
      "core-provider",
      { podAnnotations: { team: "web" } },
      /nil pointer evaluating interface \{\}\.fullnameOverride/,
    ],
    [
      "finops-operator-exporter",
      { autoscaling: { enabled: true } },
      /no template "finops-operator-exporter\.fullname"/,
    ],
    [
      "finops-operator-focus",
      { autoscaling: { enabled: true } },
      /no template "finops-operator-focus\.fullname"/,
    ],
    [
      "finops-operator-scraper",
      { autoscaling: { enabled: true } },
      /no template "finops-operator-scraper\.fullname"/,
    ],
  ];
  for (const [chart, values, said] of unrenderable) {
    it(`${chart} with ${JSON.stringify(values)} does not render`, async () => {
      const outcome = await template(chart, values);
      assert.equal(outcome.code, 1);
      assert.match(outcome.stderr, said);
    });
  }

  it("opa-kube-mgmt takes plain names for pull secrets: of maps it makes other names", async () => {
    const of = async (imagePullSecrets: unknown[]) =>
      only(await render("opa-kube-mgmt", { imagePullSecrets }), "Deployment").spec.template.spec
        .imagePullSecrets;
    assert.deepEqual(await of(["regcred"]), [{ name: "regcred" }]);
    assert.deepEqual(await of([{ name: "regcred" }]), [{ name: "map[name:regcred]" }]);
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

  const restarts: readonly [string, object, object, boolean][] = [
    ["frontend", { config: { A: "1" } }, { config: { A: "2" } }, false],
    ...[
      "authn",
      "snowplow",
      "frontend",
      "core-provider",
      "oasgen-provider",
      "finops-operator-exporter",
      "finops-operator-focus",
      "finops-database-handler",
      "finops-database-handler-uploader",
      "finops-operator-scraper",
    ].map((chart): [string, object, object, boolean] => [
      chart,
      { env: { A: "1" } },
      { env: { A: "2" } },
      false,
    ]),
    ["deviser", { config: { DEBUG: "false" } }, { config: { DEBUG: "true" } }, true],
    ["opa-kube-mgmt", {}, {}, true],
  ];

  for (const [chart, first, second, restarted] of restarts) {
    it(`${chart}: ${JSON.stringify(first)} -> ${JSON.stringify(second)} ${restarted ? "restarts" : "leaves"} the pod`, async () => {
      const templates = await Promise.all(
        [first, second].map(async (values) =>
          (await render(chart, values))
            .filter(({ kind }) => kind === "Deployment")
            .map(({ spec }) => spec.template),
        ),
      );
      const same = JSON.stringify(templates[0]) === JSON.stringify(templates[1]);
      assert.equal(same, !restarted);
    });
  }
});
