/** Opens web sockets to the API server with the connection's proxy and credentials. */
import { KubeConfig } from "@kubernetes/client-node/dist/config.js";
import type { Connection } from "../client/connection.ts";
import { transportOf } from "../client/transport.ts";

/** Lets the client library open web sockets in the way that requests go: same proxy, authorities and credentials. */
export class SocketConfig extends KubeConfig {
  readonly #connection: Connection;

  constructor(connection: Connection) {
    super();
    this.#connection = connection;
  }

  override getCurrentCluster(): ReturnType<KubeConfig["getCurrentCluster"]> {
    return { name: this.#connection.context, server: this.#connection.server, skipTLSVerify: false };
  }

  override async applyToHTTPSOptions(options: object): Promise<void> {
    const { transport } = await transportOf(this.#connection);
    Object.assign(options, transport);
  }
}
