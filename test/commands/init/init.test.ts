import assert from "node:assert/strict";
import { existsSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { type Handler, holding, kubeconfigOf, withApiServer } from "../../cluster/api-server.ts";
import { krateo, type Run, withProject } from "../session.ts";
import { fakePulumi } from "./fake-pulumi.ts";

const variables = [
  ...["PULUMI_STACK", "KRATEO_CONFIG_FILE", "KUBECONFIG", "KRATEO_CLUSTER_UID"],
  ...["PULUMI_CONFIG_PASSPHRASE", "PULUMI_CONFIG_PASSPHRASE_FILE"],
];

const objects = {
  "/version": { gitVersion: "v1.35.4" },
  "/apis": { groups: [] },
  "/api/v1/namespaces/kube-system": { metadata: { name: "kube-system", uid: "uid-1" } },
  "/api/v1/nodes": { items: [{ metadata: { name: "n" }, spec: { providerID: "kind://docker/k/n" } }] },
  "/apis/storage.k8s.io/v1/storageclasses": { items: [{ metadata: { name: "fast" } }] },
};

/** What a run left behind, beside what it said. */
interface Outcome extends Run {
  /** The new stack files, by name. */
  readonly files: Readonly<Record<string, string>>;
  /** What pulumi was asked to do. */
  readonly pulumi: readonly string[];
  readonly server: string;
}

describe("krateo init", () => {
  const before = variables.map((name) => [name, process.env[name]] as const);
  beforeEach(() => {
    for (const name of variables) delete process.env[name];
    process.env["PULUMI_CONFIG_PASSPHRASE"] = "";
  });
  afterEach(() => {
    for (const [name, value] of before) {
      if (value === undefined) delete process.env[name];
      else process.env[name] = value;
    }
  });

  /** Runs it in a project with a cluster that has these objects. */
  async function init(
    words: readonly string[],
    {
      files = {},
      handler = holding(objects),
      kubeconfig = (server) => JSON.stringify(kubeconfigOf("shop", server)),
    }: {
      files?: Record<string, string>;
      handler?: Handler;
      kubeconfig?: (server: string) => string;
    } = {},
  ): Promise<Outcome> {
    let outcome: Outcome | undefined;
    await withApiServer(handler, async ({ server }) => {
      const { directory, remove } = withProject({
        "Pulumi.yaml": "name: krateo\nruntime: nodejs\n",
        "Pulumi.there.yaml": "config:\n  krateo:type: loadbalancer\n",
        "node_modules/.bin/pulumi": fakePulumi,
        kubeconfig: kubeconfig(server),
        "charts/.keep": "",
        ...files,
      });
      try {
        process.env["KUBECONFIG"] = join(directory, "kubeconfig");
        const run = await krateo(directory, "init", "--chart-mirror", "charts", ...words);
        const known = ["Pulumi.there.yaml", ...Object.keys(files)];
        const written = readdirSync(directory).filter(
          (name) => /Pulumi\..+\.yaml/.test(name) && !known.includes(name),
        );
        const log = join(directory, "pulumi.log");
        outcome = {
          ...run,
          server,
          files: Object.fromEntries(
            written.map((name) => [name, readFileSync(join(directory, name), "utf8")]),
          ),
          pulumi: existsSync(log) ? readFileSync(log, "utf8").trim().split("\n") : [],
        };
        assert.equal(
          readFileSync(join(directory, "Pulumi.there.yaml"), "utf8").includes("loadbalancer"),
          true,
        );
      } finally {
        remove();
      }
    });
    return outcome as Outcome;
  }

  /** Nothing was written, and pulumi was asked for no stack. */
  function assertNothing({ code, files, pulumi }: Outcome): void {
    assert.equal(code, 1);
    assert.deepEqual(files, {});
    assert.deepEqual(
      pulumi.filter((line) => /^stack (init|rm)/.test(line)),
      [],
    );
  }

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
