import assert from "node:assert/strict";
import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { gzipSync } from "node:zlib";
import { changeLines } from "../../configuration/versions/difference.ts";
import { withHelm } from "../cluster/helm-stand-in.ts";
import { stepOf, upstreamLike } from "../support/upstream-like.ts";
import { krateo } from "./session.ts";
import { add, directory, freshVersions, id, put, version } from "./versions-project.ts";

/** A newer release: a chart raised, one new, one gone, a value changed, a correction that upstream has made. */
const newer = () =>
  upstreamLike((document) => {
    stepOf(document, "install-frontend").with["version"] = "1.0.25";
    const authn = stepOf(document, "install-authn").with["values"] as { env: object };
    authn.env = { ...authn.env, AUTHN_DEBUG: "false", NEW: "yes" };
    const finops = document.componentsDefinition["finops"] as { steps: string[] };
    finops.steps = finops.steps.filter((step) => step !== "install-opa");
    document.steps = document.steps.filter((step) => step.id !== "install-opa");
    document.componentsDefinition["extra"] = { steps: ["install-extra"] };
    const input = { repo: "extra", url: "https://charts.example.org", version: "0.1.0" };
    document.steps.push({ id: "install-extra", type: "chart", with: input });
  });

describe("krateo versions diff", () => {
  freshVersions();
  beforeEach(async () => {
    put(newer());
    const { code, noted } = await add("--from", "upstream");
    assert.equal(code, 0, noted);
  });

  it("names charts, values, images and corrections, and what the stack's overrides name no more", async () => {
    writeFileSync(
      join(directory, "krateo-overrides.yaml"),
      "components: {finops: {stepConfig: {install-opa: {helmValues: {a: 1}}, install-opx: {helmValues: {a: 1}}}}}\n",
    );
    const { code, printed, noted } = await krateo(directory, "versions", "diff", "3.0.0", version, "--json");
    assert.equal(code, 0, noted);
    const { corrections, overrides, images, ...found } = JSON.parse(printed);
    assert.deepEqual(found, {
      from: "3.0.0",
      to: version,
      type: "nodeport",
      charts: {
        added: [{ step: "install-extra", chart: "extra 0.1.0" }],
        gone: [{ step: "install-opa", chart: "opa-kube-mgmt 0.2.3" }],
        changed: [{ step: "install-frontend", chart: "frontend", from: "1.0.23", to: "1.0.25" }],
      },
      values: [{ step: "install-authn", path: "env.NEW", to: "yes" }],
    });
    assert.ok(images.added.includes("ghcr.io/krateoplatformops/frontend:1.0.25"));
    assert.ok(images.gone.includes("ghcr.io/krateoplatformops/frontend:1.0.23"));
    assert.ok(
      corrections.some((one: { id: string; state: string }) => one.id === id && one.state === "obsolete"),
    );
    assert.equal(overrides.length, 1);
    assert.match(
      overrides[0],
      /^krateo-overrides\.yaml, .*settings for a step "install-opx" that does not exist$/,
    );
  });

  it("compares the CRDs of the charts that differ, where it is asked to", async () => {
    put({ "Pulumi.dev.yaml": "config: { krateo:chartMirror: mirror }\n" }, ".");
    const archives = ["frontend-1.0.23", "frontend-1.0.25", "opa-kube-mgmt-0.2.3", "extra-0.1.0"];
    mkdirSync(join(directory, "mirror"));
    for (const name of archives) writeFileSync(join(directory, "mirror", `${name}.tgz`), gzipSync(name));
    const crd = (name: string, ...versions: string[]) =>
      `---\nkind: CustomResourceDefinition\nmetadata: {name: ${name}}\nspec: {versions: [${versions.map((one) => `{name: ${one}, served: true}`).join()}]}\n`;
    const of = (archive: string) =>
      `template ${archive.split("-")[0]} ${join(directory, ".charts", archive)}`;
    const answers = {
      version: { output: "v3.21.4" },
      [of("frontend-1.0.23")]: {
        output: crd("pages.w", "v1beta1") + crd("same.w", "v1") + crd("old.w", "v1"),
      },
      [of("frontend-1.0.25")]: { output: crd("pages.w", "v1") + crd("same.w", "v1") },
      [of("extra-0.1.0")]: { output: crd("extras.x", "v1") },
      template: { code: 1, errors: "it needs a cluster" },
    };
    await withHelm(answers, async (starts) => {
      const words = ["versions", "diff", "3.0.0", version, "--stack", "dev", "--crds"];
      const { code, printed, noted } = await krateo(directory, ...words, "--json");
      assert.equal(code, 0, noted);
      assert.deepEqual(JSON.parse(printed).crds, {
        added: ["extras.x"],
        gone: ["old.w"],
        changed: ["pages.w"],
        versionsGone: ["pages.w v1beta1"],
        notCompared: ["opa-kube-mgmt 0.2.3"],
      });
      assert.ok(
        (await starts()).every(({ args }) => args[0] !== "template" || args.includes("--include-crds")),
      );
      const shown = (await krateo(directory, ...words)).printed;
      assert.match(
        shown,
        /^CRD old\.w is gone: unless its chart keeps it, every object of it is deleted with it$/m,
      );
      assert.match(shown, /^CRD pages\.w v1beta1 is served no more$/m);
      assert.match(shown, /^CRDs of chart opa-kube-mgmt 0\.2\.3 are not compared: /m);
    });
    const { code, noted } = await withHelm(undefined, () =>
      krateo(directory, "versions", "diff", "3.0.0", version, "--stack", "dev", "--crds"),
    );
    assert.equal(code, 1);
    assert.match(noted, /there is no helm on the PATH\n +next: +install helm, or leave --crds out/);
  });

  it("shows the same to people, and the other way round", async () => {
    const { printed } = await krateo(directory, "versions", "diff", version, "3.0.0");
    assert.match(
      printed,
      /^platform version 3\.1\.0 -> 3\.0\.0, type nodeport\nchart frontend 1\.0\.25 -> 1\.0\.23$/m,
    );
    assert.match(printed, /^chart opa-kube-mgmt 0\.2\.3 is new \(install-opa\)$/m);
    assert.match(
      printed,
      /^chart extra 0\.1\.0 is gone \(install-extra\): what is installed of it would be removed$/m,
    );
    assert.match(printed, /^value install-authn env\.NEW: "yes" -> nothing$/m);
  });

  it("refuses a version that is not in the project", async () => {
    const { code, noted } = await krateo(directory, "versions", "diff", "3.0.0", "3.7.0");
    assert.equal(code, 1);
    assert.match(noted, /version 3\.7\.0 is neither bundled nor added[\s\S]*npx krateo versions add 3\.7\.0/);
  });

  it("is what a preview says of another version than the installed one", () => {
    const [first, second] = changeLines(directory, "ingress", "3.0.0", version);
    assert.deepEqual(
      [first, second],
      ["platform version 3.0.0 -> 3.1.0", "  chart frontend 1.0.23 -> 1.0.25"],
    );
    assert.deepEqual(changeLines(directory, "ingress", "2.9.0", "3.0.0"), [
      "platform version 2.9.0 -> 3.0.0",
      "  what differs is not known: the documents of 2.9.0 are not in the project",
    ]);
  });
});
