import assert from "node:assert/strict";
import { stringify } from "yaml";
import { type Files, load, loadLocal, problemsOf, reportOf } from "./project.ts";

describe("validation", () => {
  const whats = async (values: Record<string, unknown>, overrides?: unknown): Promise<string[]> => {
    const files: Files = overrides === undefined ? {} : { "krateo-overrides.yaml": stringify(overrides) };
    return (await problemsOf(load(files, values))).map(({ what }) => what);
  };

  const onPort = (nodePort: number) => ({
    components: {
      backend: {
        stepConfig: { "install-authn": { helmValues: { service: { type: "NodePort", nodePort } } } },
      },
    },
  });

  it("reports what documents, keys and steps have wrong in one go, in this order", async () => {
    assert.deepEqual(
      await whats(
        { unknown: "x", nodePorts: { resourcesPresenter: 31000 }, profiles: "nope", allowRemoval: "all" },
        { ...onPort(30080), steps: [{ id: "install-portl", skip: true }] },
      ),
      [
        'unknown key "unknown"',
        "krateo:nodePorts names resources-presenter, which is not reachable from outside",
        'there is no profile "nope"',
        'there is no step "install-portl"',
        'there is no component "all"',
        "steps install-authn and install-frontend take the same node port, 30080",
      ],
    );
  });

  it("judges nothing by a key that has its default because it is at fault", async () => {
    assert.deepEqual(await whats({ type: "ingres", domain: "d.example.org", profiles: "tls" }), [
      "type has a value that is not allowed",
    ]);
    assert.deepEqual(await whats({ type: "routes", openshift: "yes" }), [
      "openshift has a value that is not allowed",
    ]);
    assert.deepEqual(await whats({ nodePorts: { authn: "x" } }, onPort(30080)), [
      "authn has a value that is not allowed",
    ]);
  });

  it("reports a node port that two keys give, and not once more of their steps", async () => {
    assert.deepEqual(await whats({ nodePorts: { authn: 31000, snowplow: 31000 } }), [
      "authn and snowplow have the same node port, 31000",
    ]);
  });

  it("reports a node port that a document gives beside what is wrong with the keys for others", async () => {
    assert.deepEqual(await whats({ type: "loadbalancer", nodePorts: { authn: 31000 } }, onPort(30080)), [
      "krateo:nodePorts has no meaning for type loadbalancer",
    ]);
    assert.deepEqual(
      await whats({ nodePorts: { eventsPresenter: 31000, "events-presenter": 31001 } }, onPort(30080)),
      [
        "events-presenter is named twice",
        "steps install-authn and install-frontend take the same node port, 30080",
      ],
    );
  });

  it("holds no name against a document without steps: each would look unknown", async () => {
    const overrides = stringify({
      components: { backend: { stepConfig: { "install-authn": { helmValues: {} } } } },
    });
    const config = { allowRemoval: "finops", databaseStorage: { size: "20Gi" } };
    assert.deepEqual(await reportOf(loadLocal("step: []", overrides, config)), [
      'krateo.yaml:1 step: unknown key "step"',
    ]);
    assert.deepEqual(await reportOf(loadLocal("steps: []", overrides, config)), [
      "krateo.yaml:- -: the release document has no steps: there is nothing to install",
    ]);
  });

  it("reports what needs no document even where there is none", async () => {
    assert.deepEqual(
      await whats(
        { version: "3.1.0", profiles: "no-cnpg,small", database: { host: "db", user: "u" } },
        { components: { nope: { enabled: false } } },
      ),
      [
        "a platform version that is neither bundled nor added to the project",
        "profiles no-cnpg and small contradict each other: one uses your own database, the other sets the size of the program's database",
        "krateo:database has a user and no password",
      ],
    );
  });
});
