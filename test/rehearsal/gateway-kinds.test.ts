import assert from "node:assert/strict";
import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { isDeepStrictEqual } from "node:util";
import { parse } from "yaml";
import { loadSettings } from "../../configuration/load.ts";
import { pathText } from "../../model/path.ts";
import { isMap } from "../../model/secret-value.ts";
import type { Json, JsonObject, Path } from "../../model/settings.ts";
import { gatewayKinds } from "../../rehearsal/simulation/gateway-kinds.ts";
import { goldenInputs, typeOf } from "../golden/inputs.ts";

interface Definition {
  readonly spec: {
    readonly names: { readonly kind: string; readonly plural: string };
    readonly versions: readonly {
      readonly name: string;
      readonly served: boolean;
      readonly storage: boolean;
      readonly schema: { readonly openAPIV3Schema: JsonObject };
    }[];
  };
}

const definitions = gatewayKinds as readonly unknown[] as readonly Definition[];

/** The API's own definitions, a file for each kind; none without the variable. */
const folder = process.env["KRATEO_GATEWAY_KINDS"] ?? "";

/** What our stand-in may leave out of a schema: with it the API refuses more, and takes nothing else. */
const leftOut = ["pattern", "oneOf", "x-kubernetes-validations", "description"];

/** Where ours says something else than the API's: a field or an item of an `enum` that it does not know, another default or limit. */
function differences(ours: Json | undefined, theirs: Json | undefined, at: Path = []): string[] {
  const here = pathText(at);
  if (at.at(-1) === "enum") {
    const known = theirs as Json[];
    return (ours as Json[]).filter((item) => !known.includes(item)).map((item) => `${here} has ${item}`);
  }
  if (!isMap(ours) || !isMap(theirs)) return isDeepStrictEqual(ours, theirs) ? [] : [`${here} differs`];
  const isProperties = at.at(-1) === "properties" && at.at(-2) !== "properties";
  const missing = isProperties
    ? []
    : Object.keys(theirs).filter((key) => !(key in ours || leftOut.includes(key)));
  return [
    ...missing.map((key) => `${pathText([...at, key])} is missing`),
    ...Object.entries(ours).flatMap(([key, value]) =>
      differences(value as Json, theirs[key] as Json, [...at, key]),
    ),
  ];
}

/** Fields of an object that a definition does not have: an API server drops them, or refuses the object. */
function unknownFields(object: Json, schema: JsonObject, at: Path = []): string[] {
  if (Array.isArray(object)) {
    return object.flatMap((item, index) =>
      unknownFields(item, schema["items"] as JsonObject, [...at, index]),
    );
  }
  if (!isMap(object) || at.join() === "metadata" || schema["additionalProperties"]) return [];
  const known = (schema["properties"] ?? {}) as Readonly<Record<string, JsonObject>>;
  return Object.entries(object).flatMap(([key, value]) =>
    known[key] === undefined
      ? [pathText([...at, key])]
      : unknownFields(value as Json, known[key], [...at, key]),
  );
}

describe("what type gateway makes", () => {
  for (const { name, config } of goldenInputs.filter((input) => typeOf(input.name) === "gateway")) {
    it(`has no field that the Gateway API lacks: ${name}`, async () => {
      const { steps } = await loadSettings(config, import.meta.dirname);
      const objects = steps.filter((step) => step.type === "object");
      assert.ok(objects.length >= 4);
      for (const { id, manifest } of objects) {
        const [, version] = manifest.apiVersion.split("/");
        const definition = definitions.find(({ spec }) => spec.names.kind === manifest.kind);
        const served = definition?.spec.versions.find((one) => one.name === version);
        assert.ok(served, `${id}: no ${manifest.apiVersion} ${manifest.kind}`);
        assert.deepEqual(unknownFields(manifest, served.schema.openAPIV3Schema), [], id);
      }
    });
  }
});

describe("the rehearsal's kinds of the Gateway API", () => {
  before(function () {
    if (folder === "") this.skip();
    assert.ok(existsSync(folder), `KRATEO_GATEWAY_KINDS: there is no folder ${folder}`);
  });

  for (const { spec } of definitions) {
    const { plural } = spec.names;
    it(`are a part of the API's own: ${plural}`, () => {
      const theirs: Definition = parse(readFileSync(join(folder, `${plural}.yaml`), "utf8"));
      const { versions, names, ...scope } = spec;
      const { versions: theirVersions, names: theirNames, ...theirScope } = theirs.spec;
      assert.deepEqual(scope, theirScope);
      for (const [key, name] of Object.entries(names)) {
        assert.equal(name, (theirNames as Readonly<Record<string, unknown>>)[key], key);
      }
      for (const { name, served, storage, schema } of versions) {
        const same = theirVersions.find((version) => version.name === name);
        assert.deepEqual([same?.served, same?.storage], [served, storage], name);
        assert.deepEqual(differences(schema as JsonObject, same?.schema as unknown as JsonObject), []);
      }
    });
  }
});
