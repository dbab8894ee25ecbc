import assert from "node:assert/strict";
import type { LiveAccess } from "../../../cluster/access/access.ts";
import { planForwards, podPortNumber, selectorText } from "../../../cluster/access/forward-plan.ts";
import { endpointsOf } from "../../../cluster/access/ways.ts";
import { apiOf, live, service, serviceNames } from "./live.ts";

/** `NAME LOCAL -> POD` of each forward, the page and the rewrites. */
function plan(given: Partial<LiveAccess>, api: Record<string, string>) {
  const { forwards, page, rewrites, missing } = planForwards(endpointsOf(live({ ...given, api })));
  const ports = forwards.map(({ name, localPort, podPort }) => `${name} ${localPort} -> ${podPort}`);
  return { ports, page, rewrites, missing };
}

const nodePorts = {
  services: serviceNames.map((name, index) => service(name, { type: "NodePort", nodePort: 30080 + index })),
};
const inside = { services: serviceNames.map((name) => service(name)) };

describe("the local ports of a port-forward", () => {
  it("are those that the frontend tells the browser, and the page's node port", () => {
    const api = apiOf("http://127.0.0.1:30082", "http://localhost:30081/", "http://127.0.0.1:31234");
    assert.deepEqual(plan(nodePorts, api), {
      ports: [
        "frontend 30080 -> http",
        "authn 30082 -> http",
        "snowplow 30081 -> http",
        "events-presenter 31234 -> http",
      ],
      page: "http://127.0.0.1:30080",
      rewrites: {},
      missing: [],
    });
  });

  it("are two where lists and streams of events have URLs of their own", () => {
    const api = {
      ...apiOf("http://localhost:1", "http://localhost:2", "http://localhost:3"),
      EVENTS_PUSH_API_BASE_URL: "http://localhost:4",
    };
    assert.deepEqual(plan(inside, api).ports.slice(3), [
      "events-presenter 3 -> http",
      "events-presenter 4 -> http",
    ]);
  });

  it("are the Services' own where the frontend names other machines, and the page is to be rewritten", () => {
    const api = apiOf("https://authn.example.org", "http://203.0.113.9:8081", "http://127.0.0.1:30083");
    assert.deepEqual(plan(inside, api), {
      ports: [
        "frontend 8080 -> http",
        "authn 8082 -> http",
        "snowplow 8081 -> http",
        "events-presenter 30083 -> http",
      ],
      page: "http://127.0.0.1:8080",
      rewrites: {
        AUTHN_API_BASE_URL: "http://127.0.0.1:8082",
        SNOWPLOW_API_BASE_URL: "http://127.0.0.1:8081",
      },
      missing: [],
    });
  });

  it("are none for what is not installed", () => {
    const services = serviceNames.slice(0, 3).map((name) => service(name));
    assert.deepEqual(plan({ services }, {}).missing, ["events-presenter"]);
  });
});

describe("a pod's port", () => {
  const containers = [{}, { ports: [{ name: "http", containerPort: 8085 }] }];
  it("is found by number and by name", () => {
    assert.equal(podPortNumber(8082, containers), 8082);
    assert.equal(podPortNumber("http", containers), 8085);
    assert.equal(podPortNumber("metrics", containers), undefined);
    assert.equal(selectorText({ a: "1", b: "2" }), "a=1,b=2");
  });
});
