/** Projects that fetch their charts from a server of their own. */

import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import { mkdtemp, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { gzipSync } from "node:zlib";
import { stringify } from "yaml";
import { type FetchOptions, fetchCharts } from "../../charts/fetch.ts";
import { ConfigurationError } from "../../model/problem.ts";
import type { ChartSource, ChartStep } from "../../model/settings.ts";
import { chartStep } from "../support/settings.ts";
import { startServer, type TestServer } from "./server.ts";

/** Stands for a chart archive; no test looks into it. */
export const archive = (text: string): Buffer => gzipSync(text);
export const sha256 = (content: Buffer): string => createHash("sha256").update(content).digest("hex");

/** The chart server of the test that runs. */
export let server: TestServer;
/** Its project. */
export let folder: string;
export let options: FetchOptions;

/** Gives each test of the describe block that calls it a server and a project, both empty. */
export function freshProject(): void {
  beforeEach(async () => {
    server = await startServer();
    folder = await mkdtemp(join(tmpdir(), "krateo-charts-"));
    options = { directory: folder, cache: join(folder, "shared") };
  });
  afterEach(async () => {
    await server.close();
    await rm(folder, { recursive: true });
  });
}

/** A step whose chart comes from the test's server. */
export const step = (name: string, given: Partial<ChartSource> = {}): ChartStep =>
  chartStep(`install-${name}`, {
    chart: { name, version: "1.0.0", kind: "repository", url: `${server.url}/charts`, ...given },
  });

/** Puts charts into the server's repository, each of version 1.0.0 and 0.9.0. */
export const publish = (
  names: readonly string[],
  entry: (content: Buffer, file: string) => object = wellKept,
): void => {
  const entries = Object.fromEntries(
    names.map((name) => {
      const versions = ["1.0.0", "0.9.0"].map((version) => {
        const content = archive(`${name} ${version}`);
        const file = `${name}-${version}.tgz`;
        server.files.set(`/charts/${file}`, content);
        return { version, ...entry(content, file) };
      });
      return [name, versions];
    }),
  );
  server.files.set("/charts/index.yaml", stringify({ apiVersion: "v1", entries }));
};

const wellKept = (content: Buffer, file: string) => ({ digest: sha256(content), urls: [file] });

/** A chart archive that the project keeps. */
export const stored = async (name: string): Promise<Buffer> => await readFile(join(folder, ".charts", name));

/** Why the charts cannot be fetched. */
export const problemsOf = async (steps: readonly ChartStep[], given: FetchOptions = options) => {
  const error = await fetchCharts(steps, given).then(
    () => assert.fail("it should have failed"),
    (error: unknown) => error,
  );
  assert.ok(error instanceof ConfigurationError, String(error));
  return error.problems;
};
