/**
 * Stand-in for pulumi-resource-kubernetes 4.34 in tests: the plugin of 4.25, which the package registries allow to
 * build, with what 4.34 does differently in front of it, as far as this program meets it.
 *
 * - Nulls stay in inputs and state, and comparing them may end the plugin (null-comparison.ts).
 * - An object that exists is not taken over by creating it.
 *
 * What it does not do: no null reaches Helm or the API server, which the older plugin still keeps them from.
 *
 * Started as `node resource-kubernetes.ts PLUGIN ADDRESS-OF-THE-ENGINE`.
 */
import { spawn } from "node:child_process";
import { createInterface } from "node:readline";
import {
  Client,
  credentials,
  type Metadata,
  Server,
  ServerCredentials,
  type ServerUnaryCall,
  type sendUnaryData,
  status,
} from "@grpc/grpc-js";
import { ResourceProviderService } from "@pulumi/pulumi/proto/provider_grpc_pb.js";
import provider from "@pulumi/pulumi/proto/provider_pb.js";
import struct from "google-protobuf/google/protobuf/struct_pb.js";
import { connect } from "../../cluster/client/connection.ts";
import { readObject } from "../../cluster/client/read-object.ts";
import { objectPanic, releasePanic, withNullsOf } from "./null-comparison.ts";
import { exitWithParent } from "./parent.ts";
import { type Properties, reveal } from "./property-values.ts";

/** Larger than gRPC's own limit: a state may be. */
const limits = {
  "grpc.max_receive_message_length": 400 << 20,
  "grpc.max_send_message_length": 400 << 20,
};

type Struct = { toJavaScript(): Properties } | undefined;
const read = (given: Struct): Properties => given?.toJavaScript() ?? {};
const written = (value: unknown) => struct.Struct.fromJavaScript(value as never);

const isRelease = (urn: string): boolean => urn.includes("kubernetes:helm.sh/v3:Release::");

/** Ends the plugin as a panic does when 4.34 could not compare these. */
function assertComparable(request: InstanceType<typeof provider.DiffRequest>): void {
  const { __inputs, ...old } = reveal(read(request.getOlds())) as Properties;
  const oldInputs = (__inputs ?? {}) as Properties;
  const newInputs = reveal(read(request.getNews())) as Properties;
  const compare = isRelease(request.getUrn()) ? releasePanic : objectPanic;
  const place = compare({ old, oldInputs, newInputs });
  if (place === undefined) return;
  process.stderr.write(`panic: fatal: An assertion has failed: ${place}\n`);
  process.exit(2);
}

/** The state with the nulls that it was made from, in its own record of the inputs too. */
function stateWithNulls(inputs: Properties, state: Properties): Properties {
  const restored = withNullsOf(inputs, state) as Properties;
  const { __inputs } = state;
  if (typeof __inputs !== "object" || __inputs === null) return restored;
  const marked = __inputs as Properties;
  // A release's are marked secret, an object's are not.
  const record =
    "value" in marked && Object.keys(marked).length === 2
      ? { ...marked, value: withNullsOf(inputs, marked["value"]) }
      : withNullsOf(inputs, marked);
  return { ...restored, __inputs: record };
}

let kubeconfig: string | undefined;

/** Why 4.34 does not create an object: it is there. Earlier ones took it over without a word. */
async function existing(request: InstanceType<typeof provider.CreateRequest>): Promise<string | undefined> {
  const urn = request.getUrn();
  if (request.getPreview() || isRelease(urn)) return undefined;
  const { apiVersion, kind, metadata } = reveal(read(request.getProperties())) as Properties;
  const { name, namespace } = metadata as { name: string; namespace?: string };
  const reference = { apiVersion: String(apiVersion), kind: String(kind), name, namespace };
  const found = await readObject(connect({ kubeconfig }), reference);
  return (
    found &&
    `resource "${urn}" was not successfully created by the Kubernetes API server: "${name}" already exists`
  );
}

/** What 4.34 does beside forwarding, by the call's name. */
const differences: Readonly<Record<string, (request: Buffer, forward: Forward) => Promise<Buffer>>> = {
  configure: async (request, forward) => {
    const variables = provider.ConfigureRequest.deserializeBinary(request).getVariablesMap();
    kubeconfig = variables.get("kubernetes:config:kubeconfig");
    return await forward(request);
  },
  check: async (request, forward) => {
    const given = read(provider.CheckRequest.deserializeBinary(request).getNews());
    const response = provider.CheckResponse.deserializeBinary(await forward(request));
    response.setInputs(written(withNullsOf(given, read(response.getInputs()))));
    return Buffer.from(response.serializeBinary());
  },
  diff: async (request, forward) => {
    assertComparable(provider.DiffRequest.deserializeBinary(request));
    return await forward(request);
  },
  create: async (request, forward) => {
    const asked = provider.CreateRequest.deserializeBinary(request);
    const refusal = await existing(asked);
    if (refusal) throw Object.assign(new Error(refusal), { code: status.UNKNOWN, details: refusal });
    const response = provider.CreateResponse.deserializeBinary(await forward(request));
    response.setProperties(
      written(stateWithNulls(read(asked.getProperties()), read(response.getProperties()))),
    );
    return Buffer.from(response.serializeBinary());
  },
  update: async (request, forward) => {
    const given = read(provider.UpdateRequest.deserializeBinary(request).getNews());
    const response = provider.UpdateResponse.deserializeBinary(await forward(request));
    response.setProperties(written(stateWithNulls(given, read(response.getProperties()))));
    return Buffer.from(response.serializeBinary());
  },
  read: async (request, forward) => {
    const inputs = read(provider.ReadRequest.deserializeBinary(request).getInputs());
    const response = provider.ReadResponse.deserializeBinary(await forward(request));
    if (response.getId() === "") return Buffer.from(response.serializeBinary());
    response.setInputs(written(withNullsOf(inputs, read(response.getInputs()))));
    response.setProperties(written(stateWithNulls(inputs, read(response.getProperties()))));
    return Buffer.from(response.serializeBinary());
  },
};

type Forward = (request: Buffer) => Promise<Buffer>;

/** Starts the plugin of 4.25; resolves with the port that it serves on. */
async function startPlugin(plugin: string, args: readonly string[]): Promise<string> {
  const child = spawn(plugin, [...args], { stdio: ["ignore", "pipe", "inherit"] });
  child.on("close", (code) => process.exit(code ?? 1));
  process.on("exit", () => child.kill());
  for await (const line of createInterface({ input: child.stdout })) return line.trim();
  throw new Error(`${plugin} printed no port`);
}

async function serve(plugin: string, args: readonly string[]): Promise<void> {
  const port = await startPlugin(plugin, args);
  const client = new Client(`127.0.0.1:${port}`, credentials.createInsecure(), limits);
  const same = (bytes: Buffer): Buffer => bytes;
  const unary = Object.entries(ResourceProviderService).filter(([, { responseStream }]) => !responseStream);
  const service = Object.fromEntries(
    unary.map(([name, { path }]) => [
      name,
      {
        path,
        requestStream: false,
        responseStream: false,
        requestSerialize: same,
        requestDeserialize: same,
        responseSerialize: same,
        responseDeserialize: same,
      } as const,
    ]),
  );
  const forwardTo =
    (path: string, metadata: Metadata): Forward =>
    (request) =>
      new Promise((resolve, reject) => {
        client.makeUnaryRequest(path, same, same, request, metadata, {}, (error, answer) => {
          if (error) reject(error);
          else resolve(answer as Buffer);
        });
      });
  const handlers = Object.fromEntries(
    unary.map(([name, { path }]) => [
      name,
      (call: ServerUnaryCall<Buffer, Buffer>, respond: sendUnaryData<Buffer>) => {
        const forward = forwardTo(path, call.metadata);
        const answer = differences[name]?.(call.request, forward) ?? forward(call.request);
        answer.then(
          (bytes) => respond(null, bytes),
          (error) => respond(error),
        );
      },
    ]),
  );
  const server = new Server(limits);
  server.addService(service, handlers);
  server.bindAsync("127.0.0.1:0", ServerCredentials.createInsecure(), (error, own) => {
    if (error) throw error;
    // The engine reads the port from the first line.
    process.stdout.write(`${own}\n`);
  });
}

if (import.meta.main) {
  exitWithParent();
  const [plugin = "", ...args] = process.argv.slice(2);
  await serve(plugin, args);
}
