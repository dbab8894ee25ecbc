/**
 * Stand-in for the program in a pod, at the end of a port-forward: KWOK starts it for each connection, which is its
 * stdin and stdout. It answers every request with its port and the request's path, as JSON.
 */
import { createServer } from "node:http";
import type { Socket } from "node:net";
import { Duplex } from "node:stream";

const port = Number(process.argv[2]);
const server = createServer((request, response) => {
  response.setHeader("content-type", "application/json");
  response.end(JSON.stringify({ standIn: true, port, path: request.url }));
});
const connection = Duplex.from({ readable: process.stdin, writable: process.stdout });
// An http server takes any stream for a connection; only the types ask for a socket.
server.emit("connection", connection as unknown as Socket);
