import assert from "node:assert/strict";
import { ConfigurationError } from "../../model/problem.ts";
import { describeProxy, proxyFor } from "../../network/proxy.ts";

/** URL, environment, and the proxy that golang.org/x/net/http/httpproxy 0.56.0 chose for them; empty: none. */
const recorded: readonly [string, NodeJS.ProcessEnv, string][] = [
  ["https://api.example.org:6443", { HTTPS_PROXY: "http://p:3128" }, "http://p:3128"],
  ["https://api.example.org:6443", { https_proxy: "http://p:3128" }, "http://p:3128"],
  [
    "https://api.example.org:6443",
    { HTTPS_PROXY: "http://upper:1", https_proxy: "http://lower:1" },
    "http://upper:1",
  ],
  ["https://api.example.org:6443", { HTTP_PROXY: "http://p:3128" }, ""],
  ["http://api.example.org:8080", { HTTP_PROXY: "http://p:3128" }, "http://p:3128"],
  ["http://api.example.org:8080", { HTTPS_PROXY: "http://p:3128" }, ""],
  ["https://api.example.org", { ALL_PROXY: "http://p:3128" }, ""],
  ["https://api.example.org", { HTTPS_PROXY: "p:3128" }, "http://p:3128"],
  ["https://api.example.org", { HTTPS_PROXY: "10.1.1.1:3128" }, "http://10.1.1.1:3128"],
  ["https://api.example.org", { HTTPS_PROXY: "p" }, "http://p"],
  ["https://api.example.org", { HTTPS_PROXY: "user:secret@p:3128" }, "http://user:secret@p:3128"],
  ["https://api.example.org", { HTTPS_PROXY: "socks5://p:1080" }, "socks5://p:1080"],
  ["https://api.example.org", { HTTPS_PROXY: "" }, ""],
  ["https://localhost:6443", { HTTPS_PROXY: "http://p:3128" }, ""],
  ["https://127.0.0.1:6443", { HTTPS_PROXY: "http://p:3128" }, ""],
  ["https://127.8.8.8:6443", { HTTPS_PROXY: "http://p:3128" }, ""],
  ["https://[::1]:6443", { HTTPS_PROXY: "http://p:3128" }, ""],
  ["https://10.1.2.3:6443", { HTTPS_PROXY: "http://p:3128", NO_PROXY: "10.0.0.0/8" }, ""],
  ["https://10.1.2.3:6443", { HTTPS_PROXY: "http://p:3128", no_proxy: "10.0.0.0/8" }, ""],
  ["https://11.1.2.3:6443", { HTTPS_PROXY: "http://p:3128", NO_PROXY: "10.0.0.0/8" }, "http://p:3128"],
  ["https://10.1.2.3:6443", { HTTPS_PROXY: "http://p:3128", NO_PROXY: "10.1.2.3" }, ""],
  ["https://10.1.2.3:6443", { HTTPS_PROXY: "http://p:3128", NO_PROXY: "10.1.2.3:6443" }, ""],
  ["https://10.1.2.3:6443", { HTTPS_PROXY: "http://p:3128", NO_PROXY: "10.1.2.3:443" }, "http://p:3128"],
  ["https://10.1.2.3:6443", { HTTPS_PROXY: "http://p:3128", NO_PROXY: "10.0.0.0/33" }, "http://p:3128"],
  ["https://10.1.2.3:6443", { HTTPS_PROXY: "http://p:3128", NO_PROXY: ".2.3" }, "http://p:3128"],
  ["https://[fd00::5]:6443", { HTTPS_PROXY: "http://p:3128", NO_PROXY: "fd00::/8" }, ""],
  ["https://[fd00::5]:6443", { HTTPS_PROXY: "http://p:3128", NO_PROXY: "fd00::5" }, ""],
  ["https://[fd00::5]:6443", { HTTPS_PROXY: "http://p:3128", NO_PROXY: "[fd00::5]:6443" }, ""],
  ["https://[fd00::5]:6443", { HTTPS_PROXY: "http://p:3128", NO_PROXY: "[fd00::5]:443" }, "http://p:3128"],
  ["https://[fd00::5]:6443", { HTTPS_PROXY: "http://p:3128", NO_PROXY: "[fd00::5]" }, "http://p:3128"],
  ["https://[::ffff:10.0.0.1]:6443", { HTTPS_PROXY: "http://p:3128", NO_PROXY: "10.0.0.0/8" }, ""],
  ["https://api.example.org:6443", { HTTPS_PROXY: "http://p:3128", NO_PROXY: "example.org" }, ""],
  ["https://example.org:6443", { HTTPS_PROXY: "http://p:3128", NO_PROXY: "example.org" }, ""],
  ["https://example.org:6443", { HTTPS_PROXY: "http://p:3128", NO_PROXY: ".example.org" }, "http://p:3128"],
  ["https://api.example.org:6443", { HTTPS_PROXY: "http://p:3128", NO_PROXY: ".example.org" }, ""],
  ["https://api.example.org:6443", { HTTPS_PROXY: "http://p:3128", NO_PROXY: "*.example.org" }, ""],
  ["https://example.org:6443", { HTTPS_PROXY: "http://p:3128", NO_PROXY: "*.example.org" }, "http://p:3128"],
  ["https://apiexample.org:6443", { HTTPS_PROXY: "http://p:3128", NO_PROXY: "example.org" }, "http://p:3128"],
  ["https://API.Example.ORG:6443", { HTTPS_PROXY: "http://p:3128", NO_PROXY: "EXAMPLE.org" }, ""],
  ["https://api.example.org:6443", { HTTPS_PROXY: "http://p:3128", NO_PROXY: "example.org:6443" }, ""],
  [
    "https://api.example.org:6443",
    { HTTPS_PROXY: "http://p:3128", NO_PROXY: "example.org:443" },
    "http://p:3128",
  ],
  ["https://api.example.org", { HTTPS_PROXY: "http://p:3128", NO_PROXY: "example.org:443" }, ""],
  ["https://api.example.org:6443", { HTTPS_PROXY: "http://p:3128", NO_PROXY: "other.org, *" }, ""],
  [
    "https://api.example.org:6443",
    { HTTPS_PROXY: "http://p:3128", NO_PROXY: " other.org , example.org " },
    "",
  ],
  [
    "https://api.example.org:6443",
    { HTTPS_PROXY: "http://p:3128", NO_PROXY: "other.org example.org" },
    "http://p:3128",
  ],
  ["https://api.example.org:6443", { HTTPS_PROXY: "http://p:3128", NO_PROXY: ":6443,," }, "http://p:3128"],
  [
    "https://api.example.org:6443",
    { HTTPS_PROXY: "http://p:3128", NO_PROXY: "https://api.example.org" },
    "http://p:3128",
  ],
  [
    "https://api.example.org:6443",
    { HTTPS_PROXY: "http://p:3128", NO_PROXY: "other.org", no_proxy: "example.org" },
    "http://p:3128",
  ],
  ["https://bücher.example:6443", { HTTPS_PROXY: "http://p:3128", NO_PROXY: "bücher.example" }, ""],
  [
    "https://api.svc.cluster.local:6443",
    { HTTPS_PROXY: "http://p:3128", NO_PROXY: ".svc,.cluster.local" },
    "",
  ],
];

describe("the proxy for a URL", () => {
  for (const [target, env, expected] of recorded) {
    it(`${target} with ${JSON.stringify(env)} is ${expected || "none"}`, () => {
      assert.equal(proxyFor(new URL(target), env)?.url.href.replace(/\/$/, "") ?? "", expected);
    });
  }

  it("is named without its login", () => {
    const proxy = proxyFor(new URL("https://api.example.org"), {
      https_proxy: "http://jane:secret@proxy:3128",
    });
    assert.equal(proxy && describeProxy(proxy), "the proxy http://proxy:3128 (https_proxy)");
  });

  for (const value of ["http://[bad", "ftp://proxy:21", "http://proxy:port", "http://jane:100%@proxy:3128"]) {
    it(`is refused in a sentence for ${value}, which is not shown`, () => {
      const choose = () => proxyFor(new URL("https://api.example.org"), { HTTPS_PROXY: value });
      assert.throws(choose, (error) => {
        assert.ok(error instanceof ConfigurationError);
        assert.equal(error.problems[0]?.what, "the variable HTTPS_PROXY of the environment names no proxy");
        assert.ok(!error.message.includes(value));
        return true;
      });
      assert.equal(proxyFor(new URL("https://localhost"), { HTTPS_PROXY: value }), undefined);
    });
  }
});
