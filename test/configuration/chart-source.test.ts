import assert from "node:assert/strict";
import { chartSource } from "../../configuration/chart-source.ts";

describe("a chart's source", () => {
  const host = "https://charts.example.org";
  const sound: [
    rule: string,
    given: [string, string, string],
    kind: string,
    name: string,
    version: string,
    url: string,
  ][] = [
    ["a repository", [host, "web", "1.2.3"], "repository", "web", "1.2.3", host],
    [
      "a repository with a path and a slash at the end",
      [`${host}/x/`, "web", "v1.2.3-rc.1+b"],
      "repository",
      "web",
      "v1.2.3-rc.1+b",
      `${host}/x`,
    ],
    [
      "an archive",
      [`${host}/my-web-1.2.3-rc.1.tgz`, "", ""],
      "archive",
      "my-web",
      "1.2.3-rc.1",
      `${host}/my-web-1.2.3-rc.1.tgz`,
    ],
    [
      "an archive without a version",
      [`${host}/web.tar.gz`, "x", "9"],
      "archive",
      "web",
      "",
      `${host}/web.tar.gz`,
    ],
    [
      "a registry with a chart below it",
      ["oci://r.example.org/charts", "web", "0.3.0"],
      "oci",
      "web",
      "0.3.0",
      "oci://r.example.org/charts/web",
    ],
    [
      "a registry's chart with a dash in its name",
      ["oci://r.example.org/my-chart", "", "0.3.0"],
      "oci",
      "my-chart",
      "0.3.0",
      "oci://r.example.org/my-chart",
    ],
    [
      "a registry's chart with its tag",
      ["oci://r.example.org:5000/c/web:0.3.0", "", ""],
      "oci",
      "web",
      "0.3.0",
      "oci://r.example.org:5000/c/web",
    ],
  ];
  for (const [rule, given, kind, name, version, url] of sound) {
    it(`may be ${rule}`, () =>
      assert.deepEqual(chartSource(...given), { source: { kind, name, version, url } }));
  }

  const faulty: [given: [string, string, string], field: string][] = [
    [["", "", ""], "url"],
    [["./charts/web", "web", "1.2.3"], "url"],
    [["example/web", "", "1.2.3"], "url"],
    [["git+https://h/r", "", "1.2.3"], "url"],
    [["oci://host", "", "1.2.3"], "url"],
    [["https://host:port/charts", "web", "1.2.3"], "url"],
    [["oci://host:99999/web", "", "1.2.3"], "url"],
    [[host, "", "1.2.3"], "repo"],
    [[host, "web", ""], "version"],
    [[host, "web", "^1.2.3"], "version"],
    [[host, "web", "1.2"], "version"],
    [["oci://host/web", "", "latest"], "version"],
    [["oci://host/web:latest", "", "1.2.3"], "version"],
  ];
  for (const [given, field] of faulty) {
    it(`is refused for its ${field}: ${JSON.stringify(given)}`, () => {
      const result = chartSource(...given);
      assert.equal("field" in result ? result.field : undefined, field);
    });
  }
});
