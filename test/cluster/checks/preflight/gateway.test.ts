import assert from "node:assert/strict";
import type { GatewaySurroundings } from "../../../../cluster/checks/preflight/gateway.ts";
import { judge, preflightOfRun } from "../../../../cluster/checks/preflight/preflight.ts";
import { rightsNeeded } from "../../../../cluster/checks/preflight/rights.ts";
import type { JsonObject, Settings, Step } from "../../../../model/settings.ts";
import { object, readyCluster } from "../../../support/cluster-reading.ts";
import { emptyInventory } from "../../../support/inventory.ts";
import { objectStep, settingsOf } from "../../../support/settings.ts";
import { holding, withApiServer } from "../../api-server.ts";

const apiVersion = "gateway.networking.k8s.io/v1";
const at = (namespace: string) => ({ name: "shared", namespace });

const route = (parent: JsonObject, hosts: string[] = ["app.example.org"], name = "frontend"): Step =>
  objectStep(`attach-${name}`, {
    apiVersion,
    kind: "HTTPRoute",
    metadata: { name, namespace: "krateo-system" },
    spec: { hostnames: hosts, parentRefs: [parent], rules: [] },
  });
const own = (listeners: JsonObject[] = [], annotations: JsonObject = {}): Step =>
  objectStep("open-gateway", {
    apiVersion,
    kind: "Gateway",
    metadata: { name: "krateo", namespace: "krateo-system", annotations },
    spec: { gatewayClassName: "envoy", listeners },
  });
const toOwn = route({ name: "krateo" });
const toShared = route(at("gateways"));

const accepted = {
  ...object("envoy"),
  status: { conditions: [{ type: "Accepted", status: "True" }] },
};
const listener = (given: object = {}) => ({
  name: "web",
  protocol: "HTTP",
  port: 80,
  allowedRoutes: { namespaces: { from: "All" } },
  ...given,
});
const shared = (listeners: object[] = [listener()], given: object = {}) => ({
  metadata: { name: "shared", namespace: "gateways", uid: "g", generation: 1 },
  spec: { gatewayClassName: "envoy", listeners },
  status: { conditions: [{ type: "Programmed", status: "True", observedGeneration: 1 }] },
  ...given,
});

const ready: GatewaySurroundings = {
  gatewayApi: true,
  gatewayClasses: [accepted],
  gateways: [shared() as never],
  namespaceLabels: new Map([["krateo-system", { "kubernetes.io/metadata.name": "krateo-system" }]]),
};

type Line = readonly [status: string, subject: string, found: string];

function found(steps: readonly Step[], given: object = {}, settings: Partial<Settings> = {}): Line[] {
  const cluster = readyCluster({ ...ready, ...given });
  return judge(settingsOf(steps, settings), emptyInventory, cluster, () => [])
    .filter(({ check }) => check === "gateway")
    .map(({ status, subject, found, next }) => {
      assert.equal(next === "", status === "OK", `${subject}: ${next}`);
      return [status, subject, found];
    });
}

const served: Line = ["OK", "Gateway API", "v1 is served"];
const open: Line = ["OK", "Gateway gateways/shared", "taken by listener web"];
const https = { exposure: { services: [], https: true } };
const ofShared = (...listeners: object[]) => ({ gateways: [shared(listeners)] });

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
      "says nothing of what may not be read",
      () => found([own(), toShared], { gatewayClasses: undefined, gateways: undefined }),
      [served],
    ],
  ];
  for (const [sentence, run, expected] of cases) it(sentence, () => assert.deepEqual(run(), expected));

  const selectors: [selector: object, labels: Record<string, string> | undefined, isOpen: boolean][] = [
    [{ matchLabels: { team: "a" } }, { team: "a" }, true],
    [{ matchExpressions: [{ key: "team", operator: "In", values: ["a", "b"] }] }, { team: "b" }, true],
    [{ matchExpressions: [{ key: "team", operator: "In", values: ["a"] }] }, {}, false],
    [{ matchExpressions: [{ key: "team", operator: "NotIn", values: ["a"] }] }, {}, true],
    [{ matchExpressions: [{ key: "team", operator: "NotIn", values: ["a"] }] }, { team: "a" }, false],
    [{ matchExpressions: [{ key: "team", operator: "Exists" }] }, { team: "x" }, true],
    [{ matchExpressions: [{ key: "team", operator: "DoesNotExist" }] }, { team: "x" }, false],
    [
      { matchLabels: { team: "a" }, matchExpressions: [{ key: "b", operator: "Exists" }] },
      { team: "a" },
      false,
    ],
    [{ matchLabels: { team: "a" } }, undefined, true],
  ];
  for (const [selector, labels, isOpen] of selectors) {
    it(`${isOpen ? "takes" : "refuses"} ${JSON.stringify(labels)} for ${JSON.stringify(selector)}`, () => {
      const given = {
        ...ofShared(listener({ allowedRoutes: { namespaces: { from: "Selector", selector } } })),
        namespaceLabels: new Map(labels ? [["krateo-system", labels]] : []),
      };
      assert.equal(found([toShared], given)[1]?.[0], isOpen ? "OK" : "ERROR");
    });
  }

  it("looks for certificates of a Gateway, in whichever namespace they are", () => {
    const tls = (namespace?: string) => ({
      certificateRefs: [{ name: "wildcard", ...(namespace && { namespace }) }],
    });
    const steps = [
      own([
        { name: "a", tls: tls() },
        { name: "b", tls: tls("certs") },
        { name: "c", tls: tls("certs") },
      ]),
    ];
    const given = {
      tlsSecrets: new Map<string, unknown>([
        ["krateo-system/wildcard", "absent"],
        ["certs/wildcard", { ...object("wildcard"), type: "Opaque" }],
      ]),
    };
    assert.deepEqual(found(steps, given).slice(2), [
      ["ERROR", "Secret wildcard", "does not exist in namespace krateo-system"],
      ["ERROR", "Secret wildcard", "is of type Opaque"],
    ]);
  });

  it("leaves certificates to cert-manager where the Gateway names its issuer", () => {
    const listeners = [{ name: "a", tls: { certificateRefs: [{ name: "wildcard" }] } }];
    const given = {
      tlsSecrets: new Map([["krateo-system/wildcard", "absent"]]),
      issuers: new Map([["ClusterIssuer/letsencrypt", "absent"]]),
    };
    const steps = [own(listeners, { "cert-manager.io/cluster-issuer": "letsencrypt" })];
    assert.deepEqual(found(steps, given).slice(2), [
      ["ERROR", "ClusterIssuer letsencrypt", "does not exist"],
    ]);
  });

  it("asks for the rights to make what is planned, in its namespace", () => {
    const grant = objectStep("grant-certificates", {
      apiVersion: "gateway.networking.k8s.io/v1beta1",
      kind: "ReferenceGrant",
      metadata: { name: "g", namespace: "certs" },
    });
    const rights = rightsNeeded(settingsOf([grant, own(), toOwn]));
    assert.deepEqual(
      rights
        .filter(({ group }) => group === "gateway.networking.k8s.io")
        .map(({ resource, namespace }) => [resource, namespace]),
      [
        ["referencegrants", "certs"],
        ["gateways", "krateo-system"],
        ["httproutes", "krateo-system"],
      ],
    );
  });

  describe("of a run with a platform", () => {
    const liveRoute = (parents: object[], hostnames = ["app.example.org"]) => ({
      metadata: { name: "frontend", namespace: "krateo-system" },
      spec: { hostnames, parentRefs: parents },
    });
    const liveOwn = (className: string, secret: string) => ({
      metadata: { name: "krateo", namespace: "krateo-system" },
      spec: {
        gatewayClassName: className,
        listeners: [{ name: "https", tls: { certificateRefs: [{ name: secret }] } }],
      },
    });
    const withSecret = own([{ name: "https", tls: { certificateRefs: [{ name: "w" }] } }]);

    /** What is at fault on a cluster that holds these. */
    const faults = async (steps: Step[], routes: object[], gateways: object[], isServed = true) => {
      let result: string[] = [];
      const group = `/apis/${apiVersion}`;
      const objects = {
        "/apis": { groups: [] },
        ...(isServed && {
          [group]: { resources: [] },
          [`${group}/httproutes`]: { items: routes },
          [`${group}/gateways`]: { items: gateways },
          [`${group}/gatewayclasses`]: { items: [accepted] },
        }),
        "/api/v1/namespaces/krateo-system": { metadata: { name: "krateo-system", labels: { team: "a" } } },
      };
      await withApiServer(holding(objects), async (connection) => {
        const [inventory, isNew] = [Promise.resolve(emptyInventory), Promise.resolve(false)];
        const checks = await preflightOfRun(connection, settingsOf(steps), inventory, isNew, () => []);
        result = checks
          .filter(({ status }) => status !== "OK")
          .map(({ subject, found }) => `${subject}: ${found}`);
      });
      return result;
    };
    const closed = shared([listener({ allowedRoutes: undefined })]);
    const refusal =
      "Gateway gateways/shared: takes no HTTPRoute from namespace krateo-system: listener web takes those of its own namespace only";

    it("asks of an HTTPRoute that is new, and reads the labels of its namespace", async () => {
      assert.deepEqual(await faults([toShared], [], [closed]), [refusal]);
      const selector = { matchLabels: { team: "a", "kubernetes.io/metadata.name": "krateo-system" } };
      const team = listener({ allowedRoutes: { namespaces: { from: "Selector", selector } } });
      assert.deepEqual(await faults([toShared], [], [shared([team])]), []);
    });

    it("does not ask of one that is there as it is planned: the run may be about something else", async () => {
      assert.deepEqual(await faults([toShared], [liveRoute([at("gateways")])], [closed]), []);
    });

    it("asks of one that gets another host, Gateway or listener", async () => {
      const others = [
        liveRoute([at("gateways")], ["x.org"]),
        liveRoute([at("other")]),
        liveRoute([{ ...at("gateways"), sectionName: "x" }]),
      ];
      for (const other of others) assert.deepEqual(await faults([toShared], [other], [closed]), [refusal]);
    });

    it("does not take a Gateway of its own that stays for an existing one", async () => {
      const steps = [withSecret, toOwn];
      assert.deepEqual(await faults(steps, [], [liveOwn("envoy", "w")]), []);
    });

    it("asks of a Gateway that gets another class or certificate", async () => {
      for (const live of [liveOwn("x", "w"), liveOwn("envoy", "other")]) {
        const all = await faults([withSecret], [], [live]);
        assert.ok(all.includes("Secret w: does not exist in namespace krateo-system"), all.join("\n"));
      }
    });

    it("misses the API on a cluster without it", async () => {
      assert.deepEqual(await faults([toShared], [], [], false), [
        "Gateway API: the cluster does not serve gateway.networking.k8s.io/v1",
      ]);
    });
  });
});
