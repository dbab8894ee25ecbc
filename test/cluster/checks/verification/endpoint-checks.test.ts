import assert from "node:assert/strict";
import { verify } from "../../../../cluster/checks/verification/verification.ts";
import type { Condition } from "../../../../plan/gateway-api.ts";
import { objectStep, settingsOf } from "../../../support/settings.ts";
import { authn, faults, liveService, observed, service, withObject } from "./whole-installation.ts";

describe("verify", () => {
  describe("of endpoints", () => {
    const key = "Service/krateo-system/authn";
    for (const [what, object, found] of [
      ["another type", liveService({ type: "ClusterIP", ports: [{ port: 8082 }] }), "ClusterIP, port 8082"],
      [
        "another port",
        liveService({ type: "NodePort", ports: [{ port: 80, nodePort: 30082 }] }),
        "NodePort, port 80, node port 30082",
      ],
    ] as const) {
      it(`is an error when a Service has ${what}`, () => {
        assert.deepEqual(faults(withObject(key, object)), [
          {
            check: "endpoint",
            subject: "Service authn",
            status: "ERROR",
            found,
            expected: "NodePort, port 8082, node port 30082",
            next: "KRATEO_REAPPLY=authn npx pulumi up",
          },
        ]);
      });
    }

    it("warns of another node port: its chart may not let it be chosen, and the frontend is told the real one", () => {
      const object = liveService({ type: "NodePort", ports: [{ port: 8082, nodePort: 31234 }] });
      assert.deepEqual(
        faults(withObject(key, object)).map(({ status, found }) => [status, found]),
        [["WARNING", "NodePort, port 8082, node port 31234"]],
      );
    });

    it("is an error when a Service was deleted", () => {
      assert.deepEqual(
        faults(withObject(key, undefined)).map(({ check, found }) => [check, found]),
        [
          ["workload", "does not exist"],
          ["endpoint", "does not exist"],
        ],
      );
    });

    it("expects nothing that the values leave to the chart, or to a variable", () => {
      const open = { ...authn, values: { service: { nodePort: "${PORT}" } } };
      assert.deepEqual(faults({}, settingsOf([open])), []);
    });

    it("expects the hosts of an Ingress", () => {
      const ingress = { enabled: true, hosts: [{ host: "a.example.org" }] };
      const wanted = settingsOf([{ ...authn, values: { service, ingress } }]);
      const hosts = (...names: string[]) => ({ ingressHosts: new Map([["krateo-system/authn", names]]) });
      assert.deepEqual(faults(hosts("a.example.org"), wanted), []);
      assert.deepEqual(
        [hosts("b.example.org"), {}].map((given) => faults(given, wanted)[0]?.found),
        ["b.example.org", "does not exist"],
      );
    });
  });

  describe("of a Route", () => {
    const route = {
      apiVersion: "route.openshift.io/v1",
      kind: "Route",
      metadata: { name: "authn", namespace: "krateo-system" },
      spec: { to: { kind: "Service", name: "authn" } },
    };
    const wanted = settingsOf([{ ...authn, values: { service } }, objectStep("expose-authn", route)]);
    const routes = (status: string) => {
      const conditions = [{ type: "Admitted", status, reason: "HostAlreadyClaimed" }];
      const ingress = [{ host: "authn.example.org", routerName: "default", conditions }];
      return { routes: new Map([["krateo-system/authn", { ...route, status: { ingress } }]]) };
    };

    it("is fine when a router admits it", () => assert.deepEqual(faults(routes("True"), wanted), []));

    it("is an error when none does, and says why", () => {
      assert.deepEqual(faults(routes("False"), wanted), [
        {
          check: "endpoint",
          subject: "Route authn",
          status: "ERROR",
          found: "router default does not admit it at authn.example.org: HostAlreadyClaimed",
          expected: "admitted at the host that OpenShift gives it",
          next: "oc describe route authn -n krateo-system",
        },
      ]);
    });

    it("is an error when it is missing, or has another host than it should", () => {
      assert.deepEqual(faults({}, wanted)[0]?.found, "it does not exist");
      const spec = { ...route.spec, host: "other.example.org" };
      const other = settingsOf([
        { ...authn, values: { service } },
        objectStep("expose-authn", { ...route, spec }),
      ]);
      assert.deepEqual(faults(routes("True"), other)[0]?.found, "admitted at authn.example.org");
    });
  });

  describe("of type gateway", () => {
    const yes = (type: string) => ({ type, status: "True", observedGeneration: 1 });
    const no = (type: string) => ({
      type,
      status: "False",
      reason: "NotAllowedByListeners",
      message: "none takes it",
      observedGeneration: 1,
    });
    const apiVersion = "gateway.networking.k8s.io/v1";
    const metadata = (name: string) => ({ name, namespace: "krateo-system", generation: 1 });
    const spec = (host: string) => ({
      hostnames: [host],
      parentRefs: [{ name: "krateo" }],
      rules: [{ backendRefs: [{ name: "authn" }] }],
    });
    const host = "authn.example.org";
    const wanted = settingsOf([
      { ...authn, values: { service } },
      objectStep("open-gateway", { apiVersion, kind: "Gateway", metadata: metadata("krateo") }),
      objectStep("attach-authn", {
        apiVersion,
        kind: "HTTPRoute",
        metadata: metadata("authn"),
        spec: spec(host),
      }),
    ]);
    const served = (conditions: Condition[], given: { gateway?: Condition[]; host?: string } = {}) => ({
      httpRoutes: new Map([
        [
          "krateo-system/authn",
          {
            metadata: metadata("authn"),
            spec: spec(given.host ?? host),
            status: { parents: [{ parentRef: { name: "krateo" }, conditions }] },
          },
        ],
      ]),
      gateways: new Map([
        [
          "krateo-system/krateo",
          {
            metadata: metadata("krateo"),
            status: {
              addresses: [{ value: "203.0.113.9" }],
              conditions: given.gateway ?? [yes("Programmed")],
            },
          },
        ],
      ]),
    });
    const good = [yes("Accepted"), yes("ResolvedRefs")];

    it("is fine when the Gateway listens and serves the host", () => {
      assert.deepEqual(faults(served(good), wanted), []);
      assert.deepEqual(
        verify(wanted, observed(served(good)))
          .slice(-2)
          .map(({ subject, found }) => [subject, found]),
        [
          ["HTTPRoute authn", "served at authn.example.org"],
          ["Gateway krateo", "listening at 203.0.113.9"],
        ],
      );
    });

    it("is an error when the Gateway does not take the HTTPRoute, and says why", () => {
      assert.deepEqual(faults(served([no("Accepted")]), wanted), [
        {
          check: "endpoint",
          subject: "HTTPRoute authn",
          status: "ERROR",
          found: "Gateway krateo-system/krateo: Accepted is False: NotAllowedByListeners: none takes it",
          expected: "served at authn.example.org",
          next: "kubectl describe httproute authn -n krateo-system",
        },
      ]);
    });

    it("is an error when the Gateway does not listen", () => {
      const [fault, ...others] = faults(served(good, { gateway: [no("Programmed")] }), wanted);
      assert.deepEqual(others, []);
      assert.equal(fault?.found, "Programmed is False: NotAllowedByListeners: none takes it");
      assert.equal(fault?.next, "kubectl describe gateway krateo -n krateo-system");
    });

    it("is an error when either is missing, or has another host than it should", () => {
      assert.deepEqual(
        faults({}, wanted).map(({ subject, found, next }) => [subject, found, next]),
        [
          ["HTTPRoute authn", "it does not exist", "npx pulumi up --refresh"],
          ["Gateway krateo", "it does not exist", "npx pulumi up --refresh"],
        ],
      );
      assert.deepEqual(
        faults(served(good, { host: "other.example.org" }), wanted).map(({ found, next }) => [found, next]),
        [["served at other.example.org", "npx pulumi up --refresh"]],
      );
    });
  });
});
