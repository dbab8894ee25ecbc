import assert from "node:assert/strict";
import { chmodSync, existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { parse } from "yaml";
import { encodeRelease } from "../../../cluster/client/helm-release.ts";
import { krateoctlDocument } from "../../../migration/krateoctl-document.ts";
import type { JsonObject } from "../../../model/settings.ts";
import { holding, kubeconfigOf, nobodyThere, withApiServer } from "../../cluster/api-server.ts";
import { krateo, type Run, withProject } from "../../commands/session.ts";
import { type GivenObject, read, set, unchanged } from "../objects.ts";

const legacy = join(import.meta.dirname, "../../golden/legacy");
const objectsPath = "/apis/krateo.io/v1alpha1/krateoplatformops";

describe("krateo migrate", () => {
  let directory: string;
  let remove: () => void;
  const environment = ["PULUMI_STACK", "KRATEO_CONFIG_FILE", "KRATEO_CLUSTER_UID", "KUBECONFIG"];
  const before = environment.map((name) => [name, process.env[name]] as const);

  beforeEach(() => {
    for (const name of environment) delete process.env[name];
    ({ directory, remove } = withProject({}));
  });

  afterEach(() => {
    chmodSync(directory, 0o755);
    remove();
    for (const [name, value] of before) {
      if (value === undefined) delete process.env[name];
      else process.env[name] = value;
    }
  });

  const run = (...words: string[]): Promise<Run> => krateo(directory, "migrate", ...words);
  const file = (name: string, content: unknown): string => {
    const path = join(directory, name);
    writeFileSync(path, typeof content === "string" ? content : JSON.stringify(content));
    return path;
  };
  const refused = async (pattern: RegExp, ...words: string[]) => {
    const { code, printed, noted } = await run(...words);
    assert.deepEqual([code, printed], [1, ""], noted);
    assert.match(noted, pattern);
    assert.doesNotMatch(noted, /\n {4}at |GOLDEN/);
    assert.ok(!existsSync(join(directory, "krateo-overrides.yaml")));
  };

  it("shows examples and exit codes in its help", async () => {
    const { code, printed } = await run("--help");
    assert.equal(code, 0);
    assert.match(printed, /\nExamples:\n {2}npx krateo migrate --namespace krateo-system\n/);
    assert.match(printed, /\nExit codes: 0 /);
  });

  describe("from a file", () => {
    it("shows what becomes of each change, the stack configuration and that nothing was written", async () => {
      const object = set(unchanged("nodeport", "shop"), "install-authn", {
        "image.repository": "r.example.org/authn",
        "image.tag": "1",
        "env.API_TOKEN": "GOLDEN",
      });
      const { code, printed, noted } = await run("--from", file("old.json", object), "--stack", "live");
      assert.deepEqual([code, noted], [0, ""]);
      assert.deepEqual(printed.split("\n"), [
        `Krateo 2.7.0, shop/krateo in ${join(directory, "old.json")}, type nodeport`,
        "",
        " STEP           KEY               YOURS                2.7.0 DEFAULT                    WHAT HAPPENS",
        " install-authn  image.repository  r.example.org/authn  ghcr.io/krateoplatformops/authn  carried",
        " install-authn  image.tag         1                    (none)                           NOT CARRIED: 3.0.0 owns the versions, and this chart comes with the image that it was made for",
        " install-authn  env.API_TOKEN     [secret]             (none)                           carried by the stack's encrypted configuration",
        "",
        "3 changes: 2 carried, 0 by the stack configuration, 0 are so in 3.0.0 already, 1 not carried",
        "stack configuration:",
        "  npx pulumi config set krateo:type nodeport --stack live",
        "  npx pulumi config set krateo:namespace shop --stack live",
        `  npx pulumi config set --secret --path 'krateo:set["components.backend.stepConfig.install-authn.helmValues.env.API_TOKEN"]' --stack live    # asks for the value of install-authn, set env.API_TOKEN`,
        "to know:",
        "  You take images from a registry of your own. Charts that are new in 3.0.0 take theirs from public ones until you set image.repository for them, too: cloudnative-pg, cluster, deviser, resources-ingester, resources-presenter, events-ingester, events-presenter.",
        "nothing was written: --write writes krateo-overrides.yaml",
      ]);
      assert.deepEqual(readdirSync(directory), ["old.json"]);
    });

    for (const type of ["nodeport", "loadbalancer", "ingress"]) {
      it(`writes overrides and document of the golden object ${type}, and no secret (finding 3)`, async () => {
        const from = join(legacy, `${type}.yaml`);
        const { code, printed, noted } = await run("--from", from, "--write", "--document");
        assert.equal(code, 0, noted);
        const written = [join(directory, "krateo-overrides.yaml"), join(directory, `krateo.${type}.yaml`)];
        assert.ok(printed.endsWith(`written: ${written.join(", ")}`), printed.slice(-300));
        assert.deepEqual(readdirSync(directory).sort(), ["krateo-overrides.yaml", `krateo.${type}.yaml`]);
        const texts = written.map((name) => readFileSync(name, "utf8"));
        assert.doesNotMatch(`${texts.join("")}${printed}`, /GOLDEN/);
        const [overrides = "", document = ""] = texts;
        assert.ok(Object.keys(parse(overrides).components).length > 2);
        assert.ok(parse(document).steps.length > 20);
        for (const line of overrides
          .split("\n")
          .filter((text) => /^ +\S+: \S/.test(text) && !text.includes("- "))) {
          if (/^ +(tolerationSeconds|path|pathType|hosts|size):/.test(line)) continue;
          assert.match(line, / # [\w-]+: (set|with\.|the step)/, line);
        }
      });
    }

    it("writes nothing where there is nothing to override", async () => {
      const { code, printed } = await run("--from", file("old.json", unchanged()), "--write");
      assert.equal(code, 0);
      assert.match(printed, /\nnothing in it differs from 2\.7\.0's defaults\n/);
      assert.match(printed, /\nnothing to write: no overrides are needed$/);
      assert.deepEqual(readdirSync(directory), ["old.json"]);
    });

    it("replaces no file without --force, and then writes none of them", async () => {
      const from = join(legacy, "nodeport.yaml");
      file("krateo.nodeport.yaml", "mine");
      const { code, noted } = await run("--from", from, "--write", "--document");
      assert.equal(code, 1);
      assert.match(
        noted,
        /^1 problem:\n1\. the file exists, and nothing was written\n {3}where: .*krateo\.nodeport\.yaml\n/,
      );
      assert.deepEqual(readdirSync(directory), ["krateo.nodeport.yaml"]);
      assert.equal((await run("--from", from, "--write", "--document", "--force")).code, 0);
      assert.match(
        readFileSync(join(directory, "krateo.nodeport.yaml"), "utf8"),
        /^# Krateo PlatformOps 3\.0\.0/,
      );
    });

    it("writes elsewhere with --output, into a folder that it makes", async () => {
      const output = join(directory, "new", "overrides.yaml");
      const { code } = await run("--from", join(legacy, "ingress.yaml"), "--write", "--output", output);
      assert.equal(code, 0);
      assert.match(readFileSync(output, "utf8"), /^# What krateo-system\/krateo/);
    });

    it("says when it cannot write, and leaves nothing half-written", async () => {
      const from = join(legacy, "ingress.yaml");
      mkdirSync(join(directory, "folder"));
      const words = ["--from", from, "--write", "--force", "--output", join(directory, "folder")];
      const { code, noted } = await run(...words);
      assert.equal(code, 1);
      assert.match(noted, /^1 problem:\n1\. the file cannot be written: E/);
      assert.deepEqual(readdirSync(directory), ["folder"]);
      file("plain", "x");
      await refused(
        /the file cannot be written: E/,
        "--from",
        from,
        "--write",
        "--output",
        join(directory, "plain", "x.yaml"),
      );
    });

    it("gives all of it to scripts", async () => {
      const { printed } = await run("--from", join(legacy, "nodeport.yaml"), "--json");
      const { object, type, changes, stackConfiguration, overrides, written } = JSON.parse(printed);
      assert.deepEqual(
        [object.name, object.namespace, type, written],
        ["krateo", "krateo-system", "nodeport", []],
      );
      assert.deepEqual(Object.keys(changes[0]), [
        "step",
        "key",
        "yours",
        "default",
        "origin",
        "outcome",
        "what",
      ]);
      assert.deepEqual([...new Set(changes.map((change: { outcome: string }) => change.outcome))].sort(), [
        "carried",
        "configured",
        "not carried",
        "same",
      ]);
      assert.deepEqual(stackConfiguration.slice(0, 3), [
        { key: "krateo:type", value: "nodeport", command: "npx pulumi config set krateo:type nodeport" },
        {
          key: "krateo:nodePorts.events-presenter",
          value: "31083",
          command: "npx pulumi config set --path krateo:nodePorts.events-presenter 31083",
        },
        {
          key: "krateo:nodeAddress",
          value: "192.0.2.7",
          command: "npx pulumi config set krateo:nodeAddress 192.0.2.7",
        },
      ]);
      assert.ok(parse(overrides).components.finops.enabled === false);
      assert.doesNotMatch(printed, /GOLDEN/);
    });

    it("takes another type when it is told to", async () => {
      const { printed } = await run("--from", file("old.json", unchanged()), "--type", "ingress");
      assert.match(printed, /, type ingress\n/);
    });

    it("says when another type fits as well", async () => {
      const object = unchanged();
      object.spec.steps = object.spec.steps.filter(({ id }) => id === "install-opa");
      const { printed } = await run("--from", file("old.json", object));
      assert.match(printed, /, type nodeport, which fits as well as ingress \(--type\)\n/);
    });

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

    it("prints the document that upstream's CLI would make, without secrets", async () => {
      const { code, printed, noted } = await run(
        "--from",
        join(legacy, "nodeport.yaml"),
        "--format",
        "krateoctl",
      );
      assert.equal(code, 0);
      assert.deepEqual(Object.keys(parse(printed)), ["componentsDefinition", "steps"]);
      assert.doesNotMatch(printed, /GOLDEN/);
      assert.deepEqual(noted.split("\n"), [
        "left out: step create-jwt-sign-key: its Secret stays in the cluster as it is",
        "left out: step install-authn: values.env.OIDC_SECRET, a secret",
        "left out: step shop-login: its Secret stays in the cluster as it is",
        "type nodeport; the document is still Krateo 2.7.0's",
      ]);
    });

    it("writes it to krateo.yaml, once", async () => {
      const words = ["--from", join(legacy, "nodeport.yaml"), "--format", "krateoctl", "--write"];
      const { code, printed } = await run(...words);
      assert.deepEqual([code, printed], [0, ""]);
      assert.ok(parse(readFileSync(join(directory, "krateo.yaml"), "utf8")).steps.length > 10);
      await refused(/the file exists, and nothing was written/, ...words);
    });

    it("refuses an object of another version, by its charts", async () => {
      const object = unchanged();
      for (const step of object.spec.steps) if (step.type === "chart") step.with["version"] = "0.1.0";
      const from = file("old.json", object);
      await refused(
        /the object is not of Krateo 2\.7\.0: 19 of 19 charts have other versions than there\n {3}where: {3}.*old\.json\n {3}given: {3}authn 0\.1\.0 \(0\.22\.2\), snowplow 0\.1\.0 \(0\.20\.5\), eventrouter 0\.1\.0 \(0\.6\.5\), …\n {3}allowed: 2\.7\.0\n {3}next: {4}first upgrade it to 2\.7\.0: helm upgrade/,
        "--from",
        from,
      );
      await refused(/the object is not of Krateo 2\.7\.0/, "--from", from, "--format", "krateoctl");
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

    for (const [words, message] of [
      [["--document"], "--document says how files are written, and without --write none is"],
      [["--force"], "--force says how files are written"],
      [["--output", "x"], "--output says how files are written"],
      [["--format", "krateoctl", "--json"], "--json has no place beside it"],
    ] as const) {
      it(`refuses ${words.join(" ")}`, () =>
        refused(new RegExp(message), "--from", join(legacy, "nodeport.yaml"), ...words));
    }
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
      await refused(
        /^the cluster at https:.* \(context shop\) cannot be reached: connection refused$/,
        "--kubeconfig",
        kubeconfig,
      );
    });
  });
});
