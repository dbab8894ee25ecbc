import assert from "node:assert/strict";
import { join } from "node:path";
import { kubeconfigOf } from "../../cluster/api-server.ts";
import { krateo, withProject } from "../session.ts";
import { fakePulumi } from "./fake-pulumi.ts";
import { assertNothing, init, withoutVariables } from "./init-session.ts";

describe("krateo init", () => {
  withoutVariables();

  it("lists every option that is missing where there is no terminal, and writes nothing", async () => {
    const outcome = await init([]);
    assertNothing(outcome);
    const missing = [...outcome.noted.matchAll(/--([a-z-]+) is missing/g)].map(([, name]) => name);
    assert.deepEqual(missing, ["stack", "type", "node-address", "storage-class", "size"]);
    assert.match(outcome.noted, /next: {4}give --type, or take all proposals with --yes: here nodeport\n/);
  });

  it("asks with --yes only for what nobody can propose", async () => {
    const outcome = await init(["--yes", "--type", "ingress", "--stack", "dev"]);
    assertNothing(outcome);
    assert.match(
      outcome.noted,
      /^1 problem:\n1\. --domain is missing.*\n.*such as krateo\.example\.org\n.*give --domain$/,
    );
  });

  const refusals: readonly (readonly [string, readonly string[], RegExp, Record<string, string>?])[] = [
    [
      "a stack file that is there",
      ["--stack", "there"],
      /there is a file Pulumi\.there\.yaml.*\n.*npx pulumi stack init there/,
    ],
    [
      "a stack that is there",
      ["--stack", "taken"],
      /the backend has a stack taken.*\n.*npx pulumi config set/,
    ],
    ["a name that leads elsewhere", ["--stack", "../dev"], /this cannot be a stack's name/],
    [
      "a Gateway of more than a namespace and a name",
      ["--stack", "dev", "--type", "gateway", "--domain", "a.example.org", "--gateway", "a/b/c"],
      /1\. name has a value that is not allowed.*\n.*krateo:gateway\.name\n/,
    ],
    [
      "an answer that the configuration refuses",
      ["--stack", "dev", "--type", "ingress", "--domain", "https://x"],
      /1\. domain has a value that is not allowed/,
    ],
    [
      "an option that the type has no use for",
      ["--stack", "dev", "--domain", "a.example.org"],
      /domain.*\n(.*\n)*.*nodeport/,
    ],
    [
      "two answers that contradict each other",
      [
        "--stack",
        "dev",
        "--type",
        "ingress",
        "--domain",
        "a.example.org",
        "--tls",
        "none",
        "--tls-secret",
        "x",
      ],
      /--tls none goes with neither/,
    ],
    ["a profile that there is none of", ["--stack", "dev", "--profiles", "no-finop"], /no-finop/],
    [
      "no login to a backend",
      ["--stack", "dev"],
      /where its state is.*\n.*npx pulumi login/s,
      { "node_modules/.bin/pulumi": "#!/bin/sh\nexit 255\n" },
    ],
  ];
  for (const [what, words, message, files] of refusals) {
    it(`refuses ${what}, and writes nothing`, async () => {
      const outcome = await init(["--yes", ...words], { files });
      assertNothing(outcome);
      assert.match(outcome.noted, message);
    });
  }

  it("refuses a cluster out of reach with the way to another one", async () => {
    const kubeconfig = () => JSON.stringify(kubeconfigOf("shop", "https://127.0.0.1:1"));
    const outcome = await init(["--yes", "--stack", "dev"], { kubeconfig });
    assertNothing(outcome);
    assert.match(
      outcome.noted,
      /cannot be reached: .*; nothing was written\n.*npx krateo init --context NAME/,
    );
  });

  it("refuses a stack that Pulumi would ask a passphrase for, where there is nobody to ask", async () => {
    delete process.env["PULUMI_CONFIG_PASSPHRASE"];
    const outcome = await init(["--yes", "--stack", "dev"]);
    assertNothing(outcome);
    assert.match(outcome.noted, /set PULUMI_CONFIG_PASSPHRASE or/);
    const provider = "awskms://alias/x";
    const { pulumi } = await init(["--yes", "--stack", "dev", "--secrets-provider", provider]);
    assert.ok(pulumi.includes(`stack init dev --secrets-provider ${provider} --non-interactive`));
  });

  it("says where it looked for a kubeconfig that is not there", async () => {
    const { directory, remove } = withProject({ "node_modules/.bin/pulumi": fakePulumi });
    try {
      process.env["KUBECONFIG"] = join(directory, "none");
      const { code, noted } = await krateo(directory, "init", "--yes", "--stack", "dev");
      assert.equal(code, 1);
      assert.match(noted, /no kubeconfig was found \(looked at .*none\).*nothing was written/);
    } finally {
      remove();
    }
  });
});
