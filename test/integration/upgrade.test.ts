import assert from "node:assert/strict";
import { readFile, writeFile } from "node:fs/promises";
import { list, pathOf, remove } from "../../cluster/client/api.ts";
import { connect } from "../../cluster/client/connection.ts";
import type { JsonObject } from "../../model/settings.ts";
import { helmReleases, paths } from "../support/rehearsal.ts";
import { live } from "../support/rehearsed-cluster.ts";
import { openInstalled, TestStack } from "../support/test-stack.ts";

/** Names of the releases whose revision is not 1, with their revision and status. */
async function changed(): Promise<Record<string, string>> {
  const releases = Object.entries(await helmReleases()).map(([name, text]) => [
    name,
    text.split(" ").slice(1).join(" "),
  ]);
  return Object.fromEntries(releases.filter(([, text]) => text !== "r1 deployed"));
}

/** What nobody may see, as it is and as the API encodes it. */
async function secretValues(): Promise<string[]> {
  const secrets = await Promise.all(["jwt-sign-key", "krateo-db"].map((name) => live("Secret", name)));
  const data = secrets.map((secret) => secret?.["data"] as Record<string, string>);
  const encoded = [data[0]?.["JWT_SIGN_KEY"], data[1]?.["DB_PASS"]].map(String);
  return [...encoded, ...encoded.map((text) => Buffer.from(text, "base64").toString())];
}

interface Pod {
  readonly metadata: {
    readonly name: string;
    readonly uid: string;
    readonly deletionTimestamp?: string;
    readonly generateName?: string;
  };
}

/** The pods that are not being deleted. */
async function pods(): Promise<Pod[]> {
  const connection = connect({ kubeconfig: paths.kubeconfig });
  const found = await list<Pod>(connection, pathOf("v1", "pods", "krateo-system"));
  return found.filter(({ metadata }) => !metadata.deletionTimestamp);
}

function newPods(before: readonly Pod[], after: readonly Pod[]): Pod[] {
  const known = new Set(before.map(({ metadata }) => metadata.uid));
  return after.filter(({ metadata }) => !known.has(metadata.uid));
}

/** Names of the Deployments that pods belong to. */
function ownersOf(some: readonly Pod[]): string[] {
  return some
    .map(({ metadata }) => (metadata.generateName ?? metadata.name).replace(/-[a-z0-9]+-$/, ""))
    .sort();
}

async function coreProviderDebug(): Promise<unknown> {
  const { data } = (await live("ConfigMap", "core-provider")) as { data: Record<string, string> };
  return data["CORE_PROVIDER_DEBUG"];
}

describe("a change of the overrides", () => {
  let stack: TestStack;

  before(async () => {
    stack = await openInstalled();
  });

  it("upgrades just the release that it concerns, and starts new pods of that alone", async () => {
    const before = await pods();
    await stack.override({
      components: {
        "composable-operations": {
          stepConfig: { "install-core-provider": { helmValues: { env: { CORE_PROVIDER_DEBUG: "true" } } } },
        },
      },
    });
    const { code, output } = await stack.pulumi("up", "--diff");
    assert.equal(code, 0, output);
    assert.deepEqual(await changed(), { "core-provider": "r2 deployed" });
    assert.equal(await coreProviderDebug(), "true");
    assert.match(output, /~ KRATEO_CONFIGURATION_CORE_PROVIDER +: /);
    assert.doesNotMatch(output, /~ KRATEO_CONFIGURATION_AUTHN +: /);
    assert.deepEqual(ownersOf(newPods(before, await pods())), ["core-provider"]);
  });

  it("is taken back when the last override goes", async () => {
    await stack.override({});
    const { code, output } = await stack.pulumi("up");
    assert.equal(code, 0, output);
    assert.deepEqual(await changed(), { "core-provider": "r3 deployed" });
    assert.notEqual(await coreProviderDebug(), "true");
  });

  it("leads to new pods of all whose environment profile debug changes, and of no others", async () => {
    const before = await pods();
    await stack.override({ profile: "debug" });
    const { code, output } = await stack.pulumi("up");
    assert.equal(code, 0, output);
    // oasgen-provider's chart has the profile's value by itself.
    assert.deepEqual(ownersOf(newPods(before, await pods())), [
      "authn",
      "core-provider",
      "core-provider-chart-inspector",
      "snowplow",
    ]);
    await stack.override({});
    const back = await stack.pulumi("up");
    assert.equal(back.code, 0, back.output);
  });

  it("leaves an installation that is nobody's obstacle: preflight knows what is its own", async () => {
    const { code, output } = await stack.krateo("preflight");
    assert.equal(code, 0, output);
    assert.match(output, /Krateo 3\.0\.0 in namespace krateo-system: it will be upgraded in place/);
    assert.doesNotMatch(output, /^ (WARNING|ERROR)/m);
  });

  it("leaves a verified installation with nothing to do", async () => {
    const verify = await stack.krateo("verify");
    assert.equal(verify.code, 0, verify.output);
    const preview = await stack.pulumi("preview", "--expect-no-changes");
    assert.equal(preview.code, 0, preview.output);
  });

  it("has nothing to do when the API server has another address, and the context another name", async () => {
    const text = await readFile(paths.kubeconfig, "utf8");
    const { context } = connect({ kubeconfig: paths.kubeconfig });
    await writeFile(
      paths.kubeconfig,
      text.replaceAll("127.0.0.1", "localhost").replaceAll(context, "renamed"),
    );
    try {
      const { code, output } = await stack.pulumi("preview", "--expect-no-changes");
      assert.equal(code, 0, output);
      assert.match(output, /of the cluster at https:\/\/localhost:\d+ \(context renamed\)/);
    } finally {
      await writeFile(paths.kubeconfig, text);
    }
  });

  it("shows a value from secret configuration nowhere, not even with KRATEO_DEBUG=1", async () => {
    stack = await TestStack.open("nodeport", {}, { KRATEO_DEBUG: "1" });
    await stack.configure({
      type: "nodeport",
      set: { "components.backend.stepConfig.install-authn.helmValues.env.OIDC_SECRET": "plain-for-now" },
    });
    const { code, output } = await stack.pulumi("preview", "--diff");
    assert.equal(code, 0, output);
    assert.match(output, /plain-for-now/);
    await stack.encrypt("krateo:set", {
      "components.backend.stepConfig.install-authn.helmValues.env.OIDC_SECRET": "hush-hush",
    });
    const up = await stack.pulumi("up", "--diff");
    assert.equal(up.code, 0, up.output);
    assert.match(up.output, /debug: layer stack configuration, krateo:set/);
    assert.match(up.output, /debug: {3}\S+OIDC_SECRET: "\[secret\]"/);
    assert.match(up.output, /debug: found Helm release authn: authn 0\.22\.2, revision \d+, deployed/);
    assert.match(up.output, /debug: found Secret krateo-db .* with keys DB_PASS, DB_USER/);
    for (const value of ["hush-hush", ...(await secretValues())])
      assert.ok(!up.output.includes(value), `${value} is shown`);
    const { data } = (await live("ConfigMap", "authn")) as { data: Record<string, string> };
    assert.equal(data["OIDC_SECRET"], "hush-hush");
    assert.doesNotMatch(await stack.state(), /hush-hush/);
    const snapshot = await live("Installation", "krateoctl", { apiVersion: "krateo.io/v1" });
    assert.doesNotMatch(JSON.stringify(snapshot), /hush-hush/);
    assert.match(JSON.stringify(snapshot), /"OIDC_SECRET":"\[secret\]"/);
  });

  it("that Kubernetes refuses in place stops up before it begins, and succeeds after what it names was done", async () => {
    stack = await TestStack.open("nodeport", { type: "nodeport" });
    const spec = { accessModes: ["ReadWriteOnce"], resources: { requests: { storage: "256Mi" } } };
    const helmValues = { volumeClaims: [{ metadata: { name: "data" }, spec }] };
    await stack.override({
      components: { finops: { stepConfig: { "install-finops-cratedb": { helmValues } } } },
    });
    const before = await helmReleases();
    const refusal =
      /Helm release cratedb: StatefulSet cratedb: cannot be changed in place: .*Forbidden: updates to statefulset spec/;
    const preview = await stack.pulumi("preview");
    assert.equal(preview.code, 0, preview.output);
    assert.match(preview.output, refusal);
    const refused = await stack.pulumi("up");
    assert.notEqual(refused.code, 0);
    assert.match(refused.output, refusal);
    const [, name] = /kubectl delete statefulset (\S+) -n krateo-system/.exec(refused.output) ?? [];
    assert.deepEqual(await helmReleases(), before);

    const connection = connect({ kubeconfig: paths.kubeconfig });
    await remove(connection, pathOf("apps/v1", "statefulsets", "krateo-system", name));
    const { code, output } = await stack.pulumi("up");
    assert.equal(code, 0, output);
    const set = (await live("StatefulSet", "cratedb", { apiVersion: "apps/v1" })) as JsonObject;
    assert.match(JSON.stringify(set["spec"]), /"storage":"256Mi"/);
  });
});
