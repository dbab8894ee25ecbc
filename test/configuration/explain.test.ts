import assert from "node:assert/strict";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { type Explanation, explainPath } from "../../configuration/explain.ts";
import { type Configuration, loadConfiguration } from "../../configuration/load.ts";
import { ConfigurationError } from "../../model/problem.ts";
import type { Files } from "./project.ts";

async function configuration(
  files: Files = {},
  values: Record<string, unknown> = {},
  secretKeys: readonly string[] = [],
): Promise<Configuration> {
  const directory = mkdtempSync(path.join(tmpdir(), "krateo-explain-"));
  try {
    for (const [name, text] of Object.entries(files)) writeFileSync(path.join(directory, name), text);
    return await loadConfiguration({ values, secretKeys }, directory);
  } finally {
    rmSync(directory, { recursive: true });
  }
}

const overrides = `profile: loud
profiles:
  loud:
    components: {backend: {stepConfig: {install-authn: {helmValues: {env: {AUTHN_DEBUG: "yes"}}}}}}
components:
  backend:
    stepConfig:
      install-authn:
        helmValues:
          env:
            AUTHN_DEBUG: "true"
            MY_TOKEN: in-clear
      install-snowplow: {helmValues: {service: null}}
  finops: {enabled: false}
`;

const debugPath = "components.backend.stepConfig.install-authn.helmValues.env.AUTHN_DEBUG";
/** Where each setting is, without the values. */
const places = ({ settings }: Explanation): string[] =>
  settings.map(({ file, line, path: at }) => `${file}:${line ?? "-"} ${at}`);

describe("the explanation of a value", () => {
  it("names layer, file and line of each that says something, highest first", async () => {
    const explained = explainPath(
      await configuration({ "krateo-overrides.yaml": overrides }, { set: { [debugPath]: "maybe" } }),
      "authn.env.AUTHN_DEBUG",
    );
    assert.equal(explained.step, "install-authn");
    assert.equal(explained.value, "maybe");
    assert.deepEqual(
      explained.settings.map(({ value }) => value),
      ["maybe", "true", "yes", "false"],
    );
    assert.deepEqual(places(explained).slice(0, 3), [
      `stack configuration:- krateo:set ${debugPath}`,
      `krateo-overrides.yaml:11 ${debugPath}`,
      `krateo-overrides.yaml:4 profiles.loud.${debugPath}`,
    ]);
    assert.match(
      places(explained)[3] as string,
      /^bundled profiles\/3\.0\.0\/base\.yaml:\d+ steps\[0\]\.with\.values\./,
    );
  });

  it("is the same by step, by Helm release and by its path in the document", async () => {
    const all = await configuration({ "krateo-overrides.yaml": overrides });
    const [one, ...others] = ["authn.env.AUTHN_DEBUG", "install-authn.env.AUTHN_DEBUG", debugPath].map(
      (text) => {
        const { path: _, ...rest } = explainPath(all, text);
        return rest;
      },
    );
    for (const other of others) assert.deepEqual(other, one);
  });

  it("names the file of the bundle that sets it", async () => {
    const explained = explainPath(await configuration(), "authn.service.nodePort");
    assert.match(places(explained)[0] as string, /^bundled profiles\/3\.0\.0\/nodeport\.yaml:\d+ /);
  });

  it("says that a null takes away what is below it", async () => {
    const all = await configuration({ "krateo-overrides.yaml": overrides });
    const explained = explainPath(all, "snowplow.service.type");
    assert.equal(explained.value, undefined);
    assert.deepEqual(
      explained.settings.map(({ value }) => value),
      [null, "NodePort"],
    );
  });

  it("knows the defaults that no layer sets", async () => {
    const all = await configuration();
    assert.deepEqual(explainPath(all, "components.finops.enabled"), {
      path: "components.finops.enabled",
      value: true,
      settings: [],
    });
    assert.equal(explainPath(all, "authn.with.maxHistory").value, 10);
  });

  it("gives a component's own setting", async () => {
    const all = await configuration({ "krateo-overrides.yaml": overrides });
    const explained = explainPath(all, "components.finops.enabled");
    assert.equal(explained.value, false);
    assert.deepEqual(places(explained), ["krateo-overrides.yaml:14 components.finops.enabled"]);
  });

  it("never shows a secret: not the stack's, and not one in clear in a document", async () => {
    const all = await configuration(
      { "krateo-overrides.yaml": overrides },
      { set: { [debugPath]: "hush-hush" } },
      ["set"],
    );
    for (const text of ["authn.env", "authn.env.AUTHN_DEBUG", "authn.env.MY_TOKEN", "components", "steps"]) {
      const explained = JSON.stringify(explainPath(all, text));
      assert.doesNotMatch(explained, /hush-hush|in-clear/, text);
    }
    assert.equal(explainPath(all, "authn.env.AUTHN_DEBUG").value, "[secret]");
    assert.equal(explainPath(all, "authn.env.MY_TOKEN").value, "[secret]");
  });

  it("of a path that leads nowhere is an error that names the nearest", async () => {
    const all = await configuration();
    for (const [text, what, nearest] of [
      ["autn.env", 'there is no section, step or Helm release "autn"', "authn"],
      ["authn.env.AUTHN_DEBU", "no layer sets anything at authn.env.AUTHN_DEBU", "AUTHN_DEBUG"],
      ["components.finops.enabld", "no layer sets anything at components.finops.enabld", "enabled"],
      ["a..b", "a path that cannot be read", undefined],
    ] as const) {
      assert.throws(
        () => explainPath(all, text),
        (error) => {
          assert.ok(error instanceof ConfigurationError);
          const [problem] = error.problems;
          assert.equal(problem?.what, what);
          if (nearest) assert.equal(problem?.allowed?.[0], nearest);
          return true;
        },
      );
    }
  });
});
