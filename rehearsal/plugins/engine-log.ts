import { credentials } from "@grpc/grpc-js";
import { EngineClient } from "@pulumi/pulumi/proto/engine_grpc_pb.js";
import engine from "@pulumi/pulumi/proto/engine_pb.js";

/** Writes to the log of the engine that started this plugin. */
export class EngineLog {
  private readonly client: EngineClient | undefined;
  private readonly announced = new Set<string>();

  /** @param args the plugin's command line; the engine puts its address last */
  constructor(args: readonly string[]) {
    const address = args.findLast((argument) => !argument.startsWith("-"));
    this.client = address ? new EngineClient(address, credentials.createInsecure()) : undefined;
  }

  /** A progress line beside the resource; it replaces the one before and is not kept. */
  async progress(urn: string, message: string): Promise<void> {
    await this.send(message, urn, true);
  }

  /** Says once per run that a stand-in works in the place of the named program. */
  async announceStandIn(program: string): Promise<void> {
    if (this.announced.has(program)) return;
    this.announced.add(program);
    await this.send(`rehearsal stand-in for ${program}`, "", false);
  }

  private send(message: string, urn: string, ephemeral: boolean): Promise<void> {
    const { client } = this;
    if (!client) return Promise.resolve();
    const request = new engine.LogRequest();
    request.setSeverity(engine.LogSeverity.INFO);
    request.setMessage(message);
    request.setUrn(urn);
    request.setEphemeral(ephemeral);
    // A lost log line must not fail the operation that it tells of.
    return new Promise((resolve) => client.log(request, () => resolve()));
  }
}
