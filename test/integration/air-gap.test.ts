import assert from "node:assert/strict";
import { copyFile, mkdir, readdir, readFile, rm, truncate } from "node:fs/promises";
import { dirname, join } from "node:path";
import { parseAllDocuments } from "yaml";
import { imagesIn } from "../../configuration/images/manifest-images.ts";
import type { Json, JsonObject } from "../../model/settings.ts";
import { type IsolatedPulumi, isolatedPulumi, noNamespaces } from "../support/isolated-pulumi.ts";
import { helmReleases, rehearsal, run, scratch, startOver, tools } from "../support/rehearsal.ts";
import { live } from "../support/rehearsed-cluster.ts";
import { TestStack } from "../support/test-stack.ts";

const imageRegistry = "mirror.example.org/krateo";
const fixed = "ghcr.io/krateoplatformops/kubectl:1.33.1";
const reason = noNamespaces();

/** Images of all pods that there are, with their init containers. */
async function imagesOfPods(): Promise<string[]> {
  const { stdout } = await run("kubectl", ["get", "pods", "--all-namespaces", "--output", "json"]);
  const { items } = JSON.parse(stdout) as { items: Json[] };
  assert.ok(items.length > 20, `there are ${items.length} pods`);
  return items.flatMap(imagesIn);
}

/** Images of what Helm has of each release: its objects and its hooks, also of those that run later. */
async function imagesOfReleases(): Promise<string[]> {
  const found = await Promise.all(
    Object.keys(await helmReleases()).flatMap((release) =>
      ["manifest", "hooks"].map(async (part) => {
        const { stdout } = await run(tools.helm, ["get", part, release, "--namespace", "krateo-system"]);
        return parseAllDocuments(stdout).flatMap((document) => imagesIn(document.toJS() as Json));
      }),
    ),
  );
  return found.flat();
}

/** Takes the archives away that the project has kept. */
async function forgetCharts(): Promise<void> {
  const folder = tools.env["KRATEO_CHARTS_DIR"] ?? assert.fail("no folder for charts");
  for (const name of await readdir(folder)) {
    if (name.includes(".tgz")) await rm(join(folder, name));
  }
}

const title = reason ? `an air gap (skipped: no network namespaces here: ${reason})` : "an air gap";
(reason ? describe.skip : describe)(title, () => {
  let isolated: IsolatedPulumi;
  let stack: TestStack;
  const bundle = scratch("krateo.tar");
  const config: JsonObject = { type: "nodeport", imageRegistry };

  before(async () => {
    await rehearsal();
    await startOver();
    isolated = await isolatedPulumi();
    stack = await TestStack.open("air-gap", config, isolated.env);
  });
  after(() => isolated?.close());

  it("is bridged by a bundle, the same one each time", async () => {
    await mkdir(dirname(bundle), { recursive: true });
    const { code, output } = await stack.krateo("bundle", bundle);
    assert.equal(code, 0, output);
    assert.match(output, /compared with what helm \S+ makes of 21 of 21 charts/);
    const other = scratch("other.tar");
    await stack.krateo("bundle", other);
    assert.ok((await readFile(bundle)).equals(await readFile(other)));
  });

  it("stops a run whose bundle is cut short, before anything is touched", async () => {
    const cut = scratch("cut.tar");
    await copyFile(bundle, cut);
    await truncate(cut, 60_000);
    await forgetCharts();
    await stack.configure({ ...config, chartMirror: cut });
    const { code, output } = await stack.pulumi("up");
    assert.notEqual(code, 0);
    assert.match(output, /21 charts?|charts authn/);
    assert.match(output, /the bundle is cut short|the file is no bundle, or one that is cut short/);
    assert.match(output, /make it anew where the charts can be fetched: npx krateo bundle FILE\.tar/);
    assert.equal(await live("Namespace", "krateo-system", { namespace: "" }), undefined);
  });

  it("has no way out but to the API server, and the platform is installed", async () => {
    await forgetCharts();
    await stack.configure({ ...config, chartMirror: bundle });
    await stack.encrypt('krateo:registries["mirror.example.org"]', {
      username: "puller",
      password: "of-mirror",
    });
    const { code, output } = await stack.pulumi("up");
    assert.equal(code, 0, output);
    assert.equal(await isolated.waysOut(), "");
    assert.equal(Object.keys(await helmReleases()).length, 21);
    assert.match(output, new RegExp(`krateo:imageRegistry does not reach ${fixed.replaceAll(".", "\\.")}`));
    assert.doesNotMatch(output, /of-mirror/);
    assert.doesNotMatch(await stack.state(), /of-mirror/);
  });

  it("leaves no pod, init container or hook an image from elsewhere, but for the one that was named", async () => {
    const pods = await imagesOfPods();
    assert.deepEqual(
      pods.filter((image) => !image.startsWith(`${imageRegistry}/`)),
      [],
    );
    const all = await imagesOfReleases();
    assert.deepEqual([...new Set(all.filter((image) => !image.startsWith(`${imageRegistry}/`)))], [fixed]);
    assert.ok(all.includes(`${imageRegistry}/cloudnative-pg/postgresql:18`));
  });

  it("gives the login to the pods: a Secret of the form that a kubelet reads", async () => {
    const secret = await live("Secret", "krateo-registry-login");
    assert.equal(secret?.["type"], "kubernetes.io/dockerconfigjson");
    const [data] = Object.values(secret?.["data"] as Record<string, string>);
    const content = JSON.parse(Buffer.from(data ?? "", "base64").toString());
    const auth = Buffer.from("puller:of-mirror").toString("base64");
    assert.deepEqual(content, {
      auths: { "mirror.example.org": { username: "puller", password: "of-mirror", auth } },
    });
    const authn = await live("Deployment", "authn", { apiVersion: "apps/v1" });
    const { template } = authn?.["spec"] as { template: { spec: JsonObject } };
    assert.deepEqual(template.spec["imagePullSecrets"], [{ name: "krateo-registry-login" }]);
  });

  it("changes nothing the second time", async () => {
    const { code, output } = await stack.pulumi("up");
    assert.equal(code, 0, output);
    assert.match(output, /Resources:\n +\d+ unchanged\n/);
  });

  it("is verified, and its mirror's images are those that are listed", async () => {
    const verified = await stack.krateo("verify");
    assert.equal(verified.code, 0, verified.output);
    const { stdout } = await stack.krateo("images");
    const listed = stdout.trimEnd().split("\n");
    for (const image of await imagesOfPods()) assert.ok(listed.includes(image), `${image} is not listed`);
  });
});
