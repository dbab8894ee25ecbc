import assert from "node:assert/strict";
import { chmod, mkdir, readFile, rm, writeFile } from "node:fs/promises";
import { delimiter, join } from "node:path";
import { stringify } from "yaml";
import { fetchCharts } from "../../charts/fetch.ts";
import { Logins } from "../../charts/logins.ts";
import { archive, folder, freshProject, options, problemsOf, server, sha256, step } from "./chart-project.ts";
import { startServer } from "./server.ts";

const ann = { username: "ann", password: "pass:word" };
const encoded = Buffer.from("ann:pass:word").toString("base64");
const host = "registry.example.org";

describe("logins for charts", () => {
  freshProject();
  const variables = [
    "DOCKER_CONFIG",
    "HELM_CONFIG_HOME",
    "HELM_REGISTRY_CONFIG",
    "HELM_REPOSITORY_CONFIG",
    "PATH",
  ];
  const before = new Map<string, string | undefined>();

  beforeEach(async () => {
    for (const name of variables) {
      before.set(name, process.env[name]);
      if (name !== "PATH") delete process.env[name];
    }
    process.env["DOCKER_CONFIG"] = join(folder, "docker");
    process.env["HELM_CONFIG_HOME"] = join(folder, "helm");
    await mkdir(join(folder, "docker"));
    await mkdir(join(folder, "helm", "registry"), { recursive: true });
  });
  afterEach(() => {
    for (const [name, value] of before) {
      if (value === undefined) delete process.env[name];
      else process.env[name] = value;
    }
  });

  const docker = (config: object) => writeFile(join(folder, "docker", "config.json"), JSON.stringify(config));
  const helm = (config: object) =>
    writeFile(join(folder, "helm", "registry", "config.json"), JSON.stringify(config));
  const repositories = (list: object[]) =>
    writeFile(join(folder, "helm", "repositories.yaml"), stringify({ apiVersion: "", repositories: list }));
  const helper = async (name: string, script: string) => {
    const file = join(folder, `docker-credential-${name}`);
    await writeFile(file, `#!/bin/sh\n${script}\n`);
    await chmod(file, 0o755);
    process.env["PATH"] = `${folder}${delimiter}${process.env["PATH"]}`;
  };

  describe("of a registry", () => {
    it("are the stack's first, then helm's, then docker's", async () => {
      const entry = (user: string) => ({
        auths: { [host]: { auth: Buffer.from(`${user}:x`).toString("base64") } },
      });
      await docker(entry("of-docker"));
      assert.deepEqual(await new Logins().forRegistry(host), { username: "of-docker", password: "x" });
      await helm(entry("of-helm"));
      assert.deepEqual(await new Logins().forRegistry(host), { username: "of-helm", password: "x" });
      assert.deepEqual(await new Logins({ [host]: ann }).forRegistry(host), ann);
      assert.equal(await new Logins({ [host]: ann }).forRegistry("other.example.org"), undefined);
    });

    it("are not what stands for an encrypted value", async () => {
      const masked = { [host]: { username: "ann", password: "[secret]" } };
      assert.equal(await new Logins(masked).forRegistry(host), undefined);
    });

    for (const name of [`https://${host}`, `https://${host}/v2/`, host]) {
      it(`are found under ${name}`, async () => {
        await docker({ auths: { [name]: { auth: encoded } } });
        assert.deepEqual(await new Logins().forRegistry(host), ann);
      });
    }

    it("are found under Docker Hub's own name", async () => {
      await docker({ auths: { "https://index.docker.io/v1/": { auth: encoded } } });
      assert.deepEqual(await new Logins().forRegistry("registry-1.docker.io"), ann);
    });

    it("may be an identity token", async () => {
      await docker({ auths: { [host]: { auth: encoded, identitytoken: "long" } } });
      assert.deepEqual(await new Logins().forRegistry(host), { identityToken: "long" });
    });

    it("come from the helper for the host, which is told the host and asked once", async () => {
      const asked = join(folder, "asked");
      await helper(
        "mine",
        `read -r host; echo "$host" >> ${asked}; echo '{"ServerURL":"","Username":"ann","Secret":"pass:word"}'`,
      );
      await docker({ credHelpers: { [host]: "mine" }, auths: { [host]: {} } });
      const logins = new Logins();
      assert.deepEqual(await Promise.all([logins.forRegistry(host), logins.forRegistry(host)]), [ann, ann]);
      assert.equal(await readFile(asked, "utf8"), `${host}\n`);
    });

    it("come from the helper for all hosts, as a token", async () => {
      await helper("all", `echo '{"Username":"<token>","Secret":"long"}'`);
      await docker({ credsStore: "all" });
      assert.deepEqual(await new Logins().forRegistry(host), { identityToken: "long" });
    });

    it("are none where the helper knows none", async () => {
      await helper("all", "echo credentials not found in native keychain; exit 1");
      await docker({ credsStore: "all" });
      assert.equal(await new Logins().forRegistry(host), undefined);
    });

    for (const [what, script, reason] of [
      [
        "fails",
        "echo locked; exit 3",
        /^docker-credential-all, which .*config\.json names for registry\.example\.org, ended with 3$/,
      ],
      [
        "answers with something else",
        'echo \'{"Password": "pass"}\'',
        /does not answer as a credential helper$/,
      ],
      ["is not there", undefined, /is not on the PATH$/],
    ] as const) {
      it(`name the helper when it ${what}, and show nothing of its answer`, async () => {
        if (script !== undefined) await helper("all", script);
        await docker({ credsStore: "all" });
        await assert.rejects(new Logins().forRegistry(host), (error: Error) => {
          assert.match(error.message, reason);
          assert.doesNotMatch(error.message, /pass\b|locked/);
          return true;
        });
      });
    }

    it("name a file that is none, and show nothing of it", async () => {
      await writeFile(join(folder, "docker", "config.json"), '{"auths": {"x": {"auth": "hush"');
      await assert.rejects(new Logins().forRegistry(host), (error: Error) => {
        assert.match(error.message, /the logins in .*config\.json cannot be read: /);
        assert.doesNotMatch(error.message, /hush/);
        return true;
      });
    });
  });

  describe("of a repository", () => {
    const charts = `https://${host}/team/charts`;

    it("are the stack's for the host, else helm's for the nearest repository", async () => {
      await repositories([
        { name: "all", url: `https://${host}`, username: "all", password: "x" },
        { name: "team", url: `${charts}/`, ...ann },
        { name: "near", url: `https://${host}/team/charts-of-others`, username: "near", password: "x" },
      ]);
      assert.deepEqual(await new Logins().forRepository(`${charts}/index.yaml`), ann);
      assert.deepEqual(await new Logins().forRepository(`https://${host}/other`), {
        username: "all",
        password: "x",
      });
      assert.equal(await new Logins().forRepository("https://elsewhere.example.org"), undefined);
      const own = { username: "own", password: "y" };
      assert.deepEqual(await new Logins({ [host]: own }).forRepository(charts), own);
    });

    it("open the index and the archives, and the chart is stored", async () => {
      const { host: here } = new URL(server.url);
      const guarded = (answer: string | Buffer) => (headers: NodeJS.Dict<string | string[]>) =>
        headers["authorization"] === `Basic ${encoded}` ? answer : { status: 401 };
      const entries = { authn: [{ version: "1.0.0", urls: ["authn-1.0.0.tgz"] }] };
      server.files.set("/charts/index.yaml", guarded(stringify({ entries })));
      server.files.set("/charts/authn-1.0.0.tgz", guarded(archive("private")));
      const logins = { [here]: ann };
      assert.equal((await fetchCharts([step("authn")], { ...options, logins })).size, 1);
    });

    it("go to no place without TLS that only the index names", async () => {
      const other = await startServer();
      const told: unknown[] = [];
      other.files.set("/authn-1.0.0.tgz", ({ authorization }) => {
        told.push(authorization);
        return archive("public");
      });
      const entries = { authn: [{ version: "1.0.0", urls: [`${other.url}/authn-1.0.0.tgz`] }] };
      server.files.set("/charts/index.yaml", stringify({ entries }));
      const logins = Object.fromEntries([server, other].map(({ url }) => [new URL(url).host, ann]));
      await fetchCharts([step("authn")], { ...options, logins });
      await other.close();
      assert.deepEqual(told, [undefined]);
    });

    it("are advised where the server refuses, by helm and for the stack", async () => {
      server.files.set("/charts/index.yaml", { status: 401 });
      const { host: here } = new URL(server.url);
      const [problem] = await problemsOf([step("authn")]);
      assert.equal(
        problem?.next,
        `log in with: helm repo add NAME ${server.url}/charts --username USER; or pulumi config set --path 'krateo:registries["${here}"].username' USER, and pulumi config set --secret --path 'krateo:registries["${here}"].password'`,
      );
      const wrong = await problemsOf([step("authn")], { ...options, logins: { [here]: ann } });
      assert.match(
        wrong[0]?.next ?? "",
        /^correct the stack's login for 127\.0\.0\.1:\d+: pulumi config set /,
      );
      const masked = { [here]: { username: "ann", password: "[secret]" } };
      const unreadable = await problemsOf([step("authn")], { ...options, logins: masked });
      assert.match(unreadable[0]?.next ?? "", /^only pulumi preview and up can read the encrypted login/);
    });
  });

  describe("at an OCI registry", () => {
    const content = archive("from a registry");
    const digest = `sha256:${sha256(content)}`;
    const mediaType = "application/vnd.cncf.helm.chart.content.v1.tar+gzip";
    const chart = () =>
      step("web", { kind: "oci", version: "1.0.0", url: `${server.url.replace("http:", "oci:")}/team/web` });
    const logins = () => ({ [new URL(server.url).host]: ann });

    /** A registry that gives its chart to whoever shows this header, and answers others with a challenge. */
    const guard = (wanted: string, challenge: string) => {
      const guarded = (answer: string | Buffer) => (headers: NodeJS.Dict<string | string[]>) =>
        headers["authorization"] === wanted
          ? answer
          : { status: 401, headers: { "www-authenticate": challenge } };
      server.files.set(
        "/v2/team/web/manifests/1.0.0",
        guarded(JSON.stringify({ layers: [{ mediaType, digest }] })),
      );
      server.files.set(`/v2/team/web/blobs/${digest}`, guarded(content));
    };
    const bearer = () => `Bearer realm="${server.url}/token",service="reg",scope="repository:team/web:pull"`;
    const token = "/token?service=reg&scope=repository%3Ateam%2Fweb%3Apull";

    it("get a token", async () => {
      guard("Bearer t", bearer());
      server.files.set(token, ({ authorization }) =>
        authorization === `Basic ${encoded}` ? '{"token": "t"}' : { status: 401 },
      );
      assert.equal((await fetchCharts([chart()], { ...options, logins: logins() })).size, 1);
    });

    it("are told to a registry that asks for them itself", async () => {
      guard(`Basic ${encoded}`, 'Basic realm="reg"');
      assert.equal((await fetchCharts([chart()], { ...options, logins: logins() })).size, 1);
    });

    it("exchange an identity token by a form", async () => {
      guard("Bearer t", bearer());
      await docker({ auths: { [new URL(server.url).host]: { identitytoken: "long" } } });
      server.files.set("/token", '{"access_token": "t"}');
      assert.equal((await fetchCharts([chart()], options)).size, 1);
      assert.ok(server.requests.includes("POST /token"), server.requests.join());
    });

    it("stay out of the way of what is public: one that is out of date, or a helper that is not there", async () => {
      guard("Bearer anyone", bearer());
      server.files.set(token, ({ authorization }) =>
        authorization === undefined ? '{"token": "anyone"}' : { status: 401 },
      );
      assert.equal((await fetchCharts([chart()], { ...options, logins: logins() })).size, 1);
      await rm(join(folder, ".charts"), { recursive: true });
      await rm(join(folder, "shared"), { recursive: true });
      await docker({ credsStore: "nobody" });
      assert.equal((await fetchCharts([chart()], options)).size, 1);
    });

    it("go as a form to no other place that the token service sends it to", async () => {
      guard("Bearer t", bearer());
      await docker({ auths: { [new URL(server.url).host]: { identitytoken: "long" } } });
      server.files.set("/token", { status: 302, headers: { location: `${server.url}/elsewhere` } });
      server.files.set("/elsewhere", '{"access_token": "t"}');
      await problemsOf([chart()], options);
      assert.ok(!server.requests.some((request) => request.includes("/elsewhere")), server.requests.join());
    });

    it("are advised where none is known, and where the token service refuses one", async () => {
      guard("Bearer t", bearer());
      server.files.set(token, { status: 401 });
      const { host: here } = new URL(server.url);
      const [unknown] = await problemsOf([chart()]);
      assert.match(unknown?.next ?? "", new RegExp(`^log in with: helm registry login ${here}; or `));
      const [wrong] = await problemsOf([chart()], { ...options, logins: logins() });
      assert.match(wrong?.next ?? "", new RegExp(`^correct the stack's login for ${here}: `));
      assert.doesNotMatch(JSON.stringify([unknown, wrong]), /pass:word/);
    });

    it("are not asked for, where a registry gives to everybody", async () => {
      server.files.set("/v2/team/web/manifests/1.0.0", JSON.stringify({ layers: [{ mediaType, digest }] }));
      server.files.set(`/v2/team/web/blobs/${digest}`, content);
      await docker({ credsStore: "nobody" });
      assert.equal((await fetchCharts([chart()], options)).size, 1);
    });
  });
});
