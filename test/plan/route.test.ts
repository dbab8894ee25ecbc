import assert from "node:assert/strict";
import { type Route, routeTrouble, routeUrl } from "../../plan/route.ts";

const place = { name: "authn", namespace: "krateo-system" };
const route = (conditions: object[], more: object = {}): Route => ({
  metadata: place,
  spec: { host: "authn.example.org", tls: { termination: "edge" } },
  status: {
    ingress: [{ host: "authn.example.org", routerName: "default", conditions, ...more }],
  } as Route["status"],
});
const admitted = { type: "Admitted", status: "True" };
const refused = {
  type: "Admitted",
  status: "False",
  reason: "HostAlreadyClaimed",
  message: "route web already exposes authn.example.org and is older",
};

describe("a Route", () => {
  const cases: [string, Route | undefined, string | undefined, string][] = [
    ["that a router admits leads to https", route([admitted]), undefined, "https://authn.example.org"],
    [
      "without TLS leads to http",
      { ...route([admitted]), spec: { host: "authn.example.org" } },
      undefined,
      "http://authn.example.org",
    ],
    [
      "that one of two routers admits leads to that one's host",
      {
        ...route([]),
        spec: { tls: {} },
        status: {
          ingress: [
            { host: "a.example.org", conditions: [refused] },
            { host: "b.example.org", conditions: [admitted] },
          ],
        },
      },
      undefined,
      "https://b.example.org",
    ],
    [
      "that is refused says by whom and why",
      route([refused]),
      "router default does not admit it at authn.example.org: HostAlreadyClaimed: route web already exposes authn.example.org and is older",
      "none: Route krateo-system/authn: router default does not admit it at authn.example.org: HostAlreadyClaimed: route web already exposes authn.example.org and is older",
    ],
    [
      "that is new says that nobody has looked at it",
      { metadata: place, spec: {} },
      "no router has looked at it yet",
      "none: Route krateo-system/authn: no router has looked at it yet",
    ],
    [
      "that is missing says so",
      undefined,
      "it does not exist",
      "none: Route krateo-system/authn: it does not exist",
    ],
  ];
  for (const [name, given, trouble, url] of cases) {
    it(name, () => assert.deepEqual([routeTrouble(given), routeUrl(given, place)], [trouble, url]));
  }
});
