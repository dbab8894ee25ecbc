import assert from "node:assert/strict";
import { join } from "node:path";
import { patch, pathOf, remove } from "../../cluster/client/api.ts";
import { type Connection, connect } from "../../cluster/client/connection.ts";
import type { JsonObject } from "../../model/settings.ts";
import { helm, helmReleases, mirror, type Outcome, rehearsal, run } from "../support/rehearsal.ts";
import { apply, live } from "../support/rehearsed-cluster.ts";
import { openInstalled, type TestStack } from "../support/test-stack.ts";

const namespace = "krateo-system";

describe("drift", () => {
  let stack: TestStack;
  let connection: Connection;

  before(async () => {
    stack = await openInstalled();
    connection = connect({ kubeconfig: (await rehearsal()).env["KUBECONFIG"] });
  });

  async function change(apiVersion: string, plural: string, name: string, body: object): Promise<void> {
    const path = pathOf(apiVersion, plural, namespace, name);
    await patch(connection, path, "application/merge-patch+json", body);
  }

  const stackOptions = (): string => `--stack ${stack.name} --config-file ${stack.configFile}`;

  /** Types a command line that `krateo diff` names, `VARIABLE=value npx pulumi up --option`. */
  async function type(commandLine: string, more = ["--yes", "--skip-preview"]): Promise<Outcome> {
    const words = commandLine.split(" ");
    const start = words.indexOf("npx");
    const variables = words.slice(0, start).map((word) => word.split("="));
    const [program = "", ...args] = words.slice(start + 1);
    return await run(program, [...args, ...more, "--non-interactive"], {
      ...Object.fromEntries(variables),
      KRATEO_CONFIG_FILE: stack.configFile,
    });
  }

  it("is none after an installation", async () => {
    const { code, stdout } = await stack.krateo("diff");
    assert.match(stdout, /^equal: 21 releases with \d{3} objects as planned/);
    assert.equal(code, 0);
  });

  let wayBack: string;

  it("is what was changed by hand, in the cluster itself, with an exit code of its own (finding 4)", async () => {
    await change("apps/v1", "deployments", "authn", { spec: { replicas: 0 } });
    await change("v1", "configmaps", "core-provider", { data: { CORE_PROVIDER_DEBUG: "by hand" } });
    await change("postgresql.cnpg.io/v1", "clusters", "pg-cluster", { spec: { instances: 1 } });
    await change("krateo.io/v1", "installations", "krateoctl", {
      spec: { spec: { installationVersion: "x" } },
    });
    // Helm would add the manifest's port to this one, and the API server takes no two of one name.
    const ports = pathOf("v1", "services", namespace, "authn");
    const edited = [{ op: "replace", path: "/spec/ports/0/port", value: 9999 }];
    await patch(connection, ports, "application/json-patch+json", edited);
    // A Secret's type never changes: only a new one can have the manifest's.
    const endpoint = pathOf("v1", "secrets", namespace, "snowplow-endpoint");
    const secret = (await live("Secret", "snowplow-endpoint")) as JsonObject & { metadata: JsonObject };
    await remove(connection, endpoint);
    const { name, labels = {}, annotations = {} } = secret.metadata;
    const anew = { ...secret, metadata: { name, namespace, labels, annotations }, type: "example.org/other" };
    await apply(anew as JsonObject);
    await remove(connection, pathOf("v1", "services", namespace, "events-presenter"));
    await remove(connection, pathOf("v1", "secrets", namespace, "krateo-db-user"));
    const chart = join(mirror, "deviser-0.5.1.tgz");
    const edit = ["--reuse-values", "--set", "config.DEBUG=true", "--set", "config.DB_PASS=hush-hush"];
    assert.equal((await helm("upgrade", "deviser", chart, "-n", namespace, ...edit)).code, 0);
    assert.equal((await helm("uninstall", "finops-operator-focus", "-n", namespace)).code, 0);

    const { code, stdout, output } = await stack.krateo("diff", "--json");
    assert.equal(code, 2, output);
    const { differences, notes, next } = JSON.parse(stdout);
    assert.deepEqual(
      differences.map(({ release, subject, path, planned, live }: Record<string, unknown>) =>
        `${release} ${subject} ${path}: ${path ? JSON.stringify(planned) : "all"} -> ${JSON.stringify(live)}`.replace(
          /started 2.*Z/,
          "started before",
        ),
      ),
      [
        'authn Service authn spec.ports[0]: {"name":"http","port":8082,"targetPort":"http","protocol":"TCP","nodePort":30082} -> null',
        "authn Deployment authn spec.replicas: 1 -> 0",
        'snowplow Secret snowplow-endpoint type: "Opaque" -> "example.org/other"',
        "pg-cluster Cluster pg-cluster spec.instances: 3 -> 1",
        'deviser values config.DEBUG: "false" -> true',
        'deviser values config.DB_PASS: null -> "[secret]"',
        "events-presenter Service events-presenter : all -> null",
        'core-provider ConfigMap core-provider data.CORE_PROVIDER_DEBUG: "false" -> "by hand"',
        'core-provider pods of Deployment core-provider : all -> "started before"',
        "finops-operator-focus release : all -> null",
        "platform Secret krateo-db-user : all -> null",
        'platform Installation krateoctl installationVersion: "3.0.0" -> "x"',
      ],
    );
    assert.equal(
      next,
      `KRATEO_REAPPLY=authn,snowplow,pg-cluster,deviser,events-presenter,core-provider npx pulumi up --refresh ${stackOptions()}`,
    );
    assert.equal(notes.length, 4, notes.join("\n"));
    assert.match(
      notes[0],
      /^Service authn cannot be merged \(.*duplicate nodePort.*\): it is set to its manifest as a whole$/,
    );
    assert.match(
      notes[1],
      /^Secret snowplow-endpoint cannot be changed in place \(.*immutable.*\): it is deleted and made again$/,
    );
    // Who named no manager is called unknown by the API server.
    assert.match(
      notes[2],
      /^Deployment authn: spec\.replicas, Cluster pg-cluster: spec\.instances, ConfigMap core-provider: data\.CORE_PROVIDER_DEBUG: set by unknown since \S+$/,
    );
    assert.match(notes[3], /^Secret snowplow-endpoint: type: set by \S+ since \S+$/);
    wayBack = next;
  });

  it("can be read as a unified diff, without secrets", async () => {
    const { code, output } = await stack.krateo("diff", "--format", "unified");
    assert.equal(code, 2);
    assert.match(output, /^--- live authn: Deployment authn\n\+\+\+ planned authn: Deployment authn\n@@/m);
    assert.match(output, /^- {2}replicas: 0\n\+ {2}replicas: 1$/m);
    assert.doesNotMatch(output, /hush-hush/);
  });

  it("from the last run is told by the stored snapshot", async () => {
    const { code, stdout } = await stack.krateo("diff", "--installed");
    assert.equal(code, 2);
    assert.match(stdout, /^ platform {2}Installation krateoctl: installationVersion {2}3\.0\.0 {4}x$/m);
  });

  it("is shown by a preview of that command, as far as it is more than a merge", async () => {
    const { code, output } = await type(wayBack.replace("pulumi up", "pulumi preview"), []);
    assert.equal(code, 0, output);
    assert.match(
      output,
      /authn: Service authn cannot be merged \(.*\): it is set to its manifest as a whole/,
    );
    assert.match(
      output,
      /snowplow: Secret snowplow-endpoint cannot be changed in place \(.*\): it is deleted and made again/,
    );
    assert.match(output, /pg-cluster: Cluster pg-cluster is set back to its manifest/);
  });

  it("is put back by the command that diff names: only what drifted is upgraded, and no Secret changes", async () => {
    const signKey = await live("Secret", "jwt-sign-key");
    const { code, output } = await type(wayBack);
    assert.equal(code, 0, output);
    const diff = await stack.krateo("diff");
    assert.equal(diff.code, 0, diff.output);
    const revisions = Object.entries(await helmReleases()).filter(([, text]) => !text.includes(" r1 "));
    assert.deepEqual(
      revisions.map(([name, text]) => `${name} ${text.split(" ").slice(1).join(" ")}`),
      [
        "authn r2 deployed",
        "core-provider r2 deployed",
        "deviser r3 deployed",
        "events-presenter r2 deployed",
        "pg-cluster r2 deployed",
        "snowplow r2 deployed",
      ],
    );
    const service = (await live("Service", "authn")) as { spec: { ports: JsonObject[] } };
    assert.deepEqual(
      service.spec.ports.map(({ port, nodePort }) => [port, nodePort]),
      [[8082, 30082]],
    );
    assert.deepEqual((await live("Secret", "jwt-sign-key"))?.["data"], signKey?.["data"]);
  });

  it("leaves nothing to do once it is put back", async () => {
    const { code, output } = await stack.pulumi("preview", "--expect-no-changes");
    assert.equal(code, 0, output);
    const recorded = await stack.krateo("diff", "--installed", "--format", "table");
    assert.equal(recorded.code, 0, recorded.output);
    assert.match(recorded.output, /^equal: /m);
  });

  it("that has made a release fail is mended by any up", async () => {
    const ports = pathOf("v1", "services", namespace, "frontend");
    const edited = [{ op: "replace", path: "/spec/ports/0/port", value: 9999 }];
    await patch(connection, ports, "application/json-patch+json", edited);
    const chart = join(mirror, "frontend-1.0.23.tgz");
    const failed = await helm("upgrade", "frontend", chart, "-n", namespace, "--reuse-values");
    assert.match(failed.output, /duplicate nodePort/);
    const preview = await stack.pulumi("preview");
    assert.equal(preview.code, 0, preview.output);
    assert.match(preview.output, /frontend: Service frontend cannot be merged/);
    const { code, output } = await stack.pulumi("up");
    assert.equal(code, 0, output);
    assert.match((await helmReleases())["frontend"] ?? "", /deployed$/);
    const diff = await stack.krateo("diff");
    assert.equal(diff.code, 0, diff.output);
  });

  it("of a release that there is none of cannot be put back", async () => {
    const { code, output } = await type(`KRATEO_REAPPLY=auth npx pulumi up ${stackOptions()}`);
    assert.equal(code, 1);
    assert.match(output, /there is no such Helm release to apply again/);
    assert.match(output, /allowed: +authn, /);
  });
});
