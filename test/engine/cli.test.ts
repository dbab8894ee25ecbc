import assert from "node:assert/strict";
import { delimiter, join } from "node:path";
import { askPulumi } from "../../engine/cli.ts";
import { withProject } from "../commands/session.ts";

describe("Pulumi's command line", () => {
  const stub = (says: string) => `#!/bin/sh\necho ${says}\n`;
  const { PATH } = process.env;
  afterEach(() => {
    process.env["PATH"] = PATH;
  });

  for (const [what, own, expected] of [
    ["the project's", { "node_modules/.bin/pulumi": stub("project") }, "project"],
    ["the one on the PATH where the project has none, as in an image", {}, "path"],
  ] as const) {
    it(`is ${what}`, async () => {
      const { directory, remove } = withProject({ ...own, "image/.bin/pulumi": stub("path") });
      try {
        process.env["PATH"] = [join(directory, "image", ".bin"), PATH].join(delimiter);
        assert.equal(await askPulumi(["version"], directory), expected);
      } finally {
        remove();
      }
    });
  }
});
