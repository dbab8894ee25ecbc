import assert from "node:assert/strict";
import type { Json } from "../../model/settings.ts";
import { lines, merge, settingsOf, stepOf, unchanged } from "./objects.ts";

describe("what a chart step says beside its values", () => {
  const rules: [field: string, value: Json, line: string][] = [
    ["version", "0.22.1", "left, 3.0.0 owns the versions: it installs authn 0.22.2"],
    [
      "repository",
      "https://c.example.org",
      'components.backend.stepConfig.install-authn.with.url = "https://c.example.org"',
    ],
    [
      "repository",
      "https://me:GOLDEN@c.example.org",
      "left, the address holds a password, which must not stand in a document in clear",
    ],
    ["repository", "./charts", "left, 3.0.0 fetches charts from https:// and oci:// addresses only"],
    ["waitTimeout", "30m", 'components.backend.stepConfig.install-authn.with.timeout = "30m"'],
    ["waitTimeout", "2m", "left, 3.0.0 waits longer: an upgrade may have images to pull"],
    ["waitTimeout", "300", 'left, it is not a duration with units such as "90s", "15m" or "1h30m"'],
    ["wait", false, "left, 3.0.0 waits until a chart is ready before it starts what needs it"],
    ["maxHistory", 3, "components.backend.stepConfig.install-authn.with.maxHistory = 3"],
    ["maxHistory", 0, "left, it is not a whole number from 1"],
    ["releaseName", "sso", "left, 3.0.0 installs release authn, after which its Services are named"],
    [
      "namespace",
      "other",
      "left, 3.0.0 installs authn in the installation's namespace, where the others look for it",
    ],
    ["insecureSkipTLSVerify", true, "left, charts are fetched over verified TLS only"],
    ["atomic", true, "left, 3.0.0 knows no atomic of a chart step"],
  ];
  for (const [field, value, line] of rules) {
    it(`${field} ${value}: ${line}`, async () => {
      const object = unchanged();
      stepOf(object, "install-authn").with[field] = value;
      assert.deepEqual(lines(object), [`install-authn ${field}: ${line}`]);
      await settingsOf(merge(object));
    });
  }
});
