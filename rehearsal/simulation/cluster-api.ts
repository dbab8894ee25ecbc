import {
  ApiException,
  CoreV1Api,
  CustomObjectsApi,
  type KubeConfig,
  type KubernetesObject,
  KubernetesObjectApi,
  PatchStrategy,
  setHeaderOptions,
} from "@kubernetes/client-node";
import { type Item, type KindName, kindOf } from "./world.ts";

const mergePatch = setHeaderOptions("Content-Type", PatchStrategy.MergePatch);

/** The few ways in which the stand-ins change the cluster. */
export class ClusterApi {
  private readonly objects: KubernetesObjectApi;
  private readonly core: CoreV1Api;
  private readonly custom: CustomObjectsApi;

  constructor(config: KubeConfig) {
    this.objects = KubernetesObjectApi.makeApiClient(config);
    this.core = config.makeApiClient(CoreV1Api);
    this.custom = config.makeApiClient(CustomObjectsApi);
  }

  async create(object: KubernetesObject & Record<string, unknown>): Promise<void> {
    await this.objects.create(object);
  }

  /** Creates an object, or leaves the one of its name that is there. */
  async ensure(object: KubernetesObject & Record<string, unknown>): Promise<void> {
    await this.create(object).catch((error: unknown) => {
      if (!(error instanceof ApiException) || error.code !== 409) throw error;
    });
  }

  async delete(kind: KindName, item: Item): Promise<void> {
    const { apiVersion, kind: kindName } = kindOf(kind);
    await this.objects.delete({ apiVersion, kind: kindName, metadata: identity(item) });
  }

  /** Merges fields into an object; lists are replaced as a whole. */
  async patch(
    kind: KindName,
    item: Item,
    fields: { metadata?: object } & Record<string, unknown>,
  ): Promise<void> {
    const { apiVersion, kind: kindName } = kindOf(kind);
    const body = {
      apiVersion,
      kind: kindName,
      ...fields,
      metadata: { ...fields.metadata, ...identity(item) },
    };
    await this.objects.patch(body, undefined, undefined, undefined, undefined, PatchStrategy.MergePatch);
  }

  /** Merges fields into an object's status; lists are replaced as a whole. */
  async patchStatus(kind: KindName, item: Item, status: object): Promise<void> {
    const { apiVersion, plural } = kindOf(kind);
    const { name, namespace = "" } = identity(item);
    const body = { status };
    if (kind === "pods") await this.core.patchNamespacedPodStatus({ name, namespace, body }, mergePatch);
    else if (kind === "services")
      await this.core.patchNamespacedServiceStatus({ name, namespace, body }, mergePatch);
    else {
      const [group = "", version = ""] = apiVersion.split("/");
      const place = { group, version, plural, name, body };
      if (namespace === "") await this.custom.patchClusterCustomObjectStatus(place, mergePatch);
      else await this.custom.patchNamespacedCustomObjectStatus({ ...place, namespace }, mergePatch);
    }
  }
}

function identity(item: Item): { name: string; namespace?: string } {
  const { name = "", namespace } = item.metadata ?? {};
  return namespace ? { name, namespace } : { name };
}
