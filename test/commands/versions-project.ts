/** Projects that platform versions are added to. */
import { mkdirSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { create } from "tar";
import { krateo, type Run, withProject } from "./session.ts";

export const version = "3.1.0";

/** A correction of every type. */
export const id = "install-authn.values.env.AUTHN_DEBUG";

/** The project of the test that runs. */
export let directory: string;

/** Gives each test of the describe block that calls it an empty project. */
export function freshVersions(): void {
  let remove: () => void;
  beforeEach(() => {
    ({ directory, remove } = withProject({ "Pulumi.yaml": "name: krateo\nruntime: nodejs\n" }));
  });
  afterEach(() => remove());
}

/** Adds the version. */
export const add = (...words: string[]): Promise<Run> =>
  krateo(directory, "versions", "add", version, ...words);

/** Puts documents into a folder of the project. */
export function put(documents: Readonly<Record<string, string>>, folder = "upstream"): void {
  for (const [name, text] of Object.entries(documents)) {
    const file = join(directory, folder, name);
    mkdirSync(dirname(file), { recursive: true });
    writeFileSync(file, text);
  }
}

/** Documents as an archive of a tag has them. */
export function packed(documents: Readonly<Record<string, string>>, gzip = true): Buffer {
  put(documents, "packing/releases-3.1.0");
  const file = join(directory, "packing", "release.tar");
  create({ cwd: join(directory, "packing"), file, gzip, sync: true }, ["releases-3.1.0"]);
  return readFileSync(file);
}

export const lockText = (): string => readFileSync(join(directory, "krateo.lock"), "utf8");

/** All that the project has of versions. */
export const traces = (): string[] =>
  readdirSync(directory).filter((name) => name.startsWith("versions") || name.includes("krateo"));
