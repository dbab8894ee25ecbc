import assert from "node:assert/strict";
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { parse } from "yaml";
import { z } from "zod";
import { components } from "../../components/catalogue.ts";
import { fleetKeyTable } from "../../configuration/fleet/fleet-file.ts";
import { jsonSchemas } from "../../configuration/json-schemas.ts";
import { keyReference, keyTable } from "../../configuration/key-reference.ts";
import { stackConfigKeys } from "../../configuration/stack-config.ts";
import type { JsonObject } from "../../model/settings.ts";

const root = join(import.meta.dirname, "..", "..");
const again = "npm run schemas writes it again";
const schemas = jsonSchemas();

/** Whether a file of that kind passes, as an editor judges it. */
function accepts(name: string, content: string): boolean {
  return z.fromJSONSchema(schemas[name] as JsonObject).safeParse(parse(content)).success;
}

describe("the JSON Schemas", () => {
  for (const [name, schema] of Object.entries(schemas)) {
    it(`are written to schemas/${name} as they are now`, () => {
      const file = readFileSync(join(root, "schemas", name), "utf8");
      assert.equal(file, `${JSON.stringify(schema, null, 2)}\n`, again);
    });
  }

  it("have a description of every key of the stack configuration, which docs/configuration.md has, too", () => {
    assert.deepEqual(Object.keys(keyReference).toSorted(), stackConfigKeys().toSorted());
    assert.ok(
      readFileSync(join(root, "docs/configuration.md"), "utf8").includes(`\n${keyTable()}\n\n`),
      again,
    );
  });

  it("accept the stack files that come with the program, each of which names its schema", () => {
    const files = readdirSync(root).filter((name) => /^Pulumi\..+\.yaml$/.test(name));
    assert.equal(files.length, 6);
    for (const name of files) {
      const content = readFileSync(join(root, name), "utf8");
      assert.match(content, /^# yaml-language-server: \$schema=schemas\/stack\.schema\.json\n/, name);
      assert.ok(accepts("stack.schema.json", content), name);
    }
  });

  it("have a description of every key of a fleet, which docs/gitops.md has, too", () => {
    const page = readFileSync(join(root, "docs/gitops.md"), "utf8");
    assert.doesNotMatch(fleetKeyTable(), /undefined/);
    assert.ok(page.includes(`\n${fleetKeyTable()}\n\n`), again);
  });

  it("accept the fleet that comes with the program, which names its schema", () => {
    const content = readFileSync(join(root, "gitops/pko/fleet.yaml"), "utf8");
    assert.match(content, /^# yaml-language-server: \$schema=\.\.\/\.\.\/schemas\/fleet\.schema\.json\n/);
    assert.ok(accepts("fleet.schema.json", content));
  });

  for (const [what, content, accepted] of [
    ["Secrets for each host", "tls: true", true],
    ["a misspelt key", "tpye: ingress", false],
    ["a kubeconfig", "kubeconfig: /a", false],
    ["an encrypted value", "domain: {secure: 'v1:x'}", false],
  ] as const) {
    it(`${accepted ? "accept" : "mark"} ${what} in the configuration of a fleet, a ring and a cluster`, () => {
      const parts = [
        "config: {C}\nrings: [{name: a}]\nclusters: [{name: b}]",
        "rings: [{name: a, config: {C}}]\nclusters: [{name: b}]",
        "rings: [{name: a}]\nclusters: [{name: b, config: {C}}]",
      ];
      for (const part of parts) {
        const text = `image: r.example.org/k:1\nbackend: s3://s\n${part.replace("C", content)}`;
        assert.equal(accepts("fleet.schema.json", text), accepted, text);
      }
    });
  }

  for (const [what, content, accepted] of [
    ["a Secret for each host", "krateo:tls: true", true],
    ["a Gateway", "krateo:gateway: {name: shared, namespace: gateways}", true],
    ["a Gateway without a name", "krateo:gateway: {namespace: gateways}", false],
    ["a map of Secrets", "krateo:tls: {secretName: {authn: a}}", true],
    ["an encrypted value", "krateo:database: {host: h, password: {secure: 'v1:x'}}", true],
    ["an encrypted map", "krateo:set: {secure: 'v1:x'}", true],
    ["the text of a boolean", "krateo:openshift: 'true'", true],
    ["keys of a provider", "kubernetes:context: kind", true],
    ["a misspelt key", "krateo:tpye: ingress", false],
    ["a misspelt value", "krateo:type: ingres", false],
    ["a port out of range", "krateo:nodePorts: {authn: 80}", false],
    ["a misspelt key below another", "krateo:database: {hots: h}", false],
  ] as const) {
    it(`${accepted ? "accept" : "mark"} ${what} in a stack's file`, () => {
      assert.equal(accepts("stack.schema.json", `config: {${content}}`), accepted);
    });
  }

  for (const [what, content, accepted] of [
    ["settings of a known component", "components: {finops: {enabled: false}}", true],
    ["a component of another document", "components: {shop: {stepConfig: {a: {helmValues: {b: 1}}}}}", true],
    ["a profile of the user's", "profile: dark\nprofiles: {dark: {components: {finops: null}}}", true],
    [
      "a misspelt key of a step",
      "components: {backend: {stepConfig: {install-authn: {helmvalues: {}}}}}",
      false,
    ],
    ["a misspelt key of a known component", "components: {backend: {enabeld: false}}", false],
    [
      "a misspelt key of a step that makes an object",
      "components: {backend: {stepConfig: {expose-authn: {wiht: {}}}}}",
      false,
    ],
    ["a misspelt key at the top", "component: {}", false],
  ] as const) {
    it(`${accepted ? "accept" : "mark"} ${what} in krateo-overrides.yaml`, () => {
      assert.equal(accepts("overrides.schema.json", content), accepted);
    });
  }

  it("offer the components of the bundled release", () => {
    const { properties } = schemas["overrides.schema.json"] as unknown as {
      properties: { components: { properties: Record<string, object> } };
    };
    assert.deepEqual(
      Object.keys(properties.components.properties),
      components.map(({ name }) => name),
    );
  });
});
