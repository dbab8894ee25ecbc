import assert from "node:assert/strict";
import { mkdir } from "node:fs/promises";
import { pathToFileURL } from "node:url";
import { create, list, pathOf, remove } from "../../cluster/client/api.ts";
import { connect } from "../../cluster/client/connection.ts";
import { loadSettings } from "../../configuration/load.ts";
import type { JsonObject, Settings } from "../../model/settings.ts";
import { installationCrd, installationName, protectiveFinalizer } from "../../plan/installation.ts";
import { installInTurn } from "../../rehearsal/bench/sequential-install.ts";
import { helmReleases, paths, rehearsal, scratch, startOver, until } from "../support/rehearsal.ts";
import { apply, live, secretData } from "../support/rehearsed-cluster.ts";
import { openInstalled, TestStack } from "../support/test-stack.ts";

const namespace = "krateo-system";

/** Names and UIDs of the pods, without those of OPA: its chart renders random data, and restarts it each time. */
async function pods(): Promise<string[]> {
  const connection = connect({ kubeconfig: paths.kubeconfig });
  const found = await list(connection, pathOf("v1", "pods", namespace));
  return found
    .filter(({ metadata: { name } }) => !name.startsWith("opa-kube-mgmt"))
    .map(({ metadata: { name, uid } }) => `${name} ${uid}`)
    .toSorted();
}

/** The record that upstream's CLI keeps: its steps are those of its own documents, and nothing takes its finalizer off. */
async function recordAsUpstream({ snapshot }: Settings): Promise<void> {
  // As it stands: the typed client that makes the other objects would drop that unknown fields are preserved.
  const kind = { apiVersion: "apiextensions.k8s.io/v1", kind: "CustomResourceDefinition" };
  const connection = connect({ kubeconfig: paths.kubeconfig });
  await create(connection, pathOf(kind.apiVersion, "customresourcedefinitions"), {
    ...kind,
    ...installationCrd,
  });
  const upstream = {
    ...snapshot,
    componentsDefinition: {
      ...snapshot.componentsDefinition,
      cnpg: { description: "in other words", steps: ["install-cnpg"] },
    },
    steps: snapshot.steps.slice(0, -1),
  };
  const record = {
    apiVersion: "krateo.io/v1",
    kind: "Installation",
    metadata: {
      name: installationName,
      namespace,
      annotations: { "krateo.io/installation-version": "3.0.0" },
      finalizers: [protectiveFinalizer],
    },
    spec: { spec: upstream as unknown as JsonObject },
  };
  // The API server serves a new kind some moments after it is defined.
  await until(() =>
    apply(record).then(
      () => true,
      () => false,
    ),
  );
}

describe("a complete installation that helm made, with Secrets made by hand and upstream's record", () => {
  let stack: TestStack;
  let secretsBefore: Record<string, unknown>;
  let podsBefore: string[];
  let installed: Record<string, string>;

  before(async () => {
    await startOver();
    const tools = await rehearsal();
    const values = { type: "nodeport", chartMirror: paths.mirror };
    const settings = await loadSettings({ values, secretKeys: [] }, paths.root);
    const quietly = { say: () => undefined, signal: new AbortController().signal };
    await installInTurn(tools, paths, settings, "upstream", quietly);
    await recordAsUpstream(settings);
    [secretsBefore, podsBefore, installed] = [await secretData(), await pods(), await helmReleases()];
    stack = await TestStack.open("takeover", { type: "nodeport" });
  });

  it("comes under the stack in one up, with one new revision of each release", async () => {
    assert.equal(Object.keys(installed).length, 21);
    const { code, output } = await stack.pulumi("up");
    assert.equal(code, 0, output);
    const expected = Object.entries(installed).map(([name, text]) => [name, text.replace(" r1 ", " r2 ")]);
    assert.deepEqual(await helmReleases(), Object.fromEntries(expected));
  });

  it("keeps its Secrets, and every pod but OPA's", async () => {
    assert.deepEqual(await secretData(), secretsBefore);
    assert.deepEqual(await pods(), podsBefore);
  });

  it("has this program's record now, without the finalizer that nobody takes off (finding 5)", async () => {
    const object = await live("Installation", installationName, { apiVersion: "krateo.io/v1" });
    const { metadata, spec } = object as { metadata: JsonObject; spec: { spec: JsonObject } };
    assert.equal(metadata["finalizers"], undefined);
    const definitions = spec.spec["componentsDefinition"] as Record<string, { steps: string[] }>;
    assert.deepEqual(definitions["cnpg"]?.steps, ["install-cnpg", "install-pg-cluster"]);
  });

  it("leaves the second preview nothing to do, which names the cluster, reached by an absolute KUBECONFIG (finding 10)", async () => {
    const { code, output } = await stack.pulumi("preview", "--diff", "--expect-no-changes");
    assert.equal(code, 0, output);
    const { server, context } = connect({ kubeconfig: paths.kubeconfig });
    assert.ok(
      output.includes(`namespace ${namespace} of the cluster at ${server} (context ${context})`),
      output,
    );
  });

  it("lets go of its record at once when that is deleted (finding 5)", async () => {
    const connection = connect({ kubeconfig: paths.kubeconfig });
    await remove(connection, pathOf("krateo.io/v1", "installations", namespace, installationName));
    assert.equal(await live("Installation", installationName, { apiVersion: "krateo.io/v1" }), undefined);
  });
});

describe("an installation of this program whose state is lost", () => {
  let stack: TestStack;
  let secretsBefore: Record<string, unknown>;
  let podsBefore: string[];
  let installed: Record<string, string>;

  before(async () => {
    await openInstalled();
    [secretsBefore, podsBefore, installed] = [await secretData(), await pods(), await helmReleases()];
    const elsewhere = scratch("new-backend");
    await mkdir(elsewhere, { recursive: true });
    const backend = { PULUMI_BACKEND_URL: pathToFileURL(elsewhere).href };
    stack = await TestStack.open("anew", { type: "nodeport" }, backend);
  });

  it("comes under a new stack in one up: every object, with Secrets and pods kept", async () => {
    const { code, output } = await stack.pulumi("up");
    assert.equal(code, 0, output);
    const expected = Object.entries(installed).map(([name, text]) => [name, text.replace(" r1 ", " r2 ")]);
    assert.deepEqual(await helmReleases(), Object.fromEntries(expected));
    assert.deepEqual(await secretData(), secretsBefore);
    assert.deepEqual(await pods(), podsBefore);
  });

  it("leaves the second preview nothing to do", async () => {
    const { code, output } = await stack.pulumi("preview", "--diff", "--expect-no-changes");
    assert.equal(code, 0, output);
  });
});
