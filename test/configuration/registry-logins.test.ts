import assert from "node:assert/strict";
import { load, problemsOf } from "./project.ts";

const login = { username: "ann", password: "hunter2hunter2" };

describe("logins for registries", () => {
  it("are kept by host, and no document shows them", async () => {
    const registries = { "ghcr.io": login, "registry.example.org:5000": login };
    const settings = await load({}, { registries }, ["registries"]);
    assert.deepEqual(settings.charts, { logins: registries });
    const { charts: _, images: __, ...shown } = settings;
    assert.doesNotMatch(JSON.stringify(shown), /hunter2/);
  });

  const inClear = (host: string) => ({
    what: `the password for ${host} stands in clear in the stack's configuration`,
    file: "stack configuration",
    path: `krateo:registries.${host.replaceAll(".", "\\.")}.password`,
    next: `change it at the registry, because somebody may have seen it, and set it again: pulumi config set --secret --path 'krateo:registries["${host}"].password'`,
  });

  it("are refused with the password in clear, which is not shown", async () => {
    const problems = await problemsOf(load({}, { registries: { "ghcr.io": login, "quay.io": login } }));
    assert.deepEqual(problems, [inClear("ghcr.io"), inClear("quay.io")]);
  });

  for (const masked of ["username", "password"]) {
    it(`are refused by commands with one in clear beside an encrypted ${masked}`, async () => {
      const registries = { "ghcr.io": { ...login, [masked]: "[secret]" }, "quay.io": login };
      const problems = await problemsOf(load({}, { registries }, ["registries"]));
      const clear = masked === "username" ? ["ghcr.io", "quay.io"] : ["quay.io"];
      assert.deepEqual(problems, clear.map(inClear));
    });
  }

  const malformed: [unknown, RegExp][] = [
    [{ "https://ghcr.io": login }, /a map of hosts in small letters, such as registry\.example\.org:5000/],
    [{ "GHCR.io": login }, /a map of hosts in small letters/],
    [{ "ghcr.io/team": login }, /a map of hosts in small letters, such as registry\.example\.org:5000/],
    [{ "ghcr.io": { username: "ann" } }, /password is missing/],
    [{ "ghcr.io": { ...login, token: "x" } }, /unknown key ..token/],
    ["ghcr.io", /a map of hosts in small letters/],
  ];
  for (const [registries, said] of malformed) {
    it(`are refused as ${JSON.stringify(registries).replaceAll("hunter2", "")}`, async () => {
      const problems = await problemsOf(load({}, { registries }, ["registries"]));
      assert.equal(problems.length, 1);
      assert.match(JSON.stringify(problems), said);
      assert.doesNotMatch(JSON.stringify(problems), /hunter2/);
    });
  }
});
