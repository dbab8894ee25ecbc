/**
 * Stand-in for pulumi-language-nodejs, for machines that can reach package registries only: the engine asks
 * it to run the program, and it starts node on the SDK's own runner.
 */
import { type ChildProcess, spawn } from "node:child_process";
import { createRequire } from "node:module";
import {
  Server,
  ServerCredentials,
  type ServerUnaryCall,
  type ServerWritableStream,
  type sendUnaryData,
} from "@grpc/grpc-js";
import { LanguageRuntimeService } from "@pulumi/pulumi/proto/language_grpc_pb.js";
import language, {
  type InstallDependenciesRequest,
  type InstallDependenciesResponse,
  type RunRequest,
  type RunResponse,
} from "@pulumi/pulumi/proto/language_pb.js";
import plugin from "@pulumi/pulumi/proto/plugin_pb.js";
import empty from "google-protobuf/google/protobuf/empty_pb.js";
import { pulumiVersion } from "../toolchain/recipes.ts";
import { EngineLog } from "./engine-log.ts";
import { exitWithParent } from "./parent.ts";

/** The SDK's runner exits with this code when it has already told the user what is wrong. */
const alreadyReported = 32;

/** Larger than gRPC's own limit: the configuration travels in one message. */
const messageLimit = 1024 * 1024 * 400;

/** What Pulumi.yaml says under `nodeargs`: arguments of Node's own, split at blanks as the real host does. */
export function nodeArguments(request: RunRequest): string[] {
  const options = request.getInfo()?.getOptions()?.toJavaScript() as { nodeargs?: string } | undefined;
  return (options?.nodeargs ?? "").split(" ").filter((word) => word !== "");
}

/** The command line and environment that the SDK's runner takes a request from. */
export function runnerInvocation(
  request: RunRequest,
  engine: string,
): { args: string[]; env: Record<string, string> } {
  const info = request.getInfo();
  const flags: Record<string, string> = {
    monitor: request.getMonitorAddress(),
    engine,
    organization: request.getOrganization(),
    project: request.getProject(),
    stack: request.getStack(),
    "root-directory": info?.getRootDirectory() ?? "",
    pwd: request.getPwd(),
    parallel: String(request.getParallel()),
  };
  const args = Object.entries(flags)
    .filter(([, value]) => value !== "")
    .map(([name, value]) => `--${name}=${value}`);
  if (request.getDryrun()) args.push("--dry-run");
  args.push(info?.getEntryPoint() || request.getProgram() || ".", ...request.getArgsList());
  return {
    args,
    env: {
      PULUMI_CONFIG: JSON.stringify(Object.fromEntries(request.getConfigMap().entries())),
      PULUMI_CONFIG_SECRET_KEYS: JSON.stringify(request.getConfigsecretkeysList()),
      // Node strips the types itself.
      PULUMI_NODEJS_TYPESCRIPT: "false",
    },
  };
}

function serve(engineAddress: string): void {
  const running = new Set<ChildProcess>();
  const log = new EngineLog([engineAddress]);

  const run = async (call: ServerUnaryCall<RunRequest, RunResponse>, respond: sendUnaryData<RunResponse>) => {
    await log.announceStandIn("pulumi-language-nodejs");
    const { args, env } = runnerInvocation(call.request, engineAddress);
    // The project's own SDK, which need not be the one beside this file.
    const project = createRequire(`${call.request.getPwd()}/package.json`);
    const runner = project.resolve("@pulumi/pulumi/cmd/run/index.js");
    const child = spawn(process.execPath, [...nodeArguments(call.request), runner, ...args], {
      cwd: call.request.getPwd(),
      env: { ...process.env, ...env },
      // The engine shows what a language host prints as the program's own output.
      stdio: ["ignore", "inherit", "inherit"],
    });
    running.add(child);
    child.on("error", (error) => respond(error));
    child.on("close", (code, signal) => {
      running.delete(child);
      const response = new language.RunResponse();
      if (code === alreadyReported) response.setBail(true);
      else if (code !== 0) {
        response.setError(
          `Program exited with ${signal ? `signal ${signal}` : `non-zero exit code: ${code}`}`,
        );
      }
      respond(null, response);
    });
  };

  const server = new Server({
    "grpc.max_receive_message_length": messageLimit,
    "grpc.max_send_message_length": messageLimit,
  });
  server.addService(LanguageRuntimeService, {
    handshake: answer(() => new language.LanguageHandshakeResponse()),
    getPluginInfo: answer(() => {
      const info = new plugin.PluginInfo();
      info.setVersion(pulumiVersion);
      return info;
    }),
    getRequiredPlugins: answer(() => new language.GetRequiredPluginsResponse()),
    getRequiredPackages: answer(() => new language.GetRequiredPackagesResponse()),
    installDependencies: (
      call: ServerWritableStream<InstallDependenciesRequest, InstallDependenciesResponse>,
    ) => install(call, running),
    run,
    cancel: answer(() => {
      for (const child of running) child.kill("SIGTERM");
      return new empty.Empty();
    }),
  });
  server.bindAsync("127.0.0.1:0", ServerCredentials.createInsecure(), (error, port) => {
    if (error) throw error;
    // The engine reads the port from the first line.
    process.stdout.write(`${port}\n`);
  });
}

/** `pulumi install`: the command that the real host runs in the project's folder, and what it prints. */
function install(
  call: ServerWritableStream<InstallDependenciesRequest, InstallDependenciesResponse>,
  running: Set<ChildProcess>,
): void {
  const info = call.request.getInfo();
  const cwd = info?.getProgramDirectory();
  const child = spawn("npm", ["install", "--loglevel=error"], { cwd, stdio: ["ignore", "pipe", "pipe"] });
  running.add(child);
  const pass = (data: Buffer) => {
    const response = new language.InstallDependenciesResponse();
    response.setStdout(data);
    call.write(response);
  };
  child.stdout.on("data", pass);
  child.stderr.on("data", pass);
  child.on("error", (error) => call.destroy(error));
  child.on("close", (code) => {
    running.delete(child);
    if (code === 0) call.end();
    else call.destroy(new Error(`npm install ended with exit code ${code}`));
  });
}

/** A call that is answered at once, whatever it asks. */
function answer<T>(make: () => T) {
  return (_call: unknown, respond: sendUnaryData<T>) => respond(null, make());
}

if (import.meta.main) {
  exitWithParent();
  serve(process.argv.at(-1) ?? "");
}
