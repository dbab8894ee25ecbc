import assert from "node:assert/strict";
import { patch, pathOf } from "../../cluster/client/api.ts";
import { type Connection, connect } from "../../cluster/client/connection.ts";
import { loadSettings } from "../../configuration/load.ts";
import type { JsonObject } from "../../model/settings.ts";
import { chartStepsOf } from "../../plan/plan.ts";
import { openShiftKinds } from "../../rehearsal/simulation/openshift-kinds.ts";
import { type Manifest, render } from "../rehearsal/chart-rendering.ts";
import { helmReleases, newerProvider, rehearsal, startOver } from "../support/rehearsal.ts";
import { apply, change, live, refusal, takeOver } from "../support/rehearsed-cluster.ts";
import { TestStack } from "../support/test-stack.ts";
import { namespace, namespaceOf } from "./restricted-namespace.ts";

const routes = { apiVersion: "route.openshift.io/v1" };
const restrictedLabel = { "pod-security.kubernetes.io/enforce": "restricted" };
const config = { type: "routes", openshift: true, profiles: ["no-finops"] };
const claimed = "app.krateo.example.org";
const installations = { apiVersion: "krateo.io/v1" };
const annotationsOf = (object: JsonObject | undefined): Record<string, string> =>
  ((object?.["metadata"] as JsonObject | undefined)?.["annotations"] ?? {}) as Record<string, string>;
const host = (service: string) => `${service}-${namespace}.apps.rehearsal.example.org`;

const role = { apiVersion: "rbac.authorization.k8s.io/v1", namespace: "" };

describe("OpenShift", () => {
  let stack: TestStack;
  let connection: Connection;

  before(async () => {
    await startOver();
    stack = await TestStack.open("openshift", config, await newerProvider());
    connection = connect({ kubeconfig: (await rehearsal()).env["KUBECONFIG"] });
  });

  it("is refused on a cluster without Routes, and nothing is touched", async () => {
    const { code, output } = await stack.pulumi("up");
    assert.notEqual(code, 0);
    assert.match(
      output,
      /the configuration is for OpenShift, and this cluster is not OpenShift: it does not serve Routes/,
    );
    assert.equal(await live("Namespace", namespace, { namespace: "" }), undefined);
  });

  it("installs the platform into a namespace that enforces the restricted Pod Security Standard", async () => {
    for (const kind of openShiftKinds) await apply(kind);
    await apply(namespaceOf(namespace, restrictedLabel));
    // For a later test: a router gives a host to the oldest Route that asks for it.
    await apply(namespaceOf("other"));
    await apply({
      ...routes,
      kind: "Route",
      metadata: { name: "website", namespace: "other" },
      spec: { host: claimed, to: { kind: "Service", name: "website" } },
    });
    const { code, output } = await stack.pulumi("up");
    assert.equal(code, 0, output);
    const releases = Object.values(await helmReleases());
    assert.equal(releases.length, 13);
    assert.ok(
      releases.every((release) => release.endsWith(" r1 deployed")),
      releases.join(),
    );
    const { metadata } = (await live("Namespace", namespace, { namespace: "" })) as {
      metadata: { labels: JsonObject };
    };
    assert.equal(metadata.labels["pod-security.kubernetes.io/enforce"], "restricted");
  });

  it("is reached by Routes over https, and the frontend is told their hosts", async () => {
    const { addresses } = (await stack.outputs()) as { addresses: Record<string, string> };
    assert.deepEqual(addresses, {
      frontend: `https://${host("frontend")}`,
      authn: `https://${host("authn")}`,
      snowplow: `https://${host("snowplow")}`,
      eventsPresenter: `https://${host("events-presenter")}`,
    });
    const told = JSON.stringify((await live("ConfigMap", "frontend-config-vars"))?.["data"]);
    for (const service of ["authn", "snowplow", "events-presenter"]) {
      assert.ok(told.includes(`https://${host(service)}`), `${service}: ${told}`);
      const { spec } = (await live("Service", service)) as { spec: { type: string } };
      assert.equal(spec.type, "ClusterIP", service);
    }
    const route = (await live("Route", "events-presenter", routes)) as {
      metadata: { annotations: JsonObject };
      spec: { tls: JsonObject };
    };
    assert.equal(route.metadata.annotations["haproxy.router.openshift.io/timeout"], "1h");
    assert.deepEqual(route.spec.tls, { termination: "edge", insecureEdgeTerminationPolicy: "Redirect" });
  });

  it("passes verify, and finds nothing to do the second time", async () => {
    const verified = await stack.krateo("verify");
    assert.equal(verified.code, 0, verified.output);
    assert.match(verified.output, new RegExp(`Route frontend +admitted at ${host("frontend")}`));
    const { code, output } = await stack.pulumi("preview", "--expect-no-changes");
    assert.equal(code, 0, output);
  });

  it("can be changed: the provider compares what is stored of the last run, and no null with a null", async () => {
    const annotations = { "haproxy.router.openshift.io/timeout": "2h" };
    const route = { stepConfig: { "expose-events-presenter": { with: { metadata: { annotations } } } } };
    await stack.override({
      components: { backend: { helmDefaults: { podAnnotations: { change: "one" } } }, "events-stack": route },
    });
    const { code, output } = await stack.pulumi("up", "--refresh");
    assert.equal(code, 0, output);
    // Of its annotations alone: the provider must not take the Route that it remembers.
    const { resources } = JSON.parse(await stack.state()).deployment;
    const { outputs } = resources.find(({ urn }: Manifest) => urn.endsWith("::expose-events-presenter"));
    assert.equal(annotationsOf(outputs)["haproxy.router.openshift.io/timeout"], "2h");
    assert.match((await helmReleases())["snowplow"] ?? "", / r2 deployed$/);
    const stored = await live("Installation", "krateoctl", installations);
    assert.deepEqual(JSON.parse(annotationsOf(stored)["krateo.io/removed-defaults"] ?? ""), {
      "install-cnpg": { values: { containerSecurityContext: { runAsUser: null, runAsGroup: null } } },
    });
    const diff = await stack.krateo("diff", "--installed");
    assert.equal(diff.code, 0, diff.output);
  });

  it("is brought back by the next up where an earlier version stored a snapshot with nulls", async () => {
    const withNulls = (snapshot: Manifest): Manifest => {
      const step = snapshot.steps.find(({ id }: Manifest) => id === "install-cnpg");
      Object.assign(step.with.values.containerSecurityContext, { runAsUser: null, runAsGroup: null });
      return snapshot;
    };
    const state = JSON.parse(await stack.state());
    const { inputs, outputs } = state.deployment.resources.find(({ urn }: Manifest) =>
      urn.endsWith("::snapshot"),
    );
    for (const { spec, metadata } of [inputs, outputs, outputs.__inputs]) {
      withNulls(spec.spec);
      delete metadata.annotations["krateo.io/removed-defaults"];
    }
    await stack.restoreState(JSON.stringify(state));
    await change("Installation", "krateoctl", installations, {
      metadata: { annotations: { "krateo.io/removed-defaults": null } },
      spec: { spec: { steps: inputs.spec.spec.steps } },
    });

    await stack.override({
      components: { backend: { helmDefaults: { podAnnotations: { change: "two" } } } },
    });
    const { code, output } = await stack.pulumi("up");
    assert.equal(code, 0, output);
    const stored = await live("Installation", "krateoctl", installations);
    assert.doesNotMatch(JSON.stringify(stored?.["spec"]), /null/);
    const after = JSON.parse(await stack.state()).deployment.resources;
    assert.doesNotMatch(
      JSON.stringify(after.find(({ urn }: Manifest) => urn.endsWith("::snapshot")).inputs.spec),
      /:null/,
    );
    const again = await stack.pulumi("preview", "--refresh", "--expect-no-changes");
    assert.equal(again.code, 0, again.output);
  });

  it("takes back what a GitOps tool took over with server-side apply, and diff says whose it is", async () => {
    await takeOver("argocd-controller", {
      ...routes,
      kind: "Route",
      metadata: { name: "frontend" },
      spec: { tls: { insecureEdgeTerminationPolicy: "Allow" } },
    });
    const note =
      /^note: Route frontend: spec\.tls\.insecureEdgeTerminationPolicy: set by argocd-controller since \S+; Argo CD sets it again/m;
    const diff = await stack.krateo("diff");
    assert.equal(diff.code, 2, diff.output);
    assert.match(diff.output, note);
    const { code, output } = await stack.pulumi("up", "--refresh");
    assert.equal(code, 0, output);
    const { spec } = (await live("Route", "frontend", routes)) as { spec: { tls: JsonObject } };
    assert.equal(spec.tls["insecureEdgeTerminationPolicy"], "Redirect");
    assert.doesNotMatch((await stack.krateo("diff")).output, note);
  });

  it("of all 21 charts' pods only those are refused there whose charts do not let themselves be restricted", async () => {
    const values = { ...config, profiles: [] };
    const settings = await loadSettings({ values, secretKeys: [] }, import.meta.dirname);
    const refused = await Promise.all(
      chartStepsOf(settings).map(async ({ chart, release, values }) => {
        const pods = podsIn(await render(chart.name, values, { release: release.name, namespace }));
        const answers = await Promise.all(
          pods.map(async ({ owner, spec }) => ({
            owner,
            answer: await refusal({
              apiVersion: "v1",
              kind: "Pod",
              metadata: { name: "dry-run", namespace },
              spec: { ...spec, serviceAccountName: "default" },
            }),
          })),
        );
        return answers.flatMap(({ owner, answer }) => (answer === undefined ? [] : [{ owner, answer }]));
      }),
    );
    const all = refused.flat();
    for (const { owner, answer } of all)
      assert.match(`${owner}: ${answer}`, /violates PodSecurity "restricted/);
    assert.deepEqual(all.map(({ owner }) => owner).toSorted(), [
      // Its chart takes nothing for the containers; OpenShift's own constraints restrict them.
      "Deployment opa-kube-mgmt",
      // Ahead of the installation and after the removal; their charts take nothing at all.
      "Job cratedb",
      "Job finops-notebooks-cleanup",
      // It needs its user and SYS_CHROOT, for which it has constraints of its own.
      "StatefulSet cratedb",
    ]);
  });

  it("a Route that the router does not admit ends the run with the router's reason", async () => {
    await stack.override({
      components: {
        frontend: {
          stepConfig: {
            "expose-frontend": {
              with: {
                metadata: { annotations: { "pulumi.com/timeoutSeconds": "5" } },
                spec: { host: claimed },
              },
            },
          },
        },
      },
    });
    const { code, output } = await stack.pulumi("up");
    assert.notEqual(code, 0);
    assert.match(
      output,
      /Route frontend in namespace krateo-system does not work: router default does not admit it at app\.krateo\.example\.org: HostAlreadyClaimed: route website already exposes app\.krateo\.example\.org and is older/,
    );
    const verified = await stack.krateo("verify");
    assert.equal(verified.code, 1);
    assert.match(verified.output, /Route frontend +router default does not admit it/);
  });

  it("is left without the rights that cratedb's hooks and oc have made, also after a destroy by hand", async () => {
    const granted = "system:openshift:scc:cratedb";
    const rights = [
      ["ClusterRole", "cratedb"],
      ["ClusterRoleBinding", "cratedb"],
      ["ClusterRole", granted],
    ] as const;
    const merge = (path: string, metadata: JsonObject): Promise<unknown> =>
      patch(connection, path, "application/merge-patch+json", { metadata });
    const left = async (): Promise<string[]> => {
      const found = rights.map(async ([kind, name]) => ((await live(kind, name, role)) ? [kind] : []));
      return (await Promise.all(found)).flat();
    };
    const labels = { "pod-security.kubernetes.io/enforce": "privileged" };
    await merge(pathOf("v1", "namespaces", undefined, namespace), { labels });
    await stack.override({});
    await stack.configure({ ...config, profiles: [] });
    const up = await stack.pulumi("up");
    assert.equal(up.code, 0, up.output);
    assert.deepEqual(await left(), ["ClusterRole", "ClusterRoleBinding", "ClusterRole"]);
    // Helm has deleted its hook of this name.
    await apply({ ...role, kind: "ClusterRole", metadata: { name: "cratedb-scc" }, rules: [] });

    const listed = await stack.krateo("uninstall", "--dry-run");
    assert.equal(listed.code, 0, listed.output);
    for (const [kind, name] of rights)
      assert.match(listed.output, new RegExp(`${kind} ${name}, of cratedb: made by`));
    assert.match(listed.output, new RegExp(`RoleBinding ${namespace}/${granted}, of cratedb: made by oc`));

    const destroyed = await stack.pulumi("destroy");
    assert.equal(destroyed.code, 0, destroyed.output);
    assert.equal((await left()).length, 3);
    // As if nothing had marked them.
    for (const [kind, name] of rights) {
      const object = (await live(kind, name, role)) as { metadata: { annotations: JsonObject } };
      assert.equal(object.metadata.annotations["krateo.io/left-by"], `${namespace}/cratedb`);
      const path = pathOf(role.apiVersion, `${kind.toLowerCase()}s`, undefined, name);
      const annotations = { "krateo.io/left-by": null };
      await merge(path, { annotations });
    }
    const removed = await stack.krateo("uninstall", "--yes");
    assert.equal(removed.code, 0, removed.output);
    assert.deepEqual(await left(), []);
    assert.equal(await live("RoleBinding", granted, { apiVersion: role.apiVersion }), undefined);
    assert.ok(await live("ClusterRole", "cratedb-scc", role), "somebody else's");
  });
});

/** What each workload of a chart, hooks included, would run; with an empty folder for each volume that it claims. */
function podsIn(manifests: readonly Manifest[]): { owner: string; spec: JsonObject }[] {
  return manifests
    .filter(({ kind }) => ["Deployment", "StatefulSet", "Job"].includes(kind))
    .map(({ kind, metadata, spec: { template, volumeClaimTemplates = [] } }) => ({
      owner: `${kind} ${metadata.name}`,
      spec: {
        ...template.spec,
        volumes: [
          ...(template.spec.volumes ?? []),
          ...volumeClaimTemplates.map((claim: Manifest) => ({ name: claim.metadata.name, emptyDir: {} })),
        ],
      },
    }));
}
