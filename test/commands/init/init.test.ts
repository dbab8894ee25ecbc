import assert from "node:assert/strict";
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { holding, kubeconfigOf, withApiServer } from "../../cluster/api-server.ts";
import { krateo, withProject } from "../session.ts";
import { fakePulumi } from "./fake-pulumi.ts";
import { assertNothing, init, objects, withoutVariables } from "./init-session.ts";

describe("krateo init", () => {
  withoutVariables();

  it("writes what suits the cluster with the reasons, makes the stack, runs preflight and says how to go on", async () => {
    const { code, printed, files, pulumi, server } = await init(["--yes", "--stack", "dev"]);
    assert.deepEqual(files, {
      "Pulumi.dev.yaml": [
        "# yaml-language-server: $schema=schemas/stack.schema.json",
        `# Written by npx krateo init for the cluster at ${server}. All keys: docs/configuration.md`,
        "config:",
        "  krateo:context: shop",
        "  krateo:chartMirror: charts",
        "  # the nodes are kind's",
        "  krateo:type: nodeport",
        "  # one PostgreSQL instance: the cluster has one node",
        "  krateo:profiles:",
        "    - small",
        "  # kind's nodes are containers: map their ports to this machine",
        "  krateo:nodeAddress: 127.0.0.1",
        "  krateo:databaseStorage:",
        "    storageClass: fast",
        "encryptionsalt: v1:salt",
        "",
      ].join("\n"),
    });
    assert.deepEqual(pulumi.slice(0, 3), [
      "whoami --verbose --json --non-interactive",
      "stack ls --json --non-interactive",
      "stack init dev --non-interactive",
    ]);
    assert.match(printed, /\nstack dev was made\n/);
    // There are no charts in the mirror, and no default StorageClass for CrateDB.
    assert.match(printed, /\n ERROR +charts .*\n/);
    assert.match(
      printed,
      /\nnext:\n {2}npx krateo preflight .*\n {2}npx pulumi preview .*\n {2}npx pulumi up /,
    );
    assert.equal(code, 2);
  });

  it("takes every answer from options, and asks nothing then", async () => {
    const { code, files } = await init([
      ...["--stack", "dev", "--type", "ingress", "--domain", "krateo.example.org", "--tls", "secret"],
      ...[
        "--tls-secret",
        "wildcard",
        "--storage-class",
        "fast",
        "--size",
        "standard",
        "--profiles",
        "no-finops,debug",
      ],
      ...["--namespace", "web", "--context", "shop"],
    ]);
    assert.equal(code, 2);
    const [, config] = (files["Pulumi.dev.yaml"] as string).split("config:\n");
    assert.equal(
      config,
      [
        "  krateo:context: shop",
        "  krateo:namespace: web",
        "  krateo:chartMirror: charts",
        "  krateo:type: ingress",
        "  krateo:profiles:",
        "    - no-finops",
        "    - debug",
        "  krateo:domain: krateo.example.org",
        "  krateo:tls:",
        "    secretName: wildcard",
        "  krateo:databaseStorage:",
        "    storageClass: fast",
        "encryptionsalt: v1:salt",
        "",
      ].join("\n"),
    );
  });

  it("names a Gateway as NAMESPACE/NAME, and a class without a slash", async () => {
    const gateway = async (name: string) =>
      (
        await init([
          "--yes",
          "--stack",
          "dev",
          "--type",
          "gateway",
          "--domain",
          "a.example.org",
          "--gateway",
          name,
        ])
      ).files["Pulumi.dev.yaml"];
    assert.match(
      (await gateway("gateways/shared")) ?? "",
      /krateo:gateway:\n {4}name: shared\n {4}namespace: gateways\n/,
    );
    assert.match((await gateway("envoy")) ?? "", /krateo:gatewayClass: envoy\n/);
  });

  it("uses profile openshift on OpenShift, with Routes", async () => {
    const groups = ["security.openshift.io", "route.openshift.io"].map((name) => ({ name }));
    const handler = holding({ ...objects, "/apis": { groups } });
    const { files } = await init(["--yes", "--stack", "dev"], { handler });
    assert.match(
      files["Pulumi.dev.yaml"] ?? "",
      /krateo:type: routes\n {2}# OpenShift refuses .*\n {2}krateo:openshift: true\n/,
    );
  });

  it("asks for the cluster where the kubeconfig has several contexts", async () => {
    const kubeconfig = (server: string): string => {
      const one = kubeconfigOf("shop", server) as { contexts: object[] };
      const other = { name: "other", context: { cluster: "shop", user: "shop" } };
      return JSON.stringify({ ...one, contexts: [other, ...one.contexts] });
    };
    const options = ["--stack", "dev", "--type", "loadbalancer", "--size", "small", "--storage-class", ""];
    const outcome = await init(options, { kubeconfig });
    assertNothing(outcome);
    assert.match(
      outcome.noted,
      /^1 problem:\n1\. --context is missing.*\n {3}allowed: shop, other\n.*here shop$/,
    );
    const { files } = await init([...options, "--context", "other"], { kubeconfig });
    assert.match(files["Pulumi.dev.yaml"] ?? "", /krateo:context: other\n/);
  });

  it("takes the file back when Pulumi makes no stack", async () => {
    const { code, noted, files } = await init(["--yes", "--stack", "dev"], { files: { refuses: "" } });
    assert.deepEqual([code, files], [1, {}]);
    assert.match(noted, /pulumi stack init ended with exit code 255; Pulumi\.dev\.yaml was removed again/);
  });

  it("says how to remove a stack that Pulumi made before it failed, and removes none itself: it may be another's", async () => {
    const { code, noted, files, pulumi } = await init(["--yes", "--stack", "dev"], {
      files: { "fails-half-way": "" },
    });
    assert.deepEqual([code, files], [1, {}]);
    assert.match(noted, /Pulumi\.dev\.yaml was removed again\n.*npx pulumi stack rm dev removes it/);
    assert.ok(!pulumi.some((line) => line.startsWith("stack rm")));
  });

  it("has every option in its documentation", async () => {
    const { printed } = await krateo(".", "init", "--help");
    const page = readFileSync(
      join(import.meta.dirname, "..", "..", "..", "docs", "configuration.md"),
      "utf8",
    );
    const [section = ""] = /^## A new stack\n[\s\S]*?(?=^## )/m.exec(page) ?? [];
    const options = [...printed.matchAll(/^ {2}(?:-\w, )?(--[a-z-]+)/gm)].map(
      ([, option]) => option as string,
    );
    assert.ok(options.length > 15);
    assert.deepEqual(
      options.filter((option) => option !== "--help" && !section.includes(option)),
      [],
    );
  });

  it("writes the schema's path and the keys' prefix as the project has them", async () => {
    const files = {
      "Pulumi.yaml": "name: shop\nruntime: nodejs\nstackConfigDir: stacks\n",
      "stacks/.keep": "",
    };
    let text = "";
    await withApiServer(holding(objects), async ({ kubeconfig }) => {
      const { directory, remove } = withProject({ ...files, "node_modules/.bin/pulumi": fakePulumi });
      try {
        writeFileSync(join(directory, "stacks", ".keep"), "");
        await krateo(
          directory,
          "init",
          "--yes",
          "--stack",
          "dev",
          "--kubeconfig",
          kubeconfig,
          "--chart-mirror",
          "none",
        );
        text = readFileSync(join(directory, "stacks", "Pulumi.dev.yaml"), "utf8");
      } finally {
        remove();
      }
    });
    assert.match(text, /^# yaml-language-server: \$schema=\.\.\/schemas\/stack\.schema\.json\n/);
    assert.match(text, /\n {2}shop:type: nodeport\n/);
  });
});
