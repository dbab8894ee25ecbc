import assert from "node:assert/strict";
import type { Revision } from "./helm-records.ts";
import { type Listed, plannedRemovals, pluralOf, type Removal, unlisted } from "./removals.ts";

const authn: Revision = {
  release: "authn",
  revision: 3,
  status: "deployed",
  chart: "authn-1.0.0",
  values: {},
  objects: ["Service authn", "Ingress authn"],
  hooks: ["Job authn-tables"],
};

/** Release authn, of which nothing may go but what its newest revision does not have. */
const listed = (given: Partial<Listed> = {}): Listed => ({
  before: [authn],
  now: new Map([["authn", authn]]),
  releases: new Set(),
  objects: new Set(),
  ...given,
});
const service: Removal = { resource: "services", name: "authn" };
const record = (revision: number): Removal => ({
  resource: "secrets",
  name: `sh.helm.release.v1.authn.v${revision}`,
});

describe("a removal", () => {
  for (const { rule, removal, given = {}, isListed } of [
    { rule: "of an object of a release that stays", removal: service, isListed: false },
    { rule: "of an object nobody knows", removal: { resource: "secrets", name: "mine" }, isListed: false },
    { rule: "of the last record of a release that stays", removal: record(3), isListed: false },
    { rule: "of an earlier record", removal: record(2), isListed: true },
    {
      rule: "of a record of a release that a plan removes",
      removal: record(3),
      given: { releases: new Set(["authn"]) },
      isListed: true,
    },
    {
      rule: "of an object of a release that a plan removes",
      removal: service,
      given: { releases: new Set(["authn"]) },
      isListed: true,
    },
    { rule: "of a hook's object", removal: { resource: "jobs", name: "authn-tables" }, isListed: true },
    {
      rule: "of an object that the newest revision of its release lacks",
      removal: service,
      given: { now: new Map([["authn", { ...authn, objects: ["Ingress authn"] }]]) },
      isListed: true,
    },
    {
      rule: "of an object that a plan removes",
      removal: { resource: "secrets", name: "krateo-db" },
      given: { objects: new Set(["krateo-db"]) },
      isListed: true,
    },
  ] satisfies { rule: string; removal: Removal; given?: Partial<Listed>; isListed: boolean }[])
    it(`${rule} is ${isListed ? "listed" : "not listed"}`, () => {
      assert.deepEqual(unlisted([removal], listed(given)), isListed ? [] : [removal]);
    });
});

describe("the plural of a kind", () => {
  for (const [kind, plural] of [
    ["Deployment", "deployments"],
    ["Ingress", "ingresses"],
    ["ValidatingAdmissionPolicy", "validatingadmissionpolicies"],
  ] as const)
    it(`${kind} is ${plural}`, () => assert.equal(pluralOf(kind), plural));
});

describe("the plan of a preview", () => {
  it("lists the releases and objects that it deletes or replaces", () => {
    const step = (op: string, type: string, inputs: object): object => ({ op, oldState: { type, inputs } });
    const release = "kubernetes:helm.sh/v3:Release";
    const steps = [
      step("same", release, { name: "snowplow" }),
      step("update", release, { name: "authn" }),
      step("delete", release, { name: "oasgen-provider" }),
      step("delete", "kubernetes:core/v1:Service", { metadata: { name: "snowplow-external" } }),
      step("delete-replaced", "kubernetes:core/v1:Secret", { metadata: { name: "krateo-db" } }),
      { op: "create" },
    ];
    assert.deepEqual(plannedRemovals(JSON.stringify({ steps })), {
      releases: ["oasgen-provider"],
      objects: ["snowplow-external", "krateo-db"],
    });
  });
});
