import assert from "node:assert/strict";
import { encodeRelease } from "../../cluster/client/helm-release.ts";
import { holding, kubeconfigOf, withApiServer } from "../cluster/api-server.ts";
import { helmRelease } from "../cluster/helm-releases.ts";
import { withHelm } from "../cluster/helm-stand-in.ts";
import { withStoredCharts } from "../support/stored-charts.ts";
import { krateo, type Run, withProject } from "./session.ts";

const namespaced = "/api/v1/namespaces/shop";
const named = (name: string, given: object = {}) => ({ metadata: { name, uid: `uid of ${name}`, ...given } });

/** A Secret of Helm's; without content a damaged one. */
const record = (release: string, revision: number, content = "") => ({
  ...named(`sh.helm.release.v1.${release}.v${revision}`, {
    namespace: "shop",
    labels: { owner: "helm", name: release, version: String(revision), status: "deployed" },
  }),
  type: "helm.sh/release.v1",
  data: { release: content },
});
const whole = (release: string, revision: number) =>
  record(release, revision, encodeRelease(helmRelease(release, { namespace: "shop", version: revision })));

/** A cluster that holds these records and nothing else. */
const cluster = (...records: readonly { metadata: { name: string } }[]) => ({
  "/version": { gitVersion: "v1.31.2" },
  "/api": { items: [] },
  "/apis": { items: [], groups: [] },
  "/api/v1/namespaces/kube-system": named("kube-system"),
  [namespaced]: named("shop"),
  "/api/v1/nodes": {
    items: [
      {
        metadata: { name: "node", uid: "n" },
        status: { addresses: [{ type: "InternalIP", address: "10.0.0.1" }] },
      },
    ],
  },
  "/apis/storage.k8s.io/v1/storageclasses": {
    items: [
      {
        ...named("standard", { annotations: { "storageclass.kubernetes.io/is-default-class": "true" } }),
        provisioner: "csi",
      },
    ],
  },
  [`${namespaced}/secrets`]: { items: records },
  ...Object.fromEntries(records.map((one) => [`${namespaced}/secrets/${one.metadata.name}`, one])),
});

const pulumi = `#!/bin/sh
case "$1 $2" in
  "stack export") echo '{"deployment": {"resources": [{"urn": "urn:pulumi:dev::krateo::x::install-authn", "type": "kubernetes:helm.sh/v3:Release", "inputs": {"name": "authn", "namespace": "shop"}}]}}' ;;
  "whoami --verbose") echo '{"url": "https://api.example.org"}' ;;
esac
`;

/** Runs a command line in a project whose stack `dev` is installed in namespace `shop` of that cluster. */
async function run(objects: Readonly<Record<string, unknown>>, line: string): Promise<Run> {
  let result: Run | undefined;
  const answer = holding(objects);
  const handler = (method: string, path: string) =>
    method === "POST" ? { status: 201, body: { status: { allowed: true } } } : answer(method, path);
  await withApiServer(handler, async ({ server }) => {
    const { directory, remove } = withProject({
      "Pulumi.dev.yaml": "config:\n  krateo:namespace: shop\n  krateo:kubeconfig: kubeconfig\n",
      "node_modules/.bin/pulumi": pulumi,
      kubeconfig: JSON.stringify(kubeconfigOf("shop", server)),
    });
    try {
      // The charts are none that a helm could render.
      result = await withHelm(undefined, () => krateo(directory, ...line.split(" "), "--stack", "dev"));
    } finally {
      remove();
    }
  });
  return result as Run;
}

const said = ({ printed, noted }: Run): string => `${printed}\n${noted}`;
const secret = (release: string, revision: number) => `sh\\.helm\\.release\\.v1\\.${release}\\.v${revision}`;

describe("a damaged record of Helm's", () => {
  withStoredCharts();
  const environment = ["PULUMI_STACK", "KRATEO_CONFIG_FILE", "KRATEO_CLUSTER_UID", "KUBECONFIG"];
  const before = environment.map((name) => [name, process.env[name]] as const);
  beforeEach(() => {
    for (const name of environment) delete process.env[name];
  });
  afterEach(() => {
    for (const [name, value] of before) if (value !== undefined) process.env[name] = value;
  });

  describe("of somebody else's release", () => {
    // What each command says beside it on a cluster that holds nothing of Krateo.
    const commands: [line: string, code: number, named: boolean][] = [
      ["preflight", 0, true],
      ["verify", 1, true],
      ["diff", 2, true],
      ["repair", 0, true],
      ["uninstall --dry-run", 0, true],
      ["check-user-objects", 0, false],
      ["access", 1, false],
      ["cleanup --dry-run", 0, false],
      ["retire --dry-run", 0, false],
    ];
    for (const [line, code, isNamed] of commands) {
      it(`is no reason for ${line} to stop`, async () => {
        const outcome = await run(cluster(record("website", 4), whole("website", 3)), line);
        const text = said(outcome);
        assert.equal(outcome.code, code, text);
        assert.doesNotMatch(text, /JSON|Error:|undefined/);
        if (isNamed) assert.match(text, new RegExp(`${secret("website", 4)} has an empty key release`));
      });
    }
  });

  describe("of a release of ours", () => {
    const objects = cluster(record("authn", 3), whole("authn", 2), record("authn", 1));
    const stops: [line: string, code: number][] = [
      ["preflight", 1],
      ["verify", 1],
      ["diff", 1],
      ["repair", 1],
      ["uninstall --yes", 1],
      ["check-user-objects", 1],
    ];
    for (const [line, code] of stops) {
      it(`stops ${line}, which names the Secret, the revision that is whole, and what mends it`, async () => {
        const outcome = await run(objects, line);
        const text = said(outcome).replaceAll(/\s+/g, " ");
        assert.equal(outcome.code, code, text);
        assert.match(
          text,
          new RegExp(`revision 3,? cannot be read: Secret shop/${secret("authn", 3)} has an empty`),
        );
        assert.match(text, new RegExp(`kubectl delete secret ${secret("authn", 3)} -n shop; revision 2`));
        assert.match(text, /npx krateo diff/);
      });
    }

    it("is no missing release to verify", async () => {
      const { printed } = await run(objects, "verify");
      assert.match(printed, /ERROR +helm record +Helm release authn +revision 3 cannot be read/);
      assert.doesNotMatch(printed, /release +authn +none/);
    });

    it("is installed over when no revision is whole", async () => {
      const { noted } = await run(cluster(record("authn", 1)), "diff");
      assert.match(noted, /kubectl delete secret \S+\.v1 -n shop, then npx pulumi up --refresh/);
    });
  });

  describe("of a release that may be of Krateo 2.7.0", () => {
    for (const line of ["preflight", "verify", "cleanup --dry-run", "retire --dry-run"]) {
      it(`stops ${line}: nobody can tell whether it is`, async () => {
        const outcome = await run(cluster(record("eventsse", 1)), line);
        assert.equal(outcome.code, 1);
        assert.match(said(outcome), new RegExp(`${secret("eventsse", 1)} has an empty key release`));
      });
    }
  });

  it("that is not the latest is never looked at", async () => {
    const { code, printed } = await run(cluster(record("website", 1), whole("website", 2)), "uninstall");
    assert.equal(code, 1);
    assert.doesNotMatch(printed, /website/);
  });
});
