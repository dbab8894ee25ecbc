import assert from "node:assert/strict";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { delimiter, join } from "node:path";
import { connect } from "../../cluster/client/connection.ts";
import { providerProblems } from "../../cluster/provider-view.ts";
import { kubeconfigOf } from "./api-server.ts";

describe("what the Kubernetes provider would read in another way", () => {
  let folder: string;
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), "krateo-provider-"));
    writeFileSync(join(folder, "other"), JSON.stringify(kubeconfigOf("other", "https://other")));
  });
  afterEach(() => rmSync(folder, { recursive: true }));

  const problemsFor = (user: Record<string, unknown>, server = "https://shop", directory = "/project") => {
    const kubeconfig = join(folder, "kubeconfig");
    writeFileSync(kubeconfig, JSON.stringify(kubeconfigOf("shop", server, user)));
    return providerProblems(connect({ kubeconfig }), kubeconfig, directory).map(({ what }) => what);
  };

  it("is nothing where all paths are absolute", () => {
    assert.deepEqual(problemsFor({ tokenFile: "/run/token" }), []);
    assert.deepEqual(problemsFor({ exec: helper("kubelogin") }), []);
  });

  it("is what is relative in a kubeconfig outside the project's folder", () => {
    const [what] = problemsFor({ tokenFile: "token" });
    assert.equal(
      what,
      "the kubeconfig has relative paths (tokenFile), which the Kubernetes provider would look for in the project's folder",
    );
    assert.match(problemsFor({ exec: helper("./kubelogin") })[0] ?? "", /\(exec\.command\)/);
    assert.deepEqual(problemsFor({ tokenFile: "token" }, "https://shop", folder), []);
    // Nobody logs in there.
    assert.deepEqual(problemsFor({ tokenFile: "token" }, "http://shop"), []);
  });

  it("is a list of files", () => {
    const kubeconfig = [join(folder, "other"), join(folder, "other")].join(delimiter);
    const [problem] = providerProblems(connect({ kubeconfig }), kubeconfig, "/project");
    assert.equal(problem?.what, "krateo:kubeconfig names several files: the Kubernetes provider takes one");
    assert.deepEqual(providerProblems(connect({ kubeconfig }), undefined, "/project"), []);
  });
});

function helper(command: string): object {
  return { apiVersion: "client.authentication.k8s.io/v1", command, interactiveMode: "Never" };
}
