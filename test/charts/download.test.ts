import assert from "node:assert/strict";
import { stringify } from "yaml";
import { fetchCharts } from "../../charts/fetch.ts";
import { startProxy, type TestProxy } from "../network/proxies.ts";
import { archive, freshProject, options, problemsOf, server, step } from "./chart-project.ts";
import { startServer } from "./server.ts";

describe("fetching charts", () => {
  freshProject();

  describe("where an archive is", () => {
    describe("in a repository with a login in its URL", () => {
      const basic = `Basic ${Buffer.from("ann:pass word").toString("base64")}`;
      const withLogin = (url: string): string => url.replace("//", "//ann:pass%20word@");
      const authorizations = async (urls: (other: string) => string[], redirect = ""): Promise<unknown[]> => {
        const other = await startServer();
        const seen: unknown[] = [];
        const content =
          (name: string) =>
          ({ authorization }: NodeJS.Dict<string | string[]>) => {
            seen.push(`${name}: ${authorization === basic ? "login" : authorization}`);
            return archive("private");
          };
        const entries = { authn: [{ version: "1.0.0", urls: urls(other.url) }] };
        server.files.set("/charts/index.yaml", stringify({ entries }));
        server.files.set("/charts/a.tgz", content("same"));
        server.files.set("/elsewhere/a.tgz", content("same"));
        other.files.set("/a.tgz", content("other"));
        const location = redirect === "other" ? `${other.url}/a.tgz` : "/elsewhere/a.tgz";
        server.files.set("/charts/moved.tgz", () => ({ status: 302, headers: { location } }));
        try {
          await fetchCharts([step("authn", { url: withLogin(`${server.url}/charts`) })], options);
        } finally {
          await other.close();
        }
        return seen;
      };

      it("signs in at a relative address", async () => {
        assert.deepEqual(await authorizations(() => ["a.tgz"]), ["same: login"]);
      });
      it("signs in at an absolute address of the same scheme, host and port", async () => {
        assert.deepEqual(await authorizations(() => [`${server.url}/elsewhere/a.tgz`]), ["same: login"]);
      });
      it("shows the login to no other host or port", async () => {
        assert.deepEqual(await authorizations((other) => [`${other}/a.tgz`]), ["other: undefined"]);
      });
      it("takes it along in a redirect to the same host and port", async () => {
        assert.deepEqual(await authorizations(() => ["moved.tgz"], "same"), ["same: login"]);
      });
      it("leaves it behind in a redirect to another", async () => {
        assert.deepEqual(await authorizations(() => ["moved.tgz"], "other"), ["other: undefined"]);
      });
    });
  });

  describe("through a proxy", () => {
    const names = ["HTTPS_PROXY", "HTTP_PROXY", "NO_PROXY"].flatMap((name) => [name, name.toLowerCase()]);
    const own = names.map((name) => [name, process.env[name]] as const);
    let proxy: TestProxy;

    beforeEach(async () => {
      for (const name of names) delete process.env[name];
      proxy = await startProxy();
    });
    afterEach(async () => {
      await proxy.close();
      for (const [name, value] of own) {
        if (value === undefined) delete process.env[name];
        else process.env[name] = value;
      }
    });

    /** The proxy answers itself, with what is no index; nothing else knows that host. */
    const reasonAt = async (url: string): Promise<string> => {
      const [problem] = await problemsOf([step("authn", { url })]);
      return (problem?.what ?? "").replace(/^.* failed: /, "");
    };

    it("asks it for the repository, where the variable has no scheme as well", async () => {
      process.env["http_proxy"] = `127.0.0.1:${proxy.port}`;
      assert.match(await reasonAt("http://charts.example.org/a"), /no map `entries`/);
      assert.deepEqual(proxy.asked, ["GET http://charts.example.org/a/index.yaml"]);
    });

    it("passes it by for what NO_PROXY lists, networks included", async () => {
      process.env["HTTP_PROXY"] = `http://127.0.0.1:${proxy.port}`;
      process.env["NO_PROXY"] = "192.0.2.0/24,198.51.100.7,.example.org";
      for (const url of ["http://charts.example.org/a", `${server.url}/charts`]) await reasonAt(url);
      assert.deepEqual(proxy.asked, []);
      await reasonAt("http://203.0.113.1/a");
      assert.deepEqual(proxy.asked, ["GET http://203.0.113.1/a/index.yaml"]);
    });

    it("names it, without its login, when it is away or refuses", async () => {
      process.env["HTTPS_PROXY"] = "http://ann:secret@127.0.0.1:1";
      const named = "through the proxy http://127.0.0.1";
      assert.equal(
        await reasonAt("https://charts.example.org/a"),
        `the server cannot be reached: connection refused, ${named}:1 (HTTPS_PROXY)`,
      );
      const strict = await startProxy({ login: "ann:secret" });
      process.env["HTTPS_PROXY"] = `http://127.0.0.1:${strict.port}`;
      const reason = await reasonAt("https://charts.example.org/a");
      await strict.close();
      assert.match(reason, /^the server cannot be reached: the proxy wants a login \(407\)/);
      assert.ok(reason.endsWith(`${named}:${strict.port} (HTTPS_PROXY)`), reason);
    });

    it("says in a sentence that the variable names none", async () => {
      process.env["HTTPS_PROXY"] = "ftp://ann:secret@proxy";
      const [problem, ...others] = await problemsOf([
        step("authn", { url: "https://charts.example.org/a" }),
        step("snowplow", { url: "https://charts.example.org/b" }),
      ]);
      assert.equal(problem?.what, "the variable HTTPS_PROXY of the environment names no proxy");
      assert.deepEqual(others, []);
      assert.doesNotMatch(JSON.stringify(problem), /secret/);
    });
  });
});
