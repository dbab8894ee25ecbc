import assert from "node:assert/strict";
import { object } from "../../../support/cluster-reading.ts";
import type { Line } from "./findings.ts";
import {
  accepted,
  at,
  found,
  https,
  listener,
  ofShared,
  open,
  others,
  own,
  route,
  served,
  shared,
  toOwn,
  toShared,
} from "./gateways.ts";

describe("preflight of type gateway", () => {
  const cases: [sentence: string, run: () => Line[], expected: Line[]][] = [
    ["asks for nothing without a Gateway or HTTPRoute", () => found([], { gatewayApi: undefined }), []],
    [
      "misses the API, and says nothing else then",
      () => found([own(), toOwn], { gatewayApi: false, gatewayClasses: [], gateways: [] }),
      [["ERROR", "Gateway API", "the cluster does not serve gateway.networking.k8s.io/v1"]],
    ],
    [
      "takes a class that its controller has accepted",
      () => found([own(), toOwn]),
      [served, ["OK", "GatewayClass envoy", "accepted by its controller"]],
    ],
    [
      "misses a class, and names those there are",
      () => found([own()], { gatewayClasses: [{ ...accepted, ...object("cilium") }] }),
      [served, ["ERROR", "GatewayClass envoy", "does not exist; there are cilium"]],
    ],
    [
      "says why a controller does not accept a class, in its words",
      () =>
        found([own()], {
          gatewayClasses: [
            {
              ...accepted,
              status: {
                conditions: [
                  { type: "Accepted", status: "False", reason: "InvalidParameters", message: "none there" },
                ],
              },
            },
          ],
        }),
      [
        served,
        ["ERROR", "GatewayClass envoy", "its controller does not accept it: InvalidParameters: none there"],
      ],
    ],
    [
      "says that nobody serves a class",
      () => found([own()], { gatewayClasses: [object("envoy")] }),
      [served, ["ERROR", "GatewayClass envoy", "no controller has accepted it: is its controller running?"]],
    ],
    [
      "keeps away from a Gateway of its name and another class that somebody else has made",
      () =>
        found([own()], {
          gateways: [
            {
              ...shared(),
              metadata: { name: "krateo", namespace: "krateo-system" },
              spec: { gatewayClassName: "x" },
            },
          ],
        }),
      [
        served,
        ["OK", "GatewayClass envoy", "accepted by its controller"],
        [
          "ERROR",
          "Gateway krateo-system/krateo",
          "is there already, not made by this program, and of GatewayClass x",
        ],
      ],
    ],
    [
      "takes another class for a Gateway of its own",
      () =>
        found([own()], {
          gateways: [
            {
              metadata: {
                name: "krateo",
                namespace: "krateo-system",
                annotations: { "krateo.io/created-by": "krateo-pulumi" },
              },
              spec: { gatewayClassName: "x" },
            },
          ],
        }),
      [served, ["OK", "GatewayClass envoy", "accepted by its controller"]],
    ],
    ["takes an existing Gateway that admits the route and its host", () => found([toShared]), [served, open]],
    [
      "misses a Gateway, and names those there are",
      () => found([route(at("elsewhere"))]),
      [served, ["ERROR", "Gateway elsewhere/shared", "does not exist; there are gateways/shared"]],
    ],
    [
      "finds a Gateway whose class nobody serves",
      () => found([toShared], { gatewayClasses: [] }),
      [served, ["ERROR", "Gateway gateways/shared", "is of GatewayClass envoy: there is no such class"]],
    ],
    [
      "misses a listener",
      () => found([route({ ...at("gateways"), sectionName: "https" })]),
      [served, ["ERROR", "Gateway gateways/shared", "has no listener https; there are web"]],
    ],
    [
      "says why each listener takes no route from the namespace",
      () =>
        found(
          [toShared],
          ofShared(
            listener({ allowedRoutes: undefined }),
            listener({ name: "tcp", protocol: "TCP" }),
            listener({ name: "grpc", allowedRoutes: { kinds: [{ kind: "GRPCRoute" }] } }),
            listener({ name: "none", allowedRoutes: { namespaces: { from: "None" } } }),
            listener({
              name: "team",
              allowedRoutes: { namespaces: { from: "Selector", selector: { matchLabels: { team: "a" } } } },
            }),
          ),
        ),
      [
        served,
        [
          "ERROR",
          "Gateway gateways/shared",
          "takes no HTTPRoute from namespace krateo-system: listener web takes those of its own namespace only; " +
            "listener tcp takes TCP only; listener grpc takes GRPCRoute only; listener none takes those of no namespace; " +
            'listener team takes those of namespaces with {"matchLabels":{"team":"a"}} only',
        ],
      ],
    ],
    [
      "finds hosts that no listener serves, and names what is served",
      () =>
        found(
          [route(at("gateways"), ["app.example.com"]), route(at("gateways"), ["a.example.org"], "authn")],
          ofShared(listener({ hostname: "*.example.org" }), listener({ name: "x", hostname: "x.org" })),
        ),
      [
        served,
        [
          "ERROR",
          "Gateway gateways/shared",
          "no listener that takes the HTTPRoutes serves app.example.com; there are web (*.example.org), x (x.org)",
        ],
      ],
    ],
    [
      "takes a wildcard for one label or more, and not for none",
      () =>
        found(
          [route(at("gateways"), ["a.b.example.org", "example.org"])],
          ofShared(listener({ hostname: "*.example.org" })),
        ),
      [
        served,
        [
          "ERROR",
          "Gateway gateways/shared",
          "no listener that takes the HTTPRoutes serves example.org; there are web (*.example.org)",
        ],
      ],
    ],
    [
      "finds a listener that speaks HTTPS where browsers are told http",
      () => found([toShared], ofShared(listener({ protocol: "HTTPS", port: 443 }))),
      [
        served,
        [
          "ERROR",
          "Gateway gateways/shared",
          "listener web speaks HTTPS, and browsers are told http for app.example.org",
        ],
      ],
    ],
    [
      "takes that one where browsers are told https, though another speaks HTTP",
      () =>
        found(
          [toShared],
          ofShared(listener({ protocol: "HTTPS", port: 443 }), listener({ name: "plain" })),
          https,
        ),
      [served, ["OK", "Gateway gateways/shared", "taken by listener web, plain"]],
    ],
    [
      "warns where TLS has to end in front of the Gateway",
      () => found([toShared], {}, https),
      [
        served,
        [
          "WARNING",
          "Gateway gateways/shared",
          "listener web speaks HTTP, and browsers are told https for app.example.org",
        ],
      ],
    ],
    [
      "warns of a port that no URL names",
      () => found([toShared], ofShared(listener({ port: 8080 }))),
      [
        served,
        [
          "WARNING",
          "Gateway gateways/shared",
          "listens at port 8080, and browsers call port 80: URLs of hosts name no port",
        ],
      ],
    ],
    [
      "warns of a Gateway that does not listen, in its controller's words",
      () =>
        found([toShared], {
          gateways: [
            shared([listener()], {
              status: {
                conditions: [
                  {
                    type: "Programmed",
                    status: "False",
                    reason: "AddressNotAssigned",
                    observedGeneration: 1,
                  },
                ],
              },
            }),
          ],
        }),
      [
        served,
        open,
        [
          "WARNING",
          "Gateway gateways/shared",
          "does not work as it is: Programmed is False: AddressNotAssigned",
        ],
      ],
    ],
    [
      "says nothing of HTTPRoutes and Gateways of other steps: what they are for is not known",
      () =>
        found(
          [others("Gateway", { gatewayClassName: "x" }), others("HTTPRoute", { parentRefs: [at("none")] })],
          {
            gatewayApi: false,
            gateways: [],
          },
        ),
      [],
    ],
    [
      "takes an HTTPRoute to a Gateway that another step makes",
      () => found([others("Gateway", { gatewayClassName: "x" }), route({ name: "mine" })], { gateways: [] }),
      [served],
    ],
    [
      "asks for no Gateway of an HTTPRoute to a Service of a mesh",
      () => found([route({ kind: "Service", group: "", name: "frontend" })]),
      [served],
    ],
    [
      "says nothing of what may not be read",
      () => found([own(), toShared], { gatewayClasses: undefined, gateways: undefined }),
      [served],
    ],
  ];
  for (const [sentence, run, expected] of cases) it(sentence, () => assert.deepEqual(run(), expected));
});
