import assert from "node:assert/strict";
import { execFileSync, spawnSync } from "node:child_process";
import {
  chmodSync,
  cpSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  rmSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { releaseFileNames } from "../../configuration/versions/stored-version.ts";
import { releaseTypes } from "../../model/settings.ts";

const root = join(import.meta.dirname, "..", "..");

/** Folders and files of the project that no pod needs. */
const notNeeded =
  /^(test|rehearsal|docs|\.ci|gitops\/(?!image\/))|^(README\.md|biome\.json|\.gitignore|Pulumi\.\w+\.yaml)$/;

describe("what the image's script takes of a project", () => {
  let folder: string;
  let source: string;
  let target: string;
  const tracked = execFileSync("git", ["ls-files"], { cwd: root, encoding: "utf8" })
    .split("\n")
    .filter((path) => path !== "" && existsSync(join(root, path)) && !/^(test|rehearsal)\//.test(path));

  const plant = (path: string): void => {
    mkdirSync(dirname(join(source, path)), { recursive: true });
    writeFileSync(join(source, path), "planted\n");
  };

  /** Runs the script up to its first use of npm, which ends here: what is copied is there by then. */
  function copied(): string[] {
    const programs = join(folder, "bin");
    mkdirSync(programs);
    writeFileSync(join(programs, "npm"), "#!/bin/sh\necho the copy is made\nexit 9\n");
    chmodSync(join(programs, "npm"), 0o755);
    const done = spawnSync("sh", [join(source, "gitops/image/build.sh"), source, target], {
      env: { PATH: `${programs}:${process.env["PATH"]}` },
      encoding: "utf8",
    });
    assert.match(done.stdout, /the copy is made/, done.stderr);
    return readdirSync(target, { recursive: true, withFileTypes: true })
      .filter((entry) => entry.isFile())
      .map((entry) => join(entry.parentPath, entry.name).slice(target.length + 1))
      .toSorted();
  }

  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), "krateo-image-"));
    [source, target] = [join(folder, "source"), join(folder, "target")];
    for (const path of tracked) cpSync(join(root, path), join(source, path));
  });
  afterEach(() => rmSync(folder, { recursive: true, force: true }));

  it("is the program and the user's documents, and neither backups, kubeconfigs nor logins", () => {
    const documents = [
      "krateo-overrides.yaml",
      "krateo-overrides.ours.yaml",
      "krateo.yaml",
      ...releaseTypes.flatMap((type) => releaseFileNames(type).filter((name) => name !== "krateo.yaml")),
      "krateo.lock",
      "versions/3.1.0/krateo.ingress.yaml",
    ];
    const secret = [
      "krateo-2.7.0-backup-1/secrets.yaml",
      ".krateo-2.7.0-backup-1/secrets.yaml",
      "paris.kubeconfig",
      "kubeconfig",
      ".env",
      ".kube/config",
      "preview.txt",
      "preview.md",
      "Pulumi.paris.yaml",
      "gitops/kubeconfig",
    ];
    for (const path of [...documents, ...secret]) plant(path);
    const expected = [...tracked.filter((path) => !notNeeded.test(path)), ...documents].toSorted();
    assert.deepEqual(copied(), expected);
  });
});
