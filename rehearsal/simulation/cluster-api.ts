import type { KubernetesObject } from "@kubernetes/client-node";
import { create, patch, pathOf, remove, resourceOf } from "../../cluster/client/api.ts";
import { ApiError } from "../../cluster/client/api-errors.ts";
import type { Connection } from "../../cluster/client/connection.ts";
import { type Item, type KindName, kindOf } from "./world.ts";

const mergePatch = "application/merge-patch+json";

/** The few ways in which the stand-ins change the cluster, over a connection that is kept. Errors as those of api.ts. */
export class ClusterApi {
  private readonly connection: Connection;

  constructor(connection: Connection) {
    this.connection = connection;
  }

  async create(object: KubernetesObject & Record<string, unknown>): Promise<void> {
    const { apiVersion = "", kind = "", metadata } = object;
    const resource = await resourceOf(this.connection, apiVersion, kind);
    if (!resource) throw new Error(`the cluster serves no ${kind} of ${apiVersion}`);
    await create(this.connection, pathOf(apiVersion, resource.plural, metadata?.namespace), object);
  }

  /** Creates an object, or leaves the one of its name that is there. */
  async ensure(object: KubernetesObject & Record<string, unknown>): Promise<void> {
    await this.create(object).catch((error: unknown) => {
      if (!(error instanceof ApiError) || error.status !== 409) throw error;
    });
  }

  async delete(kind: KindName, item: Item): Promise<void> {
    await remove(this.connection, pathTo(kind, item));
  }

  /** Merges fields into an object; lists are replaced as a whole. */
  async patch(
    kind: KindName,
    item: Item,
    fields: { metadata?: object } & Record<string, unknown>,
  ): Promise<void> {
    await patch(this.connection, pathTo(kind, item), mergePatch, fields);
  }

  /** Merges fields into an object's status; lists are replaced as a whole. */
  async patchStatus(kind: KindName, item: Item, status: object): Promise<void> {
    await patch(this.connection, `${pathTo(kind, item)}/status`, mergePatch, { status });
  }
}

function pathTo(kind: KindName, { metadata }: Item): string {
  const { apiVersion, plural } = kindOf(kind);
  return pathOf(apiVersion, plural, metadata?.namespace, metadata?.name);
}
