import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { parse } from "yaml";
import { pageName, renderFleet } from "../../../configuration/fleet/render.ts";
import type { JsonObject } from "../../../model/settings.ts";

const root = join(import.meta.dirname, "..", "..", "..");
const head = "image: registry.example.org/krateo:1.0.0\nbackend: s3://state\n";

function rendered(text: string): ReadonlyMap<string, string> {
  return renderFleet({ text: head + text }, "fleet.yaml", root).files;
}

/** The Stack in a file. */
function stack(files: ReadonlyMap<string, string>, path: string): JsonObject {
  const text = files.get(path);
  assert.ok(text, `no file ${path}, but ${[...files.keys()].join(", ")}`);
  return parse(text) as JsonObject;
}

function spec(files: ReadonlyMap<string, string>, path: string): JsonObject {
  return stack(files, path)["spec"] as JsonObject;
}

describe("a rendered fleet", () => {
  it("is the one in gitops/pko/hub/: npx krateo fleet render gitops/pko/fleet.yaml --output gitops/pko/hub", () => {
    const text = readFileSync(join(root, "gitops/pko/fleet.yaml"), "utf8");
    for (const [path, content] of renderFleet({ text }, "gitops/pko/fleet.yaml", root).files)
      assert.equal(readFileSync(join(root, "gitops/pko/hub", path), "utf8"), content, path);
  });

  it("has maps merged from fleet, ring and cluster, lists replaced, and a secret in the place of a clear value", () => {
    const files = rendered(`
config: {type: ingress, domain: all.example.org, profiles: [monitoring], hosts: {authn: a.example.org}}
rings:
  - name: one
    config: {profiles: [small], hosts: {frontend: f.example.org}}
clusters:
  - name: paris
    ring: one
    config: {domain: paris.example.org}
    secretConfig: {profiles: {secret: of-paris, key: profiles}}
`);
    const { config, secretsRef } = spec(files, "00-one/paris.yaml");
    assert.deepEqual(config, {
      "krateo:type": "ingress",
      "krateo:domain": "paris.example.org",
      "krateo:hosts": { authn: "a.example.org", frontend: "f.example.org" },
    });
    assert.deepEqual(secretsRef, {
      "krateo:profiles": { type: "Secret", secret: { name: "of-paris", key: "profiles" } },
    });
  });

  it("waits for each cluster of the nearest earlier ring that has any, as recently as the ring says", () => {
    const files = rendered(`
rings: [{name: one}, {name: empty}, {name: two, within: 90m}, {name: beside, after: one}, {name: first, after: null}]
clusters:
  - {name: a, ring: one}
  - {name: b, ring: one}
  - {name: c, ring: two}
  - {name: d, ring: beside}
  - {name: e, ring: first}
`);
    const names = [...files.keys()].filter((path) => path !== pageName);
    assert.deepEqual(names, [
      "00-one/a.yaml",
      "00-one/b.yaml",
      "00-first/e.yaml",
      "01-beside/d.yaml",
      "02-two/c.yaml",
    ]);
    assert.deepEqual(
      names.map((path) => spec(files, path)["prerequisites"]),
      [
        undefined,
        undefined,
        undefined,
        [{ name: "a" }, { name: "b" }],
        ["a", "b"].map((name) => ({ name, requirement: { succeededWithinDuration: "90m" } })),
      ],
    );
  });

  it("has the resync of the fleet in seconds, and none where the fleet has none", () => {
    const rest = "rings: [{name: one}]\nclusters: [{name: a, ring: one}]\n";
    const often = spec(rendered(`resync: 1h30m\n${rest}`), "00-one/a.yaml");
    assert.equal(often["continueResyncOnCommitMatch"], true);
    assert.equal(often["resyncFrequencySeconds"], 5400);
    assert.equal(spec(rendered(rest), "00-one/a.yaml")["continueResyncOnCommitMatch"], undefined);
  });

  it("names the stack as Pulumi Cloud does in an organization", () => {
    const files = rendered("organization: acme\nrings: [{name: one}]\nclusters: [{name: a, ring: one}]\n");
    assert.equal(spec(files, "00-one/a.yaml")["stack"], "acme/krateo/a");
  });

  it("says on its page who gets what, and when", () => {
    const page = rendered(`
rings: [{name: one}, {name: two, within: 24h}]
clusters:
  - {name: a, ring: one, labels: {region: eu}, config: {type: loadbalancer}}
  - {name: b, ring: two, config: {otelEndpoint: "http://collector:4318/a|b"}}
`).get(pageName);
    assert.match(page ?? "", /^ {2}ring0 -->\|succeeded within 24h\| ring1$/m);
    assert.match(
      page ?? "",
      /^Starts when every cluster of one has succeeded with its present configuration, within the last 24h\.$/m,
    );
    assert.match(
      page ?? "",
      /^\| a \| region=eu \| 3\.0\.0 \| loadbalancer \| krateo-system \| {2}\| key value of Secret a-kubeconfig \|$/m,
    );
    assert.match(page ?? "", /otelEndpoint: http:\/\/collector:4318\/a\\\|b/);
  });

  it("warns of a ring without clusters, and of one that would start the runs of the ring before it again and again", () => {
    const { warnings } = renderFleet(
      {
        text: `${head}resync: 2h\nrings: [{name: one}, {name: two, within: 1h}, {name: three, match: {a: b}}]\nclusters: [{name: a, ring: one}, {name: b, ring: two}]\n`,
      },
      "fleet.yaml",
      root,
    );
    assert.deepEqual(warnings, [
      "ring two: within 1h is shorter than resync 2h, so most runs of its clusters first start another one of every cluster in ring one",
      "ring three has no cluster: no cluster has the labels of its match",
    ]);
  });

  it("takes less than two seconds of processor time for 1,000 clusters, and the same text makes the same bytes", () => {
    const clusters = Array.from({ length: 1000 }, (_, index) => {
      const ring = index < 10 ? "canary" : index < 100 ? "early" : "all";
      return `  - {name: c-${index}, ring: ${ring}, labels: {region: r${index % 7}}, config: {domain: c${index}.example.org}}\n`;
    });
    const text = `resync: 1h\nconfig: {type: ingress}\nrings: [{name: canary}, {name: early, within: 24h}, {name: all, within: 24h}]\nclusters:\n${clusters.join("")}`;
    // Not the time on the wall: other tests of this machine take their part of it.
    const start = process.cpuUsage();
    const files = rendered(text);
    const { user, system } = process.cpuUsage(start);
    assert.equal(files.size, 1001);
    assert.ok(user + system < 2_000_000, `${(user + system) / 1000} ms`);
    assert.deepEqual([...rendered(text)], [...files]);
  });
});
