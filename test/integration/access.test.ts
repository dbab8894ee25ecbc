import assert from "node:assert/strict";
import { type ChildProcess, spawn } from "node:child_process";
import { join } from "node:path";
import { list, patch, pathOf, remove } from "../../cluster/client/api.ts";
import { connect } from "../../cluster/client/connection.ts";
import { rehearsal, until } from "../support/rehearsal.ts";
import { live } from "../support/rehearsed-cluster.ts";
import { openInstalled, type TestStack } from "../support/test-stack.ts";

const root = join(import.meta.dirname, "..", "..");
const kubeconfig = join(root, process.env["KRATEO_TEST_REHEARSAL"] ?? ".rehearsal-test", "kubeconfig");

/** `krateo access --port-forward` at work, with what it has printed so far. */
interface Forwarding {
  readonly child: ChildProcess;
  output: string;
  readonly ended: Promise<number | null>;
}

describe("krateo access", () => {
  const running: Forwarding[] = [];
  let stack: TestStack;

  before(async () => {
    stack = await openInstalled();
    // As on kind, where the nodes' ports are mapped to this machine.
    await stack.configure({ type: "nodeport", nodeAddress: "127.0.0.1" });
    assert.equal((await stack.pulumi("up")).code, 0);
  });

  after(() => {
    for (const { child } of running) child.kill("SIGKILL");
  });

  const startForwarding = async (): Promise<Forwarding> => {
    const { env } = await rehearsal();
    const place = ["--stack", stack.name, "--config-file", stack.configFile];
    const child = spawn("node", ["commands/krateo.ts", "access", "--port-forward", ...place], {
      cwd: root,
      env,
    });
    const ended = new Promise<number | null>((resolve) => child.on("close", resolve));
    const forwarding: Forwarding = { child, output: "", ended };
    for (const stream of [child.stdout, child.stderr])
      stream.on("data", (text) => {
        forwarding.output += text;
      });
    running.push(forwarding);
    await until(async () => {
      if (child.exitCode !== null) throw new Error(`it ended: ${forwarding.output}`);
      return forwarding.output.includes("Ctrl-C ends it.");
    });
    return forwarding;
  };

  /** The four URLs of the frontend's config.json, and the page's. */
  const urls = async (): Promise<Record<string, string>> => {
    const { data } = (await live("ConfigMap", "frontend-config-vars")) as { data: Record<string, string> };
    const { api } = JSON.parse(data["config.json"] as string);
    return Object.fromEntries(
      Object.entries<string>(api).filter(([key]) => /^(AUTHN|SNOWPLOW|EVENTS)/.test(key)),
    );
  };

  const answerAt = async (url: string): Promise<{ port: number; path: string }> => {
    const answer = await fetch(`${url}/some/path`, { headers: { connection: "close" } });
    return (await answer.json()) as { port: number; path: string };
  };

  it("finds the frontend's addresses right, and that nothing answers there, with exit code 2", async () => {
    const { code, output } = await stack.krateo("access", "--json");
    assert.equal(code, 2, output);
    const { endpoints, findings, admin } = JSON.parse(output);
    const told = Object.assign({}, ...endpoints.map((endpoint: { told: object }) => endpoint.told));
    assert.deepEqual(told, await urls());
    assert.deepEqual(
      endpoints.map(({ source, reachable }: { source: string; reachable: boolean }) => [source, reachable]),
      ["frontend", "authn", "snowplow", "events-presenter-external"].map((name) => [
        `node port of Service ${name}`,
        false,
      ]),
    );
    // Nothing but the connections is at fault: every address that the browser is told is a real one.
    assert.deepEqual(
      findings.map(({ subject }: { subject: string }) => subject),
      ["frontend", "authn", "snowplow", "events-presenter"],
    );
    assert.equal(admin.secretExists, true);
  });

  it("forwards all that a browser calls, at the URLs that it is told, also after a pod was replaced", async () => {
    const forwarding = await startForwarding();
    const told = await urls();
    const containerPorts = [8082, 8081, 8083, 8083];
    const keys = ["AUTHN", "SNOWPLOW", "EVENTS", "EVENTS_PUSH"].map((name) => `${name}_API_BASE_URL`);
    for (const [index, key] of keys.entries()) {
      const { port, path } = await answerAt(told[key] as string);
      assert.deepEqual([port, path], [containerPorts[index], "/some/path"], key);
    }
    assert.equal((await answerAt("http://127.0.0.1:30080")).port, 8080);

    const all = await stack.krateo("access");
    assert.equal(all.code, 0, all.output);
    assert.match(all.output, /\nOK: 4 of 4 endpoints reachable from here, 0 errors/);

    const connection = connect({ kubeconfig });
    const pods = pathOf("v1", "pods", "krateo-system");
    const query = { labelSelector: "app.kubernetes.io/name=authn" };
    const before = (await list(connection, pods, { query })).map(({ metadata }) => metadata.name);
    await Promise.all(before.map((name) => remove(connection, `${pods}/${name}`)));
    await until(async () => {
      const now = (await list(connection, pods, { query })).map(({ metadata }) => metadata.name);
      return now.length > 0 && !now.some((name) => before.includes(name));
    });
    assert.equal((await answerAt(told["AUTHN_API_BASE_URL"] as string)).port, 8082);
    assert.match(forwarding.output, new RegExp(`authn: pod ${before[0]} is gone; now at pod authn-`));

    const second = await stack.krateo("access", "--port-forward");
    assert.equal(second.code, 1);
    assert.match(second.output, /^4 problems:\n1\. port 30080 of 127\.0\.0\.1, for frontend, is taken/);
    if (process.platform === "linux")
      assert.match(second.output, new RegExp(`\\(process ${forwarding.child.pid}\\)`));

    forwarding.child.kill("SIGINT");
    assert.equal(await forwarding.ended, 0, forwarding.output);
    await assert.rejects(answerAt("http://127.0.0.1:30080"));
  });

  it("names the address that the frontend gets wrong; forwarded, the page gets the right one", async () => {
    const connection = connect({ kubeconfig });
    const path = pathOf("v1", "configmaps", "krateo-system", "frontend-config-vars");
    const { data } = (await live("ConfigMap", "frontend-config-vars")) as { data: Record<string, string> };
    const config = JSON.parse(data["config.json"] as string);
    config.api.AUTHN_API_BASE_URL = "http://authn.krateo.invalid";
    await patch(connection, path, "application/merge-patch+json", {
      data: { "config.json": JSON.stringify(config) },
    });

    const { code, output } = await stack.krateo("access");
    assert.equal(code, 2);
    assert.match(
      output,
      /ERROR AUTHN_API_BASE_URL: ConfigMap frontend-config-vars sends browsers to http:\/\/authn\.krateo\.invalid; authn is at http:\/\/\S+:30082 \(node port of Service authn\)/,
    );

    const forwarding = await startForwarding();
    assert.match(forwarding.output, /The installation is for other addresses \(AUTHN_API_BASE_URL\)/);
    assert.equal((await answerAt("http://127.0.0.1:8082")).port, 8082);
    assert.equal((await answerAt("http://127.0.0.1:30080")).port, 8080);
    forwarding.child.kill("SIGTERM");
    assert.equal(await forwarding.ended, 0);
  });
});
