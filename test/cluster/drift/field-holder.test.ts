import assert from "node:assert/strict";
import { gitOpsTool, holderOf } from "../../../cluster/drift/field-holder.ts";
import type { JsonObject, Path } from "../../../model/settings.ts";

const planned: JsonObject = {
  metadata: { name: "web", labels: { app: "web" }, finalizers: ["a/b"] },
  spec: {
    type: "NodePort",
    ports: [
      { name: "http", port: 80, nodePort: 30080 },
      { name: "dns", port: 53, protocol: "UDP" },
    ],
    args: ["one", "two"],
  },
};

/** An entry of metadata.managedFields, as the API server writes it. */
const by = (manager: string, fieldsV1: JsonObject, more: JsonObject = {}): JsonObject => ({
  manager,
  operation: "Apply",
  time: "2026-11-29T07:00:00Z",
  fieldsV1,
  ...more,
});

const port = (number: number, protocol: string, fields: JsonObject): JsonObject => ({
  [`k:${JSON.stringify({ port: number, protocol })}`]: { ".": {}, ...fields },
});

const argocd = { manager: "argocd-controller", since: "2026-11-29T07:00:00Z", applies: true };

describe("who else set a field", () => {
  const cases: [rule: string, managedFields: JsonObject[], path: Path, manager: string | undefined][] = [
    ["is nobody in an object without a record", [], ["spec", "type"], undefined],
    [
      "is who has it in its set",
      [by("argocd-controller", { "f:spec": { "f:type": {} } })],
      ["spec", "type"],
      "argocd-controller",
    ],
    [
      "is not who has another field",
      [by("argocd-controller", { "f:spec": { "f:type": {} } })],
      ["spec", "args"],
      undefined,
    ],
    [
      "is told for the item of a list by the keys that the API tells items apart with, as far as it has them",
      [by("argocd-controller", { "f:spec": { "f:ports": port(80, "TCP", { "f:nodePort": {} }) } })],
      ["spec", "ports", 0, "nodePort"],
      "argocd-controller",
    ],
    [
      "is not who has another item",
      [by("argocd-controller", { "f:spec": { "f:ports": port(80, "TCP", { "f:port": {} }) } })],
      ["spec", "ports", 1, "port"],
      undefined,
    ],
    [
      "is told for an item that is its own key",
      [by("x", { "f:metadata": { "f:finalizers": { ".": {}, 'v:"a/b"': {} } } })],
      ["metadata", "finalizers", 0],
      "x",
    ],
    [
      "is who has all of a list that has no keys",
      [by("x", { "f:spec": { "f:args": {} } })],
      ["spec", "args", 1],
      "x",
    ],
    [
      "is who has a part of what differs as a whole",
      [by("x", { "f:spec": { "f:ports": port(80, "TCP", {}) } })],
      ["spec", "ports"],
      "x",
    ],
    [
      "is not a controller that reports the status",
      [by("x", { "f:spec": { "f:type": {} } }, { subresource: "status" })],
      ["spec", "type"],
      undefined,
    ],
    [
      "is who scaled it",
      [by("kubectl", { "f:spec": { "f:replicas": {} } }, { subresource: "scale" })],
      ["spec", "replicas"],
      "kubectl",
    ],
    [
      "is the last of several",
      [
        by("first", { "f:spec": { "f:type": {} } }, { time: "2026-01-01T00:00:00Z" }),
        by("last", { "f:spec": { "f:type": {} } }),
      ],
      ["spec", "type"],
      "last",
    ],
    ...["helm", "pulumi-kubernetes", "pulumi-kubernetes-1a2b3c4d", "pulumi-resource-kubernetes"].map(
      (own): [string, JsonObject[], Path, undefined] => [
        `is never this program as ${own}`,
        [by(own, { "f:spec": { "f:type": {} } })],
        ["spec", "type"],
        undefined,
      ],
    ),
    [
      "may be Flux, whose name begins as Helm's",
      [by("helm-controller", { "f:spec": { "f:type": {} } })],
      ["spec", "type"],
      "helm-controller",
    ],
  ];
  for (const [rule, managedFields, path, manager] of cases) {
    it(rule, () => {
      const live = { ...planned, metadata: { name: "web", managedFields } };
      assert.equal(holderOf(path, planned, live)?.manager, manager);
    });
  }

  it("is told with the time of its last write, and whether it applies", () => {
    const fields = { "f:spec": { "f:type": {} } };
    const held = (entry: JsonObject) =>
      holderOf(["spec", "type"], planned, { metadata: { managedFields: [entry] } });
    assert.deepEqual(held(by("argocd-controller", fields)), argocd);
    assert.deepEqual(held(by("kubectl-edit", fields, { operation: "Update" })), {
      manager: "kubectl-edit",
      since: "2026-11-29T07:00:00Z",
      applies: false,
    });
  });

  it("is known as a GitOps tool by the name that it writes under", () => {
    assert.deepEqual(
      [
        "argocd-controller",
        "argocd-application-controller",
        "kustomize-controller",
        "helm-controller",
        "fleetagent",
        "helm",
        "kubectl",
      ].map(gitOpsTool),
      ["Argo CD", "Argo CD", "Flux", "Flux", "Fleet", undefined, undefined],
    );
  });
});
