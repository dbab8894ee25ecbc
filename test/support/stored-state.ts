/** States of small stacks as the program wrote them on a day, kept for the programs that come after it. */
import { mkdir, readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import type { JsonObject } from "../../model/settings.ts";
import { root } from "./rehearsal.ts";

/** What `pulumi stack export` gives. */
export interface StoredState {
  readonly version: number;
  readonly deployment: { readonly resources: readonly StoredResource[] } & JsonObject;
}

/** A resource of a state. */
export interface StoredResource extends JsonObject {
  readonly urn: string;
  readonly type: string;
}

/** Stands for the UID of the cluster that the stack was on. */
const clusterPlaceholder = "00000000-0000-4000-8000-000000000000";

function fileOf(name: string): string {
  return join(root, "test", "states", `${name}.json`);
}

/** Keeps a state: without what says where the program lay, and with a placeholder for the cluster. */
export async function storeState(name: string, exported: string, clusterUid: string): Promise<void> {
  const { version, deployment } = JSON.parse(
    exported.replaceAll(clusterUid, clusterPlaceholder),
  ) as StoredState;
  const resources = deployment.resources.map(
    ({ sourcePosition: _, stackTrace: __, ...resource }) => resource,
  );
  // A line for each resource, so that a difference shows which.
  const lines = resources.map((resource) => JSON.stringify(resource)).join(",\n");
  const { resources: ___, ...rest } = deployment;
  const head = JSON.stringify({ version, deployment: { ...rest, resources: [] } });
  await mkdir(join(root, "test", "states"), { recursive: true });
  await writeFile(fileOf(name), `${head.replace('"resources":[]', () => `"resources":[\n${lines}\n]`)}\n`);
}

/** A stored state, as that of a stack on this cluster. */
export async function storedState(name: string, clusterUid: string): Promise<string> {
  return (await readFile(fileOf(name), "utf8")).replaceAll(clusterPlaceholder, clusterUid);
}
