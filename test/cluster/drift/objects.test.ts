import assert from "node:assert/strict";
import type { ManifestObject } from "../../../cluster/client/manifest.ts";
import { sameQuantity } from "../../../cluster/client/quantity.ts";
import { isAutoscaled, removesItself } from "../../../cluster/drift/controller-owned.ts";
import { objectDifferences, withDifferences } from "../../../cluster/drift/object-difference.ts";
import { isUnstructured } from "../../../cluster/drift/unstructured.ts";
import { pathText } from "../../../model/path.ts";
import type { Json, JsonObject } from "../../../model/settings.ts";

const object = (
  kind: string,
  body: JsonObject,
  apiVersion = kind === "Deployment" ? "apps/v1" : "v1",
): ManifestObject => ({ apiVersion, kind, metadata: { name: "web" }, ...body });

/** Differences as `path: planned -> live`. */
function differences(planned: ManifestObject, live: JsonObject): string[] {
  return objectDifferences(planned, { ...planned, ...live }).map(
    ({ path, planned, live }) => `${pathText(path)}: ${JSON.stringify(planned)} -> ${JSON.stringify(live)}`,
  );
}

const pod = (container: JsonObject): JsonObject => ({
  spec: { template: { spec: { containers: [container] } } },
});

describe("an object is as its manifest says", () => {
  const equal: [rule: string, planned: ManifestObject, live: JsonObject][] = [
    [
      "with fields that the manifest leaves open",
      object("Service", { spec: { ports: [{ port: 80 }] } }),
      {
        spec: {
          clusterIP: "10.0.0.1",
          ports: [{ port: 80, protocol: "TCP", nodePort: 30437, targetPort: 80 }],
        },
      },
    ],
    [
      "with quantities written another way",
      object("Deployment", pod({ name: "a", resources: { limits: { cpu: "1000m", memory: "1024Mi" } } })),
      pod({ name: "a", resources: { limits: { cpu: "1", memory: "1Gi" } } }),
    ],
    [
      "with a port as a number or as text",
      object("Service", { spec: { ports: [{ port: 80, targetPort: "8080" }] } }),
      { spec: { ports: [{ port: 80, targetPort: 8080 }] } },
    ],
    [
      "with a Secret's clear text encoded, and base64 on one line",
      object("Secret", { data: { a: "aGVs\nbG8=\n" }, stringData: { b: "hello" } }),
      { data: { a: "aGVsbG8=", b: "aGVsbG8=" } },
    ],
    [
      "without values that say nothing",
      object("Deployment", { spec: { a: null, b: {}, c: [], d: "", e: false, f: 0, g: { h: null } } }),
      { spec: {} },
    ],
    [
      "with values that it leaves to the API server",
      object("Service", { spec: { clusterIP: "", ports: [{ port: 80, nodePort: 0 }], x: null } }),
      { spec: { clusterIP: "10.0.0.1", ports: [{ port: 80, nodePort: 30437 }], x: 1 } },
    ],
    [
      "with containers, variables and volumes that others add, in any order",
      object(
        "Deployment",
        pod({
          name: "a",
          env: [
            { name: "X", value: "1" },
            { name: "Y", value: "2" },
          ],
        }),
      ),
      {
        spec: {
          template: {
            spec: {
              containers: [
                { name: "sidecar" },
                {
                  name: "a",
                  env: [
                    { name: "Y", value: "2" },
                    { name: "Z", value: "3" },
                    { name: "X", value: "1" },
                  ],
                },
              ],
            },
          },
        },
      },
    ],
    [
      "with the certificate that an operator writes into its webhook",
      object(
        "ValidatingWebhookConfiguration",
        { webhooks: [{ name: "a", clientConfig: { caBundle: "Cg==" } }] },
        "admissionregistration.k8s.io/v1",
      ),
      {
        webhooks: [
          {
            name: "a",
            clientConfig: { caBundle: "TUlJ" },
            namespaceSelector: { matchLabels: { never: "matches" } },
          },
        ],
      },
    ],
    [
      "with the rules that the control plane aggregates",
      object("ClusterRole", { aggregationRule: { x: 1 }, rules: [] }, "rbac.authorization.k8s.io/v1"),
      { rules: [{ verbs: ["get"] }] },
    ],
    [
      "with another status",
      object("Widget", { status: { ready: false } }, "example.org/v1"),
      { status: { ready: true } },
    ],
    [
      "with further finalizers",
      { ...object("Secret", {}), metadata: { name: "web", finalizers: ["a"] } },
      { metadata: { name: "web", finalizers: ["b", "a"] } },
    ],
  ];
  for (const [rule, planned, live] of equal) {
    it(rule, () => assert.deepEqual(differences(planned, live), []));
  }
});

describe("an object is not as its manifest says", () => {
  const different: [rule: string, planned: ManifestObject, live: JsonObject, found: string[]][] = [
    [
      "when it was scaled",
      object("Deployment", { spec: { replicas: 1 } }),
      { spec: { replicas: 0 } },
      ["spec.replicas: 1 -> 0"],
    ],
    [
      "when a ConfigMap was edited, an empty text included",
      object("ConfigMap", { data: { a: "1", b: "", c: "3" } }),
      { data: { a: "2", b: "x" } },
      ['data.a: "1" -> "2"', 'data.b: "" -> "x"', 'data.c: "3" -> undefined'],
    ],
    [
      "when a container has another image, whatever its place",
      object("Deployment", pod({ name: "a", image: "x:1" })),
      { spec: { template: { spec: { containers: [{ name: "b" }, { name: "a", image: "x:2" }] } } } },
      ['spec.template.spec.containers[0].image: "x:1" -> "x:2"'],
    ],
    [
      "when a variable of a container is gone",
      object("Deployment", pod({ name: "a", env: [{ name: "X", value: "1" }] })),
      pod({ name: "a", env: [] }),
      ['spec.template.spec.containers[0].env[0]: {"name":"X","value":"1"} -> undefined'],
    ],
    [
      "when a limit was changed",
      object("Deployment", pod({ name: "a", resources: { limits: { cpu: "1" } } })),
      pod({ name: "a", resources: { limits: { cpu: "2" } } }),
      ['spec.template.spec.containers[0].resources.limits.cpu: "1" -> "2"'],
    ],
    [
      "when TCP and UDP on one port are told apart",
      object("Service", {
        spec: {
          ports: [
            { port: 53, name: "t" },
            { port: 53, protocol: "UDP", name: "u" },
          ],
        },
      }),
      {
        spec: {
          ports: [
            { port: 53, protocol: "UDP", name: "u" },
            { port: 53, protocol: "TCP", name: "x" },
          ],
        },
      },
      ['spec.ports[0].name: "t" -> "x"'],
    ],
    [
      "when somebody was added to a binding",
      object("RoleBinding", { subjects: [{ name: "a" }] }, "rbac.authorization.k8s.io/v1"),
      { subjects: [{ name: "a" }, { name: "b" }] },
      ['subjects: [{"name":"a"}] -> [{"name":"a"},{"name":"b"}]'],
    ],
    [
      "when a custom resource's list was changed, which has no keys to Helm",
      object("Widget", { spec: { env: [{ name: "a" }] } }, "example.org/v1"),
      { spec: { env: [{ name: "b" }, { name: "a" }] } },
      ['spec.env: [{"name":"a"}] -> [{"name":"b"},{"name":"a"}]'],
    ],
    [
      "when a label was changed or a finalizer taken away",
      { ...object("Secret", {}), metadata: { name: "web", labels: { a: "1" }, finalizers: ["a"] } },
      { metadata: { name: "web", labels: { a: "2" }, finalizers: ["b"] } },
      ['metadata.labels.a: "1" -> "2"', 'metadata.finalizers: ["a"] -> ["b"]'],
    ],
    [
      "when the rules of a plain ClusterRole were changed",
      object("ClusterRole", { rules: [{ verbs: ["get"] }] }, "rbac.authorization.k8s.io/v1"),
      { rules: [{ verbs: ["*"] }] },
      ['rules[0].verbs[0]: "get" -> "*"'],
    ],
  ];
  for (const [rule, planned, live, found] of different) {
    it(rule, () => assert.deepEqual(differences(planned, live), found));
  }
});

describe("what differs", () => {
  it("is put into what is planned, so that both can be compared line by line", () => {
    const planned: JsonObject = { a: 1, list: [{ x: 1 }, { y: 2 }, { z: 3 }], gone: "there", same: [1] };
    const found = [
      { path: ["a"], planned: 1, live: 2 },
      { path: ["list", 0], planned: { x: 1 }, live: undefined },
      { path: ["list", 2, "z"], planned: 3, live: 4 },
      { path: ["gone"], planned: "there", live: undefined },
      { path: ["more"], planned: undefined, live: true },
    ];
    assert.deepEqual(withDifferences(planned, found), {
      a: 2,
      list: [{ y: 2 }, { z: 4 }],
      same: [1],
      more: true,
    });
    assert.deepEqual(planned["a"], 1);
    assert.equal(withDifferences(planned, [{ path: [], planned, live: undefined }]), undefined);
  });
});

describe("what others decide on", () => {
  const deployment = object("Deployment", { spec: { replicas: 1 } });
  const scaled = [{ kind: "Deployment", name: "web", namespace: "shop" }];
  const cases: [string, string, boolean][] = [
    ["shop", "spec.replicas", true],
    ["shop", "spec.paused", false],
    ["elsewhere", "spec.replicas", false],
  ];
  for (const [namespace, path, expected] of cases) {
    it(`${expected ? "includes" : "does not include"} ${path} of an autoscaled workload's namesake in ${namespace}`, () => {
      assert.equal(isAutoscaled(path.split("."), deployment, namespace, scaled), expected);
    });
  }

  it("includes whether a Job is there that removes itself", () => {
    assert.equal(removesItself(object("Job", { spec: { ttlSecondsAfterFinished: 60 } })), true);
    assert.equal(removesItself(object("Job", { spec: {} })), false);
  });
});

describe("quantities", () => {
  const cases: [one: Json, other: Json, same: boolean][] = [
    ["1000m", "1", true],
    [1, "1", true],
    ["0.1", "100m", true],
    ["1.5Gi", "1536Mi", true],
    ["1e3", "1k", true],
    [".5", "500m", true],
    ["1G", "1Gi", false],
    ["1", "2", false],
    ["0", "1n", false],
    ["one", "one", false],
    ["1", null, false],
  ];
  for (const [one, other, same] of cases) {
    it(`${JSON.stringify(one)} and ${JSON.stringify(other)} are ${same ? "the same" : "not the same"}`, () => {
      assert.equal(sameQuantity(one, other), same);
    });
  }
});

describe("a rendered object", () => {
  const kinds: [string, boolean][] = [
    ["v1", false],
    ["apps/v1", false],
    ["rbac.authorization.k8s.io/v1", false],
    ["apiextensions.k8s.io/v1", false],
    ["postgresql.cnpg.io/v1", true],
    ["gateway.networking.k8s.io/v1", true],
  ];
  for (const [apiVersion, expected] of kinds) {
    it(`of ${apiVersion} ${expected ? "is not" : "is"} compared with the live one by Helm`, () => {
      assert.equal(isUnstructured({ apiVersion }), expected);
    });
  }
});
