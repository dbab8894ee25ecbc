import assert from "node:assert/strict";
import { bundledProfiles } from "../../../configuration/bundle.ts";
import { aliasOf, typesFor } from "../../../configuration/exposure/profile-aliases.ts";
import { conflicts } from "../../../configuration/rules/profile-conflicts.ts";
import { releaseTypes } from "../../../model/settings.ts";
import { load, problemsOf } from "../project.ts";

const common = {
  type: "ingress",
  domain: "krateo.example.org",
  // Without it no-cnpg is refused, and with it everything else.
  set: {},
};

describe("profiles", () => {
  const made = bundledProfiles.filter((profile) => typesFor(profile)?.includes("ingress") ?? true);
  const pairs = made.flatMap((one, index) => made.slice(index + 1).map((other) => [one, other] as const));

  it("combine in any order to the same steps", async () => {
    const contradictory = conflicts.map(({ profiles }) => profiles.toSorted().join());
    for (const [one, other] of pairs.filter((pair) => !contradictory.includes(pair.toSorted().join()))) {
      const database = [one, other].includes("no-cnpg") ? { database: { host: "db.example.org" } } : {};
      const steps = async (...profiles: string[]) =>
        (await load({}, { ...common, ...database, profiles })).steps;
      assert.deepEqual(await steps(one, other), await steps(other, one), `${one} and ${other}`);
    }
  });

  it("that contradict each other are refused by both their names, in whatever order", async () => {
    for (const profiles of ["no-cnpg,small", "small,no-cnpg"]) {
      const [problem, ...rest] = await problemsOf(
        load({}, { database: { host: "db.example.org" }, profiles }),
      );
      assert.deepEqual(rest, []);
      assert.match(problem?.what ?? "", /^profiles no-cnpg and small contradict each other: /);
      assert.equal(problem?.next, "leave one of them out");
    }
  });

  it("combine two by two with every type, or are refused for the reason that is known", async function () {
    // Some 190 whole configurations.
    this.timeout(60_000);
    const all = bundledProfiles.flatMap((one, index) =>
      bundledProfiles.slice(index).map((other) => [...new Set([one, other])]),
    );
    for (const type of releaseTypes) {
      for (const profiles of all) {
        const config = {
          type,
          profiles,
          ...((type === "ingress" || type === "gateway") && { domain: "krateo.example.org" }),
          ...(type === "gateway" && { gatewayClass: "envoy" }),
          ...(type === "routes" && { openshift: true }),
          ...(profiles.includes("no-cnpg") && { database: { host: "db.example.org" } }),
        };
        const expected = [
          ...profiles.flatMap((profile) =>
            (typesFor(profile)?.includes(type) ?? true)
              ? []
              : [`profile ${profile} is not made for type ${type}`],
          ),
          ...(profiles.includes("no-cnpg") && profiles.includes("small")
            ? [`profiles no-cnpg and small contradict each other: ${conflicts[0]?.why}`]
            : []),
        ];
        const loading = load({}, config);
        const found = expected.length === 0 ? [] : (await problemsOf(loading)).map(({ what }) => what);
        assert.deepEqual(found, expected, `${type} with ${profiles}`);
        if (expected.length > 0) continue;
        const { warnings, steps } = await loading;
        assert.deepEqual(
          warnings.map((warning) => warning.split(":")[0]),
          profiles.filter((profile) => aliasOf(profile)).map((profile) => `profile ${profile} is now krateo`),
          `${type} with ${profiles}`,
        );
        assert.ok(steps.length > 15);
      }
    }
  });

  it("of a user's own are laid over bundled ones when named later, and below them when named first", async () => {
    const files = {
      "krateo-overrides.mine.yaml":
        "components: {cnpg: {stepConfig: {install-pg-cluster: {helmValues: {cluster: {instances: 5}}}}}}",
    };
    const instances = async (profiles: string) => {
      const { steps } = await load(files, { profiles });
      const step = steps.find(({ id }) => id === "install-pg-cluster");
      return step?.type === "chart" && (step.values["cluster"] as { instances: number }).instances;
    };
    assert.deepEqual([await instances("small,mine"), await instances("mine,small")], [5, 1]);
  });
});

describe("type routes", () => {
  it("is refused where the configuration is not for OpenShift", async () => {
    const [problem, ...rest] = await problemsOf(load({}, { type: "routes" }));
    assert.deepEqual(rest, []);
    assert.equal(
      problem?.what,
      "type routes is for OpenShift, and the configuration is not: OpenShift would refuse its pods",
    );
    assert.equal(problem?.path, "krateo:openshift");
  });

  it("takes the openshift profile for the same as the key", async () => {
    assert.equal((await load({}, { type: "routes", profiles: "openshift" })).type, "routes");
  });

  const hosts = async (config: Record<string, unknown>) =>
    (await load({}, { type: "routes", openshift: true, ...config })).steps.flatMap((step) =>
      step.type === "object" ? [(step.manifest["spec"] as { host?: string }).host] : [],
    );

  it("leaves the hosts to OpenShift, or puts them below the domain", async () => {
    assert.deepEqual(await hosts({}), [undefined, undefined, undefined, undefined]);
    assert.deepEqual(await hosts({ domain: "krateo.example.org" }), [
      "authn.krateo.example.org",
      "snowplow.krateo.example.org",
      "events-presenter.krateo.example.org",
      "app.krateo.example.org",
    ]);
  });

  it("leaves no other way in: every Service is inside the cluster only", async () => {
    const { steps } = await load({}, { type: "routes", openshift: true });
    assert.doesNotMatch(JSON.stringify(steps), /NodePort|LoadBalancer|nodePort/);
  });
});
