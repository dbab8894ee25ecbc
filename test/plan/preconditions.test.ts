import assert from "node:assert/strict";
import { emptyInventory } from "../support/inventory.ts";
import { chartStep, settingsOf } from "../support/settings.ts";
import { problems, warningsOf } from "./found-problems.ts";

const release = { chart: "authn", chartVersion: "0.22.2", revision: 1, status: "deployed", updatedAt: 0 };

const damaged = (name: string) => ({
  secret: `sh.helm.release.v1.${name}.v3`,
  namespace: "krateo-system",
  release: name,
  revision: 3,
  reason: "is cut off",
});

describe("before anything is touched", () => {
  const cases: [string, () => string[], string[]][] = [
    ["an empty cluster is fine", () => problems({}), []],
    ["a release of the right chart is fine", () => problems({ releases: { authn: release } }), []],
    [
      "a record that cannot be read stops even a preview, if its release is of the plan, of the last run, or of 2.7.0",
      () =>
        problems(
          { damaged: ["authn", "old", "eventsse", "website"].map((name) => damaged(name)) },
          {
            preview: true,
            previous: {
              clusterUid: emptyInventory.clusterUid as string,
              namespace: "krateo-system",
              releases: { old: "old 1.0.0" },
            },
          },
        ),
      ["authn", "old", "eventsse"].map(
        (name) =>
          `the record of Helm release ${name}, revision 3, cannot be read: Secret krateo-system/sh.helm.release.v1.${name}.v3 is cut off`,
      ),
    ],
    [
      "type nodeport without an address for browsers is refused",
      () =>
        problems(
          { nodes: [] },
          {
            settings: {
              nodeAddress: undefined,
              steps: [chartStep("install-frontend", { values: { url: "http://${NODE_ADDRESS}" } })],
            },
          },
        ),
      ["no node of the cluster has an address that browsers could use"],
    ],
    [
      "a release of another chart is refused",
      () => problems({ releases: { authn: { ...release, chart: "redis" } } }),
      ["the Helm release authn in namespace krateo-system belongs to another chart"],
    ],
    [
      "another cluster than last time is refused",
      () => problems({}, { previous: { clusterUid: "other", namespace: "krateo-system" } }),
      ["this is not the cluster that this stack was installed on"],
    ],
    [
      "the same cluster is fine",
      () => problems({}, { previous: { clusterUid: "uid-of-kube-system", namespace: "krateo-system" } }),
      [],
    ],
    [
      "another namespace than last time is refused",
      () => problems({}, { previous: { clusterUid: "uid-of-kube-system", namespace: "krateo" } }),
      [
        "the namespace of an installed platform cannot be changed: every release, volume and user object lives in it",
      ],
    ],
    [
      "an installed stack whose cluster cannot be reached is refused",
      () =>
        problems(
          { clusterUid: undefined, unreachable: "no answer from https://h" },
          { previous: { clusterUid: "uid-of-kube-system", namespace: "krateo-system" } },
        ),
      ["no answer from https://h"],
    ],
    [
      "a new stack can be previewed without its cluster",
      () => problems({ unreachable: "no answer from https://h" }, { preview: true }),
      [],
    ],
    [
      "but not installed without it",
      () => problems({ unreachable: "no answer from https://h" }),
      ["no answer from https://h"],
    ],
    [
      "OpenShift's settings are refused where there are no Routes",
      () => problems({ routesServed: false }, { settings: { openshift: true } }),
      ["the configuration is for OpenShift, and this cluster is not OpenShift: it does not serve Routes"],
    ],
    [
      "and are fine where there are",
      () => problems({ routesServed: true }, { settings: { openshift: true } }),
      [],
    ],
    [
      "or where nobody can tell",
      () => problems({ unreachable: "no answer" }, { settings: { openshift: true }, preview: true }),
      [],
    ],
  ];
  for (const [name, found, expected] of cases) it(name, () => assert.deepEqual(found(), expected));

  it("somebody else's record that cannot be read is told, and stops nothing", () => {
    const found = { ...emptyInventory, damaged: [damaged("authn"), damaged("website")] };
    const [told, ...more] = warningsOf(settingsOf([chartStep("install-authn")]), found);
    assert.match(
      told ?? "",
      /^the record of Helm release website, revision 3, cannot be read: .* it was passed over/,
    );
    assert.deepEqual(more, []);
  });

  it("an address that browsers are sent to and no node has is said to change, and how it stays", () => {
    const step = chartStep("install-frontend", { values: { url: "http://${NODE_ADDRESS}:1" } });
    const node = { name: "n", createdAt: 0, ready: true, externalIps: [], names: [] };
    const warnings = (frontendAddress?: string, nodeAddress?: string) =>
      warningsOf(settingsOf([step], { nodeAddress }), {
        ...emptyInventory,
        nodes: [{ ...node, internalIps: ["10.0.0.1"] }],
        ...(frontendAddress && { frontendAddress }),
      });
    assert.deepEqual(warnings("127.0.0.1"), [
      "browsers, which the frontend sends to 127.0.0.1 now, will be sent to 10.0.0.1, the address of a node; " +
        "to keep it: pulumi config set krateo:nodeAddress 127.0.0.1",
    ]);
    assert.deepEqual([warnings("10.0.0.1"), warnings(), warnings("127.0.0.1", "127.0.0.1")], [[], [], []]);
  });
});
