import assert from "node:assert/strict";
import type { Step, VariableStep } from "../../model/settings.ts";
import { planOf } from "../../plan/plan.ts";
import { chartStep, objectStep, settingsOf, variableStep } from "../support/settings.ts";

/** Direct needs of every step and gate but the cleanup, which all of them have. */
function edges(steps: readonly Step[], given = {}): Record<string, string[]> {
  return Object.fromEntries(
    planOf(settingsOf(steps, given))
      .filter((node) => node.component !== undefined)
      .map((node) => [node.id, node.needs.map((need) => need.on).filter((on) => on !== "cleanup")]),
  );
}

describe("the plan", () => {
  it("puts the namespace first, repair and cleanup ahead of every step, the snapshot after everything, and the way back behind it", () => {
    const plan = planOf(settingsOf([chartStep("install-opa")]));
    assert.deepEqual(
      plan.map((node) => [node.id, node.needs.map((need) => need.on)]),
      [
        ["namespace", []],
        ["repair", ["namespace"]],
        ["cleanup", ["repair"]],
        ["jwt-sign-key", ["namespace"]],
        ["krateo-db", ["namespace"]],
        ["krateo-db-user", ["namespace"]],
        ["install-opa", ["cleanup"]],
        ["restart", ["cleanup", "install-opa"]],
        [
          "retire",
          [
            "namespace",
            "repair",
            "cleanup",
            "jwt-sign-key",
            "krateo-db",
            "krateo-db-user",
            "install-opa",
            "restart",
          ],
        ],
        [
          "snapshot",
          [
            "namespace",
            "repair",
            "cleanup",
            "jwt-sign-key",
            "krateo-db",
            "krateo-db-user",
            "install-opa",
            "restart",
            "retire",
          ],
        ],
        ["user-objects", ["snapshot"]],
      ],
    );
  });

  it("gives a reason for every edge", () => {
    const plan = planOf(settingsOf([chartStep("install-cnpg"), chartStep("install-pg-cluster")]));
    for (const need of plan.flatMap((node) => node.needs)) assert.match(need.why, /\w+ \w+/);
  });

  it("has no Secrets when they are external, and nothing that waits for them", () => {
    assert.deepEqual(edges([chartStep("install-authn")], { secrets: "external" }), { "install-authn": [] });
  });

  it("puts the database gate between pg-cluster and those who need the database, and nothing behind the standbys", () => {
    const steps = [
      chartStep("install-deviser"),
      chartStep("install-pg-cluster"),
      chartStep("install-cnpg"),
      chartStep("install-resources-ingester"),
    ];
    assert.deepEqual(edges(steps), {
      "install-cnpg": [],
      "install-pg-cluster": ["install-cnpg", "krateo-db-user"],
      database: ["install-pg-cluster"],
      standbys: ["install-pg-cluster"],
      "install-deviser": ["database", "krateo-db"],
      "install-resources-ingester": ["database", "krateo-db"],
    });
  });

  it("has no gate without pg-cluster: the database is somebody else's", () => {
    assert.deepEqual(edges([chartStep("install-deviser")]), { "install-deviser": ["krateo-db"] });
  });

  it("leaves out steps that are switched off, and the needs on them", () => {
    const steps = [chartStep("install-authn", { enabled: false }), chartStep("install-portal")];
    assert.deepEqual(edges(steps), { "install-portal": [] });
  });

  it("lets a step wait for the variables in its values, and a variable for the release that makes its object", () => {
    const steps = [
      chartStep("install-web"),
      variableStep("extract-web-port", "WEB_PORT", "web"),
      chartStep("install-frontend", { values: { config: { URL: "http://h:${WEB_PORT}" } } }),
    ];
    assert.deepEqual(edges(steps), {
      "install-web": [],
      "extract-web-port": ["install-web"],
      "install-frontend": ["extract-web-port"],
    });
  });

  it("lets a variable of a Service wait until its release has begun, and what comes later in the document until it is done", () => {
    const note = objectStep("note", { apiVersion: "v1", kind: "ConfigMap", metadata: { name: "note" } });
    const steps = [chartStep("install-web"), variableStep("extract-web-port", "WEB_PORT", "web"), note];
    const nodes = planOf(settingsOf(steps));
    const begun = (id: string) =>
      nodes.find((node) => node.id === id)?.needs.flatMap(({ on, begun }) => (begun ? [on] : []));
    assert.deepEqual([begun("extract-web-port"), begun("note")], [["install-web"], []]);
    assert.deepEqual(edges(steps)["note"], ["install-web", "extract-web-port"]);
    const map = variableStep("read", "NAME", "web");
    const other = { ...map, valueFrom: { ...map.valueFrom, kind: "ConfigMap" } } as VariableStep;
    const read = planOf(settingsOf([chartStep("install-web"), other])).find(({ id }) => id === "read");
    assert.ok(read?.needs.every((need) => !need.begun));
  });

  it("lets a variable that no release is named after wait for all releases before it", () => {
    const steps = [chartStep("web"), variableStep("read", "PORT", "other"), chartStep("later")];
    assert.deepEqual(edges(steps)["read"], ["web"]);
  });

  it("puts a step that it does not know after everything that stands before it", () => {
    const note = objectStep("note", { apiVersion: "v1", kind: "ConfigMap", metadata: { name: "note" } });
    assert.deepEqual(edges([chartStep("a"), chartStep("b"), note]), { a: [], b: ["a"], note: ["b"] });
    const known = [chartStep("install-authn"), chartStep("install-snowplow")];
    assert.deepEqual(edges([...known, chartStep("a"), note]), {
      "install-authn": ["jwt-sign-key"],
      "install-snowplow": ["jwt-sign-key"],
      a: ["install-authn", "install-snowplow"],
      note: ["a"],
    });
  });

  it("waits between notebooks and uploader, for the way back", () => {
    const steps = [
      chartStep("install-finops-database-handler-uploader"),
      chartStep("install-finops-notebooks"),
    ];
    assert.deepEqual(edges(steps), {
      "install-finops-database-handler-uploader": [],
      "notebooks-gone": ["install-finops-database-handler-uploader"],
      "install-finops-notebooks": ["notebooks-gone"],
    });
  });
});
