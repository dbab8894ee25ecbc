import assert from "node:assert/strict";
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { holding, kubeconfigOf, withApiServer } from "../../cluster/api-server.ts";
import { keys, Terminal } from "../../support/terminal.ts";
import { withProject } from "../session.ts";
import { fakePulumi } from "./fake-pulumi.ts";

const node = (name: string) => ({ metadata: { name }, spec: { providerID: `aws:///a/${name}` } });
const objects = {
  "/version": { gitVersion: "v1.35.4" },
  "/apis": { groups: [] },
  "/api/v1/namespaces/kube-system": { metadata: { name: "kube-system", uid: "uid-1" } },
  "/api/v1/nodes": { items: [node("n1"), node("n2")] },
  "/apis/networking.k8s.io/v1/ingressclasses": { items: [{ metadata: { name: "nginx" } }] },
  "/apis/cert-manager.io/v1/clusterissuers": {
    items: [
      { metadata: { name: "letsencrypt" }, status: { conditions: [{ type: "Ready", status: "True" }] } },
    ],
  },
};

const program = join(import.meta.dirname, "in-terminal.ts");

describe("krateo init at a terminal", function () {
  // Each waits for several answers of a program that it starts.
  this.timeout(60_000);

  /** Runs it in a project with a cluster of a cloud, and talks to it. */
  async function at(
    words: readonly string[],
    talk: (terminal: Terminal, directory: string) => Promise<void>,
    files: Readonly<Record<string, string>> = {},
  ): Promise<void> {
    await withApiServer(holding(objects), async ({ server }) => {
      const { directory, remove } = withProject({
        "Pulumi.yaml": "name: krateo\nruntime: nodejs\n",
        "node_modules/.bin/pulumi": fakePulumi,
        kubeconfig: JSON.stringify(kubeconfigOf("shop", server)),
        ...files,
      });
      const command = [process.execPath, program, directory, "init", "--chart-mirror", "charts", ...words];
      const env = { KUBECONFIG: join(directory, "kubeconfig"), PULUMI_STACK: "", KRATEO_CONFIG_FILE: "" };
      const terminal = new Terminal(command, directory, env);
      try {
        await talk(terminal, directory);
      } finally {
        terminal.stop();
        await terminal.end();
        remove();
      }
    });
  }

  const stackFiles = (directory: string): string[] =>
    readdirSync(directory).filter((name) => /Pulumi\..+/.test(name) && name !== "Pulumi.yaml");

  it("asks what the options leave open, with the proposal first, and says at once what is no answer", async () => {
    await at([], async (terminal, directory) => {
      await terminal.until(/Name of the stack/);
      terminal.type(`prod${keys.enter}`);
      await terminal.until(
        /How do browsers reach the platform\?[\s\S]*ingress \(there is IngressClass nginx\)/,
      );
      terminal.type(keys.enter);
      await terminal.until(/Domain of the hosts/);
      terminal.type(`Not a domain${keys.enter}`);
      await terminal.until(/Allowed: a domain name such as krateo\.example\.org/);
      terminal.type(`${"\x7f".repeat(12)}krateo.example.org${keys.enter}`);
      await terminal.until(/IngressClass[\s\S]*nginx/);
      terminal.type(keys.enter);
      await terminal.until(/https[\s\S]*issuer \(ClusterIssuer letsencrypt is ready\)/);
      terminal.type(keys.enter);
      await terminal.until(/ClusterIssuer[\s\S]*letsencrypt/);
      terminal.type(keys.enter);
      await terminal.until(/Size[\s\S]*standard/);
      terminal.type(`${keys.down}${keys.enter}`);
      await terminal.until(/More profiles[\s\S]*debug/);
      terminal.type(`${keys.space}${keys.enter}`);
      await terminal.until(/stack prod was made[\s\S]*next:[\s\S]*npx pulumi up/);
      assert.equal(await terminal.end(), 2);
      assert.equal(
        readFileSync(join(directory, "Pulumi.prod.yaml"), "utf8").split("config:\n")[1],
        [
          "  krateo:context: shop",
          "  krateo:chartMirror: charts",
          "  # there is IngressClass nginx",
          "  krateo:type: ingress",
          "  # one PostgreSQL instance, for a laptop or a trial",
          "  krateo:profiles:",
          "    - small",
          "    - debug",
          "  krateo:domain: krateo.example.org",
          "  krateo:ingressClass: nginx",
          "  # ClusterIssuer letsencrypt is ready",
          "  krateo:tls:",
          "    clusterIssuer: letsencrypt",
          "encryptionsalt: v1:salt",
          "",
        ].join("\n"),
      );
    });
  });

  it("lets Pulumi ask for its passphrase", async () => {
    const options = ["--stack", "prod", "--type", "loadbalancer", "--size", "small", "--profiles", ""];
    await at(
      options,
      async (terminal, directory) => {
        await terminal.until(/Enter your passphrase: /);
        terminal.type(`of mine${keys.enter}`);
        await terminal.until(/stack prod was made/);
        await terminal.end();
        assert.equal(readFileSync(join(directory, "passphrase"), "utf8"), "of mine\n");
      },
      { asks: "" },
    );
  });

  for (const [when, question, typed] of [
    ["the first question", /krateo/, ""],
    ["a later one", /How do browsers reach the platform\?[\s\S]*ingress/, `prod${keys.enter}`],
  ] as const) {
    it(`leaves nothing behind after Ctrl-C at ${when}`, async () => {
      await at([], async (terminal, directory) => {
        await terminal.until(/Name of the stack/);
        terminal.type(typed);
        await terminal.until(question);
        terminal.type(keys.interrupt);
        await terminal.until(/cancelled: nothing was written/);
        assert.equal(await terminal.end(), 1);
        assert.deepEqual(stackFiles(directory), []);
        assert.ok(!readFileSync(join(directory, "pulumi.log"), "utf8").includes("stack init"));
      });
    });
  }

  for (const [what, leave] of [
    ["Ctrl-C", (terminal: Terminal) => terminal.type(keys.interrupt)],
    ["the terminal is closed", (terminal: Terminal) => terminal.stop()],
  ] as const) {
    it(`leaves nothing behind after ${what} while Pulumi asks`, async () => {
      const options = ["--stack", "prod", "--type", "loadbalancer", "--size", "small", "--profiles", ""];
      await at(
        options,
        async (terminal, directory) => {
          await terminal.until(/Enter your passphrase: /);
          assert.deepEqual(stackFiles(directory), ["Pulumi.prod.yaml"]);
          leave(terminal);
          for (let attempt = 0; attempt < 100 && stackFiles(directory).length > 0; attempt++)
            await new Promise((resolve) => setTimeout(resolve, 100));
          assert.deepEqual(stackFiles(directory), []);
          assert.ok(!existsSync(join(directory, "passphrase")));
        },
        { asks: "" },
      );
    });
  }
});
