import assert from "node:assert/strict";
import { connect } from "../../cluster/client/connection.ts";
import type { JsonObject } from "../../model/settings.ts";
import { furnishGatewayApi, gatewayClass } from "../../rehearsal/simulation/gateway-kinds.ts";
import { agrees, browserServices, changed, green, lasting, up } from "../support/exposure.ts";
import { helmReleases, kubeconfig, until } from "../support/rehearsal.ts";
import { apply, change, live } from "../support/rehearsed-cluster.ts";
import { openInstalled, type TestStack } from "../support/test-stack.ts";
import { attachment, gatewayApi, group, noGateway, urls, withGateway } from "./gateway-config.ts";

/** Those whose Services have node ports; events-presenter's has none, since its chart could not say which. */
const onNodePorts = ["authn", "finops-database-handler", "frontend", "snowplow"];

const withExisting = (gateway: JsonObject, more: JsonObject = {}): JsonObject => ({
  type: "gateway",
  domain: "krateo.example.org",
  gateway: { name: "shared", namespace: "gateways", ...gateway },
  ...more,
});

async function namespace(name: string): Promise<void> {
  await apply({ apiVersion: "v1", kind: "Namespace", metadata: { name } });
}

async function certificate(name: string, home: string): Promise<void> {
  await apply({
    apiVersion: "v1",
    kind: "Secret",
    type: "kubernetes.io/tls",
    metadata: { name, namespace: home },
    stringData: { "tls.crt": "x", "tls.key": "y" },
  });
}

function isServed(route: Awaited<ReturnType<typeof attachment>>): boolean {
  const conditions = route?.status.parents[0]?.conditions ?? [];
  return conditions.length === 2 && conditions.every(({ status }) => status === "True");
}

describe("a change to type gateway and back, in one stack", () => {
  let stack: TestStack;
  let first: { releases: Record<string, string>; lasting: Record<string, unknown> };

  before(async () => {
    stack = await openInstalled();
    first = { releases: await helmReleases(), lasting: await lasting() };
  });

  /** Ends before anything is touched, with all of these. */
  const refuses = async (config: JsonObject, ...problems: RegExp[]) => {
    const before = await helmReleases();
    await stack.configure(config);
    const { code, output } = await stack.pulumi("up");
    assert.equal(code, 1, output);
    for (const problem of problems) assert.match(output, problem);
    assert.deepEqual(await helmReleases(), before);
    await noGateway();
  };

  /** Goes over, and keeps all that a change of exposure has to keep. */
  const goesOver = async (config: JsonObject) => {
    const before = await helmReleases();
    await stack.configure(config);
    await up(stack);
    assert.deepEqual(await lasting(), first.lasting);
    await green(stack);
    return changed(before, await helmReleases());
  };

  it("stops on a cluster without the Gateway API", async () => {
    await refuses(
      withGateway,
      /Gateway API: the cluster does not serve gateway\.networking\.k8s\.io\/v1/,
      /install a controller of the Gateway API/,
    );
  });

  it("stops where no Gateway would serve the hosts, and says why", async () => {
    await furnishGatewayApi(connect({ kubeconfig }));
    await refuses(
      { ...withGateway, gatewayClass: "envoy" },
      /GatewayClass envoy: does not exist; there are rehearsal/,
      /pulumi config set krateo:gatewayClass CLASS/,
    );
    await refuses(
      { ...withGateway, tls: true },
      /Secret frontend-tls: does not exist in namespace krateo-system/,
      /kubectl create secret tls events-presenter-tls --cert=FILE --key=FILE -n krateo-system/,
    );
    await refuses(withExisting({}), /Gateway gateways\/shared: does not exist; there is none/);
    await namespace("gateways");
    await apply({
      ...gatewayApi,
      kind: "Gateway",
      metadata: { name: "shared", namespace: "gateways" },
      spec: {
        gatewayClassName: gatewayClass,
        listeners: [
          { name: "own", protocol: "HTTP", port: 80 },
          {
            name: "web",
            protocol: "HTTP",
            port: 81,
            hostname: "*.example.com",
            allowedRoutes: { namespaces: { from: "All" } },
          },
        ],
      },
    });
    await refuses(withExisting({ listener: "https" }), /has no listener https; there are own, web/);
    await refuses(
      withExisting({ listener: "own" }),
      /takes no HTTPRoute from namespace krateo-system: listener own takes those of its own namespace only/,
    );
    await refuses(
      withExisting({}),
      /no listener that takes the HTTPRoutes serves authn\.krateo\.example\.org, .*; there are web \(\*\.example\.com\)/,
    );
  });

  it("makes a Gateway of its own, and upgrades just the releases that are exposed", async () => {
    assert.deepEqual(await goesOver(withGateway), onNodePorts);
    assert.deepEqual(await agrees(stack), urls("http"));
    for (const name of browserServices) {
      const { spec } = (await live("Service", name)) as { spec: JsonObject };
      assert.equal(spec["type"], "ClusterIP");
      const route = await attachment(name);
      assert.deepEqual(route?.spec.parentRefs[0]?.["sectionName"], "http");
      assert.ok(isServed(route), name);
    }
    assert.deepEqual((await attachment("events-presenter"))?.spec.rules[0]?.["timeouts"], {
      backendRequest: "0s",
      request: "0s",
    });
    const { hostsFile } = (await stack.outputs()) as { hostsFile: string };
    assert.match(hostsFile, /^kubectl get gateway krateo -n krateo-system .* app\.krateo\.example\.org /);
  });

  it("is the same when the cluster is read anew", async () => {
    const { code, output } = await stack.pulumi("preview", "--refresh", "--expect-no-changes");
    assert.equal(code, 0, output);
  });

  it("takes a certificate from another namespace, which a ReferenceGrant opens for just that", async () => {
    await namespace("certificates");
    await certificate("wildcard", "certificates");
    const tls = { secretName: "wildcard", secretNamespace: "certificates" };
    assert.deepEqual(await goesOver({ ...withGateway, tls }), ["frontend"]);
    assert.deepEqual(await agrees(stack), urls("https"));
    const grant = await live("ReferenceGrant", "certificates-for-krateo-system", {
      apiVersion: `${group}/v1beta1`,
      namespace: "certificates",
    });
    assert.deepEqual((grant?.["spec"] as JsonObject)["to"], [
      { group: "", kind: "Secret", name: "wildcard" },
    ]);
    assert.ok(await attachment("redirect-to-https"));
    for (const name of browserServices) {
      assert.equal((await attachment(name))?.spec.parentRefs[0]?.["sectionName"], "https");
    }
  });

  it("is told by verify that the certificate has gone, in the controller's words", async () => {
    const grants = { apiVersion: `${group}/v1beta1`, namespace: "certificates" };
    await change("ReferenceGrant", "certificates-for-krateo-system", grants, {
      spec: { to: [{ group: "", kind: "Secret", name: "other" }] },
    });
    const fault = /listener https: ResolvedRefs is False: RefNotPermitted: no ReferenceGrant for Secret/;
    let output = "";
    for (let attempt = 0; attempt < 20 && !fault.test(output); attempt++) {
      output = (await stack.krateo("verify")).output;
    }
    assert.match(output, fault);
    const { code, output: repaired } = await stack.pulumi("up", "--refresh");
    assert.equal(code, 0, repaired);
    await green(stack);
  });

  it("explains HTTPRoutes that an existing Gateway does not serve, in its controller's words", async () => {
    await change(
      "Gateway",
      "shared",
      { ...gatewayApi, namespace: "gateways" },
      {
        spec: {
          listeners: [
            {
              name: "https",
              protocol: "HTTPS",
              port: 443,
              hostname: "*.krateo.example.org",
              tls: { certificateRefs: [{ name: "shared-tls" }] },
              allowedRoutes: { namespaces: { from: "All" } },
            },
          ],
        },
      },
    );
    // Preflight warns of the missing certificate, which may still come; then nobody does anything for these seconds.
    const patient = { "pulumi.com/timeoutSeconds": "5" };
    const impatient = (...steps: string[]) => ({
      stepConfig: Object.fromEntries(
        steps.map((id) => [id, { with: { metadata: { annotations: patient } } }]),
      ),
    });
    await stack.override({
      components: {
        backend: impatient("attach-authn", "attach-snowplow"),
        "events-stack": impatient("attach-events-presenter"),
        frontend: impatient("attach-frontend"),
      },
    });
    await stack.configure(withExisting({ listener: "https" }, { tls: { external: true } }));
    const { code, output } = await stack.pulumi("up", "--continue-on-error");
    assert.equal(code, 1, output);
    assert.match(
      output,
      /HTTPRoute authn in namespace krateo-system does not work: Gateway gateways\/shared: Accepted is False: NoReadyListeners/,
    );
    assert.match(
      output,
      /Gateway shared in namespace gateways: Programmed is False: Invalid: no listener is ready; listener https: ResolvedRefs is False: InvalidCertificateRef: there is no TLS Secret gateways\/shared-tls/,
    );
    assert.match(output, /kubectl describe httproute authn -n krateo-system/);
  });

  it("goes over to it once it serves the hosts, and leaves it as it is", async () => {
    await certificate("shared-tls", "gateways");
    for (const name of browserServices) await until(async () => isServed(await attachment(name)));
    const gateways = { ...gatewayApi, namespace: "gateways" };
    const shared = (await live("Gateway", "shared", gateways))?.["spec"];
    assert.deepEqual(await goesOver(withExisting({ listener: "https" }, { tls: { external: true } })), []);
    assert.deepEqual(await agrees(stack), urls("https"));
    assert.deepEqual((await live("Gateway", "shared", gateways))?.["spec"], shared);
    assert.equal(await live("Gateway", "krateo", gatewayApi), undefined);
    assert.equal(await attachment("redirect-to-https"), undefined);
    const access = await stack.krateo("access");
    assert.match(access.output, /https:\/\/app\.krateo\.example\.org +HTTPRoute frontend/);
  });

  const others: [type: string, config: JsonObject, from: RegExp][] = [
    ["loadbalancer", { type: "loadbalancer" }, /^http:\/\/203\.0\.113\.\d+:8080$/],
    ["ingress", { type: "ingress", domain: "krateo.example.org" }, /^http:\/\/app\.krateo\.example\.org$/],
  ];
  for (const [type, config, frontend] of others) {
    it(`goes over to ${type}, leaves no HTTPRoute behind, and comes back`, async () => {
      await stack.override({});
      assert.deepEqual(await goesOver(config), browserServices.toSorted());
      assert.match((await agrees(stack))["frontend"] as string, frontend);
      await noGateway();
      assert.deepEqual(await goesOver(withGateway), browserServices.toSorted());
      assert.deepEqual(await agrees(stack), urls("http"));
    });
  }

  it("goes back to the same ports, and leaves nothing of the Gateway API behind", async () => {
    assert.deepEqual(await goesOver({ type: "nodeport" }), onNodePorts);
    assert.equal((await agrees(stack))["frontend"], "http://192.0.2.11:30080");
    await noGateway();
    const grants = { apiVersion: `${group}/v1beta1`, namespace: "certificates" };
    assert.equal(await live("ReferenceGrant", "certificates-for-krateo-system", grants), undefined);
  });
});
