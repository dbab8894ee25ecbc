import assert from "node:assert/strict";
import { setTimeout as pause } from "node:timers/promises";
import { connect } from "../../cluster/client/connection.ts";
import { explainRelease } from "../../cluster/diagnose/diagnose.ts";
import type { JsonObject } from "../../model/settings.ts";
import { helmReleases, kubeconfig, startOver } from "../support/rehearsal.ts";
import { apply } from "../support/rehearsed-cluster.ts";
import { TestStack } from "../support/test-stack.ts";

describe("a release that does not become ready", () => {
  let stack: TestStack;
  let output: string;

  before(async () => {
    await startOver();
    stack = await TestStack.open("explain", { type: "nodeport", profiles: ["no-finops"] });
    await stack.override({
      components: {
        backend: {
          stepConfig: {
            "install-authn": {
              helmValues: { jwtSignKeySecretName: "no-such-secret" },
              with: { timeout: "12s" },
            },
          },
        },
        "db-maintenance": {
          stepConfig: {
            "install-deviser": {
              helmValues: { secret: { name: "no-such-login" } },
              with: { timeout: "12s" },
            },
          },
        },
        "resources-stack": { stepConfig: { "install-resources-ingester": { with: { timeout: "12s" } } } },
      },
    });
    const up = await stack.pulumi("up", "--continue-on-error");
    if (process.env["SHOW"]) console.log(up.output);
    assert.equal(up.code, 1, up.output);
    output = up.output;
  });

  it("is explained: which object, which container, why, and what to type to look further (finding 8)", () => {
    assert.match(
      output,
      /Helm release authn in namespace krateo-system is not ready after (1[2-9]|\d{2,3}) s:/,
    );
    assert.match(output, /Deployment authn/);
    assert.match(output, /CreateContainerConfigError/);
    assert.match(output, /no-such-secret/);
    assert.match(output, /kubectl describe pod/);
  });

  it("stops what needs it, and nothing else", async () => {
    const releases = await helmReleases();
    assert.equal(releases["authn"], "authn-0.22.2 r1 failed");
    assert.equal(releases["resources-presenter"], "resources-presenter-0.10.3 r1 deployed");
    assert.equal(releases["portal"], undefined);
    assert.equal(releases["frontend"], "frontend-1.0.23 r1 deployed");
  });

  it("is not waited for by resources-ingester, which itself waits for what deviser makes", async () => {
    const releases = await helmReleases();
    assert.equal(releases["deviser"], "deviser-0.5.1 r1 failed");
    assert.equal(releases["resources-ingester"], "resources-ingester-1.1.0 r1 failed");
    assert.match(output, /secret "no-such-login" not found/);
    assert.match(output, /Deployment resources-ingester/);
    assert.match(output, /table krateo_resources does not exist/);
  });

  it("ends in words, not in a stack trace", () => {
    assert.doesNotMatch(output, /unhandled exception|node_modules/);
    assert.match(output, /What needs install-authn was not started, because install-authn failed/);
  });

  it("is listed in a summary of what is done, failed and not started", () => {
    assert.match(output, /failed: +authn, deviser, resources-ingester$/m);
    assert.match(output, /not started: +portal\b/);
    assert.match(output, /done: .*\bresources-presenter\b/);
  });

  it("is summed up without --continue-on-error, too: as it stands when the first one fails", async () => {
    const { code, output: short } = await stack.pulumi("up");
    assert.equal(code, 1, short);
    assert.match(short, /when this failed:\s+failed: +(authn|deviser|resources-ingester)\b/);
    assert.match(short, /not started: .*\bportal\b/);
    assert.match(short, /done: .*\bcnpg\b/);
  });

  it("becomes ready once its cause is mended, in the next up", async () => {
    await stack.override({});
    const { code, output: mended } = await stack.pulumi("up");
    assert.equal(code, 0, mended);
    const releases = await helmReleases();
    assert.equal(releases["authn"], "authn-0.22.2 r3 deployed");
    assert.match(releases["resources-ingester"] as string, / deployed$/);
    const verify = await stack.krateo("verify");
    assert.equal(verify.code, 0, verify.output);
  });
});

describe("why pods do not start, in the words of a real scheduler, real controllers and admission", () => {
  const deployment = (namespace: string, name: string, spec: JsonObject): JsonObject => ({
    apiVersion: "apps/v1",
    kind: "Deployment",
    // As Helm marks what it makes.
    metadata: {
      name,
      namespace,
      labels: { "app.kubernetes.io/managed-by": "Helm" },
      annotations: { "meta.helm.sh/release-name": name, "meta.helm.sh/release-namespace": namespace },
    },
    spec: {
      selector: { matchLabels: { app: name } },
      template: {
        metadata: { labels: { app: name } },
        spec: { containers: [{ name: "web", image: "example.org/web" }], ...spec },
      },
    },
  });
  const volume = (source: JsonObject): JsonObject => ({ volumes: [{ name: "data", ...source }] });
  const environment = (source: JsonObject): JsonObject => ({
    containers: [{ name: "web", image: "example.org/web", envFrom: [source] }],
  });

  before(async () => {
    for (const [name, labels] of [
      ["faults", {}],
      ["full", {}],
      ["strict", { "pod-security.kubernetes.io/enforce": "restricted" }],
    ] as const)
      await apply({ apiVersion: "v1", kind: "Namespace", metadata: { name, labels } });
    await apply({
      apiVersion: "v1",
      kind: "ResourceQuota",
      metadata: { name: "none", namespace: "full" },
      spec: { hard: { pods: "0" } },
    });
    await apply({
      apiVersion: "v1",
      kind: "PersistentVolumeClaim",
      metadata: { name: "unbound", namespace: "faults" },
      spec: {
        // The stand-in for a provisioner makes volumes for those that name none.
        volumeName: "absent",
        accessModes: ["ReadWriteOnce"],
        resources: { requests: { storage: "1Gi" } },
      },
    });
  });

  for (const [what, namespace, spec, expected] of [
    [
      "no node that takes the pod",
      "faults",
      { nodeSelector: { disk: "none" } },
      /not scheduled: 0\/\d+ nodes are available: .*didn't match Pod's node affinity\/selector/,
    ],
    [
      "a claim that is not bound",
      "faults",
      volume({ persistentVolumeClaim: { claimName: "unbound" } }),
      /PersistentVolumeClaim unbound is Pending/,
    ],
    [
      "a ConfigMap that a volume needs",
      "faults",
      volume({ configMap: { name: "absent" } }),
      /last event: FailedMount: MountVolume.SetUp failed .* configmap "absent" not found/,
    ],
    [
      "a Secret that a container needs",
      "faults",
      environment({ secretRef: { name: "absent" } }),
      /container web: CreateContainerConfigError: secret "absent" not found/,
    ],
    ["a quota that is used up", "full", {}, /last event: FailedCreate: .*exceeded quota: none, /],
    [
      "admission that refuses the pod",
      "strict",
      {},
      /last event: FailedCreate: .* violates PodSecurity "restricted:latest"/,
    ],
  ] as const) {
    it(`is ${what}`, async () => {
      const name = what.replaceAll(" ", "-").toLowerCase();
      await apply(deployment(namespace, name, spec));
      const connection = connect({ kubeconfig });
      let lines = "";
      for (let attempt = 0; attempt < 60 && !expected.test(lines); attempt++) {
        lines = (await explainRelease(connection, namespace, name)).join("\n");
        await pause(500);
      }
      assert.match(lines, expected);
      assert.match(lines, /look further: kubectl describe /);
    });
  }
});
