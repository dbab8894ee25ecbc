import assert from "node:assert/strict";
import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { gzipSync } from "node:zlib";
import { parseAllDocuments } from "yaml";
import { kubeconfigOf, withApiServer } from "../cluster/api-server.ts";
import { withHelm } from "../cluster/helm-stand-in.ts";
import { server } from "./preflight-session.ts";
import { krateo, type Run, withProject } from "./session.ts";

const document = JSON.stringify({
  componentsDefinition: { shop: { steps: ["a"] } },
  steps: [
    { id: "a", type: "chart", with: { url: "https://charts.example.org", repo: "web", version: "1.0.0" } },
  ],
});
const rendered = `
apiVersion: v1
kind: Service
metadata: { name: web }
---
apiVersion: rbac.authorization.k8s.io/v1
kind: ClusterRoleBinding
metadata: { name: web }
roleRef: { apiGroup: rbac.authorization.k8s.io, kind: ClusterRole, name: cluster-admin }
`;

interface Printed {
  readonly kind: string;
  readonly metadata: { readonly name: string; readonly namespace?: string };
  readonly rules?: readonly {
    readonly resources: string[];
    readonly verbs: string[];
    readonly resourceNames?: string[];
  }[];
  readonly subjects?: readonly object[];
}

describe("krateo rbac", () => {
  let directory: string;
  let remove: () => void;

  before(() => {
    ({ directory, remove } = withProject({
      "krateo.yaml": document,
      "Pulumi.dev.yaml": "config: { krateo:version: local, krateo:chartMirror: charts }\n",
      nowhere: "{ apiVersion: v1, kind: Config }",
    }));
    mkdirSync(join(directory, "charts"));
    // Nobody reads what is in it: helm is a stand-in.
    writeFileSync(join(directory, "charts", "web-1.0.0.tgz"), gzipSync(""));
  });
  after(() => remove());

  const rbac = (...words: string[]): Promise<Run> =>
    krateo(directory, "rbac", "--stack", "dev", "--kubeconfig", `${directory}/nowhere`, ...words);
  const withRendered = (...words: string[]): Promise<Run> =>
    withHelm({ version: { output: "v3.21.4" }, template: { output: rendered } }, () => rbac(...words));
  const objectsIn = ({ printed }: Run): Printed[] =>
    parseAllDocuments(printed).map((one) => one.toJS() as Printed);

  it("prints YAML with the namespace and the account in front, and a reason for each rule", async () => {
    const run = await withRendered();
    assert.equal(run.code, 0, run.noted);
    assert.deepEqual(
      objectsIn(run).map(({ kind, metadata: { namespace = "", name } }) => `${kind} ${namespace}/${name}`),
      [
        "Namespace /krateo-system",
        "ServiceAccount krateo-system/krateo-install",
        "ClusterRole /krateo-install",
        "ClusterRoleBinding /krateo-install:krateo-system:krateo-install",
        "Role krateo-system/krateo-install",
        "RoleBinding krateo-system/krateo-install:krateo-system:krateo-install",
      ],
    );
    const rules = objectsIn(run).flatMap((object) => object.rules ?? []);
    assert.equal(run.printed.match(/^ +# /gm)?.length, rules.length);
    assert.deepEqual(
      rules.filter(({ verbs }) => verbs.includes("bind")).map(({ resourceNames }) => resourceNames),
      [["cluster-admin"]],
    );
    assert.match(run.noted, /only what the plan makes is included/);
  });

  it("prints one List for scripts", async () => {
    const { kind, items } = JSON.parse((await withRendered("-o", "json")).printed);
    assert.deepEqual([kind, items.length], ["List", 6]);
  });

  it("gives the rights to somebody who is there already", async () => {
    const account = objectsIn(await withRendered("--service-account", "ci/krateo"));
    assert.deepEqual(account.at(-1)?.subjects, [{ kind: "ServiceAccount", namespace: "ci", name: "krateo" }]);
    assert.ok(!account.some(({ kind }) => kind === "ServiceAccount"));
    const user = objectsIn(await withRendered("--user", "ada"));
    assert.deepEqual(user.at(-1)?.subjects, [
      { apiGroup: "rbac.authorization.k8s.io", kind: "User", name: "ada" },
    ]);
  });

  it("needs no helm for the rights to verify, which change nothing", async () => {
    const run = await withHelm(undefined, () => rbac("--for", "verify"));
    assert.equal(run.code, 0, run.noted);
    const verbs = objectsIn(run).flatMap(({ rules = [] }) => rules.flatMap((rule) => rule.verbs));
    assert.deepEqual([...new Set(verbs)].toSorted(), ["get", "list"]);
  });

  it("prints for a migration, by what is known of 2.7.0 where no cluster answers, and says so", async () => {
    const run = await withRendered("--for", "migrate");
    assert.equal(run.code, 0, run.noted);
    const named = objectsIn(run).flatMap(({ rules = [] }) =>
      rules.flatMap((rule) => rule.resourceNames ?? []),
    );
    assert.ok(named.includes("eventrouter-krateo-system"));
    assert.deepEqual(objectsIn(run)[0]?.kind, "Namespace");
    assert.match(run.noted, /of Krateo 2\.7\.0 what its own values make is included/);
  });

  it("says that a cluster without a 2.7.0 has nothing of it to remove", async () => {
    await withApiServer(server(), async ({ server: address }) => {
      writeFileSync(join(directory, "somewhere"), JSON.stringify(kubeconfigOf("somewhere", address)));
      const run = await withRendered("--for", "migrate", "--kubeconfig", `${directory}/somewhere`);
      assert.equal(run.code, 0, run.noted);
      assert.match(run.noted, /namespace krateo-system holds no Helm release of Krateo 2\.7\.0/);
      assert.doesNotMatch(run.printed, /eventrouter/);
    });
  });

  it("says what is missing where charts cannot be rendered", async () => {
    const without = await withHelm(undefined, () => rbac());
    assert.equal(without.code, 1);
    assert.match(without.noted, /there is no helm on the PATH/);
    const failing = { version: { output: "v3.21.4" }, template: { code: 1, errors: "Error: no" } };
    const broken = await withHelm(failing, () => rbac());
    assert.equal(broken.code, 1);
    assert.match(
      broken.noted,
      /chart web of step a does not render, so that nobody can say which rights it takes/,
    );
  });

  it("refuses an account without a namespace", async () => {
    const { code, noted } = await rbac("--service-account", "krateo");
    assert.equal(code, 1);
    assert.match(noted, /It must be NAMESPACE\/NAME, such as ci\/krateo/);
  });
});
