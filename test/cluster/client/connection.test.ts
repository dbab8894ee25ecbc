import assert from "node:assert/strict";
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { delimiter, join } from "node:path";
import { connect } from "../../../cluster/client/connection.ts";
import { ConfigurationError } from "../../../model/problem.ts";
import { kubeconfigOf } from "../api-server.ts";

describe("the connection", () => {
  const names = ["HOME", "KUBECONFIG", "KUBERNETES_SERVICE_HOST", "KUBERNETES_SERVICE_PORT"];
  const before = names.map((name) => [name, process.env[name]] as const);
  let folder: string;

  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), "krateo-kubeconfig-"));
    process.env["HOME"] = folder;
    delete process.env["KUBECONFIG"];
    delete process.env["KUBERNETES_SERVICE_HOST"];
  });

  afterEach(() => {
    for (const [name, value] of before) {
      if (value === undefined) delete process.env[name];
      else process.env[name] = value;
    }
    rmSync(folder, { recursive: true });
  });

  const write = (name: string, content: unknown): string => {
    const file = join(folder, name);
    mkdirSync(join(file, ".."), { recursive: true });
    writeFileSync(file, typeof content === "string" ? content : JSON.stringify(content));
    return file;
  };

  const problemOf = (act: () => unknown) => {
    try {
      act();
    } catch (error) {
      if (error instanceof ConfigurationError) return error.problems[0];
      throw error;
    }
    assert.fail("it should have failed");
  };

  const shown = ({ server, context, kubeconfig }: ReturnType<typeof connect>) => ({
    server,
    context,
    kubeconfig,
  });

  it("takes the kubeconfig that is named before KUBECONFIG, and that before the one at home", () => {
    const home = write(".kube/config", kubeconfigOf("home", "https://home"));
    assert.deepEqual(shown(connect()), { server: "https://home", context: "home", kubeconfig: home });
    process.env["KUBECONFIG"] = write("env", kubeconfigOf("env", "https://env"));
    assert.equal(connect().context, "env");
    assert.equal(
      connect({ kubeconfig: write("given", kubeconfigOf("given", "https://given")) }).context,
      "given",
    );
  });

  it("finds a relative path from the project, and ~ at home", () => {
    write("a/config", kubeconfigOf("a", "https://a"));
    assert.equal(connect({ kubeconfig: "a/config", directory: folder }).server, "https://a");
    assert.equal(connect({ kubeconfig: "~/a/config" }).server, "https://a");
  });

  it("merges several files, the first to name a thing winning, and passes over those that are absent", () => {
    const first = write("first", kubeconfigOf("shop", "https://first"));
    const second = write("second", {
      ...kubeconfigOf("other", "https://other"),
      clusters: [
        { name: "shop", cluster: { server: "https://second" } },
        { name: "other", cluster: { server: "https://other" } },
      ],
    });
    process.env["KUBECONFIG"] = [first, join(folder, "absent"), second].join(delimiter);
    assert.equal(connect().server, "https://first");
    assert.deepEqual(shown(connect({ context: "other" })), {
      server: "https://other",
      context: "other",
      kubeconfig: [first, second].join(delimiter),
    });
  });

  it("names the contexts there are when the one asked for is unknown", () => {
    const file = write("config", kubeconfigOf("shop", "https://shop"));
    assert.deepEqual(
      problemOf(() => connect({ kubeconfig: file, context: "shpo" })),
      {
        what: "the kubeconfig has no such context",
        file,
        path: "contexts",
        given: "shpo",
        allowed: ["shop"],
        next: "kubectl config get-contexts",
      },
    );
  });

  it("says that no context is current", () => {
    const file = write("config", { ...kubeconfigOf("shop", "https://shop"), "current-context": "" });
    assert.equal(
      problemOf(() => connect({ kubeconfig: file }))?.what,
      "the kubeconfig has no current context",
    );
  });

  it("says that a kubeconfig that was named does not exist", () => {
    const file = join(folder, "absent");
    assert.deepEqual(
      problemOf(() => connect({ kubeconfig: file })),
      {
        what: "the kubeconfig does not exist",
        file,
        next: "correct krateo:kubeconfig, or leave it out to use KUBECONFIG or ~/.kube/config",
      },
    );
  });

  it("says that a kubeconfig is broken, and where, without showing the line", () => {
    const file = write("config", "apiVersion: v1\nusers: [{token: *secret}]\nb: {");
    assert.deepEqual(
      problemOf(() => connect({ kubeconfig: file })),
      { what: "the kubeconfig is no YAML (BAD_INDENT)", file, line: 3 },
    );
    const list = write("config", "[1]");
    assert.equal(problemOf(() => connect({ kubeconfig: list }))?.what, "the file is not a kubeconfig");
    const folderOfIt = join(folder, "config");
    rmSync(folderOfIt);
    mkdirSync(folderOfIt);
    assert.equal(
      problemOf(() => connect({ kubeconfig: folderOfIt }))?.what,
      "the kubeconfig cannot be read: it is a folder",
    );
  });

  const yaml = "apiVersion: v1\nkind: Config\nusers:\n- name: a\n  user:\n    token: hush:hush\n";
  const contents: Readonly<Record<string, string>> = {
    YAML: yaml,
    "YAML without what usually comes first": "users:\n- user: {token: hush}",
    "YAML in one line": 'clusters: [{name: a, cluster: {server: "https://a"}}]',
    JSON: JSON.stringify(kubeconfigOf("a", "https://a", { token: "hush:hush" })),
    base64: Buffer.from(yaml).toString("base64"),
    "base64 of JSON": Buffer.from(JSON.stringify(kubeconfigOf("a", "https://a"))).toString("base64"),
  };
  for (const [form, content] of Object.entries(contents)) {
    it(`says that the content of a kubeconfig is no path, and shows nothing of it: ${form}`, () => {
      const problem = {
        what: "this is the content of a kubeconfig; write a path",
        allowed: "a path; for commands also several, joined as in KUBECONFIG",
        next: "write the content to a file that only you can read (chmod 600), and give the file's path",
      };
      assert.deepEqual(
        problemOf(() => connect({ kubeconfig: content, directory: folder })),
        { ...problem, file: "krateo:kubeconfig or --kubeconfig" },
      );
      process.env["KUBECONFIG"] = content;
      assert.deepEqual(
        problemOf(() => connect()),
        { ...problem, file: "the variable KUBECONFIG" },
      );
    });
  }

  it("takes no path for content", () => {
    for (const name of ["kubeconfig", "home/user/.kube/config", "{a}/kind-config", "clusters.yaml"]) {
      const file = write(`x/${name}`, kubeconfigOf("a", "https://a"));
      assert.equal(connect({ kubeconfig: file }).server, "https://a");
    }
  });

  it("passes over empty entries of KUBECONFIG, and with nothing but these does not look at home", () => {
    write(".kube/config", kubeconfigOf("home", "https://home"));
    const file = write("a", kubeconfigOf("a", "https://a"));
    process.env["KUBECONFIG"] = `${delimiter}${file}${delimiter}`;
    assert.equal(connect().server, "https://a");
    process.env["KUBECONFIG"] = "";
    assert.equal(connect().server, "https://home");
    process.env["KUBECONFIG"] = delimiter;
    assert.match(connect().absent ?? "", /^no kubeconfig was found/);
  });

  it("takes entries of the kubeconfig that the context does not use as they are", () => {
    const content = kubeconfigOf("a", "https://a") as { clusters: object[]; contexts: object[] };
    content.clusters.push({ name: "unfinished", cluster: {} }, { name: "nothing" });
    content.contexts.push({ name: "unfinished", context: {} });
    assert.equal(connect({ kubeconfig: write("a", content) }).server, "https://a");
  });

  it("with no kubeconfig at all, says where it looked", () => {
    assert.equal(
      connect().absent,
      "no kubeconfig was found (looked at ~/.kube/config); set KUBECONFIG or krateo:kubeconfig",
    );
    process.env["KUBECONFIG"] = join(folder, "absent");
    assert.equal(
      connect().absent,
      `no kubeconfig was found (looked at ${join(folder, "absent")}); set KUBECONFIG or krateo:kubeconfig`,
    );
  });

  it("inside a cluster, uses the pod's own", () => {
    process.env["KUBERNETES_SERVICE_HOST"] = "10.0.0.1";
    process.env["KUBERNETES_SERVICE_PORT"] = "443";
    assert.equal(connect().server, "https://10.0.0.1:443");
    assert.equal(connect().user.tokenFile, "/var/run/secrets/kubernetes.io/serviceaccount/token");
    process.env["KUBERNETES_SERVICE_HOST"] = "fd00::1";
    assert.equal(connect().server, "https://[fd00::1]:443");
    // An empty kubeconfig is none.
    write(".kube/config", "");
    assert.equal(connect().server, "https://[fd00::1]:443");
  });
});
