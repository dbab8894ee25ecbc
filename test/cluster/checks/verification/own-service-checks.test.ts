import assert from "node:assert/strict";
import { verify } from "../../../../cluster/checks/verification/verification.ts";
import type { KubeObject } from "../../../../cluster/client/api.ts";
import { objectStep, settingsOf } from "../../../support/settings.ts";
import { authn, liveService, nodePortService, observed } from "./whole-installation.ts";

describe("verify", () => {
  describe("of a Service of our own", () => {
    const selector = { "app.kubernetes.io/instance": "authn" };
    const spec = { type: "NodePort", selector, ports: [{ port: 8082, nodePort: 31000 }] };
    const metadata = { name: "authn-external", namespace: "krateo-system" };
    const step = objectStep("expose-authn", { apiVersion: "v1", kind: "Service", metadata, spec });
    const exposed = settingsOf([authn, step]);
    const chartService = liveService({ ...nodePortService.spec, selector });
    const found = (live: object | undefined, chart: object = chartService): string[] => {
      const objects = new Map(observed().objects);
      objects.set("Service/krateo-system/authn", {
        ...chart,
        metadata: { ...metadata, name: "authn", uid: "s" },
      });
      if (live) objects.set("Service/krateo-system/authn-external", live as KubeObject);
      return verify(exposed, observed({ objects }))
        .filter(({ subject }) => subject === "Service authn-external")
        .map(({ status, found }) => `${status} ${found}`);
    };
    const own = (given: object) => ({ metadata: { ...metadata, uid: "o" }, spec: { ...spec, ...given } });

    const cases: [string, object | undefined, string][] = [
      ["that is as announced is fine", own({}), "OK NodePort, port 8082, node port 31000"],
      ["that is missing is an error", undefined, "ERROR does not exist"],
      [
        "with another port is an error",
        own({ ports: [{ port: 8082, nodePort: 31001 }] }),
        "ERROR NodePort, port 8082, node port 31001",
      ],
      [
        "that selects other pods than its chart's is an error",
        own({ selector: { app: "authn" } }),
        'ERROR selects {"app":"authn"}, as no chart\'s Service does',
      ],
    ];
    for (const [name, live, expected] of cases) it(name, () => assert.deepEqual(found(live), [expected]));

    it("that waits for a load balancer's address is an error", () => {
      const balancer = { type: "LoadBalancer", selector, ports: [{ port: 8082 }] };
      const waiting = settingsOf([authn, { ...step, manifest: { ...step.manifest, spec: balancer } }]);
      const objects = new Map(observed().objects);
      objects.set("Service/krateo-system/authn-external", {
        metadata: { ...metadata, uid: "o" },
        spec: balancer,
      } as KubeObject);
      const check = verify(waiting, observed({ objects })).find(({ subject }) =>
        subject.endsWith("external"),
      );
      assert.match(check?.found ?? "", /no address yet/);
      assert.equal(check?.next, "kubectl describe service authn-external -n krateo-system");
    });
  });
});
