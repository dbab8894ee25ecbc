import assert from "node:assert/strict";
import { ConfigurationError } from "../../model/problem.ts";
import { readInventory } from "../../run/inventory.ts";
import { errorOf, holding, nobodyThere, withApiServer, withKubeconfig } from "./api-server.ts";
import { named, settings, system } from "./inventory-cluster.ts";

describe("the inventory", () => {
  describe("of a cluster out of reach", () => {
    const nothing = { namespace: undefined, releases: {}, secrets: {}, objects: {} };

    it("says where it looked and why in vain", async () => {
      const server = await nobodyThere();
      await withKubeconfig(server, async (connection) => {
        assert.deepEqual(await readInventory(connection, settings), {
          ...nothing,
          unreachable: `the cluster at ${server} (context shop) cannot be reached: connection refused`,
          isAway: true,
          legacy: { releases: [], volumes: [] },
        });
      });
    });

    it("gives up soon when no answer comes", async () => {
      await withApiServer(
        () => undefined,
        async (connection) => {
          const { unreachable } = await readInventory(connection, settings, { firstAnswerSeconds: 0.2 });
          assert.match(unreachable ?? "", /^the cluster at .* cannot be reached: no answer within 0.2 s$/);
        },
      );
    });

    for (const [what, answer, reason] of [
      [
        "is starting",
        { status: 503, body: { message: "not ready" } },
        /cannot be reached: it answers 503: not ready$/,
      ],
      [
        "is none",
        { status: 200, body: "hello" },
        /is not a Kubernetes API server: it has no namespace kube-system$/,
      ],
      [
        "knows no kube-system",
        { status: 404, body: {} },
        /is not a Kubernetes API server: it has no namespace kube-system$/,
      ],
    ] as const) {
      it(`counts an API server that ${what}`, async () => {
        await withApiServer(
          () => answer,
          async (connection) => {
            const { unreachable } = await readInventory(connection, settings);
            assert.match(unreachable ?? "", reason);
          },
        );
      });
    }
  });

  describe("that may not be read", () => {
    it("names every verb and resource that is missing", async () => {
      const refusal = { status: 403, body: { message: "no" } };
      const handler = (method: string, path: string) =>
        path.endsWith("/secrets") || path.endsWith("/persistentvolumeclaims/etcd-data-eventsse-etcd-0")
          ? refusal
          : holding({ [system]: named("kube-system") })(method, path);
      await withApiServer(handler, async (connection) => {
        const error = await errorOf(readInventory(connection, settings));
        assert.ok(error instanceof ConfigurationError);
        assert.deepEqual(
          error.problems.map((problem) => problem.what),
          [
            "the user of context shop may not list secrets in namespace krateo-system: no",
            "the user of context shop may not list secrets in namespace elsewhere: no",
            "the user of context shop may not get persistentvolumeclaims in namespace krateo-system: no",
          ].toSorted((one, other) => error.message.indexOf(one) - error.message.indexOf(other)),
        );
        assert.equal(
          error.problems.find(({ what }) => what.includes("elsewhere"))?.next,
          "use a context with that right, or grant it; to check: kubectl auth can-i list secrets -n elsewhere",
        );
      });
    });

    it("says that the credentials are not accepted", async () => {
      await withApiServer(
        () => ({ status: 401, body: { message: "Unauthorized" } }),
        async (connection) => {
          const error = await errorOf(readInventory(connection, settings));
          assert.ok(error instanceof ConfigurationError);
          assert.equal(
            error.problems[0]?.what,
            `the cluster at ${connection.server} does not accept the credentials of context shop`,
          );
        },
      );
    });

    it("says that the program which makes the credentials is not there", async () => {
      const exec = {
        apiVersion: "client.authentication.k8s.io/v1",
        command: "krateo-no-such-program",
        interactiveMode: "Never",
      };
      const test = async (connection: Parameters<typeof readInventory>[0]) => {
        const error = await errorOf(readInventory(connection, settings));
        assert.ok(error instanceof ConfigurationError, String(error));
        assert.match(
          error.problems[0]?.what ?? "",
          /^the login helper krateo-no-such-program of context shop is not there: no such program is found$/,
        );
      };
      await withKubeconfig("https://127.0.0.1:6443", test, { exec });
    });
  });
});
