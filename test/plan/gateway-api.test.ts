import assert from "node:assert/strict";
import {
  type Condition,
  type Gateway,
  gatewayTrouble,
  type HttpRoute,
  httpRouteTrouble,
} from "../../plan/gateway-api.ts";

const place = { name: "authn", namespace: "krateo-system", generation: 2 };
const parentRef = { name: "shared", namespace: "gateways" };
const yes = (type: string, observedGeneration = 2): Condition => ({
  type,
  status: "True",
  observedGeneration,
});
const no = (type: string, observedGeneration = 2): Condition => ({
  type,
  status: "False",
  reason: "NotAllowedByListeners",
  message: "no listener takes it",
  observedGeneration,
});
const route = (...parents: Condition[][]): HttpRoute => ({
  metadata: place,
  spec: { parentRefs: [parentRef] },
  status: { parents: parents.map((conditions) => ({ parentRef, conditions })) },
});

describe("an HTTPRoute", () => {
  const cases: [string, HttpRoute | undefined, string | undefined][] = [
    ["that a Gateway serves has no trouble", route([yes("Accepted"), yes("ResolvedRefs")]), undefined],
    [
      "that one of two Gateways serves has no trouble",
      route([no("Accepted")], [yes("Accepted"), yes("ResolvedRefs")]),
      undefined,
    ],
    [
      "that is refused says by which Gateway and why",
      route([no("Accepted"), yes("ResolvedRefs")]),
      "Gateway gateways/shared: Accepted is False: NotAllowedByListeners: no listener takes it",
    ],
    [
      "that leads nowhere says so",
      route([yes("Accepted"), no("ResolvedRefs")]),
      "Gateway gateways/shared: ResolvedRefs is False: NotAllowedByListeners: no listener takes it",
    ],
    [
      "that was served before its latest change has not been looked at",
      route([yes("Accepted", 1), yes("ResolvedRefs", 1)]),
      "the controller of Gateway gateways/shared has not looked at its latest change yet",
    ],
    [
      "that was refused before its latest change is not refused",
      route([no("Accepted", 1)]),
      "the controller of Gateway gateways/shared has not looked at its latest change yet",
    ],
    [
      "that is new has not been looked at, in its own namespace where it names none",
      { metadata: place, spec: { parentRefs: [{ name: "krateo" }] } },
      "the controller of Gateway krateo-system/krateo has not looked at it yet",
    ],
    [
      "names only Gateways, not the Service of a mesh",
      { metadata: place, spec: { parentRefs: [{ name: "krateo" }, { kind: "Service", name: "authn" }] } },
      "the controller of Gateway krateo-system/krateo has not looked at it yet",
    ],
    [
      "is not in trouble for news of another sort",
      route([yes("Accepted"), yes("ResolvedRefs"), no("OverlappingTLSConfig")]),
      undefined,
    ],
    ["that is missing says so", undefined, "it does not exist"],
  ];
  for (const [name, given, trouble] of cases) {
    it(name, () => assert.equal(httpRouteTrouble(given), trouble));
  }
});

const gateway = (conditions: Condition[], listeners: Condition[] = []): Gateway => ({
  metadata: place,
  spec: { gatewayClassName: "envoy" },
  status: { conditions, listeners: [{ name: "https", conditions: listeners }] },
});
const unknown = {
  type: "Programmed",
  status: "Unknown",
  reason: "Pending",
  message: "Waiting for controller",
};

describe("a Gateway", () => {
  const cases: [string, Gateway | undefined, string | undefined][] = [
    ["that listens has no trouble", gateway([yes("Programmed")], [yes("ResolvedRefs")]), undefined],
    [
      "that has no address says so",
      gateway([yes("Accepted"), { ...no("Programmed"), reason: "AddressNotAssigned", message: "" }]),
      "Programmed is False: AddressNotAssigned",
    ],
    [
      "with a listener without a certificate says which, though it listens",
      gateway(
        [yes("Programmed")],
        [{ ...no("ResolvedRefs"), reason: "InvalidCertificateRef", message: "none" }],
      ),
      "listener https: ResolvedRefs is False: InvalidCertificateRef: none",
    ],
    [
      "that listened before its latest change has not been looked at",
      gateway([yes("Programmed", 1)]),
      "its controller has not looked at its latest change yet",
    ],
    [
      "of a class that nobody serves says which",
      gateway([unknown]),
      "no controller has looked at it yet: is there one for GatewayClass envoy?",
    ],
    [
      "is not in trouble for hosts that listeners share",
      gateway([yes("Programmed")], [{ ...no("Conflicted"), status: "False" }]),
      undefined,
    ],
    ["that is missing says so", undefined, "it does not exist"],
  ];
  for (const [name, given, trouble] of cases) {
    it(name, () => assert.equal(gatewayTrouble(given), trouble));
  }
});
