import assert from "node:assert/strict";
import { parse } from "yaml";
import { changesOf } from "../../migration/changes.ts";
import { krateoctlDocument } from "../../migration/krateoctl-document.ts";
import { type LegacyType, legacyTypes } from "../../migration/legacy-defaults.ts";
import { legacyObjectsIn } from "../../migration/legacy-objects.ts";
import { readLegacyPlatform } from "../../migration/legacy-platform.ts";
import { versionProblems } from "../../migration/legacy-version.ts";
import { migrate } from "../../migration/migrate.ts";
import type { Json, JsonObject } from "../../model/settings.ts";
import { type GivenObject, lineOf, read, set, unchanged, without } from "./objects.ts";

/** What upstream's `migrate` writes of an object, and what its `migrate-full` leaves in the cluster. */
const documentOf = (object: GivenObject, type: LegacyType): JsonObject =>
  parse(krateoctlDocument(read(object), type).text) as JsonObject;
const installationOf = (document: JsonObject, namespace = "krateo-system"): JsonObject => ({
  apiVersion: "krateo.io/v1",
  kind: "Installation",
  metadata: { name: "krateoctl", namespace },
  spec: { spec: { ...document, installationVersion: "local" } },
});

function platformOf(given: Json, namespace = "krateo-system") {
  const [found] = legacyObjectsIn([given]);
  assert.ok(found, "the file holds no platform");
  const { platform, problems } = readLegacyPlatform(found, "f", namespace);
  assert.deepEqual(problems, []);
  assert.ok(platform);
  return platform;
}

describe("a 2.7.0 that upstream's CLI runs", () => {
  for (const type of legacyTypes) {
    // The signing key's step is not in a document of ours.
    const object = () => without(unchanged(type, "shop"), "create-jwt-sign-key");

    it(`unchanged, type ${type}, differs in nothing from 2.7.0, as a document and as an Installation`, () => {
      const document = documentOf(object(), type);
      for (const given of [document, installationOf(document, "shop")]) {
        const platform = platformOf(given, "shop");
        assert.deepEqual(
          changesOf(platform, type).map(({ step, path }) => [step.id, path]),
          [["create-jwt-sign-key", []]],
        );
        assert.deepEqual(
          [platform.namespace, platform.leftOut, versionProblems(platform, "f")],
          ["shop", [], []],
        );
      }
    });
  }

  it("is migrated like the object that it was made of", () => {
    const changed = set(unchanged(), "install-authn", {
      "env.AUTHN_DEBUG": "true",
      "image.repository": "r.example.org/authn",
    });
    set(changed, "install-frontend", { "config.TITLE": "Ours" });
    const lines = ({ outcomes }: ReturnType<typeof migrate>) => outcomes.map(lineOf).sort();
    const platform = platformOf(installationOf(documentOf(changed, "nodeport")));
    assert.deepEqual(
      lines(migrate(platform)),
      [...lines(migrate(read(changed))), "create-jwt-sign-key (step): same"].sort(),
    );
  });

  it("keeps a namespace of an object that is another than the platform's", () => {
    const document = documentOf(unchanged(), "nodeport");
    (document["steps"] as JsonObject[]).unshift({
      id: "create-jwt-sign-key",
      type: "object",
      with: { apiVersion: "v1", kind: "Secret", metadata: { name: "jwt-sign-key", namespace: "other" } },
    });
    const { outcomes } = migrate(platformOf(document));
    assert.deepEqual(
      outcomes.map(({ change }) => [change.step.id, change.path.join(".")]),
      [
        ["create-jwt-sign-key", "metadata.namespace"],
        ["create-jwt-sign-key", "type"],
      ],
    );
  });

  it("says that settings of components are not read", () => {
    const document = { ...documentOf(unchanged(), "nodeport"), components: { backend: { enabled: false } } };
    assert.deepEqual(platformOf(document).leftOut, [
      "components is left out: settings of components are not read here; put the values into the steps' own in a copy of the file.",
    ]);
  });

  it("is known by a chart that 3.0.0 has no place for: a document of 3.0.0 is none", () => {
    const chart = (repo: string) => ({ id: `install-${repo}`, type: "chart", with: { repo } });
    assert.deepEqual(
      legacyObjectsIn([{ steps: [chart("authn"), chart("cloudnative-pg"), chart("etcd")] }]),
      [],
    );
    assert.equal(legacyObjectsIn([{ steps: [chart("authn"), chart("sweeper")] }]).length, 1);
  });

  it("names what is malformed with its place", () => {
    const document = documentOf(unchanged(), "nodeport");
    const [, second] = document["steps"] as JsonObject[];
    (second as JsonObject)["type"] = "charts";
    const { problems } = readLegacyPlatform(installationOf(document), "live", "krateo-system");
    assert.deepEqual(
      problems.map(({ path }) => path),
      ["spec.spec.steps[1].type"],
    );
  });
});
