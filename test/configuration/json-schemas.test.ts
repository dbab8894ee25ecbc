import assert from "node:assert/strict";
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { parse } from "yaml";
import { z } from "zod";
import { components } from "../../components/catalogue.ts";
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
