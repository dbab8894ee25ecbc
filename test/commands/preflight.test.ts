import assert from "node:assert/strict";
import { renameSync } from "node:fs";
import { join } from "node:path";
import { archiveName } from "../../charts/source.ts";
import { chartStepsOf } from "../../plan/plan.ts";
import { type Handler, kubeconfigOf, withApiServer } from "../cluster/api-server.ts";
import type { HelmAnswer } from "../cluster/helm-stand-in.ts";
import { withStoredCharts } from "../support/stored-charts.ts";
import { namespace, plain, type Report, run, server } from "./preflight-session.ts";
import { krateo, withProject } from "./session.ts";

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
});
