import assert from "node:assert/strict";
import type { ClusterFeatures } from "../../../cluster/features.ts";
import {
  gatewayProposals,
  ingressClassProposals,
  nodeAddressProposal,
  sizeProposals,
  storageProposals,
  tlsProposals,
  typeProposals,
} from "../../../commands/init/proposals.ts";
import { releaseTypes } from "../../../model/settings.ts";
import { featuresOf } from "./features.ts";

const node = (providerId: string, labels = {}) => ({ providerId, labels });
const nginx = { name: "nginx", isDefault: true };

describe("the proposal for the type", () => {
  const rows: readonly (readonly [string, Partial<ClusterFeatures>, string, RegExp])[] = [
    ["an empty cluster", {}, "nodeport", /^needs nothing/],
    ["OpenShift", { groups: ["route.openshift.io"], ingressClasses: [nginx] }, "routes", /Routes/],
    ["kind", { nodes: [node("kind://docker/k/n")], ingressClasses: [nginx] }, "nodeport", /kind's/],
    ["minikube", { nodes: [node("", { "minikube.k8s.io/name": "m" })] }, "nodeport", /minikube's/],
    [
      "a Gateway beside an IngressClass",
      { gateways: [{ name: "g/shared", https: false }], ingressClasses: [nginx] },
      "gateway",
      /Gateway g\/shared$/,
    ],
    ["a GatewayClass", { gatewayClasses: ["envoy"] }, "gateway", /GatewayClass envoy$/],
    [
      "an IngressClass in a cloud",
      { ingressClasses: [nginx], nodes: [node("aws:///a/i")] },
      "ingress",
      /IngressClass nginx$/,
    ],
    [
      "a Service with an address",
      { balancedServices: [{ name: "a/b", address: "192.0.2.1" }] },
      "loadbalancer",
      /a\/b .* 192\.0\.2\.1$/,
    ],
    ["nodes of a cloud", { nodes: [node("gce://p/z/n")] }, "loadbalancer", /gce's/],
    ["nodes of k3s", { nodes: [node("k3s://n")] }, "nodeport", /^needs nothing/],
  ];
  for (const [what, given, type, reason] of rows) {
    it(`is ${type} for ${what}, and the other types come after it`, () => {
      const proposals = typeProposals(featuresOf(given));
      assert.equal(proposals[0]?.value, type);
      assert.match(proposals[0]?.reason as string, reason);
      assert.deepEqual(proposals.map(({ value }) => value).toSorted(), [...releaseTypes].toSorted());
    });
  }
});

describe("the other proposals", () => {
  it("are this machine for the nodes of kind, and nothing for others", () => {
    assert.equal(nodeAddressProposal(featuresOf({ nodes: [node("kind://a")] }))?.value, "127.0.0.1");
    assert.equal(nodeAddressProposal(featuresOf({ nodes: [node("aws://a")] })), undefined);
  });

  it("are the default IngressClass before others", () => {
    const ingressClasses = [{ name: "a", isDefault: false }, nginx];
    assert.deepEqual(ingressClassProposals(featuresOf({ ingressClasses })), [
      { value: "nginx", reason: "the cluster's default" },
      { value: "a", reason: "" },
    ]);
  });

  it("are existing Gateways before classes for a new one", () => {
    const proposals = gatewayProposals(
      featuresOf({ gatewayClasses: ["envoy"], gateways: [{ name: "g/shared", https: true }] }),
    );
    assert.deepEqual(
      proposals.map(({ value }) => value),
      ["g/shared", "envoy"],
    );
  });

  it("are https where a ready issuer makes certificates, and http without one", () => {
    const first = (given: Partial<ClusterFeatures>, gateway?: string) =>
      tlsProposals(featuresOf(given), gateway).map(({ value }) => value);
    assert.deepEqual(first({}), ["none", "secret", "external", "issuer"]);
    assert.deepEqual(first({ clusterIssuers: ["le"] }), ["issuer", "none", "secret", "external"]);
  });

  it("leave an existing Gateway its own certificates", () => {
    const ways = (https: boolean, gateway: string) =>
      tlsProposals(
        featuresOf({ clusterIssuers: ["le"], gateways: [{ name: "g/shared", https }] }),
        gateway,
      ).map(({ value }) => value);
    assert.deepEqual(ways(true, "g/shared"), ["external", "none"]);
    assert.deepEqual(ways(false, "g/shared"), ["none", "external"]);
    assert.deepEqual(ways(false, "g/of-nobody"), ["none", "external"]);
    assert.equal(ways(true, "envoy")[0], "issuer");
  });

  it("are the default StorageClass, which needs no key, before others", () => {
    const storageClasses = [
      { name: "fast", isDefault: false },
      { name: "standard", isDefault: true },
    ];
    assert.deepEqual(storageProposals(featuresOf({ storageClasses })), [
      { value: "", reason: "the cluster's default, standard" },
      { value: "fast", reason: "" },
    ]);
  });

  it("are the small size for one node alone", () => {
    const first = (count: number) =>
      sizeProposals(featuresOf({ nodes: Array.from({ length: count }, () => node("")) }))[0]?.value;
    assert.deepEqual([0, 1, 3].map(first), ["standard", "small", "standard"]);
  });
});
