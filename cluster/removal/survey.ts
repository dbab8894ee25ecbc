/** Reads everything from the cluster that a removal plan needs. */
import { knownChartSteps } from "../../components/catalogue.ts";
import { postgresGroup } from "../../components/cnpg.ts";
import type { GeneratedKinds } from "../../components/description.ts";
import { installationCrd } from "../../plan/installation.ts";
import {
  type ConfiguredRelease,
  constraintsKind,
  crdsFolderOf,
  knownLeftovers,
} from "../../plan/removal/known.ts";
import {
  type CustomKind,
  identityOf,
  isCrd,
  type LiveObject,
  type ObjectName,
} from "../../plan/removal/objects.ts";
import type { LiveRelease, RemovalSurvey, StackRecord } from "../../plan/removal/survey.ts";
import { isAllowed } from "../client/access-review.ts";
import { type KubeObject, list, pathOf } from "../client/api.ts";
import type { Connection } from "../client/connection.ts";
import { type HelmRelease, helmSecretType } from "../client/helm-release.ts";
import { isKept, parseManifest } from "../client/manifest.ts";
import { inParallel } from "../client/parallel.ts";
import { readReleases } from "../client/releases.ts";
import { crdNameOf, readServedKinds, type ServedKind } from "./kinds.ts";
import { inNamespace, listMany, listObjects } from "./objects.ts";
import { readWebhooks, withUsers } from "./usage.ts";

/** Not asked for: records of what goes on, which come and go by themselves. */
const unlisted = ["Event", "Endpoints", "EndpointSlice", "Lease", "PodMetrics"];

/**
 * Reads everything that a removal has to decide about.
 *
 * @param configured Helm releases of the configuration, in the order of installation.
 * @throws UnreachableError; ConfigurationError when the user may not list something
 */
export async function surveyForRemoval(
  connection: Connection,
  namespace: string,
  configured: readonly ConfiguredRelease[],
  stack: StackRecord,
): Promise<RemovalSurvey> {
  const releaseNamespaces = [...new Set([namespace, ...configured.map((release) => release.namespace)])];
  const [{ kinds, stale }, helm, elsewhere] = await Promise.all([
    readServedKinds(connection),
    Promise.all(releaseNamespaces.map((one) => readReleases(connection, one))),
    readElsewhere(connection, configured, releaseNamespaces),
  ]);
  const scopes = new Map(kinds.map((kind) => [`${kind.group}/${kind.kind}`, kind.namespaced]));
  const isNamespaced = ({ apiVersion, kind }: { apiVersion: string; kind: string }): boolean =>
    scopes.get(`${apiVersion.includes("/") ? apiVersion.split("/")[0] : ""}/${kind}`) ?? true;
  const records = helm.flatMap((found) => [...found.releases.values()]);
  const releases = records.map((record) => liveRelease(record, isNamespaced));
  const namespaces = [...new Set([...releaseNamespaces, ...namespacesMadeBy(releases)])];

  const [crds, generated, webhooks, workloads] = await Promise.all([
    listOf(connection, kinds, "apiextensions.k8s.io/CustomResourceDefinition"),
    readGenerated(connection, kinds),
    readWebhooks(connection),
    readWorkloads(connection, releaseNamespaces),
  ]);
  const customKinds = customKindsOf(kinds, crds, releases, Object.values(generated).flat());
  const custom = new Set(customKinds.map(({ crd }) => crd));
  const listed = (kind: ServedKind): boolean =>
    !unlisted.includes(kind.kind) && !custom.has(crdNameOf(kind)) && kind.kind !== "CustomResourceDefinition";
  const described = configured.flatMap((release) => knownLeftovers(release));
  const recorded = releases.flatMap(({ manifest, hooks }) => [...manifest, ...hooks]);
  const names = new Set(recorded.map(identityOf));
  // What a hook makes bears no mark of Helm's.
  const unmarked = new Set([...described, ...recorded].map(({ kind }) => kind).concat(constraintsKind));
  const managed = { labelSelector: "app.kubernetes.io/managed-by=Helm" };
  const { objects, unreadable } = await listMany(connection, [
    ...kinds.filter((kind) => custom.has(crdNameOf(kind))).map((kind) => ({ kind })),
    ...kinds
      .filter((kind) => kind.namespaced && listed(kind))
      .flatMap((kind) => namespaces.map((one) => ({ kind, namespace: one }))),
    ...(
      await permittedKinds(
        connection,
        kinds.filter((kind) => !kind.namespaced && listed(kind) && kind.kind !== "Namespace"),
        ({ kind }) => unmarked.has(kind),
      )
    ).map((kind) => ({ kind, ...(!unmarked.has(kind.kind) && { query: managed }) })),
    ...kinds.filter(({ kind, group }) => kind === "Namespace" && group === "").map((kind) => ({ kind })),
  ]);
  // Some kinds are served as two, such as OpenShift's own view of roles: the first one is Kubernetes's.
  const first = new Map(
    [...crds, ...webhooks, ...objects].toReversed().map((object) => [object.uid, object]),
  );
  const isConcerned = (object: LiveObject): boolean =>
    names.has(identityOf(object)) ||
    described.some(({ kind, name }) => kind === object.kind && name === object.name);
  return {
    namespace,
    readAt: Date.now(),
    stack,
    configured,
    releases: releases.map((release) => withAvailability(release, workloads)),
    damaged: helm.flatMap((found) => found.damaged),
    elsewhere,
    customKinds,
    generated,
    objects: await withUsers(connection, [...first.values()], isConcerned),
    unreadable: [...stale, ...unreadable],
  };
}

/**
 * Leaves out kinds that the user may not list. Only a cluster administrator may list all of them, and no chart is known to
 * make objects of the others.
 *
 * @param isNeeded Whether a kind is asked for all the same, so that the refusal is reported.
 */
async function permittedKinds(
  connection: Connection,
  kinds: readonly ServedKind[],
  isNeeded: (kind: ServedKind) => boolean,
): Promise<readonly ServedKind[]> {
  if (await isAllowed(connection, { group: "*", resource: "*", verb: "list" })) return kinds;
  const allowed = await inParallel(
    kinds,
    async (kind) =>
      isNeeded(kind) ||
      (await isAllowed(connection, { group: kind.group, resource: kind.plural, verb: "list" })),
  );
  return kinds.filter((_, index) => allowed[index]);
}

function liveRelease(
  { name, namespace, chart, info, manifest, hooks = [] }: HelmRelease,
  isNamespaced: Parameters<typeof inNamespace>[2],
): LiveRelease {
  return {
    name,
    namespace,
    chart: chart.metadata.name,
    chartVersion: chart.metadata.version,
    status: info.status,
    manifest: parseManifest(manifest).map((object) => ({
      ...inNamespace(object, namespace, isNamespaced),
      kept: isKept(object),
    })),
    hooks: hooks
      .flatMap((hook) => parseManifest(hook.manifest))
      .map((object) => inNamespace(object, namespace, isNamespaced)),
  };
}

function namespacesMadeBy(releases: readonly LiveRelease[]): string[] {
  return releases.flatMap(({ manifest }) =>
    manifest.filter(({ kind }) => kind === "Namespace").map(({ name }) => name),
  );
}

async function readElsewhere(
  connection: Connection,
  configured: readonly ConfiguredRelease[],
  own: readonly string[],
): Promise<RemovalSurvey["elsewhere"]> {
  // Whoever may list them all may read every Secret of the cluster.
  if (!(await isAllowed(connection, { group: "", resource: "secrets", verb: "list" }))) return "unreadable";
  const names = [...new Set(configured.map(({ name }) => name))];
  const secrets = await list<KubeObject>(connection, pathOf("v1", "secrets"), {
    accept: "application/json;as=PartialObjectMetadataList;g=meta.k8s.io;v=v1",
    query: {
      labelSelector: `owner=helm,name in (${names.join(",")})`,
      fieldSelector: `type=${helmSecretType}`,
    },
  });
  const found: Record<string, string[]> = {};
  for (const { metadata } of secrets) {
    const { labels, namespace = "" } = metadata;
    const name = labels?.["name"];
    if (name === undefined || own.includes(namespace) || found[name]?.includes(namespace)) continue;
    found[name] = [...(found[name] ?? []), namespace];
  }
  return found;
}

async function listOf(
  connection: Connection,
  kinds: readonly ServedKind[],
  id: string,
): Promise<LiveObject[]> {
  const kind = kinds.find((one) => `${one.group}/${one.kind}` === id);
  return kind ? await listObjects(connection, kind) : [];
}

/** An object that names the kind which is made out of it. */
interface Definition extends KubeObject {
  readonly spec?: { readonly resourceGroup?: string; readonly resource?: { readonly kind?: string } };
}

/** Names of definitions made at run time, by the chart whose program makes them. Errors as `get` in api.ts. */
export async function readGenerated(
  connection: Connection,
  kinds: readonly ServedKind[],
): Promise<Record<string, string[]>> {
  const read = knownChartSteps.map(async ({ chart: { name, generates } }) => {
    if (generates === undefined) return [];
    return [[name, (await generatedKinds(connection, kinds, generates)).map(crdNameOf)] as const];
  });
  return Object.fromEntries((await Promise.all(read)).flat());
}

async function generatedKinds(
  connection: Connection,
  kinds: readonly ServedKind[],
  generates: GeneratedKinds,
): Promise<readonly ServedKind[]> {
  if ("group" in generates) return kinds.filter(({ group }) => group === generates.group);
  const { group, kind } = generates.namedBy;
  const source = kinds.find((one) => one.group === group && one.kind === kind);
  if (!source) return [];
  const definitions = await list<Definition>(connection, pathOf(source.apiVersion, source.plural));
  return kinds.filter((one) =>
    definitions.some(({ spec }) => spec?.resourceGroup === one.group && spec.resource?.kind === one.kind),
  );
}

interface Workload extends KubeObject {
  readonly status?: { readonly availableReplicas?: number };
}

/** Whether a pod is available, by `KIND/NAMESPACE/NAME` of the workload. */
async function readWorkloads(
  connection: Connection,
  namespaces: readonly string[],
): Promise<ReadonlyMap<string, boolean>> {
  const lists = await Promise.all(
    namespaces.flatMap((namespace) =>
      (["Deployment", "StatefulSet"] as const).map(async (kind) => {
        const path = pathOf("apps/v1", `${kind.toLowerCase()}s`, namespace);
        const workloads = await list<Workload>(connection, path);
        return workloads.map(
          ({ metadata, status }) =>
            [`${kind}/${namespace}/${metadata.name}`, (status?.availableReplicas ?? 0) > 0] as const,
        );
      }),
    ),
  );
  return new Map(lists.flat());
}

function withAvailability(release: LiveRelease, workloads: ReadonlyMap<string, boolean>): LiveRelease {
  const own = release.manifest.filter(({ kind }) => kind === "Deployment" || kind === "StatefulSet");
  if (own.length === 0) return release;
  const isAvailable = ({ kind, namespace, name }: ObjectName): boolean =>
    workloads.get(`${kind}/${namespace}/${name}`) ?? false;
  return { ...release, available: own.some(isAvailable) };
}

/** Kinds whose objects may go: their definition is a release's, this program's, the operator's or a user's. */
function customKindsOf(
  kinds: readonly ServedKind[],
  crds: readonly LiveObject[],
  releases: readonly LiveRelease[],
  generated: readonly string[],
): CustomKind[] {
  const wanted = new Set([
    ...releases.flatMap(({ manifest }) => manifest.filter(isCrd).map(({ name }) => name)),
    ...knownChartSteps.flatMap(({ chart }) => crdsFolderOf(chart.name)),
    ...generated,
    installationCrd.metadata.name,
  ]);
  // A definition whose release is gone says so itself.
  const bearing = crds.filter(
    ({ name, annotations }) =>
      annotations["meta.helm.sh/release-name"] !== undefined || name.endsWith(`.${postgresGroup}`),
  );
  for (const { name } of bearing) wanted.add(name);
  return kinds
    .map((kind) => ({ crd: crdNameOf(kind), apiVersion: kind.apiVersion, kind: kind.kind }))
    .filter(({ crd }) => wanted.has(crd));
}
