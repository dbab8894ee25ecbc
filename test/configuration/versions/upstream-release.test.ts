/** Upstream's own documents with the corrections: those of 3.0.0 are the bundled release. */
import assert from "node:assert/strict";
import { isDeepStrictEqual } from "node:util";
import { bundledProfiles, bundledVersion } from "../../../configuration/bundle.ts";
import { bundleTokens } from "../../../configuration/exposure/layer.ts";
import { typesFor } from "../../../configuration/exposure/profile-aliases.ts";
import type { Findings } from "../../../configuration/layers.ts";
import { profileFileName } from "../../../configuration/near-names.ts";
import { upstreamTypes } from "../../../configuration/versions/composed-release.ts";
import {
  storedProfile,
  storedRelease,
  storedVersion,
} from "../../../configuration/versions/stored-version.ts";
import { releaseTypes, type Settings } from "../../../model/settings.ts";
import { addedVersion, upstreamDocuments, wanted } from "../../support/upstream-documents.ts";
import { type Files, inProject, load } from "../project.ts";

/** A version that nobody has, under which upstream's 3.0.0 is added beside the bundled one. */
const twin = "3.0.1";

/** What a type, or a profile, cannot do without. */
const needed: Readonly<Record<string, object>> = {
  ingress: { domain: "d.example.org" },
  gateway: { domain: "d.example.org", gatewayClass: "envoy" },
  routes: { openshift: true },
  "no-cnpg": { database: { host: "db.example.org" } },
};

/** All that is installed: descriptions of components are words of upstream's, and not compared. */
function installed({ components, steps, profiles }: Settings) {
  return { components: components.map(({ description: _, ...rest }) => rest), steps, profiles };
}

describe(`upstream's 3.0.0 with the corrections (${wanted("3.0.0")})`, () => {
  let documents: Files = {};
  before(function () {
    documents = upstreamDocuments("3.0.0", this);
  });

  const configurations: [name: string, config: Record<string, unknown>][] = releaseTypes.flatMap((type) => [
    [`type ${type}`, { type, ...needed[type] }],
    ...bundledProfiles
      .filter((profile) => typesFor(profile)?.includes(type) ?? true)
      .map((profile): [string, Record<string, unknown>] => [
        `type ${type}, profile ${profile}`,
        { type, profiles: [profile], ...needed[type], ...needed[profile] },
      ]),
  ]);
  configurations.push(
    ["Services of our own", { type: "nodeport", expose: ["resources-presenter"] }],
    [
      "annotations",
      { type: "loadbalancer", serviceAnnotations: { a: "b" }, loadBalancerAddress: "hostname" },
    ],
    ["hosts", { type: "ingress", ...needed["ingress"], tls: true, expose: ["finops-database-handler"] }],
  );
  for (const [name, config] of configurations) {
    it(`is the bundled release: ${name}`, async () => {
      const ours = await load({}, config);
      const theirs = await load(addedVersion(twin, documents), { ...config, version: twin });
      assert.deepEqual(installed(theirs), installed(ours));
      assert.deepEqual(theirs.warnings, ours.warnings);
    });
  }

  for (const type of upstreamTypes) {
    it(`installs the same charts without the corrections, as a document of the user's own: type ${type}`, async () => {
      const name = `krateo.${type}.yaml`;
      const local = await load({ [name]: documents[name] ?? "" }, { version: "local", type });
      const ours = await load({}, { type, ...needed[type] });
      const charts = ({ steps }: Settings) =>
        steps.flatMap((step) =>
          step.type === "chart" ? [[step.id, step.release, step.chart, step.wait]] : [],
        );
      assert.deepEqual(charts(local), charts(ours));
    });
  }

  const tokens = bundleTokens("demo", { domain: "d.example.org" }, "http://collector:4318");
  const nothingWrong: Findings = { problems: [], warnings: [] };
  for (const type of upstreamTypes) {
    it(`needs every correction of type ${type}`, async () => {
      const outcomes = await inProject(addedVersion(twin, documents), (directory) => {
        const stored = storedVersion(directory, twin, nothingWrong);
        assert.ok(stored);
        return storedRelease(stored, type, { tokens, extra: [] }, nothingWrong)?.outcomes ?? [];
      });
      assert.ok(outcomes.length > 10);
      assert.deepEqual(
        outcomes.filter(({ state }) => state !== "applied"),
        [],
      );
    });
  }

  it("needs every correction of a profile", async () => {
    const states = await inProject(addedVersion(twin, documents), (directory) => {
      const stored = storedVersion(directory, twin, nothingWrong);
      assert.ok(stored);
      return bundledProfiles.flatMap(
        (profile) =>
          storedProfile(stored, profile, tokens, nothingWrong)?.outcomes.map(
            ({ id, state }) => `${state} ${id}`,
          ) ?? [],
      );
    });
    assert.equal(states.length, 6);
    assert.ok(
      states.every((state) => state.startsWith("applied debug.")),
      states.join("\n"),
    );
  });

  it("has a bundled counterpart for each of its profiles", () => {
    const theirs = Object.keys(documents).filter((name) => name.startsWith("krateo-overrides."));
    const ours = bundledProfiles.map(profileFileName);
    assert.deepEqual(
      theirs.filter((name) => !ours.includes(name)),
      [],
    );
  });
});

describe(`upstream's 3.1.0-rc1-dev3 (${wanted("3.1.0-rc1-dev3")})`, () => {
  const version = "3.1.0-rc1-dev3";
  let documents: Files = {};
  before(function () {
    documents = upstreamDocuments(version, this);
  });

  for (const type of releaseTypes) {
    it(`changes two charts and one value of type ${type}, and has the rest from ours`, async () => {
      const config = { type, ...needed[type] };
      const [before, after] = [
        await load({}, config),
        await load(addedVersion(version, documents), { ...config, version }),
      ];
      assert.equal(after.platformVersion, version);
      assert.equal(after.snapshot.installationVersion, version);
      const changed = after.steps.filter((step, index) => {
        const old = before.steps[index];
        assert.equal(step.id, old?.id);
        return !isDeepStrictEqual(step, old);
      });
      assert.deepEqual(
        changed.map((step) => step.type === "chart" && `${step.chart.name} ${step.chart.version}`),
        ["frontend 1.0.25", "portal 1.4.0-rc1"],
      );
      assert.match(JSON.stringify(changed[0]), /NOTIFICATIONS_WIDGET/);
      assert.deepEqual(after.warnings, before.warnings);
    });
  }

  it("is not known before it was added", async () => {
    assert.equal(bundledVersion, "3.0.0");
    await assert.rejects(load({}, { version }), /npx krateo versions add 3\.1\.0-rc1-dev3/);
  });
});
