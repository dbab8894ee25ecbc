import assert from "node:assert/strict";
import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { credentials, type ServiceError } from "@grpc/grpc-js";
import { ResourceProviderClient } from "@pulumi/pulumi/proto/provider_grpc_pb.js";
import provider from "@pulumi/pulumi/proto/provider_pb.js";
import struct from "google-protobuf/google/protobuf/struct_pb.js";
import { writePluginLauncher } from "../../rehearsal/toolchain/layout.ts";

const root = join(import.meta.dirname, "..", "..");
const urn = "urn:pulumi:s::p::kubernetes:krateo.io/v1:Installation::snapshot";
const written = (value: object) => struct.Struct.fromJavaScript(value as never);
const inputs = (...args: unknown[]) => ({ kind: "Installation", metadata: { name: "x" }, spec: { args } });

/** A plugin that knows no nulls, as the one of 4.25: it drops them, and finds a change in everything. */
const older = `
import { main } from ${JSON.stringify(import.meta.resolve("@pulumi/pulumi/provider/server.js"))};
const dropped = (value) =>
  Array.isArray(value) ? value.filter((one) => one !== null).map(dropped)
  : typeof value !== "object" ? value
  : Object.fromEntries(Object.entries(value).filter(([, one]) => one !== null).map(([key, one]) => [key, dropped(one)]));
await main({
  version: "4.25.0",
  async check(_urn, _olds, news) { return { inputs: dropped(news) }; },
  async diff() { return { changes: true }; },
  async update(_id, _urn, _olds, news) { return { outs: { ...dropped(news), __inputs: dropped(news) } }; },
}, process.argv.slice(2));
`;

describe("the stand-in for the Kubernetes provider of 4.34, in front of an older plugin,", () => {
  let folder: string;
  let child: ChildProcess;
  let client: ResourceProviderClient;
  let printed = "";

  before(async () => {
    folder = await mkdtemp(join(tmpdir(), "krateo-plugin-"));
    await writeFile(join(folder, "older.mjs"), older);
    await writePluginLauncher(join(folder, "older"), join(folder, "older.mjs"));
    const plugin = join(root, "rehearsal", "plugins", "resource-kubernetes.ts");
    await writePluginLauncher(join(folder, "newer"), plugin, join(folder, "older"));
    child = spawn(join(folder, "newer"), ["127.0.0.1:1"], { stdio: ["ignore", "pipe", "pipe"] });
    child.stderr?.on("data", (text) => (printed += text));
    const lines = createInterface({ input: child.stdout as NodeJS.ReadableStream });
    const [port] = await once(lines, "line");
    client = new ResourceProviderClient(`127.0.0.1:${port}`, credentials.createInsecure());
  });

  after(async () => {
    client.close();
    child.kill();
    await rm(folder, { recursive: true });
  });

  const diff = (before: object, after: object) => {
    const request = new provider.DiffRequest();
    request.setUrn(urn);
    request.setOlds(written({ ...before, __inputs: before }));
    request.setNews(written(after));
    return new Promise<{ error: ServiceError | null; changes?: number }>((resolve) => {
      client.diff(request, (error, answer) => resolve({ error, changes: answer?.getChanges() }));
    });
  };

  it("keeps the nulls of inputs and state", async () => {
    const given = inputs({ a: 1, b: null });
    const check = new provider.CheckRequest();
    check.setUrn(urn);
    check.setOlds(written({}));
    check.setNews(written(given));
    const checked = await new Promise((resolve, reject) => {
      client.check(check, (error, answer) =>
        error ? reject(error) : resolve(answer.getInputs()?.toJavaScript()),
      );
    });
    assert.deepEqual(checked, given);
    const update = new provider.UpdateRequest();
    update.setUrn(urn);
    update.setOlds(written({}));
    update.setNews(written(given));
    const updated = await new Promise((resolve, reject) => {
      client.update(update, (error, answer) =>
        error ? reject(error) : resolve(answer.getProperties()?.toJavaScript()),
      );
    });
    assert.deepEqual(updated, { ...given, __inputs: given });
  });

  it("passes on what 4.34 can compare", async () => {
    const { error, changes } = await diff(inputs({ a: 1, b: null }), inputs({ a: 2 }));
    assert.equal(error, null);
    assert.equal(changes, provider.DiffResponse.DiffChanges.DIFF_SOME);
  });

  it("ends, as 4.34 does, where it cannot", async () => {
    const ended = once(child, "close");
    const { error } = await diff(inputs({ a: 1, b: null }), inputs({ a: 2, b: null }));
    assert.ok(error);
    assert.deepEqual(await ended, [2, null]);
    assert.match(printed, /^panic: fatal: An assertion has failed: path: \[spec args 0 b\] {2}\|/m);
  });
});
