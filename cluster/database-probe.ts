/** Asks a PostgreSQL for TLS, without a login. */
import { connect } from "node:net";

/** What answers at an address: a PostgreSQL with or without TLS, or none, and why. */
export type DatabaseAnswer = "tls" | "clear" | { readonly fault: string };

/** PostgreSQL's request for TLS, the one question that it answers before anybody has logged in: length and code. */
const tlsRequest = Buffer.from([0, 0, 0, 8, 0x04, 0xd2, 0x16, 0x2f]);

const faults: Readonly<Record<string, string>> = {
  ECONNREFUSED: "connection refused",
  ENOTFOUND: "its host name is not known",
  EAI_AGAIN: "its host name cannot be looked up",
  EHOSTUNREACH: "no route to the host",
  ENETUNREACH: "no route to the network",
};

/** Asks a PostgreSQL, from this machine, whether it offers TLS. Sends no login. Never throws. */
export async function probeDatabase(
  { host, port }: { readonly host: string; readonly port: number },
  timeoutSeconds = 3,
): Promise<DatabaseAnswer> {
  const socket = connect({ host, port });
  try {
    return await new Promise<DatabaseAnswer>((resolve) => {
      const fail = (fault: string): void => resolve({ fault });
      // A socket's own time-out does not count the lookup of its host.
      setTimeout(() => fail(`no answer within ${timeoutSeconds} s`), timeoutSeconds * 1000).unref();
      socket.once("connect", () => socket.write(tlsRequest));
      socket.on("error", (error: NodeJS.ErrnoException) => fail(faults[error.code ?? ""] ?? error.message));
      socket.once("close", () => fail("the connection was closed"));
      socket.once("data", (answer) => {
        const letter = String.fromCharCode(answer[0] ?? 0);
        if (letter === "S") resolve("tls");
        else if (letter === "N") resolve("clear");
        else fail("the server there is not a PostgreSQL");
      });
    });
  } finally {
    socket.destroy();
  }
}
