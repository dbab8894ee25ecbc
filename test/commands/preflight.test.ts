import assert from "node:assert/strict";
import { type Handler, holding, kubeconfigOf, withApiServer } from "../cluster/api-server.ts";
import { krateo, withProject } from "./session.ts";

const namespace = "/api/v1/namespaces/krateo-system";
const standard = {
  metadata: { name: "standard", annotations: { "storageclass.kubernetes.io/is-default-class": "true" } },
  provisioner: "csi",
};
const objects = {
  "/version": { gitVersion: "v1.31.2" },
  "/apis": { groups: [] },
  "/api/v1/namespaces/kube-system": { metadata: { name: "kube-system", uid: "cluster" } },
  "/apis/storage.k8s.io/v1/storageclasses": { items: [standard] },
  "/api/v1/nodes": {
    items: [
      {
        metadata: { name: "node", uid: "n" },
        status: { addresses: [{ type: "InternalIP", address: "10.0.0.1" }] },
      },
    ],
  },
};

/** An API server for an administrator, with these objects. */
function server(given: Readonly<Record<string, unknown>> = {}): Handler {
  const answer = holding({ ...objects, ...given });
  return (method, path) =>
    method === "POST" ? { status: 201, body: { status: { allowed: true } } } : answer(method, path);
}

/** Runs the command in a project with a stack `dev`, on that cluster. */
async function run(handler: Handler, ...words: string[]) {
  let result: Awaited<ReturnType<typeof krateo>> | undefined;
  await withApiServer(handler, async (connection) => {
    const { directory, remove } = withProject({
      "Pulumi.dev.yaml": "config:\n  krateo:type: ingress\n  krateo:domain: krateo.test\n",
      kubeconfig: JSON.stringify(kubeconfigOf("shop", connection.server)),
    });
    try {
      result = await krateo(directory, "preflight", "--kubeconfig", `${directory}/kubeconfig`, ...words);
    } finally {
      remove();
    }
  });
  return result as Awaited<ReturnType<typeof krateo>>;
}

interface Report {
  readonly verdict: string;
  readonly checks: readonly { readonly check: string; readonly status: string; readonly found: string }[];
}

describe("krateo preflight", () => {
  it("works before there is a stack, and says what it supposes", async () => {
    const { code, printed, noted } = await run(server());
    assert.equal(
      noted,
      "no stack with a configuration is selected: the defaults count, with type nodeport; --stack NAME chooses one",
    );
    assert.equal(code, 0, printed);
    assert.match(printed, /^ STATUS +CHECK +SUBJECT +FOUND\n OK +cluster +context shop /);
    assert.match(printed, /30080, 30081, 30082, 30083, 30086: free/);
    assert.match(
      printed,
      /\nWARNING: 0 errors, 1 warnings, \d+ checks passed \(namespace krateo-system at http/,
    );
  });

  it("takes the type from the command line, and needs no domain without a stack", async () => {
    const { code, printed } = await run(server(), "--type", "ingress");
    assert.equal(code, 0, printed);
    assert.match(printed, /default IngressClass/);
  });

  it("takes the stack's configuration, over which options win", async () => {
    const stack = await run(server(), "--stack", "dev", "--json");
    const checks = (JSON.parse(stack.printed) as Report).checks.map(({ check }) => check);
    assert.ok(checks.includes("ingress") && !checks.includes("node port"));
    const option = await run(server(), "--stack", "dev", "--type", "nodeport", "--json");
    assert.ok((JSON.parse(option.printed) as Report).checks.some(({ check }) => check === "node port"));
  });

  it("reports what would stop an up besides, and ends with exit code 1", async () => {
    const given = {
      [`${namespace}/secrets/krateo-db`]: {
        metadata: { name: "krateo-db", uid: "s" },
        data: { DB_USER: Buffer.from("krateo-db-user").toString("base64") },
      },
    };
    const { code, printed } = await run(server(given), "--json");
    assert.equal(code, 1);
    const { verdict, checks } = JSON.parse(printed) as Report;
    assert.equal(verdict, "ERROR");
    assert.deepEqual(
      checks.filter(({ status }) => status === "ERROR").map(({ check, found }) => [check, found]),
      [["precondition", "Secret krateo-system/krateo-db: DB_PASS is missing (keys DB_USER)"]],
    );
  });

  it("refuses a configuration that is not well-formed before it asks the cluster anything", async () => {
    let asked = 0;
    const handler: Handler = (...request) => {
      asked += 1;
      return server()(...request);
    };
    const { code, noted } = await run(handler, "--stack", "dev", "--namespace", "No_Namespace");
    assert.equal(code, 1);
    assert.match(noted, /krateo:namespace/);
    assert.equal(asked, 0);
  });
});
