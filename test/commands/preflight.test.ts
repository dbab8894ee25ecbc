import assert from "node:assert/strict";
import { renameSync } from "node:fs";
import { join } from "node:path";
import { archiveName } from "../../charts/source.ts";
import { preflightOfRun } from "../../cluster/checks/preflight/preflight.ts";
import { loadSettings } from "../../configuration/load.ts";
import { checkLegacy } from "../../migration/live/preflight-checks.ts";
import type { PreviousRun } from "../../model/previous-run.ts";
import { chartStepsOf } from "../../plan/plan.ts";
import { judgeStart } from "../../plan/start-judgement.ts";
import { readInventory } from "../../run/inventory.ts";
import { type Handler, holding, kubeconfigOf, withApiServer } from "../cluster/api-server.ts";
import { type HelmAnswer, withHelm } from "../cluster/helm-stand-in.ts";
import { withStoredCharts } from "../support/stored-charts.ts";
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

/** What `pulumi stack export` prints of a stack that was installed there. */
const exported = (clusterUid: string, namespace: string): string =>
  JSON.stringify({
    deployment: {
      resources: [
        { urn: "a", type: "pulumi:providers:kubernetes", outputs: { clusterIdentifier: clusterUid } },
        { urn: "b", type: "kubernetes:core/v1:Namespace", outputs: { metadata: { name: namespace } } },
      ],
    },
  });

/** Runs the command in a project with a stack `dev`, on that cluster. @param state What the stack's state holds. */
async function run(
  handler: Handler,
  words: readonly string[],
  state = "{}",
  files: Readonly<Record<string, string>> = {},
  helm?: Readonly<Record<string, HelmAnswer>>,
) {
  return await withHelm(helm, () => runAsItIs(handler, words, state, files));
}

async function runAsItIs(
  handler: Handler,
  words: readonly string[],
  state: string,
  files: Readonly<Record<string, string>>,
) {
  let result: Awaited<ReturnType<typeof krateo>> | undefined;
  await withApiServer(handler, async (connection) => {
    const { directory, remove } = withProject({
      "Pulumi.dev.yaml": "config:\n  krateo:type: ingress\n  krateo:domain: krateo.test\n",
      "node_modules/.bin/pulumi": `#!/bin/sh\n[ "$2" = export ] && echo '${state}'\n`,
      kubeconfig: JSON.stringify(kubeconfigOf("shop", connection.server)),
      ...files,
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

const plain = () => loadSettings({ values: {}, secretKeys: [] }, import.meta.dirname);

describe("krateo preflight", () => {
  const charts = withStoredCharts();

  it("works before there is a stack, and says what it supposes", async () => {
    const { code, printed, noted } = await run(server(), []);
    assert.equal(
      noted,
      "no stack with a configuration is selected: the defaults count, with type nodeport; --stack NAME chooses one",
    );
    assert.equal(code, 0, printed);
    assert.match(printed, /^ STATUS +CHECK +SUBJECT +FOUND\n OK +cluster +context shop /);
    assert.match(printed, /30080, 30081, 30082, 30083, 30086: free/);
    assert.match(
      printed,
      /\nWARNING: 0 errors, 1 warning, \d+ checks passed \(namespace krateo-system at http/,
    );
  });

  it("takes the type from the command line, and needs no domain without a stack", async () => {
    const { code, printed } = await run(server(), ["--type", "ingress"]);
    assert.equal(code, 0, printed);
    assert.match(printed, /default IngressClass/);
  });

  it("takes the stack's configuration, over which options win", async () => {
    const stack = await run(server(), ["--stack", "dev", "--json"]);
    const checks = (JSON.parse(stack.printed) as Report).checks.map(({ check }) => check);
    assert.ok(checks.includes("ingress") && !checks.includes("node port"));
    const option = await run(server(), ["--stack", "dev", "--type", "nodeport", "--json"]);
    assert.ok((JSON.parse(option.printed) as Report).checks.some(({ check }) => check === "node port"));
  });

  it("reports what would stop an up besides, and ends with exit code 1", async () => {
    const given = {
      [`${namespace}/secrets/krateo-db`]: {
        metadata: { name: "krateo-db", uid: "s" },
        data: { DB_USER: Buffer.from("krateo-db-user").toString("base64") },
      },
    };
    const { code, printed } = await run(server(given), ["--json"]);
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
    const { code, noted } = await run(handler, ["--stack", "dev", "--namespace", "No_Namespace"]);
    assert.equal(code, 1);
    assert.match(noted, /krateo:namespace/);
    assert.equal(asked, 0);
  });

  it("says which charts cannot be fetched, as up does", async () => {
    const [first] = chartStepsOf(await plain());
    assert.ok(first);
    const files = { "Pulumi.dev.yaml": `config:\n  krateo:chartMirror: ${charts()}\n` };
    const missing = join(charts(), archiveName(first.chart));
    renameSync(missing, `${missing}.away`);
    try {
      const { printed } = await run(server(), ["--stack", "dev", "--json"], "{}", files);
      const [found, ...more] = (JSON.parse(printed) as Report).checks.filter(
        ({ check }) => check === "charts",
      );
      assert.deepEqual([found?.status, more], ["ERROR", []]);
      assert.match(found?.found ?? "", new RegExp(`^chart ${first.chart.name} .* cannot be fetched`));
    } finally {
      renameSync(`${missing}.away`, missing);
    }
  });

  describe("says of the charts", () => {
    const version: HelmAnswer = { output: "v3.21.4\n" };
    const overrides =
      "components:\n  backend:\n    stepConfig:\n      install-authn:\n        helmValues:\n          service: {port: x}\n";
    const files = () => ({
      "Pulumi.dev.yaml": `config:\n  krateo:chartMirror: ${charts()}\n`,
      "krateo-overrides.yaml": overrides,
    });
    const said = async (helm: Readonly<Record<string, HelmAnswer>> | undefined) => {
      const words = ["--stack", "dev", "--json"];
      const { code, printed } = await run(server(), words, "{}", files(), helm);
      const checks = (JSON.parse(printed) as Report).checks.filter(({ check }) => check === "charts");
      return { code, said: checks.map(({ status, found }) => `${status} ${found}`) };
    };

    it("that they are fetched, without a word on helm, where there is none", async () => {
      assert.deepEqual(await said(undefined), { code: 0, said: ["OK 21 charts fetched"] });
    });

    it("how many of them were tried out", async () => {
      assert.deepEqual(await said({ version, template: {} }), {
        code: 0,
        said: ["OK 21 charts fetched, 21 of new releases tried out by helm v3.21.4"],
      });
    });

    it("what they do not take, with file and line, and ends with exit code 1", async () => {
      const title = "values don't meet the specifications of the schema(s) in the following chart(s):";
      const errors = `Error: ${title}\nauthn:\n- at '/service/port': got string, want integer\n`;
      // Of another version than before: what that one rendered is remembered beside the charts.
      const other = { output: "v3.20.0\n" };
      const helm = { version: other, template: {}, "template authn ": { code: 1, errors } };
      const { code, printed } = await run(server(), ["--stack", "dev"], "{}", files(), helm);
      assert.equal(code, 1);
      assert.match(
        printed,
        /\n ERROR +charts +step install-authn +chart authn \S+ does not take service\.port: got string, want integer\n/,
      );
      assert.match(
        printed,
        /\nERROR step install-authn\n {2}expected: a chart that renders with its values\n {2}next: {5}correct krateo-overrides\.yaml, line 6, components\.backend\.stepConfig\.install-authn\.helmValues\.service\.port; npx krateo explain authn\.service\.port says which layers set it\n/,
      );
    });
  });

  it("says that the provider takes one kubeconfig only, as up does", async () => {
    await withApiServer(server(), async (connection) => {
      const { directory, remove } = withProject({
        "Pulumi.dev.yaml": "config:\n  krateo:kubeconfig: kubeconfig:other\n",
        "node_modules/.bin/pulumi": "#!/bin/sh\necho '{}'\n",
        kubeconfig: JSON.stringify(kubeconfigOf("shop", connection.server)),
        other: JSON.stringify(kubeconfigOf("other", connection.server)),
      });
      try {
        const { code, printed } = await krateo(directory, "preflight", "--stack", "dev");
        assert.equal(code, 1);
        assert.match(printed, /ERROR +cluster +context shop +krateo:kubeconfig names several files/);
      } finally {
        remove();
      }
    });
  });

  it("goes on where the stack's state cannot be read, and says so", async () => {
    const { printed } = await run(server(), ["--stack", "dev"], "'; exit 1; echo '");
    assert.match(printed, /WARNING +precondition +stack dev +Pulumi cannot read the state of stack dev/);
  });

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
