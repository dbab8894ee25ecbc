/** A stand-in for S3: as much of it as Pulumi's backend asks for, with the objects in this process's memory. */
import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";

/** A bucket named `state`, from `open` to `close`. */
export class Bucket {
  /** Content by key. */
  readonly objects = new Map<string, Buffer>();
  private readonly server = createServer((request, response) => void this.answer(request, response));

  static async open(): Promise<Bucket> {
    const bucket = new Bucket();
    await new Promise<void>((resolve) => bucket.server.listen(0, "127.0.0.1", resolve));
    return bucket;
  }

  close(): void {
    this.server.closeAllConnections();
    this.server.close();
  }

  /** What a program needs to keep its state here. */
  get env(): NodeJS.ProcessEnv {
    const { port } = this.server.address() as AddressInfo;
    const query = `region=eu-west-1&endpoint=http://127.0.0.1:${port}&use_path_style=true`;
    return {
      PULUMI_BACKEND_URL: `s3://state?${query}`,
      AWS_ACCESS_KEY_ID: "of-the-test",
      AWS_SECRET_ACCESS_KEY: "of-the-test",
    };
  }

  private async answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const { pathname, searchParams } = new URL(request.url ?? "", "http://localhost");
    const key = keyIn(pathname);
    const content = this.objects.get(key);
    const body = Buffer.concat(await request.toArray());
    const xml = (text: string, status = 200): void => {
      response.writeHead(status, { "content-type": "application/xml" }).end(text);
    };
    if (key === "") return xml(this.list(searchParams.get("prefix") ?? "", searchParams.get("delimiter")));
    if (request.method === "PUT") {
      const source = request.headers["x-amz-copy-source"];
      const isChunked = `${request.headers["x-amz-content-sha256"]}`.startsWith("STREAMING");
      const copied =
        source === undefined ? undefined : this.objects.get(keyIn(`/${String(source).replace(/^\//, "")}`));
      this.objects.set(key, copied ?? (isChunked ? withoutChunks(body) : body));
      return xml(source === undefined ? "" : `<CopyObjectResult>${stamp}</CopyObjectResult>`);
    }
    if (request.method === "DELETE") {
      this.objects.delete(key);
      response.writeHead(204).end();
      return;
    }
    if (content === undefined) return xml("<Error><Code>NoSuchKey</Code></Error>", 404);
    const headers = {
      "content-length": content.length,
      "last-modified": new Date().toUTCString(),
      etag: '"e"',
    };
    response.writeHead(200, headers).end(request.method === "HEAD" ? undefined : content);
  }

  private list(prefix: string, delimiter: string | null): string {
    const folders = new Set<string>();
    const keys = [...this.objects.keys()].toSorted().filter((key) => {
      if (!key.startsWith(prefix)) return false;
      const end = delimiter ? key.indexOf(delimiter, prefix.length) : -1;
      if (end >= 0) folders.add(key.slice(0, end + 1));
      return end < 0;
    });
    const contents = keys.map((key) => {
      const size = this.objects.get(key)?.length;
      return `<Contents><Key>${key}</Key><Size>${size}</Size>${stamp}</Contents>`;
    });
    const prefixes = [...folders].map(
      (folder) => `<CommonPrefixes><Prefix>${folder}</Prefix></CommonPrefixes>`,
    );
    return `<ListBucketResult><IsTruncated>false</IsTruncated>${contents.join("")}${prefixes.join("")}</ListBucketResult>`;
  }
}

const stamp = '<LastModified>2026-01-01T00:00:00.000Z</LastModified><ETag>"e"</ETag>';

function keyIn(pathname: string): string {
  return decodeURIComponent(pathname).replace(/^\/state\/?/, "");
}

/** AWS's own framing: the length of a piece in hexadecimal, the piece, and so on up to one of length 0. */
function withoutChunks(body: Buffer): Buffer {
  const pieces: Buffer[] = [];
  for (let at = 0; ; ) {
    const end = body.indexOf("\r\n", at);
    const length = Number.parseInt(body.toString("latin1", at, end), 16);
    if (!length) return Buffer.concat(pieces);
    pieces.push(body.subarray(end + 2, end + 2 + length));
    at = end + 2 + length + 2;
  }
}
