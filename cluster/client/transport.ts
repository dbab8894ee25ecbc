/** Makes the TLS and proxy settings of a connection. */
import type { Agent } from "node:http";
import { createSecureContext } from "node:tls";
import { ConfigurationError } from "../../model/problem.ts";
import { agentFor } from "../../network/agent.ts";
import { trustMachine } from "../../network/authorities.ts";
import type { TlsOptions } from "../../network/exchange.ts";
import { firstLine } from "./api-errors.ts";
import type { Connection } from "./connection.ts";
import { type Credentials, contentOf, credentialsOf, impersonationHeaders } from "./credentials.ts";

/** How one request or web socket gets to the API server, and as whom. */
export interface Transport extends TlsOptions {
  readonly agent: Agent;
  readonly headers: Readonly<Record<string, string | string[]>>;
}

/** One connection pool per cluster: each request would make a TLS handshake of its own. */
const agents = new WeakMap<Connection, Agent>();

/** @throws ConfigurationError when there are no credentials, or when they or the certificate authority are broken */
export async function transportOf(
  connection: Connection,
): Promise<{ transport: Transport; credentials: Credentials }> {
  const { cluster, server, proxy, user } = connection;
  const credentials = await credentialsOf(connection);
  const ca = contentOf(cluster["certificate-authority"], cluster["certificate-authority-data"]);
  const insecure = cluster["insecure-skip-tls-verify"] === true;
  if (!ca && !insecure && server.startsWith("https:")) trustMachine();
  const { cert, key, authorization } = credentials;
  const tls = { ...(ca && { ca }), ...(cert && { cert, key }) };
  const agent = agents.get(connection) ?? agentFor(new URL(server), proxy, ca);
  if (!agents.has(connection)) checkMaterial(connection, tls);
  agents.set(connection, agent);
  const transport = {
    agent,
    ...tls,
    ...(cluster["tls-server-name"] && { servername: cluster["tls-server-name"] }),
    ...(insecure && { rejectUnauthorized: false }),
    headers: {
      ...(authorization && { Authorization: authorization }),
      ...impersonationHeaders(user),
    },
  };
  return { transport, credentials };
}

/** The library would say so for each connection, in words of its own. */
function checkMaterial({ context, kubeconfig }: Connection, tls: TlsOptions): void {
  const problem = (what: string): Error => new ConfigurationError([{ what, file: kubeconfig }]);
  if (tls.ca && !String(tls.ca).includes("-----BEGIN"))
    throw problem(`the certificate authority of context ${context} is not a certificate in PEM form`);
  try {
    createSecureContext(tls);
  } catch (error) {
    throw problem(
      `the certificate authority, or the certificate with its key, of context ${context} cannot be used: ${firstLine(error)}`,
    );
  }
}
