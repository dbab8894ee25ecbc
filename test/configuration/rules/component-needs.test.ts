import assert from "node:assert/strict";
import { load, problemsOf } from "../project.ts";

const off = (...components: string[]) => ({
  set: Object.fromEntries(components.map((name) => [`components.${name}.enabled`, false])),
});
const external = {
  "components.db-maintenance.stepConfig.install-deviser": "db.example.org",
  "components.resources-stack.stepConfig.install-resources-ingester": "db.example.org",
  "components.resources-stack.stepConfig.install-resources-presenter": "db.example.org",
  "components.events-stack.stepConfig.install-events-ingester": "db.example.org",
  "components.events-stack.stepConfig.install-events-presenter": "db.example.org",
};
const hosts = (given: Record<string, string>) =>
  Object.fromEntries(
    Object.entries(given).map(([step, host]) => [`${step}.helmValues.config.DB_HOST`, host]),
  );
const ingress = { type: "ingress", domain: "krateo.example.org" };

describe("a component that is on needs", () => {
  const table: [config: Record<string, unknown>, needs: string[]][] = [
    [{ ...ingress, ...off("backend") }, ["portal-defaults needs backend"]],
    [{ ...ingress, ...off("frontend") }, ["portal-defaults needs frontend"]],
    [off("backend"), ["frontend needs backend", "portal-defaults needs backend"]],
    [
      { type: "loadbalancer", ...off("backend", "portal-defaults", "events-stack") },
      ["frontend needs backend", "frontend needs events-stack"],
    ],
    [off("db-maintenance"), ["resources-stack needs db-maintenance", "events-stack needs db-maintenance"]],
    [{ ...ingress, ...off("events-stack") }, []],
    [off("resources-stack"), []],
    [off("portal-defaults"), []],
    [off("finops", "composable-operations", "operator-generator"), []],
    [off("db-maintenance", "resources-stack", "events-stack", "frontend", "portal-defaults", "cnpg"), []],
    [
      off(
        "backend",
        "cnpg",
        "db-maintenance",
        "resources-stack",
        "events-stack",
        "frontend",
        "portal-defaults",
        "composable-operations",
        "operator-generator",
        "finops",
      ),
      [],
    ],
  ];
  for (const [config, needs] of table) {
    const { type = "nodeport", set } = config as { type?: string; set: object };
    it(`${needs.length === 0 ? "nothing else" : needs.join(", ")} in type ${type} with ${Object.keys(set).join(", ")}`, async () => {
      const loading = load({}, config);
      const found = needs.length === 0 ? void (await loading) : await problemsOf(loading);
      assert.deepEqual(
        (found ?? []).map(({ what }) => /^component (\S+ needs \S+),/.exec(what)?.[1]).sort(),
        needs.toSorted(),
      );
    });
  }

  it("the database, unless its host is elsewhere: no-cnpg names the five services and the key to set", async () => {
    const [problem, ...rest] = await problemsOf(load({}, { profiles: "no-cnpg" }));
    assert.deepEqual(rest, []);
    assert.deepEqual(
      [problem?.file, problem?.path],
      ["bundled profiles/3.0.0/profile-no-cnpg.yaml", "components.cnpg.enabled"],
    );
    assert.match(
      problem?.what ?? "",
      /install-deviser, .*, install-events-presenter still look for its database$/,
    );
    assert.equal(
      problem?.next,
      "switch cnpg on, or name your own PostgreSQL: pulumi config set --path krateo:database.host HOST",
    );
  });

  it("only those services that still lead to the database left out", async () => {
    const { "components.db-maintenance.stepConfig.install-deviser": _, ...others } = external;
    const [problem] = await problemsOf(load({}, { profiles: "no-cnpg", set: hosts(others) }));
    assert.equal(
      problem?.what,
      "component cnpg is switched off, but install-deviser still look for its database",
    );
  });

  it("no database of ours with all five hosts elsewhere, be it a cluster of the same name in another namespace", async () => {
    for (const host of ["db.example.org", "pg-cluster-rw.databases.svc.cluster.local", "pg-cluster-rwx"]) {
      const given = Object.fromEntries(Object.keys(external).map((step) => [step, host]));
      const settings = await load({}, { profiles: "no-cnpg", set: hosts(given) });
      assert.equal(settings.components.find(({ name }) => name === "cnpg")?.enabled, false);
    }
  });

  it("nothing of components that a document of the user's does not have", async () => {
    const { steps } = await load(
      {
        "krateo.yaml":
          "componentsDefinition: {portal-defaults: {steps: [install-portal]}}\nsteps: [{id: install-portal, type: chart, with: {url: https://charts.example.org, repo: portal, version: 1.0.0}}]",
      },
      { version: "local" },
    );
    assert.deepEqual(
      steps.map(({ id, enabled }) => [id, enabled]),
      [["install-portal", true]],
    );
  });

  it("no need to be removable: allowRemoval names components that exist", async () => {
    const settings = await load({}, { allowRemoval: "finops" });
    assert.deepEqual(settings.allowRemoval, ["finops"]);
    const [problem] = await problemsOf(load({}, { allowRemoval: ["finop"] }));
    assert.deepEqual([problem?.path, problem?.allowed?.[0]], ["krateo:allowRemoval", "finops"]);
  });
});
