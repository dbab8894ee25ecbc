import assert from "node:assert/strict";
import type { Legacy } from "../../../model/inventory.ts";
import type { JsonObject } from "../../../model/settings.ts";
import { purposeOfUp } from "../../../plan/rights/migration.ts";
import { type ChartContents, rightsNeeded } from "../../../plan/rights/needed.ts";
import { plannedObjects } from "../../../plan/rights/planned-objects.ts";
import type { Purpose, Right } from "../../../plan/rights/right.ts";
import { emptyInventory } from "../../support/inventory.ts";
import { settingsOf } from "../../support/settings.ts";

const rbac = "rbac.authorization.k8s.io/v1";
const object = (apiVersion: string, kind: string, name: string, more: JsonObject = {}): JsonObject => ({
  apiVersion,
  kind,
  metadata: { name },
  ...more,
});
const releases = (given: Readonly<Record<string, JsonObject[]>>): ChartContents["legacy"] =>
  new Map(
    Object.entries(given).map(([name, documents]) => [
      name,
      plannedObjects(`release ${name}`, "krateo-system", documents),
    ]),
  );
const lines = (rights: readonly Right[]): string[] =>
  rights.map(({ namespace = "cluster", resource, verbs, names }) =>
    [namespace, resource, verbs.join(","), ...(names ?? [])].join(" "),
  );

/** What a purpose has beyond what an installation has. */
function beyond(purpose: Purpose, legacy: ChartContents["legacy"], settings = settingsOf([])): string[] {
  const contents = { rendered: new Map(), ...(legacy && { legacy }) };
  const install = new Set(lines(rightsNeeded(settings, "install", { rendered: new Map() })));
  return lines(rightsNeeded(settings, purpose, contents)).filter((line) => !install.has(line));
}

const role = object(rbac, "ClusterRole", "sweeper", {
  rules: [{ apiGroups: ["*"], resources: ["*"], verbs: ["get"] }],
});
const binding = object(rbac, "ClusterRoleBinding", "sweeper", {
  roleRef: { kind: "ClusterRole", name: "sweeper" },
});

describe("rights to migrate", () => {
  const without = beyond("migrate", new Map());
  const more = (legacy: ChartContents["legacy"]): string[] =>
    beyond("migrate", legacy).filter((line) => !without.includes(line));

  it("are to stop and retire the installer, with its object and what it leaves, and to look at volumes", () => {
    assert.deepEqual(without, [
      "krateo-system krateoplatformops get,create,patch,delete",
      "krateo-system deployments get,patch",
      "krateo-system services create,patch",
      "cluster persistentvolumes get,list",
      "krateo-system jobs delete krateo-pre-upgrade-2-7-0",
      "krateo-system serviceaccounts delete helm-runner",
      "cluster clusterrolebindings delete helm-runner-cluster-admin uninstall-old-components",
    ]);
  });

  it("are to change volumes only where they are to go with their storage", () => {
    const settings = settingsOf([], { purgeVolumes: true });
    assert.ok(beyond("migrate", new Map(), settings).includes("cluster persistentvolumes get,list,patch"));
  });

  it("are to remove what the releases of 2.7.0 hold, and to make again what can be put back", () => {
    const found = releases({
      sweeper: [object("apps/v1", "Deployment", "sweeper"), role, binding],
    });
    assert.deepEqual(more(found), [
      "krateo-system deployments get,delete",
      "krateo-system deployments create",
      "cluster clusterroles get,delete sweeper",
      "cluster clusterroles create",
      "cluster clusterrolebindings get,delete sweeper",
      "cluster clusterrolebindings create",
      "cluster clusterroles escalate",
      "cluster clusterroles bind sweeper",
    ]);
  });

  it("are not to make the installer again, or to give away what it has", () => {
    const found = releases({ installer: [role, binding] });
    assert.deepEqual(more(found), [
      "cluster clusterroles get,delete sweeper",
      "cluster clusterrolebindings get,delete sweeper",
    ]);
  });

  it("are by what is known of 2.7.0 where nobody has read its releases", () => {
    const known = more(undefined);
    for (const line of [
      "cluster clusterroles get,delete eventrouter-krateo-system",
      "cluster clusterroles bind eventrouter-krateo-system",
      // Its definition is among the objects, and says that it is in no namespace.
      "cluster registrations get,delete eventsse-krateo-system",
      "cluster customresourcedefinitions get,delete krateoplatformops.krateo.io",
      "krateo-system statefulsets get,delete",
    ])
      assert.ok(known.includes(line), `${line} is missing in\n${known.join("\n")}`);
    assert.ok(!known.some((line) => /bind .*installer/.test(line)));
  });

  it("are not among those of an installation", () => {
    assert.deepEqual(beyond("install", releases({ sweeper: [role, binding] })), []);
  });
});

describe("the purpose of an account that runs up", () => {
  const nothing: Legacy = { releases: [], volumes: [] };
  const platform = { objects: [], elsewhere: [], releases: [], installers: [] };
  for (const [what, legacy, purpose] of [
    ["nothing is left of 2.7.0", nothing, "install"],
    ["a 2.7.0 is there", { ...nothing, platform }, "migrate"],
    ["upstream's CLI runs one", { ...nothing, takenOver: "krateoctl" }, "migrate"],
    [
      "one of its releases is left",
      { ...nothing, releases: [{ name: "sweeper", chart: "sweeper", chartVersion: "0.2.0" }] },
      "migrate",
    ],
    ["its volume is left", { ...nothing, volumes: ["etcd-data-eventsse-etcd-0"] }, "migrate"],
    [
      "rights of its accounts are left",
      { ...nothing, leftovers: [{ kind: "ServiceAccount", name: "helm-runner" }] },
      "migrate",
    ],
  ] as const) {
    it(`is to ${purpose} where ${what}`, () => {
      assert.equal(purposeOfUp({ ...emptyInventory, legacy: legacy as Legacy }), purpose);
    });
  }
});
