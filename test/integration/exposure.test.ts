import assert from "node:assert/strict";
import type { JsonObject } from "../../model/settings.ts";
import { agrees, browserServices, changed, green, lasting, up } from "../support/exposure.ts";
import { helmReleases, startOver, until } from "../support/rehearsal.ts";
import { apply, deleteObject, live } from "../support/rehearsed-cluster.ts";
import { openInstalled, TestStack } from "../support/test-stack.ts";

async function service(
  name: string,
): Promise<{ spec: JsonObject; metadata: JsonObject; status: JsonObject }> {
  return (await live("Service", name)) as never;
}

/** An issuer of cert-manager's, with the definition of its kind. */
async function applyIssuer(name: string): Promise<void> {
  const group = "cert-manager.io";
  const schema = { openAPIV3Schema: { type: "object", "x-kubernetes-preserve-unknown-fields": true } };
  await apply({
    apiVersion: "apiextensions.k8s.io/v1",
    kind: "CustomResourceDefinition",
    metadata: { name: `clusterissuers.${group}` },
    spec: {
      group,
      scope: "Cluster",
      names: { kind: "ClusterIssuer", plural: "clusterissuers", singular: "clusterissuer" },
      versions: [{ name: "v1", served: true, storage: true, schema }],
    },
  });
  const issuer = {
    apiVersion: `${group}/v1`,
    kind: "ClusterIssuer",
    metadata: { name },
    status: { conditions: [{ type: "Ready", status: "True" }] },
  };
  // The kind is served a moment after its definition is there.
  await until(
    async () =>
      await apply(issuer).then(
        () => true,
        () => false,
      ),
  );
}

describe("a change from nodeport to ingress and back, in one stack", () => {
  let stack: TestStack;
  let first: { releases: Record<string, string>; lasting: Record<string, unknown> };
  let withIngress: Record<string, string>;

  before(async () => {
    stack = await openInstalled();
    first = { releases: await helmReleases(), lasting: await lasting() };
  });

  it("starts with every port where it was promised, at an address of a node", async () => {
    assert.deepEqual(await agrees(stack), {
      frontend: "http://192.0.2.11:30080",
      authn: "http://192.0.2.11:30082",
      snowplow: "http://192.0.2.11:30081",
      eventsPresenter: "http://192.0.2.11:30083",
      finopsDatabaseHandler: "http://192.0.2.11:30086",
    });
  });

  const behindIngress = {
    type: "ingress",
    domain: "krateo.example.org",
    ingressClass: "nginx",
    tls: { clusterIssuer: "letsencrypt" },
  };

  it("stops before anything is touched while nobody would serve the Ingresses", async () => {
    await stack.configure(behindIngress);
    const issued = await stack.pulumi("up");
    assert.equal(issued.code, 1, issued.output);
    assert.match(issued.output, /IngressClass nginx: does not exist; there is none/);
    assert.match(issued.output, /ClusterIssuer letsencrypt: the cluster has no cert-manager/);

    const secret = {
      apiVersion: "v1",
      kind: "Secret",
      metadata: { name: "untyped", namespace: "krateo-system" },
    };
    await apply({ ...secret, type: "Opaque", stringData: { "tls.crt": "x", "tls.key": "y" } });
    await stack.configure({
      ...behindIngress,
      tls: {
        secretName: { frontend: "absent", authn: "untyped", snowplow: "absent", eventsPresenter: "absent" },
      },
    });
    const given = await stack.pulumi("up");
    assert.equal(given.code, 1, given.output);
    assert.match(given.output, /Secret absent: does not exist in namespace krateo-system/);
    assert.match(given.output, /kubectl create secret tls absent --cert=FILE --key=FILE -n krateo-system/);
    assert.match(given.output, /Secret untyped: is of type Opaque/);
    assert.deepEqual(await helmReleases(), first.releases);
  });

  it("goes over to https hosts, and upgrades just the releases that are exposed", async () => {
    await apply({
      apiVersion: "networking.k8s.io/v1",
      kind: "IngressClass",
      metadata: { name: "nginx" },
      spec: { controller: "k8s.io/ingress-nginx" },
    });
    await applyIssuer("letsencrypt");
    await stack.configure(behindIngress);
    await up(stack);
    withIngress = await helmReleases();
    assert.deepEqual(
      changed(first.releases, withIngress),
      [...browserServices, "finops-database-handler"].toSorted(),
    );
    assert.deepEqual(await lasting(), first.lasting);
    await green(stack);
  });

  it("serves each host with class, issuer and certificate, and leaves no port open beside the Ingress", async () => {
    assert.deepEqual(await agrees(stack), {
      frontend: "https://app.krateo.example.org",
      authn: "https://authn.krateo.example.org",
      snowplow: "https://snowplow.krateo.example.org",
      eventsPresenter: "https://events-presenter.krateo.example.org",
    });
    for (const name of browserServices) {
      const ingress = (await live("Ingress", name, { apiVersion: "networking.k8s.io/v1" })) as unknown as {
        metadata: { annotations: JsonObject };
        spec: { ingressClassName: string; tls: { secretName: string }[] };
      };
      assert.equal(ingress.spec.ingressClassName, "nginx");
      assert.equal(ingress.spec.tls[0]?.secretName, `${name}-tls`);
      assert.equal(ingress.metadata.annotations["cert-manager.io/cluster-issuer"], "letsencrypt");
      const { spec } = await service(name);
      assert.equal(spec["type"], "ClusterIP");
      assert.ok(!JSON.stringify(spec).includes("nodePort"), `${name} holds a node port`);
    }
    assert.equal(await live("Service", "events-presenter-external"), undefined);
    const { hostsFile } = (await stack.outputs()) as { hostsFile: string };
    assert.match(hostsFile, /^kubectl get ingress frontend -n krateo-system .* app\.krateo\.example\.org /);
  });

  it("goes back to the same ports", async () => {
    await stack.configure({ type: "nodeport" });
    await up(stack);
    assert.deepEqual(
      changed(withIngress, await helmReleases()),
      [...browserServices, "finops-database-handler"].toSorted(),
    );
    assert.equal((await agrees(stack))["eventsPresenter"], "http://192.0.2.11:30083");
    assert.deepEqual(await lasting(), first.lasting);
    await green(stack);
  });

  it("takes other ports in one place", async () => {
    await stack.configure({ type: "nodeport", nodePorts: { authn: 31082, eventsPresenter: 31083 } });
    const before = await helmReleases();
    await up(stack);
    assert.deepEqual(changed(before, await helmReleases()), ["authn", "frontend"]);
    const { authn, eventsPresenter } = await agrees(stack);
    assert.deepEqual([authn, eventsPresenter], ["http://192.0.2.11:31082", "http://192.0.2.11:31083"]);
    await green(stack);
  });
});

describe("type loadbalancer with annotations", () => {
  const asks = "rehearsal.krateo.io/load-balancer";
  let stack: TestStack;

  before(async () => {
    await startOver();
    stack = await TestStack.open("loadbalancer", {
      type: "loadbalancer",
      profiles: ["no-finops"],
      serviceAnnotations: { [asks]: "hostname", frontend: { [asks]: "none" } },
    });
    await stack.override({
      components: { frontend: { stepConfig: { "install-frontend": { with: { timeout: "8s" } } } } },
    });
  });

  it("ends with the Service's own events where a load balancer never gets an address", async () => {
    const { code, output } = await stack.pulumi("up", "--continue-on-error");
    assert.equal(code, 1, output);
    assert.match(output, /Helm release frontend in namespace krateo-system is not ready/);
    assert.match(output, /Service frontend: its load balancer has no address yet/);
    assert.match(output, /last event: SyncLoadBalancerFailed: .*quota of public addresses exceeded/);
    assert.match(output, /kubectl describe service frontend -n krateo-system/);
  });

  it("annotates every public Service from its creation, whoever makes it", async () => {
    for (const name of ["frontend", "authn", "snowplow-external", "events-presenter-external"]) {
      const { metadata, spec } = await service(name);
      assert.equal(spec["type"], "LoadBalancer", name);
      const { creationTimestamp, managedFields } = metadata as unknown as {
        creationTimestamp: string;
        managedFields: { time: string; subresource?: string; fieldsV1: JsonObject }[];
      };
      const writers = managedFields.filter(({ fieldsV1 }) => JSON.stringify(fieldsV1).includes(asks));
      assert.deepEqual(
        writers.map(({ time }) => time),
        [creationTimestamp],
        name,
      );
    }
    for (const name of ["snowplow", "events-presenter", "resources-presenter"]) {
      assert.equal((await service(name)).spec["type"], "ClusterIP", name);
    }
  });

  it("selects with a Service of our own the pods that the chart's selects", async () => {
    for (const name of ["snowplow", "events-presenter"]) {
      const [own, chart] = [await service(`${name}-external`), await service(name)];
      assert.deepEqual(own.spec["selector"], chart.spec["selector"]);
    }
  });

  it("is mended by the next up, and takes host names where those are given, an IP elsewhere", async () => {
    await stack.configure({
      type: "loadbalancer",
      profiles: ["no-finops"],
      serviceAnnotations: { [asks]: "hostname", frontend: { [asks]: "ip" } },
    });
    // As an operator would: a cloud heeds the annotation of a Service only when that is made.
    await stack.override({});
    await deleteObject("Service", "frontend");
    const { code, output } = await stack.pulumi("up");
    assert.equal(code, 0, output);
    const addresses = await agrees(stack);
    assert.match(addresses["frontend"] as string, /^http:\/\/203\.0\.113\.\d+:8080$/);
    assert.equal(addresses["authn"], "http://authn.krateo-system.lb.example.com:8082");
    assert.equal(addresses["snowplow"], "http://snowplow-external.krateo-system.lb.example.com:8081");
    assert.equal(
      addresses["eventsPresenter"],
      "http://events-presenter-external.krateo-system.lb.example.com:8083",
    );
    await green(stack);
  });
});
