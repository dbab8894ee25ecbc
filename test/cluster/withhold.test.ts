import assert from "node:assert/strict";
import { decodeRelease, encodeRelease, type HelmRelease } from "../../cluster/client/helm-release.ts";
import { describeWithheld, maskSnapshot, withheldReleases, withhold } from "../../cluster/withhold.ts";
import { chartStep, settingsOf } from "../support/settings.ts";
import { type Handler, withApiServer } from "./api-server.ts";

const step = chartStep("install-web", {
  values: { env: { OIDC: "hush-hush", LEVEL: "debug" } },
  secretPaths: [["env", "OIDC"]],
});
const { name, namespace } = step.release;

const stored = (config: Record<string, unknown>): HelmRelease => ({
  name,
  namespace,
  version: 3,
  info: { status: "deployed" },
  chart: { metadata: { name: "web", version: "1.0.0" } },
  config,
  manifest: "kind: Secret",
});

/** The lines that a plan has of stored values. */
function lines(config: Record<string, unknown>, known: Record<string, string> = {}): string[] {
  const latest = new Map([[name, stored(config)]]);
  return withheldReleases(settingsOf([step]), latest, known).map(describeWithheld);
}

const line = (paths: string): string =>
  `web will be taken over: so that no secret gets into Pulumi's state, ${paths} goes out of Helm's record of revision 3 ` +
  "before; the upgrade that follows brings it back";

describe("the secrets of a release that is taken over", () => {
  const cases: [string, Record<string, unknown>, string[]][] = [
    ["are what the configuration encrypts", { env: { OIDC: "another", LEVEL: "info" } }, [line("env.OIDC")]],
    ["are its texts anywhere else", { copy: "hush-hush" }, [line("copy")]],
    ["are texts below keys that name one", { db: { password: "p", user: "u" } }, [line("db.password")]],
    ["are a list as a whole", { extra: [{ name: "DB_PASSWORD", value: "p" }] }, [line("extra")]],
    ["are none where nothing is", { secret: { enabled: true }, password: "", level: "info" }, []],
  ];
  for (const [rule, config, expected] of cases) it(rule, () => assert.deepEqual(lines(config), expected));

  it("are nobody's matter once the state has the release", () => {
    assert.deepEqual(lines({ db: { password: "p" } }, { web: "urn:pulumi:…" }), []);
  });

  /** An API server with one object at a path; `changes`: what was done to it. */
  function holdingOne(path: string, object: unknown) {
    const changes: unknown[] = [];
    const handler: Handler = (method, asked, _query, body) => {
      if (asked !== path) return { status: 404, body: { message: "not found" } };
      if (method !== "GET") changes.push(body);
      return { status: 200, body: object };
    };
    return { handler, changes };
  }

  it("go out of the record, and nothing else changes", async () => {
    const before = stored({ env: { OIDC: "another", LEVEL: "info" }, db: { password: "p" } });
    const metadata = { name: `sh.helm.release.v1.${name}.v3`, namespace, resourceVersion: "7" };
    const secret = {
      metadata: { ...metadata, uid: "u", labels: { owner: "helm", status: "deployed" } },
      data: { release: encodeRelease(before) },
    };
    const { handler, changes } = holdingOne(
      `/api/v1/namespaces/${namespace}/secrets/${metadata.name}`,
      secret,
    );
    await withApiServer(handler, (connection) => withhold(connection, step, 3));
    const [changed] = changes as (typeof secret)[];
    assert.deepEqual(changed?.metadata, secret.metadata);
    assert.deepEqual(decodeRelease(changed as never), { ...before, config: { env: { LEVEL: "info" } } });
  });

  it("are left alone where they are out already, and where the revision is gone", async () => {
    const path = `/api/v1/namespaces/${namespace}/secrets/sh.helm.release.v1.${name}.v3`;
    const metadata = { name: `sh.helm.release.v1.${name}.v3`, namespace, uid: "u" };
    const clean = { metadata, data: { release: encodeRelease(stored({ level: "info" })) } };
    for (const at of [path, "/elsewhere"]) {
      const { handler, changes } = holdingOne(at, clean);
      await withApiServer(handler, (connection) => withhold(connection, step, 3));
      assert.deepEqual(changes, []);
    }
  });

  it("are masked in the Installation object of upstream's CLI", async () => {
    const path = `/apis/krateo.io/v1/namespaces/${namespace}/installations/krateoctl`;
    const installation = (password: string) => ({
      metadata: { name: "krateoctl", namespace, uid: "u" },
      spec: { spec: { steps: [{ id: "web", with: { values: { password, level: "info" } } }] } },
    });
    for (const [password, expected] of [
      ["clear", [{ spec: installation("[secret]").spec }]],
      ["[secret]", []],
    ] as const) {
      const { handler, changes } = holdingOne(path, installation(password));
      await withApiServer(handler, (connection) => maskSnapshot(connection, namespace));
      assert.deepEqual(changes, expected);
    }
  });
});
