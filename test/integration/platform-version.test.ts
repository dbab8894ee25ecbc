import assert from "node:assert/strict";
import { existsSync, readFileSync } from "node:fs";
import { mkdir, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { type KubeObject, list, pathOf } from "../../cluster/client/api.ts";
import { connect } from "../../cluster/client/connection.ts";
import type { JsonObject } from "../../model/settings.ts";
import { newerMirror } from "../support/newer-charts.ts";
import { helmReleases, paths, root, scratch } from "../support/rehearsal.ts";
import { live } from "../support/rehearsed-cluster.ts";
import { openInstalled, type TestStack } from "../support/test-stack.ts";
import { upstreamFolder } from "../support/upstream-documents.ts";
import { stepOf, upstreamLike } from "../support/upstream-like.ts";

/** The version after the bundled one: upstream's own documents where the machine has them, else what they are known to change. */
const version = "3.1.0-rc1-dev3";
const charts = { frontend: "1.0.25", portal: "1.4.0-rc1" } as const;

/** What the project has of versions, to be put back. */
const folder = join(root, "versions", version);
const lock = join(root, "krateo.lock");
const lockBefore = existsSync(lock) ? readFileSync(lock) : undefined;

/** Types of Secrets that no chart fills. */
const filledByOthers = new Set(["helm.sh/release.v1", "kubernetes.io/service-account-token"]);

/** A folder with the documents. */
async function documents(): Promise<string> {
  const given = upstreamFolder(version);
  if (given !== undefined) return given;
  const own = scratch("upstream-documents");
  await mkdir(own, { recursive: true });
  const next = upstreamLike((document) => {
    for (const [name, chartVersion] of Object.entries(charts))
      stepOf(document, `install-${name}`).with["version"] = chartVersion;
    const values = stepOf(document, "install-frontend").with["values"] as { config: Record<string, string> };
    values.config["NOTIFICATIONS_WIDGET"] = "/call?resource=notifications&name=notifications";
  });
  for (const [name, text] of Object.entries(next)) await writeFile(join(own, name), text);
  return own;
}

/**
 * What the namespace's Secrets hold: without Helm's own records, without the password of the portal's demo user, which its
 * chart makes anew at each upgrade (D15), and without what Kubernetes itself writes into tokens: a cluster that has come back
 * to a starting point may have another authority by then.
 */
async function everySecret(): Promise<Record<string, unknown>> {
  const connection = connect({ kubeconfig: paths.kubeconfig });
  const found = await list<KubeObject & { data?: object; type?: string }>(
    connection,
    pathOf("v1", "secrets", "krateo-system"),
  );
  return Object.fromEntries(
    found
      .filter(
        ({ type, metadata }) => !filledByOthers.has(type ?? "") && metadata.name !== "cyberjoker-password",
      )
      .map(({ metadata, data }) => [metadata.name, data]),
  );
}

describe("another platform version", () => {
  let stack: TestStack;
  let releases: Record<string, string>;
  let secrets: Record<string, unknown>;
  let mirror: string;
  const configure = (config: JsonObject) =>
    stack.configure({ type: "nodeport", chartMirror: mirror, version, ...config });
  /** The releases that are not as they were before. */
  const changed = async () =>
    Object.fromEntries(
      Object.entries(await helmReleases()).filter(([name, text]) => releases[name] !== text),
    );
  const recorded = async () =>
    (await live("Installation", "krateoctl", { apiVersion: "krateo.io/v1" }))?.["metadata"];

  before(async () => {
    assert.ok(!existsSync(folder), `${folder} is in the way`);
    stack = await openInstalled();
    mirror = await newerMirror(charts);
    releases = await helmReleases();
    secrets = await everySecret();
    assert.equal(Object.keys(releases).length, 21);
    assert.ok(Object.keys(secrets).length > 5);
  });

  after(async () => {
    await rm(folder, { recursive: true, force: true });
    if (lockBefore === undefined) await rm(lock, { force: true });
    else await writeFile(lock, lockBefore);
  });

  it("is refused before it was added", async () => {
    await configure({});
    const { code, output } = await stack.pulumi("preview");
    assert.notEqual(code, 0);
    assert.match(output, /npx krateo versions add 3\.1\.0-rc1-dev3/);
  });

  it("is added from a folder, and a preview shows what it changes", async () => {
    const added = await stack.krateo("versions", "add", version, "--from", await documents());
    assert.equal(added.code, 0, added.output);
    const { code, output } = await stack.pulumi("preview");
    assert.equal(code, 0, output);
    assert.deepEqual(await changed(), {});
    assert.match(output, /platform version 3\.0\.0 -> 3\.1\.0-rc1-dev3/);
    assert.match(output, /chart frontend 1\.0\.23 -> 1\.0\.25/);
  });

  it("is installed by an up that was killed midway and resumed: two releases change, and no Secret", async () => {
    await stack.killAt("up", /Release install-portal updating|Release install-frontend updat/);
    const repair = await stack.krateo("repair");
    assert.equal(repair.code, 0, repair.output);
    const up = await stack.pulumi("up");
    assert.equal(up.code, 0, up.output);
    const after = await changed();
    assert.deepEqual(Object.keys(after).sort(), ["frontend", "portal"]);
    assert.match(after["frontend"] ?? "", /^frontend-1\.0\.25 r\d+ deployed$/);
    assert.match(after["portal"] ?? "", /^portal-1\.4\.0-rc1 r\d+ deployed$/);
    assert.deepEqual(await everySecret(), secrets);
    assert.match(JSON.stringify(await recorded()), /"krateo.io\/installation-version":"3\.1\.0-rc1-dev3"/);
    assert.equal((await stack.outputs())["platformVersion"], version);
    const config = await live("ConfigMap", "frontend-config-vars");
    assert.match(JSON.stringify(config?.["data"] ?? {}), /NOTIFICATIONS_WIDGET/);
    const verify = await stack.krateo("verify");
    assert.equal(verify.code, 0, verify.output);
    const preview = await stack.pulumi("preview", "--expect-no-changes");
    assert.equal(preview.code, 0, preview.output);
  });

  it("is not left for an older one, unless that is allowed by name", async () => {
    const upgraded = await helmReleases();
    await configure({ version: "3.0.0" });
    const refused = await stack.pulumi("up");
    assert.notEqual(refused.code, 0);
    assert.match(refused.output, /platform version 3\.0\.0 cannot take the place of 3\.1\.0-rc1-dev3/);
    assert.match(refused.output, /pulumi config set krateo:allowVersion 3\.0\.0/);
    assert.deepEqual(await helmReleases(), upgraded);

    await configure({ version: "3.0.0", allowVersion: "3.0.0" });
    const up = await stack.pulumi("up");
    assert.equal(up.code, 0, up.output);
    const after = await changed();
    assert.deepEqual(Object.keys(after).sort(), ["frontend", "portal"]);
    assert.match(after["frontend"] ?? "", /^frontend-1\.0\.23 r\d+ deployed$/);
    assert.deepEqual(await everySecret(), secrets);
    assert.match(JSON.stringify(await recorded()), /"krateo.io\/installation-version":"3\.0\.0"/);
  });
});
