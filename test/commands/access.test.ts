import assert from "node:assert/strict";
import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import type { LiveAccess } from "../../cluster/access/access.ts";
import { apiOf, ingress, type ServiceName, service, serviceNames } from "../cluster/access/live.ts";
import { holding, nobodyThere, withApiServer } from "../cluster/api-server.ts";
import { krateo, type Run, withProject } from "./session.ts";

/** What the API server holds of an installation: Services, Ingresses, nodes and the frontend's ConfigMap. */
function cluster(
  given: Partial<LiveAccess>,
  api: Readonly<Record<string, string>>,
  namespace = "krateo-system",
): Record<string, unknown> {
  const core = `/api/v1/namespaces/${namespace}`;
  const nodes = (given.nodeAddresses ?? []).map((address) => ({
    status: { addresses: [{ type: "InternalIP", address }] },
  }));
  return {
    [`${core}/services`]: { items: given.services },
    [`/apis/networking.k8s.io/v1/namespaces/${namespace}/ingresses`]: { items: given.ingresses ?? [] },
    "/api/v1/nodes": { items: nodes },
    [`${core}/configmaps/frontend-config-vars`]: {
      data: { "config.json": JSON.stringify({ api, params: {} }) },
    },
    [`${core}/secrets/admin-password`]: { metadata: { name: "admin-password" } },
  };
}

describe("krateo access", () => {
  const { PULUMI_STACK, KRATEO_CONFIG_FILE, KRATEO_CLUSTER_UID } = process.env;
  const servers: Server[] = [];
  const ports = {} as Record<ServiceName, number>;
  const paths = new Map<ServiceName, string>();
  let directory: string;
  let remove: () => void;

  before(async () => {
    for (const name of ["PULUMI_STACK", "KRATEO_CONFIG_FILE", "KRATEO_CLUSTER_UID"]) delete process.env[name];
    ({ directory, remove } = withProject({ "Pulumi.dev.yaml": "config:\n  krateo:namespace: shop\n" }));
    for (const name of serviceNames) {
      const server = createServer((request, response) => {
        paths.set(name, request.url ?? "");
        response.end("ok");
      });
      await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
      ports[name] = (server.address() as AddressInfo).port;
      servers.push(server);
    }
  });

  after(async () => {
    Object.assign(process.env, {
      ...(PULUMI_STACK && { PULUMI_STACK }),
      ...(KRATEO_CONFIG_FILE && { KRATEO_CONFIG_FILE }),
      ...(KRATEO_CLUSTER_UID && { KRATEO_CLUSTER_UID }),
    });
    remove();
    for (const server of servers) {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    }
  });

  const local = (name: ServiceName): string => `http://127.0.0.1:${ports[name]}`;
  const nodePorts = () => ({
    services: serviceNames.map((name) => service(name, { type: "NodePort", nodePort: ports[name] })),
    nodeAddresses: ["127.0.0.1"],
  });
  const configured = () => apiOf(local("authn"), local("snowplow"), local("events-presenter"));
  const access = async (objects: Record<string, unknown>, ...words: string[]): Promise<Run> => {
    let result: Run | undefined;
    await withApiServer(holding(objects), async ({ kubeconfig }) => {
      result = await krateo(directory, "access", "--kubeconfig", kubeconfig, ...words);
    });
    return result as Run;
  };

  it("shows the addresses, where they come from, and that they answer; needs no stack", async () => {
    const { code, printed, noted } = await access(cluster(nodePorts(), configured()));
    assert.deepEqual([code, noted], [0, ""]);
    const [head, frontend] = printed.split("\n");
    assert.match(head ?? "", /^ *ENDPOINT +URL +FROM +FROM HERE$/);
    assert.equal(
      frontend?.replace(/ +/g, " ").trim(),
      `frontend ${local("frontend")} node port of Service frontend HTTP 200`,
    );
    assert.match(
      printed,
      /login: user admin; this prints the password:\n {2}kubectl get secret admin-password -n krateo-system --kubeconfig /,
    );
    assert.match(
      printed,
      /\nOK: 4 of 4 endpoints reachable from here, 0 errors \(namespace krateo-system at http:.*\)$/,
    );
    assert.deepEqual(Object.fromEntries(paths), {
      frontend: "/",
      authn: "/health",
      snowplow: "/health",
      "events-presenter": "/readyz",
    });
  });

  it("takes the namespace from a stack, too", async () => {
    const { code, printed } = await access(cluster(nodePorts(), configured(), "shop"), "--stack", "dev");
    assert.equal(code, 0);
    assert.match(printed, /\(namespace shop at /);
  });

  it("takes the stack's address of the nodes for a right one, though no node has it", async () => {
    const place = "config:\n  krateo:namespace: shop\n  krateo:nodeAddress: nodes.krateo.invalid\n";
    const stack = withProject({ "Pulumi.dev.yaml": place });
    const elsewhere = (name: ServiceName) => `http://nodes.krateo.invalid:${ports[name]}`;
    const api = apiOf(elsewhere("authn"), elsewhere("snowplow"), elsewhere("events-presenter"));
    await withApiServer(holding(cluster(nodePorts(), api, "shop")), async ({ kubeconfig }) => {
      const words = ["access", "--kubeconfig", kubeconfig, "--stack", "dev", "--json"];
      const { printed } = await krateo(stack.directory, ...words);
      const { endpoints, findings } = JSON.parse(printed);
      assert.equal(endpoints[0].url, elsewhere("frontend"));
      // It does not resolve here, which is all that is wrong with it.
      assert.deepEqual(
        findings.map(({ subject }: { subject: string }) => subject),
        serviceNames,
      );
    });
    stack.remove();
  });

  it("tells of a frontend that sends browsers elsewhere, with exit code 2", async () => {
    const wrong = (await nobodyThere()).replace("https", "http");
    const { code, printed } = await access(
      cluster(nodePorts(), { ...configured(), AUTHN_API_BASE_URL: wrong }),
    );
    assert.equal(code, 2);
    assert.ok(
      printed.includes(
        `ERROR AUTHN_API_BASE_URL: ConfigMap frontend-config-vars sends browsers to ${wrong}; authn is at ${local("authn")} (node port of Service authn)\n`,
      ),
      printed,
    );
    assert.match(printed, /\nERROR: 4 of 4 endpoints reachable from here, 1 error /);
  });

  it("prints hosts-file lines for Ingress hosts without DNS, and asks behind them", async () => {
    const addresses = [{ ip: "127.0.0.1" }];
    const hosts = serviceNames.map((name) => ingress(name, `${name}.krateo.invalid`, { addresses }));
    const services = serviceNames.map((name) => service(name));
    const url = (name: ServiceName): string => `http://${name}.krateo.invalid:${ports[name]}`;
    const api = apiOf(url("authn"), url("snowplow"), url("events-presenter"));
    const { code, printed } = await access(cluster({ services, ingresses: hosts }, api), "--timeout", "2");
    assert.equal(code, 2);
    assert.match(printed, /the name authn\.krateo\.invalid does not resolve/);
    assert.match(
      printed,
      /hosts file .*:\n {2}127\.0\.0\.1 frontend\.krateo\.invalid authn\.krateo\.invalid snowplow\.krateo\.invalid events-presenter\.krateo\.invalid\n/,
    );
  });

  it("reads Helm's values where there is no ConfigMap, and says what is not configured", async () => {
    const objects = cluster(nodePorts(), configured());
    delete objects["/api/v1/namespaces/krateo-system/configmaps/frontend-config-vars"];
    const { code, printed } = await access(objects);
    assert.equal(code, 2);
    assert.match(
      printed,
      /ERROR AUTHN_API_BASE_URL: the frontend's configuration, which was not found, does not say where authn is/,
    );
  });

  it("says that the admin user is not there yet", async () => {
    const objects = cluster(nodePorts(), configured());
    delete objects["/api/v1/namespaces/krateo-system/secrets/admin-password"];
    assert.match((await access(objects)).printed, /there is no Secret admin-password; chart portal makes it/);
  });

  it("works for a user who may list no nodes and read no Secrets", async () => {
    const objects = cluster(nodePorts(), configured());
    const forbidden = (path: string): boolean => path === "/api/v1/nodes" || path.includes("/secrets");
    await withApiServer(
      (method, path) =>
        forbidden(path) ? { status: 403, body: { message: "no" } } : holding(objects)(method, path),
      async ({ kubeconfig }) => {
        const { code } = await krateo(directory, "access", "--kubeconfig", kubeconfig);
        assert.equal(code, 0);
      },
    );
  });

  it("prints one JSON object", async () => {
    const { code, printed } = await access(cluster(nodePorts(), configured()), "--json");
    assert.equal(code, 0);
    const result = JSON.parse(printed);
    assert.deepEqual(Object.keys(result), [
      "reachable",
      "namespace",
      "server",
      "endpoints",
      "admin",
      "findings",
      "hosts",
    ]);
    assert.deepEqual(result.endpoints[1], {
      name: "authn",
      url: local("authn"),
      source: "node port of Service authn",
      reachable: true,
      probe: { url: `${local("authn")}/health`, outcome: "answered", status: 200 },
      told: { AUTHN_API_BASE_URL: local("authn") },
    });
    assert.deepEqual(
      [result.reachable, result.findings, result.admin.user, result.admin.secretExists],
      [true, [], "admin", true],
    );
  });

  it("says that there is no Krateo, with exit code 1", async () => {
    const { code, printed, noted } = await access({}, "--namespace", "elsewhere");
    assert.deepEqual([code, printed], [1, ""]);
    assert.match(noted, /there is no Krateo in namespace elsewhere of the cluster at http:/);
  });

  it("says that the cluster cannot be asked, with the exit code that asks to try again later", async () => {
    const { directory: folder, remove: forget } = withProject({
      kubeconfig: JSON.stringify({
        "current-context": "gone",
        clusters: [{ name: "gone", cluster: { server: await nobodyThere() } }],
        users: [{ name: "gone", user: {} }],
        contexts: [{ name: "gone", context: { cluster: "gone", user: "gone" } }],
      }),
    });
    try {
      const { code, noted } = await krateo(folder, "access", "--kubeconfig", `${folder}/kubeconfig`);
      assert.equal(code, 3);
      assert.match(noted, /cannot be reached: connection refused/);
    } finally {
      forget();
    }
  });
});
