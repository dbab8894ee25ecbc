/** Fills a cluster with what large ones hold: nodes, pods, definitions of kinds, Secrets, revisions of releases. */
import { create, get, list, patch, pathOf } from "../../cluster/client/api.ts";
import type { Connection } from "../../cluster/client/connection.ts";
import {
  decodeRelease,
  encodeRelease,
  type HelmSecret,
  helmSecretType,
} from "../../cluster/client/helm-release.ts";
import { inParallel } from "../../cluster/client/parallel.ts";
import { timed } from "./statistics.ts";

/** The namespace of the pods, which are nobody's business. */
const crowdNamespace = "crowd";

const numbers = (count: number): readonly number[] => Array.from({ length: count }, (_, index) => index + 1);

/** Adds CustomResourceDefinitions with a schema as large as those of real operators often are. */
export async function addDefinitions(connection: Connection, count: number): Promise<void> {
  const properties = Object.fromEntries(
    numbers(60).map((field) => [
      `field${field}`,
      {
        type: "object",
        description: `Field ${field} of a kind that only makes the cluster large.`,
        properties: { name: { type: "string" }, count: { type: "integer" } },
      },
    ]),
  );
  const path = pathOf("apiextensions.k8s.io/v1", "customresourcedefinitions");
  await inParallel(numbers(count), (number) => {
    const group = `crowd${number % 50}.example.org`;
    const plural = `things${number}`;
    return create(connection, path, {
      apiVersion: "apiextensions.k8s.io/v1",
      kind: "CustomResourceDefinition",
      metadata: { name: `${plural}.${group}` },
      spec: {
        group,
        scope: "Namespaced",
        names: { plural, singular: `thing${number}`, kind: `Thing${number}` },
        versions: [
          {
            name: "v1",
            served: true,
            storage: true,
            schema: {
              openAPIV3Schema: { type: "object", properties: { spec: { type: "object", properties } } },
            },
          },
        ],
      },
    });
  });
}

/**
 * Waits until the API server has described all definitions that `addDefinitions` has made. After a change it makes the document of all
 * kinds anew when somebody asks for it, which took it up to 50 s for 500; Pulumi's Kubernetes provider asks at each start.
 */
export async function untilDescribed(connection: Connection, count: number): Promise<void> {
  for (;;) {
    const { result, seconds } = await timed(() =>
      get<{ definitions: object }>(connection, "/openapi/v2", { timeoutSeconds: 300 }),
    );
    const described = Object.keys(result?.definitions ?? {}).filter((kind) => /\.Thing\d+$/.test(kind));
    if (described.length === count && seconds < 2) return;
  }
}

/** Adds nodes, and pods that are assigned to them. The pods do not start: nothing here asks whether they run. */
export async function addNodesAndPods(connection: Connection, nodes: number, pods: number): Promise<void> {
  await inParallel(numbers(nodes), (number) =>
    create(connection, pathOf("v1", "nodes"), {
      apiVersion: "v1",
      kind: "Node",
      metadata: {
        name: `crowd-${number}`,
        labels: { "kubernetes.io/os": "linux", "kubernetes.io/arch": "amd64" },
        annotations: { "rehearsal.krateo.io/address": `10.1.${number >> 8}.${number & 255}` },
      },
    }),
  );
  await create(connection, pathOf("v1", "namespaces"), {
    apiVersion: "v1",
    kind: "Namespace",
    metadata: { name: crowdNamespace },
  });
  await inParallel(numbers(pods), (number) =>
    create(connection, pathOf("v1", "pods", crowdNamespace), {
      apiVersion: "v1",
      kind: "Pod",
      metadata: { name: `crowd-${number}`, labels: { app: "crowd", "app.kubernetes.io/name": "crowd" } },
      spec: {
        nodeName: `crowd-${(number % nodes) + 1}`,
        automountServiceAccountToken: false,
        containers: [
          {
            name: "crowd",
            image: "example.org/crowd:1",
            resources: { requests: { cpu: "100m", memory: "64Mi" } },
            env: numbers(20).map((variable) => ({ name: `VARIABLE_${variable}`, value: "of no use" })),
          },
        ],
      },
    }),
  );
}

/** Adds Secrets of other people to a namespace. */
export async function addSecrets(connection: Connection, namespace: string, count: number): Promise<void> {
  const stringData = { text: "of no use\n".repeat(100) };
  await inParallel(numbers(count), (number) =>
    create(connection, pathOf("v1", "secrets", namespace), {
      apiVersion: "v1",
      kind: "Secret",
      metadata: { name: `crowd-${number}` },
      stringData,
    }),
  );
}

/** Gives each release of a namespace a history of so many revisions, as upgrades with a long `maxHistory` leave it. */
export async function addRevisions(connection: Connection, namespace: string, count: number): Promise<void> {
  const path = pathOf("v1", "secrets", namespace);
  const secrets = await list<HelmSecret>(connection, path, {
    query: { fieldSelector: `type=${helmSecretType}` },
  });
  for (const secret of secrets) {
    const release = decodeRelease(secret);
    const record = (version: number) => {
      const status = version === count ? "deployed" : "superseded";
      const info = { ...release.info, status };
      return { status, data: { release: encodeRelease({ ...release, version, info }) } };
    };
    await inParallel(
      numbers(count).filter((version) => version > release.version),
      (version) => {
        const { status, data } = record(version);
        const { name, labels } = secret.metadata;
        return create(connection, path, {
          apiVersion: "v1",
          kind: "Secret",
          type: helmSecretType,
          metadata: {
            name: name.replace(/\.v\d+$/, `.v${version}`),
            labels: { ...labels, status, version: String(version) },
          },
          data,
        });
      },
    );
    const { status, data } = record(release.version);
    const former = `${path}/${secret.metadata.name}`;
    await patch(connection, former, "application/merge-patch+json", {
      metadata: { labels: { status } },
      data,
    });
  }
}
