import assert from "node:assert/strict";
import { mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { stringify } from "yaml";
import { encodeRelease, type HelmRelease } from "../../../cluster/client/helm-release.ts";
import type { BackupIndex } from "../../../migration/live/backup-index.ts";
import { restoreLegacy } from "../../../migration/live/restore.ts";
import { readStoredReleases } from "../../../migration/live/stored-release.ts";
import { ConfigurationError } from "../../../model/problem.ts";
import { errorOf, type Handler, withApiServer } from "../../cluster/api-server.ts";
import { helmRelease } from "../../cluster/helm-releases.ts";

const namespace = "/api/v1/namespaces/shop";

/** A cluster that has these releases, and records what is made in it or changed. */
function clusterWith(releases: readonly HelmRelease[], changes: string[]): Handler {
  const items = releases.map((release) => ({
    metadata: {
      name: `sh.helm.release.v1.${release.name}.v${release.version}`,
      uid: "u",
      labels: { name: release.name, version: String(release.version) },
    },
    data: { release: encodeRelease(release) },
  }));
  return (method, path) => {
    if (method !== "GET") {
      changes.push(`${method} ${path}`);
      return {
        status: method === "POST" && path.endsWith("/services") ? 409 : 201,
        body: { message: "exists" },
      };
    }
    if (path === "/api/v1") {
      const kind = (name: string, plural: string) => ({ name: plural, kind: name, namespaced: true });
      return {
        status: 200,
        body: { resources: [kind("ConfigMap", "configmaps"), kind("Service", "services")] },
      };
    }
    if (path === `${namespace}/secrets`) return { status: 200, body: { items } };
    return { status: 404, body: { message: "not found" } };
  };
}

/** Puts a Helm release with one record into a backup. */
async function writeRelease(backup: string, name: string, manifest: string, record: string): Promise<void> {
  const folder = join(backup, "releases", name);
  await mkdir(folder, { recursive: true });
  await writeFile(join(folder, "manifest.yaml"), manifest);
  await writeFile(join(folder, `sh.helm.release.v1.${name}.v1.yaml`), record);
}

describe("going back to 2.7.0", () => {
  let folder: string;
  const index: BackupIndex = {
    format: 1,
    createdAt: "2026-01-01T00:00:00.000Z",
    server: "https://shop",
    clusterUid: "cluster",
    namespace: "shop",
    object: { name: "krateo", uid: "u", generation: 1 },
    installers: [{ name: "installer", replicas: 2 }],
    releases: [
      {
        name: "authn",
        chart: "authn",
        chartVersion: "1.0.0",
        revision: 1,
        status: "deployed",
        deprecated: false,
      },
      {
        name: "eventsse-etcd",
        chart: "etcd",
        chartVersion: "3.6.6",
        revision: 1,
        status: "deployed",
        deprecated: true,
      },
    ],
    volumes: [{ claim: "etcd-data-eventsse-etcd-0", volume: "pv-1", reclaimPolicy: "Delete" }],
    secrets: [],
  };
  const authn = helmRelease("authn", { namespace: "shop" });

  before(async () => {
    folder = await mkdtemp(join(tmpdir(), "krateo-restore-"));
    const [service, config] = ["Service", "ConfigMap"].map((kind) =>
      stringify({ apiVersion: "v1", kind, metadata: { name: "etcd" } }),
    );
    const record = {
      apiVersion: "v1",
      kind: "Secret",
      metadata: { name: "sh.helm.release.v1.eventsse-etcd.v1" },
    };
    await writeRelease(folder, "eventsse-etcd", `${service}---\n${config}`, stringify(record));
    await writeFile(join(folder, "krateoplatformops.yaml"), stringify({ kind: "KrateoPlatformOps" }));
  });
  after(() => rm(folder, { recursive: true }));

  async function restore(releases: readonly HelmRelease[], dryRun: boolean) {
    const [lines, changes]: [string[], string[]] = [[], []];
    await withApiServer(clusterWith(releases, changes), (connection) =>
      restoreLegacy(connection, { folder, index }, (line) => lines.push(line), { dryRun }),
    );
    return { lines, changes };
  }

  it("makes what was removed anew, the records after the objects, then the object, then the installer", async () => {
    const { lines, changes } = await restore([authn], false);
    assert.deepEqual(changes, [
      `POST ${namespace}/services`,
      `POST ${namespace}/configmaps`,
      `POST ${namespace}/secrets`,
      "POST /apis/krateo.io/v1alpha1/namespaces/shop/krateoplatformops",
      "PATCH /apis/apps/v1/namespaces/shop/deployments/installer",
    ]);
    assert.deepEqual(lines, [
      "Helm release eventsse-etcd (etcd 3.6.6) put back",
      "cannot be undone: the data of PersistentVolumeClaim etcd-data-eventsse-etcd-0, which went with its volume; events of the past are lost",
      "KrateoPlatformOps krateo put back",
      "Deployment installer scaled to 2: the installer of 2.7.0 runs again",
    ]);
  });

  it("makes the definitions of kinds first, whichever release has them, and waits until they are served", async () => {
    const given = join(folder, "with-definition");
    const registrations = "/apis/eventrouter.krateo.io/v1alpha1";
    const names = { kind: "Registration", plural: "registrations" };
    const manifests = {
      eventsse: {
        apiVersion: "eventrouter.krateo.io/v1alpha1",
        kind: "Registration",
        metadata: { name: "eventsse-shop" },
      },
      eventrouter: {
        apiVersion: "apiextensions.k8s.io/v1",
        kind: "CustomResourceDefinition",
        metadata: { name: "registrations.eventrouter.krateo.io" },
        spec: { group: "eventrouter.krateo.io", names, versions: [{ name: "v1alpha1", served: true }] },
      },
    };
    for (const [name, manifest] of Object.entries(manifests))
      await writeRelease(given, name, stringify(manifest), "metadata: {}");
    const [lines, changes]: [string[], string[]] = [[], []];
    const [authnRelease, etcd] = index.releases;
    const releases = [authnRelease, ...Object.keys(manifests).map((name) => ({ ...etcd, name }))];
    let asked = 0;
    const served: Handler = (method, path, ...rest) => {
      const crds = { name: "customresourcedefinitions", kind: "CustomResourceDefinition", namespaced: false };
      if (path === "/apis/apiextensions.k8s.io/v1") return { status: 200, body: { resources: [crds] } };
      if (path === registrations && changes.length > 0 && ++asked > 2)
        return { status: 200, body: { resources: [{ name: names.plural, ...names, namespaced: false }] } };
      return clusterWith([authn], changes)(method, path, ...rest);
    };
    const { object: _, ...bare } = { ...index, releases, volumes: [], installers: [] };
    await withApiServer(served, (connection) =>
      restoreLegacy(connection, { folder: given, index: bare as BackupIndex }, (line) => lines.push(line)),
    );
    const definitions = "POST /apis/apiextensions.k8s.io/v1/customresourcedefinitions";
    const secrets = `POST ${namespace}/secrets`;
    assert.deepEqual(changes, [definitions, `POST ${registrations}/registrations`, secrets, secrets]);
    assert.deepEqual(lines, [
      "waiting up to 30 s until the cluster serves kind Registration",
      "Helm release eventsse (etcd 3.6.6) put back",
      "Helm release eventrouter (etcd 3.6.6) put back",
    ]);
  });

  it("makes objects as Helm made them: read as YAML 1.1", async () => {
    const manifest = "apiVersion: v1\nkind: Secret\nmetadata: {name: a}\ndefaultMode: 0644\nenabled: on\n";
    await writeRelease(folder, "octal", manifest, 'metadata: {labels: {a: on, b: "0644"}}');
    assert.deepEqual((await readStoredReleases(folder, ["octal"])).get("octal"), {
      objects: [
        { apiVersion: "v1", kind: "Secret", metadata: { name: "a" }, defaultMode: 420, enabled: true },
      ],
      records: [{ metadata: { labels: { a: "on", b: "0644" } } }],
    });
  });

  it("in a dry run says so, and changes nothing", async () => {
    const { lines, changes } = await restore([authn], true);
    assert.deepEqual(changes, []);
    assert.equal(lines[0], "Helm release eventsse-etcd (etcd 3.6.6) would be put back");
  });

  it("leaves alone what is new since, and says so", async () => {
    const { lines } = await restore([authn, helmRelease("cnpg", { namespace: "shop" })], true);
    assert.equal(lines[0], "Helm release cnpg is new since the backup: left alone");
  });

  it("is refused with every file that its backup lacks, before anything is put back", async () => {
    const [changes, lacking]: [string[], string] = [[], join(folder, "lacking")];
    await mkdir(join(lacking, "releases/eventsse-etcd"), { recursive: true });
    await writeFile(join(lacking, "releases/eventsse-etcd/manifest.yaml"), "");
    await mkdir(join(lacking, "releases/eventrouter"));
    await writeFile(join(lacking, "releases/eventrouter/manifest.yaml"), "apiVersion: v1\nkind: [");
    const [etcd] = index.releases.slice(-1);
    const names = ["sweeper", "eventrouter"];
    const releases = [
      ...index.releases,
      ...names.map((name) => ({ ...etcd, name })),
    ] as BackupIndex["releases"];
    const error = await errorOf(
      withApiServer(clusterWith([authn], changes), (connection) =>
        restoreLegacy(connection, { folder: lacking, index: { ...index, releases } }, () => undefined),
      ),
    );
    assert.ok(error instanceof ConfigurationError, error.message);
    assert.deepEqual(
      error.problems.map(({ what, file }) => [what, file]),
      [
        [
          "a file of the backup is missing: no record of Helm's, sh.helm.release.v1.…, is in this folder",
          join(lacking, "releases/eventsse-etcd"),
        ],
        [
          "a file of the backup cannot be read: it is not there",
          join(lacking, "releases/sweeper/manifest.yaml"),
        ],
        [
          "a file of the backup is damaged: this is not valid YAML",
          join(lacking, "releases/eventrouter/manifest.yaml"),
        ],
      ],
    );
    assert.deepEqual(changes, []);
  });

  it("is refused once a release has been upgraded, with all that cannot be undone", async () => {
    const changes: string[] = [];
    const upgraded = helmRelease("authn", { namespace: "shop", chart: "authn 2.0.0", version: 2 });
    const error = await errorOf(
      withApiServer(clusterWith([upgraded], changes), (connection) =>
        restoreLegacy(connection, { folder, index }, () => undefined),
      ),
    );
    assert.ok(error instanceof ConfigurationError);
    assert.match(error.message, /no way back to Krateo 2\.7\.0 any more; nothing was touched/);
    assert.match(error.message, /Helm release authn is of version 2\.0\.0, and was of 1\.0\.0/);
    assert.deepEqual(changes, []);
  });
});
