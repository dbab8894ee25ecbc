import assert from "node:assert/strict";
import { setTimeout as pause } from "node:timers/promises";
import { patch, pathOf, remove } from "../../cluster/client/api.ts";
import { type Connection, connect } from "../../cluster/client/connection.ts";
import { helmReleases, type Outcome, rehearsal, until } from "../support/rehearsal.ts";
import { apply, live } from "../support/rehearsed-cluster.ts";
import { openInstalled, type TestStack } from "../support/test-stack.ts";

const notebook = { apiVersion: "finops.krateo.io/v1", kind: "Notebook", name: "mine" };
const definition = { apiVersion: "core.krateo.io/v1alpha1", kind: "CompositionDefinition", name: "shop" };
const user = { apiVersion: "basic.authn.krateo.io/v1alpha1", kind: "User", name: "ada" };
const namespace = "krateo-system";

const made = ({ name, ...kind }: typeof user, finalizers: string[] = []) =>
  apply({ ...kind, metadata: { name, namespace, finalizers }, spec: {} });

describe("removal", () => {
  let stack: TestStack;
  let connection: Connection;

  before(async () => {
    stack = await openInstalled();
    connection = connect({ kubeconfig: (await rehearsal()).env["KUBECONFIG"] });
  });

  const uninstall = (...args: string[]): Promise<Outcome> => stack.krateo("uninstall", ...args);
  const pathTo = ({ apiVersion, kind, name }: typeof user): string =>
    pathOf(apiVersion, `${kind.toLowerCase()}s`, namespace, name);
  const heldBy = async (): Promise<unknown> =>
    ((await live(notebook.kind, notebook.name, notebook)) as { metadata: { finalizers?: string[] } }).metadata
      .finalizers;

  it("of the database's component is refused in preview, with its volumes", async () => {
    await stack.configure({
      type: "nodeport",
      profiles: ["no-cnpg"],
      database: { host: "postgres.example.org" },
    });
    const { code, output } = await stack.pulumi("preview");
    assert.equal(code, 1, output);
    assert.match(output, /component cnpg is switched off, but installed: this would remove it/);
    assert.match(output, /2 Helm releases: cnpg \(cloudnative-pg 0\.27\.1\), pg-cluster \(cluster 0\.5\.0\)/);
    assert.match(output, /volumes: pg-cluster-1, pg-cluster-2, pg-cluster-3/);
    assert.match(output, /pulumi config set krateo:allowRemoval cnpg/);
  });

  it("by another namespace is refused in preview, whatever may be removed", async () => {
    await stack.configure({ type: "nodeport", namespace: "elsewhere", allowRemoval: "cnpg,finops" });
    const { code, output } = await stack.pulumi("preview");
    assert.equal(code, 1, output);
    assert.match(output, /the namespace of an installed platform cannot be changed/);
    assert.match(output, /allowed: +krateo-system/);
    await stack.configure({ type: "nodeport" });
  });

  it("of a component is refused in preview, with what would be lost", async () => {
    await made(notebook);
    await stack.override({ components: { finops: { enabled: false } } });
    const { code, output } = await stack.pulumi("preview");
    assert.equal(code, 1, output);
    assert.match(output, /component finops is switched off, but installed: this would remove it/);
    assert.match(output, /8 Helm releases: cratedb \(cratedb 0\.1\.4\)/);
    assert.match(output, /1 user object: 1 Notebook \(krateo-system\/mine\); .* which stay: data-cratedb-0/);
    assert.match(output, /pulumi config set krateo:allowRemoval finops/);
  });

  it("of a component is refused while it alone could let go of a user's object, even when allowed", async () => {
    while (!(await heldBy())) await pause(200);
    await stack.configure({ type: "nodeport", allowRemoval: "finops" });
    const { code, output } = await stack.pulumi("preview");
    assert.equal(code, 1, output);
    assert.match(output, /kubectl delete notebooks\.finops\.krateo\.io -n krateo-system mine/);
  });

  it("of a component goes through when it is allowed and nothing is held", async () => {
    await remove(connection, pathTo(notebook));
    while (await live(notebook.kind, notebook.name, notebook)) await pause(200);
    const { code, output } = await stack.pulumi("up");
    assert.equal(code, 0, output);
    assert.equal(Object.keys(await helmReleases()).length, 13);
    assert.ok(await live("PersistentVolumeClaim", "data-cratedb-0"));
  });

  it("of all is listed by a dry run, which changes nothing", async () => {
    await made(definition, ["composition.krateo.io/finalizer"]);
    await made(user);
    const before = await helmReleases();
    const { code, output } = await uninstall("--dry-run");
    assert.equal(code, 0, output);
    for (const line of [
      /2 user objects\n +1 CompositionDefinition: krateo-system\/shop\n +held by finalizer composition/,
      /13 Helm releases: authn 0\.22\.2, cnpg \(cloudnative-pg 0\.27\.1\)/,
      /Namespace demo-system, with everything in it/,
      /PersistentVolumeClaim krateo-system\/pg-cluster-1 and its data: its owner goes/,
      /ServiceAccount krateo-system\/cratedb, of cratedb/,
      /widgets\.templates\.krateo\.io: barcharts, /,
      /Namespace krateo-system: volumes and users' objects live in it/,
      /would be refused: 2 user objects would go too/,
    ]) {
      assert.match(output, line);
    }
    assert.deepEqual(await helmReleases(), before);
  });

  it("of the data, too, is listed by a dry run, which changes nothing", async () => {
    const before = await helmReleases();
    const { code, output } = await uninstall("--purge-data", "--dry-run");
    assert.equal(code, 0, output);
    for (const line of [
      /last of all \(--purge-data\)\n +PersistentVolumeClaim krateo-system\/data-cratedb-0 and its data/,
      /Secret krateo-system\/cratedb-system-credentials, of cratedb/,
      /postgresql\.cnpg\.io: backups, /,
      /^ +Namespace krateo-system$/m,
    ]) {
      assert.match(output, line);
    }
    assert.deepEqual(await helmReleases(), before);
    assert.ok(await live("PersistentVolumeClaim", "data-cratedb-0"));
  });

  it("of all is refused unless the number of user objects is confirmed", async () => {
    const unasked = await uninstall("--yes");
    assert.equal(unasked.code, 1, unasked.output);
    assert.match(unasked.output, /add --confirm-user-objects 2/);
    const wrong = await uninstall("--yes", "--confirm-user-objects", "1");
    assert.equal(wrong.code, 1, wrong.output);
    assert.ok(await live(definition.kind, definition.name, definition));
  });

  it("of all by a destroy typed by hand is refused before anything is removed, with the list", async () => {
    const { code, output } = await stack.pulumi("destroy");
    assert.equal(code, 1, output);
    assert.match(output, /2 user objects would go with the installation, and nobody has confirmed that/);
    assert.match(output, /1 CompositionDefinition \(krateo-system\/shop\), 1 User \(krateo-system\/ada\)/);
    assert.match(output, /npx krateo uninstall --dry-run --stack test-nodeport/);
    assert.equal(Object.keys(await helmReleases()).length, 13);
    assert.ok(await live("Installation", "krateoctl", { apiVersion: "krateo.io/v1" }), "the record");
  });

  it("of all stops before the platform is touched when nobody lets go of a user's object", async () => {
    const { code, output } = await uninstall("--yes", "--confirm-user-objects", "2", "--timeout", "2");
    assert.equal(code, 1, output);
    assert.match(
      output,
      /the platform was not touched: after 2 s these are still there: CompositionDef.*shop/,
    );
    assert.equal(Object.keys(await helmReleases()).length, 13);
    const merge = "application/merge-patch+json";
    await patch(connection, pathTo(definition), merge, { metadata: { finalizers: null } });
  });

  it("of all goes on after a destroy that was killed, and leaves namespace and volumes", async () => {
    const confirmed = { KRATEO_CONFIRM_USER_OBJECTS: "1" };
    const printed = await stack.killAt("destroy", /install-portal delet/, confirmed);
    assert.match(printed, /1 user object confirmed by KRATEO_CONFIRM_USER_OBJECTS: deleted/);
    const { code, output } = await uninstall("--yes");
    assert.equal(code, 0, output);
    assert.match(output, /\nOK: \d+ Helm releases removed; nothing that should go is left/);
    assert.deepEqual(await helmReleases(), {});
    assert.ok(await live("PersistentVolumeClaim", "data-cratedb-0"));
    assert.ok(await live("Secret", "cratedb-system-credentials"), "the login to the volume's data");
    await until(async () => (await live("PersistentVolumeClaim", "pg-cluster-1")) === undefined);
    for (const [kind, name] of [
      ["Secret", "opa-kube-mgmt-cert"],
      ["ServiceAccount", "cratedb"],
      ["ConfigMap", "create-user-sidecar"],
    ] as const) {
      assert.equal(await live(kind, name), undefined, `${kind} ${name}`);
    }
    const crd = { apiVersion: "apiextensions.k8s.io/v1", namespace: "" };
    const kind = "CustomResourceDefinition";
    assert.equal(await live(kind, "focusconfigs.finops.krateo.io", crd), undefined);
    assert.ok(await live(kind, "clusters.postgresql.cnpg.io", crd), "the operator's definitions are kept");
  });

  it("of the data, asked for later, leaves nothing at all, and can be repeated", async () => {
    const { code, output } = await uninstall("--yes", "--purge-data");
    assert.equal(code, 0, output);
    assert.equal(await live("Namespace", namespace, { namespace: "" }), undefined);
    const again = await uninstall("--yes", "--purge-data");
    assert.equal(again.code, 0, again.output);
    assert.match(again.output, /OK: nothing of this installation is left/);
  });
});
