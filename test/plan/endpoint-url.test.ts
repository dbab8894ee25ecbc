import assert from "node:assert/strict";
import type { JsonObject } from "../../model/settings.ts";
import { ingressUrl, serviceUrl } from "../../plan/endpoint-url.ts";

const release = { name: "authn", namespace: "krateo-system" };
const url = (service: JsonObject | undefined): string => serviceUrl(service, "10.0.0.7", release);
const balancer = (ingress: JsonObject): JsonObject => ({
  spec: { type: "LoadBalancer", ports: [{ port: 8082, nodePort: 31000 }] },
  status: { loadBalancer: { ingress: [ingress] } },
});

describe("the address of a Service", () => {
  const cases: [string, JsonObject | undefined, string][] = [
    [
      "node port",
      { spec: { type: "NodePort", ports: [{ port: 8082, nodePort: 30082 }] } },
      "http://10.0.0.7:30082",
    ],
    ["load balancer's IP", balancer({ ip: "203.0.113.9" }), "http://203.0.113.9:8082"],
    ["load balancer's host name", balancer({ hostname: "lb.example.org" }), "http://lb.example.org:8082"],
    [
      "node port while a load balancer has no address",
      { ...balancer({}), status: {} },
      "http://10.0.0.7:31000",
    ],
    [
      "way in from outside when it has none of its own",
      { spec: { type: "ClusterIP", ports: [{ port: 8082 }] } },
      "inside the cluster only; npx krateo access --port-forward",
    ],
    ["absence", undefined, "none: there is no Service krateo-system/authn"],
  ];
  for (const [name, service, expected] of cases) {
    it(`is its ${name}`, () => assert.equal(url(service), expected));
  }
});

describe("the address of an Ingress", () => {
  const hosts = [{ host: "app.example.org" }];
  const cases: [string, JsonObject, string | undefined][] = [
    ["is its first host", { ingress: { enabled: true, hosts } }, "http://app.example.org"],
    [
      "is encrypted when a certificate names that host",
      { ingress: { enabled: true, hosts, tls: [{ hosts: ["app.example.org"] }] } },
      "https://app.example.org",
    ],
    [
      "is not encrypted when the certificate is another host's",
      { ingress: { enabled: true, hosts, tls: [{ hosts: ["other.example.org"] }] } },
      "http://app.example.org",
    ],
    ["is none while it is off", { ingress: { enabled: false, hosts } }, undefined],
    ["is none without the key", {}, undefined],
  ];
  for (const [name, values, expected] of cases) {
    it(name, () => assert.equal(ingressUrl(values), expected));
  }
});
