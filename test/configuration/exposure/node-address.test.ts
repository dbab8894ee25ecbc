import assert from "node:assert/strict";
import {
  chooseNodeAddress,
  needsNodes,
  nodeAddressOf,
} from "../../../configuration/exposure/node-address.ts";
import type { ExistingNode } from "../../../model/inventory.ts";
import { chartStep, settingsOf } from "../../support/settings.ts";

const node = (name: string, given: Partial<ExistingNode> = {}): ExistingNode => ({
  name,
  createdAt: 0,
  ready: true,
  externalIps: [],
  internalIps: [],
  names: [name],
  ...given,
});

describe("the address of a node", () => {
  const cases: [string, ExistingNode[], string | undefined, string | undefined][] = [
    [
      "is an ExternalIP, whichever node has one",
      [
        node("a", { internalIps: ["10.0.0.1"] }),
        node("b", { internalIps: ["10.0.0.2"], externalIps: ["203.0.113.2"] }),
      ],
      undefined,
      "203.0.113.2",
    ],
    [
      "is an InternalIP where no node has an ExternalIP",
      [node("a", { internalIps: ["10.0.0.1"] })],
      undefined,
      "10.0.0.1",
    ],
    [
      "is of the oldest node, since new ones go first",
      [
        node("a", { internalIps: ["10.0.0.1"], createdAt: 9 }),
        node("b", { internalIps: ["10.0.0.2"], createdAt: 1 }),
      ],
      undefined,
      "10.0.0.2",
    ],
    [
      "is of a ready node before an older one",
      [
        node("a", { internalIps: ["10.0.0.1"], ready: false }),
        node("b", { internalIps: ["10.0.0.2"], createdAt: 9 }),
      ],
      undefined,
      "10.0.0.2",
    ],
    [
      "does not depend on the order of the list",
      [node("b", { internalIps: ["10.0.0.2"] }), node("a", { internalIps: ["10.0.0.1"] })],
      undefined,
      "10.0.0.1",
    ],
    [
      "stays while a node has it, ready or not, whatever others come",
      [
        node("a", { internalIps: ["10.0.0.1"], ready: false, createdAt: 5 }),
        node("b", { internalIps: ["10.0.0.2"], externalIps: ["203.0.113.2"] }),
      ],
      "10.0.0.1",
      "10.0.0.1",
    ],
    [
      "stays where it is a node's name",
      [node("node-1.lan", { internalIps: ["10.0.0.1"] })],
      "node-1.lan",
      "node-1.lan",
    ],
    [
      "is chosen anew when its node has gone",
      [node("b", { internalIps: ["10.0.0.2"] })],
      "10.0.0.1",
      "10.0.0.2",
    ],
    [
      "is no longer 127.0.0.1 unless that is configured",
      [node("b", { internalIps: ["10.0.0.2"] })],
      "127.0.0.1",
      "10.0.0.2",
    ],
    [
      "stands in brackets where it is IPv6",
      [node("a", { internalIps: ["2001:db8::1"] })],
      undefined,
      "[2001:db8::1]",
    ],
    [
      "stays in brackets, too",
      [
        node("a", { internalIps: ["2001:db8::2"] }),
        node("b", { internalIps: ["2001:db8::1"], createdAt: 9 }),
      ],
      "[2001:db8::1]",
      "[2001:db8::1]",
    ],
    ["is none when no node tells one", [node("a")], undefined, undefined],
  ];
  for (const [name, nodes, recorded, expected] of cases) {
    it(name, () => assert.equal(chooseNodeAddress(nodes, recorded), expected));
  }

  const steps = [chartStep("install-frontend", { values: { url: "http://${NODE_ADDRESS}:1" } })];

  it("is the configured one, without a look at the cluster", () => {
    const settings = settingsOf(steps, { nodeAddress: "198.51.100.1" });
    assert.equal(needsNodes(settings), false);
    assert.equal(
      nodeAddressOf(settings, { nodes: [node("a", { internalIps: ["10.0.0.1"] })] }),
      "198.51.100.1",
    );
  });

  it("is needed only where something is told it", () => {
    assert.equal(needsNodes(settingsOf(steps, { nodeAddress: undefined })), true);
    assert.equal(needsNodes(settingsOf([chartStep("install-authn")], { nodeAddress: undefined })), false);
    const off = steps.map((step) => ({ ...step, enabled: false }));
    assert.equal(needsNodes(settingsOf(off, { nodeAddress: undefined })), false);
  });

  it("has a stand-in that nobody mistakes for one while the cluster is out of reach", () => {
    const settings = settingsOf(steps, { nodeAddress: undefined });
    assert.equal(nodeAddressOf(settings, { unreachable: "it is away" }), "node-address.invalid");
  });
});
