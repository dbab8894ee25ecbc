import assert from "node:assert/strict";
import { readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { parse } from "yaml";
import { encodeRelease } from "../../../cluster/client/helm-release.ts";
import { krateoctlDocument } from "../../../migration/krateoctl-document.ts";
import type { JsonObject } from "../../../model/settings.ts";
import { holding, kubeconfigOf, nobodyThere, withApiServer } from "../../cluster/api-server.ts";
import type { Run } from "../../commands/session.ts";
import { type GivenObject, read, set, unchanged } from "../objects.ts";
import { directory, file, inEmptyProject, refused, run } from "./migrate-session.ts";

const objectsPath = "/apis/krateo.io/v1alpha1/krateoplatformops";

describe("krateo migrate", () => {
  inEmptyProject();

  describe("from a file", () => {
    it("finds the object in a list as kubectl prints it", async () => {
      const list = { kind: "List", items: [unchanged("nodeport", "one"), unchanged("nodeport", "two")] };
      const from = file("list.json", list);
      const { code, printed } = await run("--from", from, "--namespace", "two");
      assert.equal(code, 0);
      assert.match(printed, /^Krateo 2\.7\.0, two\/krateo in /);
      await refused(
        /there are 2 installations of Krateo 2\.7\.0\n.*\n {3}given: {3}one\/krateo, two\/krateo\n/,
        "--from",
        from,
      );
    });

    it("reads what upstream's migrate has written, and what its migrate-full left", async () => {
      const object = set(unchanged(), "install-authn", { "image.repository": "r.example.org/authn" });
      const { printed: document } = await run("--from", file("old.json", object), "--format", "krateoctl");
      const { printed } = await run("--from", file("krateo.yaml", document));
      assert.match(printed, / install-authn +image\.repository +r\.example\.org\/authn +\S+ +carried/);
      const installation = {
        apiVersion: "krateo.io/v1",
        kind: "Installation",
        metadata: { name: "krateoctl", namespace: "shop" },
        spec: { spec: parse(document) },
      };
      const again = await run("--from", file("installation.json", installation));
      assert.match(again.printed, /^Krateo 2\.7\.0, shop\/krateoctl in /);
      assert.match(again.printed, / install-authn +image\.repository +r\.example\.org\/authn +\S+ +carried/);
    });

    const asPeopleHaveIt: [what: string, bytes: (object: string) => string | Buffer][] = [
      ["among other documents", (object) => `apiVersion: v1\nkind: Secret\n---\n${object}\n---\n`],
      ["in a list of kubectl's", (object) => `apiVersion: v1\nkind: List\nitems: [${object}]\n`],
      ["in a list behind another document", (object) => `kind: Pod\n---\n{kind: List, items: [${object}]}`],
      ["in PowerShell's UTF-16", (object) => Buffer.from(`\ufeff${object}`, "utf16le")],
      ["with a byte order mark", (object) => `\ufeff${object}`],
    ];
    for (const [what, bytes] of asPeopleHaveIt) {
      it(`finds the object ${what}`, async () => {
        const path = file("found.yaml", "");
        writeFileSync(path, bytes(JSON.stringify(unchanged())));
        const { code, printed, noted } = await run("--from", path);
        assert.equal(code, 0, noted);
        assert.equal(
          printed,
          (await run("--from", file("plain.yaml", unchanged()))).printed.replaceAll(
            "plain.yaml",
            "found.yaml",
          ),
        );
      });
    }

    it("says of an encrypted file what it is", async () => {
      await refused(/the file is encrypted with sops/, "--from", file("enc.yaml", "kind: x\nsops: {mac: y}"));
      await refused(
        /encrypted with Ansible Vault/,
        "--from",
        file("enc.yaml", "$ANSIBLE_VAULT;1.1;AES256\n1"),
      );
    });

    it("refuses what it cannot read, in words", async () => {
      await refused(
        /the file cannot be read: it does not exist\n {3}where: {3}nowhere\.yaml/,
        "--from",
        "nowhere.yaml",
      );
      await refused(/the file cannot be read: it is a folder/, "--from", directory);
      await refused(
        /this is not valid YAML\n {3}where: {3}.*line 3/,
        "--from",
        file("bad.yaml", "a:\n b: [GOLDEN\n"),
      );
      await refused(
        /the file holds no installation of Krateo 2\.7\.0\n.*\n {3}given: {3}objects of kind ConfigMap\n/,
        "--from",
        file("other.yaml", "kind: ConfigMap\n"),
      );
      await refused(
        /given: {3}nothing\n(.*\n)*.*kubectl get krateoplatformops/,
        "--from",
        file("empty.yaml", ""),
      );
    });

    it("lists all that is malformed in the object", async () => {
      const object = unchanged();
      Object.assign(object.spec.steps[0] as object, { type: "objekt" });
      Object.assign(object.spec.steps[1] as object, { id: 7 });
      await refused(
        /^2 problems:\n1\. .*\n {3}where: .*spec\.steps\[0\]\.type\n {3}given: {3}"objekt"\n/,
        "--from",
        file("old.json", object),
      );
    });
  });

  describe("from a cluster", () => {
    it("reads the Installation by which upstream's CLI runs a 2.7.0", async () => {
      const object = set(unchanged("nodeport", "shop"), "install-authn", { "env.API_TOKEN": "GOLDEN" });
      const { steps } = parse(krateoctlDocument(read(object), "nodeport").text);
      // A document of ours holds no secret, an Installation of upstream's does.
      const authn = steps.find(({ id }: { id: string }) => id === "install-authn");
      authn.with.values.env = { API_TOKEN: "GOLDEN" };
      const item = { metadata: { name: "krateoctl", namespace: "shop" }, spec: { spec: { steps } } };
      const { code, printed } = await live({
        "/apis/krateo.io/v1/installations": { items: [item] },
        "/api/v1/namespaces/shop/secrets": { items: [] },
      });
      assert.equal(code, 0);
      assert.match(printed, /^Krateo 2\.7\.0, shop\/krateoctl in the cluster at /);
      assert.match(
        printed,
        /kubectl get installations\.krateo\.io krateoctl -n shop -o jsonpath='\{\.spec\.spec\.steps\[\?\(@\.id=="install-authn"\)\]\.with\.values\.env\.API_TOKEN\}' \| npx pulumi config set --secret/,
      );
      assert.doesNotMatch(printed, /GOLDEN/);
    });

    const release = (version: string) => {
      const metadata = {
        name: "sh.helm.release.v1.installer.v1",
        uid: "r",
        labels: { owner: "helm", name: "installer", version: "1", status: "deployed" },
      };
      const content = {
        name: "installer",
        namespace: "shop",
        version: 1,
        info: { status: "deployed" },
        chart: { metadata: { name: "installer", version } },
        manifest: "",
      };
      return { items: [{ metadata, data: { release: encodeRelease(content) } }] };
    };
    const list = (...objects: GivenObject[]) => ({
      // Items of a list bear neither kind nor apiVersion.
      items: objects.map(({ metadata, spec }) => ({ metadata, spec })),
    });
    const live = (objects: JsonObject | Record<string, unknown>, ...words: string[]): Promise<Run> => {
      let result: Run | undefined;
      return withApiServer(holding(objects), async ({ kubeconfig }) => {
        result = await run("--kubeconfig", kubeconfig, ...words);
      }).then(() => result as Run);
    };
    const fails = async (pattern: RegExp, objects: Record<string, unknown>, ...words: string[]) => {
      const { code, printed, noted } = await live(objects, ...words, "--write");
      assert.deepEqual([code, printed], [1, ""], noted);
      assert.match(noted, pattern);
      assert.deepEqual(readdirSync(directory), []);
    };
    const changed = () =>
      set(unchanged("nodeport", "shop"), "install-authn", { "env.API_TOKEN": "GOLDEN", "env.A": "b" });
    const secrets = "/api/v1/namespaces/shop/secrets";

    it("reads the only object, wherever it is, and changes nothing in the cluster", async () => {
      const objects = { [objectsPath]: list(changed()), [secrets]: release("2.7.0") };
      await withApiServer(holding(objects), async ({ kubeconfig, server }, requests) => {
        const { code, printed, noted } = await run("--kubeconfig", kubeconfig, "--write");
        assert.equal(code, 0, noted);
        assert.match(
          printed,
          new RegExp(`^Krateo 2.7.0, shop/krateo in the cluster at ${server} \\(context shop\\), type`),
        );
        assert.match(
          printed,
          /\n {2}kubectl get krateoplatformops krateo -n shop -o jsonpath='\{\.spec\.steps\[\?\(@\.id=="install-authn"\)\]\.with\.set\[\?\(@\.name=="env\.API_TOKEN"\)\]\.value\}' \| npx pulumi config set --secret --path 'krateo:set\["components\.backend\.stepConfig\.install-authn\.helmValues\.env\.API_TOKEN"\]'\n/,
        );
        assert.ok(requests.every((request) => request.startsWith("GET ")));
      });
      const text = readFileSync(join(directory, "krateo-overrides.yaml"), "utf8");
      assert.match(text, / A: b # install-authn: set env\.A\n/);
      assert.doesNotMatch(text, /GOLDEN|API_TOKEN/);
    });

    it("says that there is none", () =>
      fails(
        /there is no installation of Krateo 2\.7\.0: no KrateoPlatformOps object, and no Installation.*\n(.*\n)*.*from scratch/,
        {},
      ));

    it("says that the namespace does not exist", () =>
      fails(
        /namespace nowhere does not exist, so there is no installation of Krateo 2\.7\.0 in it/,
        {},
        "--namespace",
        "nowhere",
      ));

    it("lists two with their namespaces, and takes the one that is chosen", async () => {
      const objects = { [objectsPath]: list(changed(), unchanged("ingress", "other")) };
      await fails(
        /there are 2 installations of Krateo 2\.7\.0\n.*\n {3}given: {3}shop\/krateo, other\/krateo\n {3}next: {4}choose one with --namespace and --name/,
        objects,
      );
      const { printed } = await live(objects, "--namespace", "other");
      assert.match(printed, /^Krateo 2\.7\.0, other\/krateo in /);
    });

    it("refuses one that is being deleted", () => {
      const object = changed();
      Object.assign(object.metadata, { deletionTimestamp: "2026-01-02T03:04:05Z" });
      return fails(/KrateoPlatformOps shop\/krateo is being deleted since 2026-01-02T03:04:05Z/, {
        [objectsPath]: list(object),
      });
    });

    it("refuses another version, and says the way to 2.7.0", () =>
      fails(
        /the installation in namespace shop is Krateo 2\.6\.1\n(.*\n)*.*allowed: 2\.7\.0\n.*first upgrade it to 2\.7\.0: helm upgrade installer-crd .*--version 2\.7\.0.* && helm upgrade installer .*--version 2\.7\.0/,
        { [objectsPath]: list(changed()), [secrets]: release("2.6.1") },
      ));

    it("lists what is malformed, and never shows it", async () => {
      const object = changed();
      Object.assign(object.spec.steps[1]?.with as object, { set: "GOLDEN" });
      await fails(/^1 problem:\n1\. step install-authn: set has a value that is not allowed\n/, {
        [objectsPath]: list(object),
      });
    });

    it("goes on without the right to read Helm's records, and says so", async () => {
      const objects = holding({ [objectsPath]: list(changed()) });
      await withApiServer(
        (method, path) =>
          path === secrets ? { status: 403, body: { message: "forbidden" } } : objects(method, path),
        async ({ kubeconfig }) => {
          const { code, printed } = await run("--kubeconfig", kubeconfig);
          assert.equal(code, 0);
          assert.match(printed, /You may not read Helm's records, so the version/);
        },
      );
    });

    it("reads the object by name for who may not list all namespaces", async () => {
      const path = "/apis/krateo.io/v1alpha1/namespaces/shop/krateoplatformops/krateo";
      const { metadata, spec } = changed();
      const objects = holding({ [path]: { metadata, spec } });
      await withApiServer(
        (method, at) =>
          at === objectsPath ? { status: 403, body: { message: "forbidden" } } : objects(method, at),
        async ({ kubeconfig }) => {
          const { code, printed } = await run("--kubeconfig", kubeconfig, "--namespace", "shop");
          assert.equal(code, 0);
          assert.match(printed, /^Krateo 2\.7\.0, shop\/krateo in /);
          const all = await run("--kubeconfig", kubeconfig);
          assert.match(all.noted, /may not list krateoplatformops/);
        },
      );
    });

    it("takes namespace and kubeconfig from the stack's configuration", async () => {
      await withApiServer(
        holding({ [objectsPath]: list(changed(), unchanged("ingress", "other")) }),
        async ({ server }) => {
          file("kubeconfig", kubeconfigOf("shop", server));
          file("Pulumi.live.yaml", "config:\n  krateo:namespace: other\n  krateo:kubeconfig: kubeconfig\n");
          const { printed } = await run("--stack", "live");
          assert.match(printed, /^Krateo 2\.7\.0, other\/krateo in /);
        },
      );
    });

    it("says that the cluster cannot be reached", async () => {
      const kubeconfig = file("kubeconfig", kubeconfigOf("shop", await nobodyThere()));
      const { code, noted } = await run("--kubeconfig", kubeconfig);
      assert.equal(code, 3);
      assert.match(noted, /^the cluster at https:.* \(context shop\) cannot be reached: connection refused$/);
    });
  });
});
