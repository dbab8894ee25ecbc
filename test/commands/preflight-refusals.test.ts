import assert from "node:assert/strict";
import { preflightOfRun } from "../../cluster/checks/preflight/preflight.ts";
import { checkLegacy } from "../../migration/live/preflight-checks.ts";
import type { PreviousRun } from "../../model/previous-run.ts";
import { judgeStart } from "../../plan/start-judgement.ts";
import { readInventory } from "../../run/inventory.ts";
import { withApiServer } from "../cluster/api-server.ts";
import { exported, namespace, plain, type Report, run, server } from "./preflight-session.ts";

describe("krateo preflight", () => {
  describe("says whatever up refuses:", () => {
    const encoded = (data: Record<string, string>) =>
      Object.fromEntries(
        Object.entries(data).map(([key, text]) => [key, Buffer.from(text).toString("base64")]),
      );
    const secret = (name: string, data: Record<string, string>, metadata: object = {}) => ({
      [`${namespace}/secrets/${name}`]: { metadata: { name, uid: name, ...metadata }, data: encoded(data) },
    });
    const going = { deletionTimestamp: "2026-01-01T12:00:00Z", finalizers: ["example.org/hold"] };
    const lease = {
      holderIdentity: "ada another 7 1",
      leaseDurationSeconds: 3600,
      acquireTime: "2026-01-01T12:00:00Z",
      // Its holder renews it between any two readings.
      toJSON() {
        return { ...this, toJSON: undefined, renewTime: new Date().toISOString() };
      },
    };
    const situations: [string, RegExp, Readonly<Record<string, unknown>>, PreviousRun?][] = [
      [
        "a namespace that is being deleted",
        /^namespace krateo-system is being deleted/,
        {
          [namespace]: { metadata: { name: "krateo-system", uid: "n", ...going } },
        },
      ],
      [
        "a Secret that is being deleted",
        /^Secret krateo-system\/jwt-sign-key is being deleted/,
        secret("jwt-sign-key", { JWT_SIGN_KEY: "k" }, going),
      ],
      ["an empty key", /JWT_SIGN_KEY is empty/, secret("jwt-sign-key", { JWT_SIGN_KEY: "" })],
      [
        "passwords that differ by a line end",
        /hold different passwords \(they differ by a line end/,
        {
          ...secret("krateo-db", { DB_USER: "krateo-db-user", DB_PASS: "p\n" }),
          ...secret("krateo-db-user", { username: "krateo-db-user", password: "p" }),
        },
      ],
      [
        "bytes that are not text",
        /DB_PASS holds bytes that are not text/,
        {
          [`${namespace}/secrets/krateo-db`]: {
            metadata: { name: "krateo-db", uid: "s" },
            data: { ...encoded({ DB_USER: "krateo-db-user" }), DB_PASS: "/w==" },
          },
        },
      ],
      [
        "a login of another user than the database gets",
        /names another user than the one that the database gets/,
        secret("krateo-db", { DB_USER: "me", DB_PASS: "p" }),
      ],
      [
        "no address of a node",
        /no node of the cluster has an address/,
        { "/api/v1/nodes": { items: [{ metadata: { name: "node", uid: "n" } }] } },
      ],
      [
        "another run in progress",
        /another run is in progress on the installation/,
        {
          "/apis/coordination.k8s.io/v1/namespaces/krateo-system/leases/krateo-installer": {
            metadata: { name: "krateo-installer", uid: "l" },
            spec: lease,
          },
        },
      ],
      [
        "a cluster that is not ready",
        /none is marked as default/,
        { "/apis/storage.k8s.io/v1/storageclasses": { items: [] } },
      ],
      [
        "another cluster than last time",
        /this is not the cluster that this stack was installed on/,
        {},
        { clusterUid: "other", namespace: "krateo-system" },
      ],
      [
        "another namespace than last time",
        /cannot be changed/,
        {},
        { clusterUid: "cluster", namespace: "old" },
      ],
    ];
    for (const [name, expected, given, previous] of situations) {
      it(name, async () => {
        // Type nodeport, as the defaults are, from a stack of its own that holds nothing else.
        const state = previous ? exported(previous.clusterUid, previous.namespace) : "{}";
        const words = ["--stack", "dev", "--type", "nodeport", "--json"];
        const { code, printed } = await run(server(given), words, state);
        const said = (JSON.parse(printed) as Report).checks
          .filter(({ status }) => status === "ERROR")
          .map(({ found }) => found);
        let refused: string[] = [];
        await withApiServer(server(given), async (connection) => {
          const settings = await plain();
          const reading = readInventory(connection, settings);
          const checks = await preflightOfRun(
            connection,
            settings,
            reading,
            Promise.resolve(!previous),
            checkLegacy,
          );
          const now = Date.now();
          const { problems } = judgeStart(settings, await reading, {
            previous,
            preview: false,
            migration: [],
            now,
            checks,
          });
          refused = problems.map(({ what }) => what);
        });
        assert.ok(
          refused.some((what) => expected.test(what.replace(/^default StorageClass: /, ""))),
          refused.join("\n"),
        );
        assert.equal(code, 1);
        for (const what of refused)
          assert.ok(
            said.some((found) => what.endsWith(found) || found.startsWith(what)),
            `preflight is silent on: ${what}\nit says:\n${said.join("\n")}`,
          );
      });
    }
  });
});
