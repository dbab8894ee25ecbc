import assert from "node:assert/strict";
import { type Handler, kubeconfigOf, withApiServer } from "../cluster/api-server.ts";
import { krateo, withProject } from "./session.ts";

describe("the command line krateo diff", () => {
  const kubeconfig = process.env["KUBECONFIG"];
  afterEach(() => {
    if (kubeconfig !== undefined) process.env["KUBECONFIG"] = kubeconfig;
  });

  /** Runs it on a cluster that answers as said, with a document of one ConfigMap. */
  async function run(handler: Handler, ...words: string[]) {
    let result = { code: -1, printed: "", noted: "" };
    await withApiServer(handler, async ({ server }) => {
      const { directory, remove } = withProject({
        kubeconfig: JSON.stringify(kubeconfigOf("shop", server)),
        "krateo.yaml": JSON.stringify({
          componentsDefinition: { shop: { steps: ["note"] } },
          steps: [
            {
              id: "note",
              type: "object",
              with: { apiVersion: "v1", kind: "ConfigMap", metadata: { name: "note" }, data: { a: "1" } },
            },
          ],
        }),
        "Pulumi.dev.yaml": "config:\n  krateo:version: local\n  krateo:kubeconfig: kubeconfig\n",
      });
      try {
        result = await krateo(directory, "diff", "--stack", "dev", ...words);
      } finally {
        remove();
      }
    });
    return result;
  }

  const namespace = "/api/v1/namespaces/krateo-system";
  const cluster =
    (a: string): Handler =>
    (method, path) => {
      if (method !== "GET") return { status: 403, body: { message: "forbidden" } };
      const objects: Record<string, unknown> = {
        "/api/v1": { resources: [{ name: "configmaps", kind: "ConfigMap", namespaced: true }] },
        [`${namespace}/configmaps/note`]: {
          apiVersion: "v1",
          kind: "ConfigMap",
          metadata: { name: "note", namespace: "krateo-system" },
          data: { a },
        },
        [`${namespace}/secrets/jwt-sign-key`]: {},
        [`${namespace}/secrets/krateo-db`]: {},
        [`${namespace}/secrets/krateo-db-user`]: {},
      };
      return path in objects ? { status: 200, body: objects[path] } : { status: 404, body: {} };
    };

  it("ends with 2 when something differs", async () => {
    const { code, printed } = await run(cluster("2"));
    assert.equal(code, 2, printed);
    assert.match(printed, /^ note {6}ConfigMap note: data\.a {2}1 {8}2$/m);
    assert.match(printed, /next: npx pulumi up --refresh --stack dev$/);
  });

  it("ends with 1 and the reason when the cluster cannot be compared", async () => {
    const { code, printed, noted } = await run(() => ({ status: 403, body: { message: "forbidden" } }));
    assert.equal(code, 1);
    assert.equal(printed, "");
    assert.match(noted, /may not list secrets in namespace krateo-system/);
  });

  it("shows examples and exit codes in its help", async () => {
    const { code, printed } = await krateo(".", "diff", "--help");
    assert.equal(code, 0);
    assert.match(printed, /\nExamples:\n {2}npx krateo diff --stack dev\n/);
    assert.match(printed, /\nExit codes: 0 equal, 2 different, 1 the comparison failed\.$/);
  });

  it("ends with 1 for a format that there is not", async () => {
    const { code, noted } = await run(cluster("1"), "--format", "html");
    assert.equal(code, 1);
    assert.match(noted, /Allowed choices are table, unified/);
  });
});
