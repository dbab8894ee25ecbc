import assert from "node:assert/strict";
import type { ManifestObject } from "../../../cluster/client/manifest.ts";
import { upgradePatch } from "../../../cluster/drift/upgrade-patch.ts";
import type { JsonObject } from "../../../model/settings.ts";
import { mergeRules } from "../openapi.ts";

const metadata = { name: "web" };
const service = (...ports: JsonObject[]): ManifestObject => ({
  apiVersion: "v1",
  kind: "Service",
  metadata,
  spec: { ports },
});
const deployment = (spec: JsonObject, rest: JsonObject = {}): ManifestObject => ({
  apiVersion: "apps/v1",
  kind: "Deployment",
  metadata,
  spec: { ...rest, template: { spec } },
});
const widget = (spec: JsonObject): ManifestObject => ({
  apiVersion: "example.org/v1",
  kind: "Widget",
  metadata,
  spec,
});

describe("the patch from one manifest to the next", () => {
  const cases: [rule: string, former: ManifestObject, next: ManifestObject, patch: JsonObject][] = [
    [
      "sets everything of a known kind, changed or not, since the live object may be otherwise",
      service({ port: 80, name: "http" }),
      service({ port: 80, name: "http" }),
      { spec: { ports: [{ port: 80, name: "http" }] } },
    ],
    [
      "takes away a port that only the former one has",
      service({ port: 80, name: "http" }),
      service({ port: 81, name: "http" }),
      {
        spec: {
          ports: [
            { port: 81, name: "http" },
            { port: 80, $patch: "delete" },
          ],
        },
      },
    ],
    [
      "takes away fields, variables and containers that only the former one has",
      deployment({
        hostNetwork: true,
        containers: [
          {
            name: "a",
            env: [
              { name: "X", value: "1" },
              { name: "Y", value: "2" },
            ],
          },
          { name: "b" },
        ],
      }),
      deployment({ containers: [{ name: "a", env: [{ name: "X", valueFrom: { fieldRef: {} } }] }] }),
      {
        spec: {
          template: {
            spec: {
              containers: [
                {
                  name: "a",
                  env: [
                    { name: "X", valueFrom: { fieldRef: {} }, value: null },
                    { name: "Y", $patch: "delete" },
                  ],
                },
                { name: "b", $patch: "delete" },
              ],
              hostNetwork: null,
            },
          },
        },
      },
    ],
    [
      "keeps of a volume and of a Deployment's strategy only what the next one names",
      deployment(
        { volumes: [{ name: "v", emptyDir: {} }] },
        { strategy: { type: "RollingUpdate", rollingUpdate: { maxSurge: 1 } } },
      ),
      deployment(
        { volumes: [{ name: "v", secret: { secretName: "s" } }] },
        { strategy: { type: "Recreate" } },
      ),
      {
        spec: {
          strategy: { type: "Recreate", rollingUpdate: null, $retainKeys: ["type"] },
          template: {
            spec: {
              volumes: [
                { name: "v", secret: { secretName: "s" }, emptyDir: null, $retainKeys: ["name", "secret"] },
              ],
            },
          },
        },
      },
    ],
    [
      "replaces lists that are one value, those that look like a Service's ports included",
      {
        ...service(),
        kind: "NetworkPolicy",
        apiVersion: "networking.k8s.io/v1",
        spec: { ingress: [{ ports: [{ port: 1 }] }] },
      },
      {
        ...service(),
        kind: "NetworkPolicy",
        apiVersion: "networking.k8s.io/v1",
        spec: { ingress: [{ ports: [{ port: 2 }] }] },
      },
      { spec: { ingress: [{ ports: [{ port: 2 }] }] } },
    ],
    [
      "is the difference alone for a kind that Helm does not know",
      widget({ size: 1, same: { a: 1 }, list: [1], gone: 1, deep: { b: 1, c: 2 } }),
      widget({ size: 2, same: { a: 1 }, list: [1, 2], deep: { b: 1, c: 3 } }),
      { spec: { size: 2, list: [1, 2], deep: { c: 3 }, gone: null } },
    ],
  ];
  for (const [rule, former, next, patch] of cases) {
    it(rule, async () => {
      const rules = await mergeRules(next.apiVersion, next.kind);
      const { apiVersion, kind, metadata: named, ...body } = upgradePatch(former, next, rules);
      assert.deepEqual([apiVersion, kind], [next.apiVersion, next.kind]);
      assert.deepEqual(named, next.apiVersion.startsWith("example") ? undefined : metadata);
      assert.deepEqual(body, patch);
    });
  }
});
