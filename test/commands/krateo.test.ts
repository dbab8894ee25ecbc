import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { parse } from "yaml";
import { holding, kubeconfigOf, withApiServer } from "../cluster/api-server.ts";
import { freeLease } from "../cluster/lease/lease-server.ts";
import { krateo, type Run, withProject } from "./session.ts";

const commands = [
  "init",
  "preflight",
  "render",
  "profiles",
  "verify",
  "access",
  "cleanup",
  "completion",
  "wait-database",
  "wait-notebooks",
  "check-user-objects",
];

describe("krateo", () => {
  let directory: string;
  let remove: () => void;
  const environment = [
    "PULUMI_STACK",
    "KRATEO_CONFIG_FILE",
    "KRATEO_CLUSTER_UID",
    "KRATEO_DEBUG",
    "KUBECONFIG",
  ];
  const before = environment.map((name) => [name, process.env[name]] as const);

  beforeEach(() => {
    for (const name of environment) delete process.env[name];
    const broken = "config:\n  krateo:type: nodport\n  krateo:namespce: x\n";
    ({ directory, remove } = withProject({
      "Pulumi.dev.yaml": "config:\n  krateo:namespace: shop\n  krateo:kubeconfig: kubeconfig\n",
      "Pulumi.broken.yaml": broken,
      kubeconfig: JSON.stringify(kubeconfigOf("shop", "https://127.0.0.1:6443")),
    }));
  });

  afterEach(() => {
    remove();
    for (const [name, value] of before) {
      if (value === undefined) delete process.env[name];
      else process.env[name] = value;
    }
  });

  const run = (...words: string[]): Promise<Run> => krateo(directory, ...words);

  it("can be started with the Node that the README asks for, without a warning of npm's", () => {
    const root = join(import.meta.dirname, "..", "..");
    const { engines } = JSON.parse(readFileSync(join(root, "package.json"), "utf8"));
    assert.deepEqual(engines, { node: ">=20" });
    assert.match(readFileSync(join(root, "README.md"), "utf8"), /Node\.js 20 or newer/);
  });

  describe("as a command line", () => {
    it("prints its version with --version", async () => {
      const { version } = JSON.parse(readFileSync("package.json", "utf8")) as { version: string };
      const { code, printed } = await run("--version");
      assert.deepEqual([code, printed], [0, `krateo ${version}`]);
    });

    it("lists its commands in --help", async () => {
      const { code, printed } = await run("--help");
      assert.equal(code, 0);
      for (const command of commands) assert.match(printed, new RegExp(`^ {2}${command} `, "m"));
    });

    it("knows each command by the name in the help, whose file alone it then loads", async () => {
      const { printed } = await run("--help");
      const names = [...printed.matchAll(/^ {2}([a-z-]+) .*$/gm)].map(([, name]) => name as string);
      assert.ok(names.length > 20);
      for (const name of names.filter((one) => one !== "help")) {
        const help = await run(name, "--help");
        assert.deepEqual([help.code, help.printed.split(" ").slice(0, 3)], [0, ["Usage:", "krateo", name]]);
        assert.deepEqual(await run("help", name), help);
      }
    });

    it("ends quietly when nobody reads on, as behind head", () => {
      const program = join(import.meta.dirname, "..", "..", "commands", "krateo.ts");
      const { status, stderr } = spawnSync(
        "bash",
        ["-c", '"$0" "$1" --help | true; exit "${PIPESTATUS[0]}"', process.execPath, program],
        { encoding: "utf8" },
      );
      assert.deepEqual([status, stderr], [0, ""]);
    });

    for (const command of commands) {
      it(`shows examples and exit codes in ${command} --help`, async () => {
        const { code, printed } = await run(command, "--help");
        assert.equal(code, 0);
        assert.match(printed, /\nExamples:\n {2}npx krateo /);
        assert.match(printed, /\nExit codes: 0 /);
      });
    }

    for (const [words, message] of [
      [["verfy"], "error: unknown command 'verfy'\n(Did you mean verify?)"],
      [["verify", "--jsn"], "error: unknown option '--jsn'\n(Did you mean --json?)"],
      [["render", "x"], "error: too many arguments for 'render'. Expected 0 arguments but got 1."],
      [
        ["verify", "-o", "wide", "--json"],
        "error: option '-o, --table <form>' cannot be used with option '--json'",
      ],
      [
        ["wait-database", "--timeout", "soon"],
        "error: option '--timeout <seconds>' argument 'soon' is invalid. It must be a whole number of seconds, such as 900.",
      ],
    ] as const) {
      it(`refuses ${words.join(" ")} in one line, with exit code 1`, async () => {
        const { code, printed, noted } = await run(...words);
        assert.deepEqual([code, printed, noted.replace("\n(see --help)", "")], [1, "", message]);
      });
    }
  });

  describe("render", () => {
    it("prints the resolved document and nothing else", async () => {
      const { code, printed, noted } = await run("render", "--stack", "dev");
      assert.deepEqual([code, noted], [0, ""]);
      assert.ok(parse(printed).steps.length > 20);
    });

    it("takes the stack from PULUMI_STACK", async () => {
      process.env["PULUMI_STACK"] = "dev";
      assert.match((await run("render")).printed, /namespace: shop\n/);
    });

    it("takes the same keys as pulumi, and names environments that it does not read", async () => {
      const short = withProject({
        "Pulumi.dev.yaml":
          "environment: [prod]\nconfig:\n  type: loadbalancer\n  krateo:config:namespace: shop\n",
      });
      try {
        const { code, printed, noted } = await krateo(short.directory, "render", "--stack", "dev");
        assert.deepEqual(
          [code, noted],
          [
            0,
            "the stack imports environments (prod), which this command does not read: what they set is missing here. " +
              "Write such keys into the stack's file, or give --namespace, --kubeconfig and --context",
          ],
        );
        assert.match(printed, /\$\{AUTHN_IP\}/);
        assert.match(printed, /namespace: shop\n/);
      } finally {
        short.remove();
      }
    });

    it("writes to a file and says so", async () => {
      const file = join(directory, "out.yaml");
      assert.deepEqual(await run("render", "--stack", "dev", "--output", file), {
        code: 0,
        printed: "",
        noted: `written to ${file}`,
      });
      assert.ok(parse(readFileSync(file, "utf8")).steps.length > 20);
    });

    it("lists every problem of the configuration, without a stack trace", async () => {
      const { code, printed, noted } = await run("render", "--stack", "broken");
      assert.deepEqual([code, printed], [1, ""]);
      assert.match(noted, /^2 problems:\n/);
      assert.doesNotMatch(noted, /\n {4}at /);
    });

    it("says when the file cannot be written", async () => {
      const { code, noted } = await run(
        "render",
        "--stack",
        "dev",
        "--output",
        join(directory, "no", "out.yaml"),
      );
      assert.equal(code, 1);
      assert.match(noted, /^1 problem:\n1\. the document cannot be written: ENOENT/);
    });
  });

  describe("with a cluster", () => {
    const system = { metadata: { name: "kube-system", uid: "uid-1" } };
    const path = "/api/v1/namespaces/kube-system";

    it("says that it cannot be reached, with the exit code that asks to try again later", async () => {
      const words = ["cleanup", "--stack", "dev", "--kubeconfig", join(directory, "kubeconfig")];
      const { code, noted } = await run(...words);
      assert.equal(code, 3);
      assert.match(noted, /^the cluster at https:\/\/127\.0\.0\.1:6443 \(context shop\) cannot be reached: /);
    });

    it("takes namespace and kubeconfig from the stack, and flags before those", async () => {
      const shop = {
        "/api/v1/namespaces/shop": { metadata: { name: "shop", uid: "uid-3" } },
        "/apis/coordination.k8s.io/v1/namespaces/shop/leases/krateo-installer": freeLease,
      };
      await withApiServer(holding({ [path]: system, ...shop }), async ({ kubeconfig }, requests) => {
        const { code, printed } = await run("cleanup", "--stack", "dev", "--kubeconfig", kubeconfig);
        assert.deepEqual(
          [code, printed],
          [0, "nothing of an earlier platform version is left in namespace shop"],
        );
        await run("wait-notebooks", "--stack", "dev", "--kubeconfig", kubeconfig, "--namespace", "other");
        assert.equal(requests.at(-1), "GET /apis/finops.krateo.io/v1/namespaces/other/notebooks?limit=500");
      });
    });

    it("needs no stack file for waiting and cleaning up, nor one that is sound", async () => {
      await withApiServer(holding({ [path]: system }), async ({ kubeconfig }) => {
        for (const stack of ["new", "broken"]) {
          const { code, printed } = await run("wait-notebooks", "--stack", stack, "--kubeconfig", kubeconfig);
          assert.deepEqual([code, printed], [0, "no Notebook is left in namespace krateo-system"]);
        }
      });
    });

    it("refuses a namespace that cannot be one, in place of the default, unless a flag gives another", async () => {
      const file = join(directory, "Pulumi.wrong.yaml");
      writeFileSync(file, "config:\n  krateo:namespace: Shop\n  krateo:nodeAddress: http://x\n");
      await withApiServer(holding({ [path]: system }), async ({ kubeconfig }, requests) => {
        const wait = ["wait-notebooks", "--stack", "wrong", "--kubeconfig", kubeconfig];
        const { code, noted } = await run(...wait);
        assert.equal(code, 1);
        assert.match(
          noted,
          /^1 problem:\n1\. namespace has a value that is not allowed\n.*krateo:namespace\n/,
        );
        assert.deepEqual(requests, []);
        assert.equal(
          (await run(...wait, "--namespace", "shop")).printed,
          "no Notebook is left in namespace shop",
        );
        const access = await run("access", "--stack", "wrong", "--namespace", "shop");
        assert.match(access.noted, /^1 problem:\n1\. nodeAddress has a value that is not allowed\n/);
      });
    });

    it("touches no other cluster than the one that was planned for", async () => {
      process.env["KRATEO_CLUSTER_UID"] = "uid-2";
      await withApiServer(holding({ [path]: system }), async ({ kubeconfig, server }, requests) => {
        const { code, noted } = await run("cleanup", "--stack", "dev", "--kubeconfig", kubeconfig);
        assert.equal(code, 1);
        assert.match(
          noted,
          new RegExp(`the cluster at ${server} \\(context shop\\) is not the one that was planned for`),
        );
        assert.deepEqual(requests, [`GET ${path}`]);
      });
    });

    it("verify of an empty cluster reports all that is missing, as a table and as JSON", async () => {
      await withApiServer(holding({ [path]: system }), async ({ kubeconfig }) => {
        const table = await run("verify", "--stack", "dev", "--kubeconfig", kubeconfig);
        assert.equal(table.code, 1);
        assert.match(
          table.printed,
          /\nERROR: \d+ errors, 0 warnings, 1 check passed \(namespace shop at http:.*\)$/,
        );
        const json = await run("verify", "--stack", "dev", "--kubeconfig", kubeconfig, "--json");
        assert.equal(json.code, 1);
        const { verdict, checks } = JSON.parse(json.printed);
        assert.equal(verdict, "ERROR");
        assert.deepEqual(Object.keys(checks[0]), ["check", "subject", "expected", "status", "found", "next"]);
      });
    });
  });
});
