import { encodeRelease, type HelmRelease } from "../../../cluster/client/helm-release.ts";
import { type RemovalOptions, removeLegacy } from "../../../migration/live/cleanup.ts";
import { type Handler, withApiServer } from "../../cluster/api-server.ts";

/** Where the API server has the namespace of Krateo. */
export const namespace = "/api/v1/namespaces/shop";

interface StoredObject {
  readonly metadata: { readonly name: string; readonly uid: string; [key: string]: unknown };
  readonly [key: string]: unknown;
}

/** A cluster of ConfigMaps, claims, pods and Helm Secrets that forgets what is deleted. */
export class SmallCluster {
  readonly objects = new Map<string, StoredObject>();
  readonly deleted: string[] = [];
  readonly patched: string[] = [];
  /** Behind the claim; a provisioner takes it away with it when its policy says so. */
  volume: StoredObject | undefined;

  put(path: string, given: { metadata?: object; [key: string]: unknown } = {}): void {
    const name = path.split("/").at(-1) ?? "";
    const metadata = { name, uid: `uid-of-${name}`, ...given.metadata };
    this.objects.set(`${namespace}/${path}`, { ...given, metadata });
  }

  install(release: HelmRelease): void {
    const labels = { name: release.name, version: String(release.version) };
    const path = `secrets/sh.helm.release.v1.${release.name}.v${release.version}`;
    this.put(path, { metadata: { labels }, data: { release: encodeRelease(release) } });
  }

  readonly handler: Handler = (method, path, query) => {
    if (path === "/api/v1") {
      return {
        status: 200,
        body: { resources: [{ name: "configmaps", kind: "ConfigMap", namespaced: true }] },
      };
    }
    if (path === "/api/v1/persistentvolumes") {
      return { status: 200, body: { items: this.volume ? [this.volume] : [] } };
    }
    if (path.startsWith("/api/v1/persistentvolumes/")) {
      if (method === "PATCH") this.patched.push(path.slice("/api/v1/persistentvolumes/".length));
      return method === "PATCH" ? { status: 200, body: {} } : { status: 404, body: {} };
    }
    const object = this.objects.get(path);
    if (object && method === "DELETE") {
      this.deleted.push(path.slice(namespace.length + 1));
      if (!object.metadata["finalizers"]) this.objects.delete(path);
    }
    if (object) return { status: 200, body: object };
    const release = /name=([^,]+)/.exec(query.get("labelSelector") ?? "")?.[1];
    const items = [...this.objects]
      .filter(([key]) => key.startsWith(`${path}/`) && (!release || key.includes(`.${release}.v`)))
      .map(([, item]) => item);
    const isList = ["secrets", "pods"].some((kind) => path === `${namespace}/${kind}`);
    return isList ? { status: 200, body: { items } } : { status: 404, body: { message: "not found" } };
  };

  /** Runs the removal against this cluster. @returns what it logged */
  async clean(options: RemovalOptions = {}): Promise<string[]> {
    const lines: string[] = [];
    await withApiServer(this.handler, (connection) =>
      removeLegacy(connection, "shop", (line) => lines.push(line), options),
    );
    return lines;
  }
}
