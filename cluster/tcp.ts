import { connect } from "node:net";

/**
 * Whether something accepts a TCP connection.
 *
 * @param timeoutSeconds default 3
 * @returns undefined when it does, else why not, in a few words
 */
export async function tcpTrouble(
  host: string,
  port: number,
  timeoutSeconds = 3,
): Promise<string | undefined> {
  return await new Promise((resolve) => {
    const socket = connect({ host, port, timeout: timeoutSeconds * 1000 });
    const end = (trouble?: string): void => {
      socket.destroy();
      resolve(trouble);
    };
    socket.on("connect", () => end());
    socket.on("timeout", () => end(`no answer within ${timeoutSeconds} s`));
    socket.on("error", (error: NodeJS.ErrnoException) => end(wordsFor[error.code ?? ""] ?? error.message));
  });
}

const wordsFor: Readonly<Record<string, string>> = {
  ECONNREFUSED: "the connection is refused",
  ENOTFOUND: "the name does not resolve",
  EAI_AGAIN: "the name cannot be resolved at present",
  EHOSTUNREACH: "there is no way to that address",
  ENETUNREACH: "there is no way to that network",
};
