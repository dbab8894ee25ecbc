/** Reads what a template can ask about the cluster. */
import { debug } from "../../../configuration/debug.ts";
import { get } from "../../client/api.ts";
import type { Connection } from "../../client/connection.ts";

/** What a template can ask about the cluster that it is rendered for. */
export interface Capabilities {
  /** As the API server gives it. */
  readonly kubeVersion: string;
  /** GROUP/VERSION, and GROUP/VERSION/KIND, of all that the cluster serves beside the core. */
  readonly apiVersions: readonly string[];
  /** True when one of the two could not be read. */
  readonly areSupposed: boolean;
}

/** Of a cluster that cannot be asked: the oldest that upstream supports. What helm itself supposes may be far older. */
export const supposedCapabilities: Capabilities = {
  kubeVersion: "v1.31.0",
  apiVersions: [],
  areSupposed: true,
};

/** Groups with their kinds in one answer, which API servers give from 1.27 on; an older one lists groups alone. */
const discovery = ["v2", "v2beta1"]
  .map((version) => `application/json;g=apidiscovery.k8s.io;v=${version};as=APIGroupDiscoveryList`)
  .join();

interface Groups {
  readonly items?: readonly {
    readonly metadata: { readonly name: string };
    readonly versions: readonly {
      readonly version: string;
      readonly resources?: readonly { readonly responseKind?: { readonly kind: string } }[];
    }[];
  }[];
  readonly groups?: readonly { readonly versions: readonly { readonly groupVersion: string }[] }[];
}

/** What cannot be read is taken from supposedCapabilities. */
export async function readCapabilities(connection: Connection): Promise<Capabilities> {
  const [version, groups] = await Promise.all([
    readOrSuppose(get<{ gitVersion: string }>(connection, "/version")),
    readOrSuppose(get<Groups>(connection, "/apis", { accept: `${discovery},application/json` })),
  ]);
  return {
    kubeVersion: version?.gitVersion ?? supposedCapabilities.kubeVersion,
    apiVersions: groups ? apiVersionsOf(groups) : supposedCapabilities.apiVersions,
    areSupposed: version === undefined || groups === undefined,
  };
}

async function readOrSuppose<T>(reading: Promise<T | undefined>): Promise<T | undefined> {
  return await reading.catch((error: unknown) => {
    debug(() => [`cannot read what the cluster serves: ${error}`]);
    return undefined;
  });
}

function apiVersionsOf({ items = [], groups = [] }: Groups): string[] {
  const plain = groups.flatMap(({ versions }) => versions.map(({ groupVersion }) => groupVersion));
  const withKinds = items.flatMap(({ metadata, versions }) =>
    versions.flatMap(({ version, resources = [] }) => {
      const apiVersion = `${metadata.name}/${version}`;
      const kinds = resources.flatMap(({ responseKind }) => responseKind?.kind ?? []);
      return [apiVersion, ...kinds.map((kind) => `${apiVersion}/${kind}`)];
    }),
  );
  return [...new Set([...plain, ...withKinds])];
}
