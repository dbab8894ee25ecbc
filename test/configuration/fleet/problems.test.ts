import assert from "node:assert/strict";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { renderFleet } from "../../../configuration/fleet/render.ts";
import { ConfigurationError, type Problem } from "../../../model/problem.ts";

const head = "image: registry.example.org/krateo:1.0.0\nbackend: s3://state\n";

const root = join(import.meta.dirname, "..", "..", "..");

function problemsOf(text: string, directory = root): readonly Problem[] {
  try {
    renderFleet({ text }, "fleet.yaml", directory);
  } catch (error) {
    if (error instanceof ConfigurationError) return error.problems;
    throw error;
  }
  return [];
}

/** Line, path and what is wrong, of a fleet whose first two lines are right. */
function found(rest: string): string[] {
  return problemsOf(head + rest).map(({ file, line, path, what }) => {
    assert.equal(file, "fleet.yaml");
    return `${line} ${path}: ${what}`;
  });
}

const oneRing = "rings: [{name: one}]\n";

describe("a fleet is refused, with line and path,", () => {
  for (const [why, rest, expected] of [
    [
      "where a cluster is there twice",
      `${oneRing}clusters:\n  - {name: a, ring: one}\n  - {name: a, ring: one}\n`,
      ["6 clusters[1].name: cluster a is there twice"],
    ],
    [
      "where a ring is there twice",
      "rings:\n  - {name: one}\n  - {name: one}\nclusters: [{name: a, ring: one}]\n",
      ["5 rings[1].name: ring one is there twice"],
    ],
    [
      "where a cluster names a ring that is not there",
      `${oneRing}clusters:\n  - name: a\n    ring: won\n`,
      ["6 clusters[0].ring: there is no ring won"],
    ],
    [
      "where a ring comes after one that is not there",
      "rings:\n  - name: one\n    after: two\nclusters: [{name: a, ring: one}]\n",
      ["5 rings[0].after: there is no ring two"],
    ],
    [
      "where a cluster is in no ring",
      `${oneRing}clusters:\n  - name: a\n`,
      ["5 clusters[0].name: cluster a is in no ring"],
    ],
    [
      "where two rings match a cluster",
      "rings: [{name: one, match: {a: b}}, {name: two, match: {c: d}}]\nclusters:\n  - name: a\n    labels: {a: b, c: d}\n",
      ["5 clusters[0].name: cluster a is in two rings: one and two"],
    ],
    [
      "where a cluster names a ring and another one matches it",
      "rings: [{name: one, match: {a: b}}, {name: two}]\nclusters:\n  - name: a\n    ring: two\n    labels: {a: b}\n",
      ["5 clusters[0].name: cluster a is in two rings: two and one"],
    ],
    [
      "where rings wait for each other in a circle",
      "rings:\n  - {name: zero}\n  - {name: one, after: three}\n  - {name: two}\n  - {name: three}\nclusters: [{name: a, ring: zero}]\n",
      ["5 rings[1].after: rings wait for each other in a circle: one after three after two after one"],
    ],
    [
      "where a ring waits for itself",
      "rings:\n  - {name: one, after: one}\nclusters: [{name: a, ring: one}]\n",
      ["4 rings[0].after: rings wait for each other in a circle: one after one"],
    ],
    [
      "where two clusters are one",
      `${oneRing}clusters:\n  - {name: a, ring: one}\n  - name: b\n    ring: one\n    kubeconfig: {secret: a-kubeconfig, key: value}\n`,
      ["8 clusters[1].kubeconfig: clusters a and b have the same kubeconfig"],
    ],
    [
      "where a name is too long for the operator",
      `${oneRing}clusters:\n  - {name: ${"a".repeat(43)}, ring: one}\n`,
      ["5 clusters[0].name: name has a value that is not allowed"],
    ],
    [
      "where a key of the stack configuration is misspelt, in a ring that has no cluster, too",
      "rings:\n  - {name: one}\n  - name: two\n    config: {tpye: ingress}\nclusters: [{name: a, ring: one}]\n",
      ['6 rings[1].config.tpye: unknown key "tpye"'],
    ],
    [
      "where a secret key is misspelt",
      `${oneRing}clusters:\n  - name: a\n    ring: one\n    secretConfig: {registires: {secret: s, key: k}}\n`,
      ['7 clusters[0].secretConfig.registires: unknown key "registires"'],
    ],
    [
      "where a cluster lacks what its type needs",
      `config: {type: ingress}\n${oneRing}clusters:\n  - {name: a, ring: one, config: {domain: a.example.org}}\n  - {name: b, ring: one}\n`,
      ["7 clusters[1]: cluster b: type ingress needs a domain for its hosts"],
    ],
    [
      "once, where clusters have a mistake of their ring in common",
      "config: {type: loadbalancer}\nrings:\n  - name: one\n    config: {ingressClass: nginx}\nclusters: [{name: a, ring: one}, {name: b, ring: one}]\n",
      ["6 rings[0].config.ingressClass: krateo:ingressClass has no meaning for type loadbalancer"],
    ],
    [
      "where it says itself which cluster it is",
      `${oneRing}clusters:\n  - name: a\n    ring: one\n    config: {context: paris}\n`,
      [
        "7 clusters[0].config.context: context does not belong here: the Secret with the cluster's kubeconfig says which cluster it is",
      ],
    ],
    [
      "where a secret is in clear text",
      `${oneRing}clusters:\n  - name: a\n    ring: one\n    config:\n      set: {components.backend.stepConfig.install-authn.helmValues.env.OIDC_SECRET: hunter2}\n`,
      [
        "8 clusters[0].config.set.components\\.backend\\.stepConfig\\.install-authn\\.helmValues\\.env\\.OIDC_SECRET: a secret in clear text",
      ],
    ],
    [
      "where a path names a component that no document has, of each cluster that says so",
      `${oneRing}clusters:\n  - name: a\n    ring: one\n    config:\n      set:\n        components.frontend.enabled: true\n        components.backnd.enabled: false\n  - {name: b, ring: one, config: {set: {components.backnd.enabled: false}}}\n`,
      [
        '10 clusters[0].config.set.components\\.backnd\\.enabled: there is no component "backnd"',
        '11 clusters[1].config.set.components\\.backnd\\.enabled: there is no component "backnd"',
      ],
    ],
    [
      "where a ring names a profile that is not there, once for all its clusters",
      "config: {type: ingress}\nrings:\n  - name: one\n    config: {profiles: [debg]}\nclusters: [{name: a, ring: one, config: {domain: a.example.org}}, {name: b, ring: one, config: {domain: b.example.org}}]\n",
      ['6 rings[0].config.profiles: there is no profile "debg"'],
    ],
    [
      "where a cluster takes the node port that a chart gives to another Service",
      `config: {nodePorts: {authn: 30082}}\n${oneRing}clusters:\n  - name: a\n    ring: one\n    config: {nodePorts: {authn: 30081}}\n`,
      ["8 clusters[0].config.nodePorts.authn: authn and snowplow have the same node port, 30081"],
    ],
    [
      "where its version is not in the project",
      `config:\n  version: 3.1.0\n${oneRing}clusters: [{name: a, ring: one}]\n`,
      ["4 config.version: a platform version that is neither bundled nor added to the project"],
    ],
    [
      "where a component that is on needs one that is off",
      `config:\n  set:\n    components.backend.enabled: false\n${oneRing}clusters: [{name: a, ring: one}, {name: b, ring: one}]\n`,
      [
        "5 config.set.components\\.backend\\.enabled: component portal-defaults needs backend, which is switched off: install-portal needs install-authn, it brings the User kind that the portal's accounts are made of",
        "7 clusters[0]: cluster a: component frontend needs backend, which is switched off: step install-frontend uses variable AUTHN_PORT, which step extract-authn-port sets (bundled release (profiles/3.0.0/base.yaml and profiles/3.0.0/nodeport.yaml), steps[13].with.values.config.AUTHN_API_BASE_URL)",
      ],
    ],
  ] as const) {
    it(why, () => assert.deepEqual(found(rest), expected));
  }

  it("where a document of the project is wrong: once, at the first cluster, with its place there", () => {
    const directory = mkdtempSync(join(tmpdir(), "krateo-fleet-"));
    try {
      writeFileSync(join(directory, "krateo-overrides.yaml"), "components:\n  backnd: {enabled: false}\n");
      const clusters =
        "clusters: [{name: a, ring: one}, {name: b, ring: one, config: {profiles: [small]}}]\n";
      assert.deepEqual(
        problemsOf(head + oneRing + clusters, directory).map(({ file, line, what }) => [file, line, what]),
        [
          [
            "fleet.yaml",
            4,
            'cluster a: there is no component "backnd" (krateo-overrides.yaml, line 2, components.backnd)',
          ],
        ],
      );
    } finally {
      rmSync(directory, { recursive: true });
    }
  });

  it("but not for what a secret value may put right: it is not known here", () => {
    const off = "config: {set: {components.cnpg.enabled: false}}\n";
    const cluster = (more: string): string => `${off}${oneRing}clusters: [{name: a, ring: one${more}}]\n`;
    assert.equal(found(cluster("")).length, 1);
    assert.equal(found(cluster(", secretConfig: {registries: {secret: s, key: k}}")).length, 1);
    assert.deepEqual(found(cluster(", secretConfig: {database: {secret: s, key: k}}")), []);
  });

  for (const [what, image] of [
    ["without a tag", "registry.example.org/krateo"],
    ["with the tag latest", "registry.example.org/krateo:latest"],
    ["without a registry", "krateo:1"],
  ]) {
    it(`where its image is one ${what}`, () => {
      const problems = problemsOf(
        `image: ${image}\nbackend: s3://state\n${oneRing}clusters: [{name: a, ring: one}]\n`,
      );
      assert.deepEqual(
        problems.map(({ line, path }) => `${line} ${path}`),
        ["1 image"],
      );
    });
  }

  it("where it has no backend, or one that goes with the pod", () => {
    const rest = `${oneRing}clusters: [{name: a, ring: one}]\n`;
    for (const [backend, line] of [
      ["", undefined],
      ["backend: file:///state\n", 2],
    ] as const) {
      const problems = problemsOf(`image: registry.example.org/krateo:1\n${backend}${rest}`);
      assert.deepEqual(
        problems.map((problem) => [problem.path, problem.line]),
        [["backend", line]],
      );
    }
  });

  it("with all mistakes at once, in the order of the file, and never with a secret's value", () => {
    const problems = problemsOf(
      `${head}rings: [{name: one}]\nclusters:\n  - {name: a, ring: two}\n  - {name: a, ring: one, config: {registries: {ghcr.io: {username: u, password: hunter2}}}}\n`,
    );
    assert.deepEqual(
      problems.map(({ line, what }) => `${line} ${what}`),
      ["5 there is no ring two", "6 cluster a is there twice", "6 a secret in clear text"],
    );
    assert.ok(!JSON.stringify(problems).includes("hunter2"));
  });
});
