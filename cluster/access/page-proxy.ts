/** Serves the page on this machine with a changed config.json. */
import { createServer, type IncomingMessage, request, type ServerResponse } from "node:http";
import { pageService } from "../../configuration/exposure/exposed-services.ts";
import { type LocalPort, listen } from "./port-forward.ts";

/**
 * Serves the frontend's page as it is, but for `config.json`, in which it replaces the URLs of other services by those
 * on this machine: a page that was installed for other addresses then works from here.
 *
 * @param port Where to listen on 127.0.0.1.
 * @param upstreamPort Port of 127.0.0.1 that leads to the frontend.
 * @param rewrites URL by key of config.json's `api`.
 * @throws ConfigurationError when the port is taken
 */
export async function serveRewrittenPage(
  port: number,
  upstreamPort: number,
  rewrites: Readonly<Record<string, string>>,
): Promise<LocalPort> {
  const server = createServer((incoming, outgoing) => {
    const rewritten = new URL(incoming.url ?? "/", "http://127.0.0.1").pathname.endsWith("/config.json");
    const headers = { ...incoming.headers };
    // The configuration is needed as text, and always whole.
    if (rewritten)
      for (const name of ["accept-encoding", "if-none-match", "if-modified-since", "range"])
        delete headers[name];
    const { method, url: path } = incoming;
    const forwarded = request({ host: "127.0.0.1", port: upstreamPort, method, path, headers, agent: false });
    forwarded.on("response", (answer) => {
      if (rewritten && answer.statusCode === 200) void rewrite(answer, outgoing, rewrites);
      else {
        outgoing.writeHead(answer.statusCode ?? 502, answer.headers);
        answer.pipe(outgoing);
      }
    });
    forwarded.on("error", (error) => {
      if (!outgoing.headersSent) outgoing.writeHead(502, { "content-type": "text/plain" });
      outgoing.end(`the frontend does not answer: ${error.message}\n`);
    });
    outgoing.on("close", () => forwarded.destroy());
    incoming.pipe(forwarded);
  });
  return await listen(server, port, pageService.name);
}

async function rewrite(
  answer: IncomingMessage,
  outgoing: ServerResponse,
  rewrites: Readonly<Record<string, string>>,
): Promise<void> {
  let text = "";
  try {
    for await (const chunk of answer.setEncoding("utf8")) text += chunk;
  } catch {
    outgoing.destroy();
    return;
  }
  const body = withUrls(text, rewrites);
  const headers = { ...answer.headers };
  for (const name of ["content-length", "transfer-encoding", "etag", "last-modified"]) delete headers[name];
  outgoing.writeHead(200, {
    ...headers,
    "cache-control": "no-store",
    "content-length": Buffer.byteLength(body),
  });
  outgoing.end(body);
}

/** A page's own route may end in the same name; what is no configuration stays as it is. */
function withUrls(text: string, rewrites: Readonly<Record<string, string>>): string {
  try {
    const config = JSON.parse(text) as { api?: object };
    if (!config.api) return text;
    return JSON.stringify({ ...config, api: { ...config.api, ...rewrites } });
  } catch {
    return text;
  }
}
