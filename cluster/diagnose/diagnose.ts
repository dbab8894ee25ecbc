/** Says why a Helm release or a Service is not ready. */
import type { CoreV1Event, V1LabelSelector, V1PersistentVolumeClaim, V1Pod } from "@kubernetes/client-node";
import { damagedRemedy, damagedText } from "../../model/helm-record.ts";
import { get, type KubeObject, list, pathOf } from "../client/api.ts";
import type { Connection } from "../client/connection.ts";
import type { HelmRelease } from "../client/helm-release.ts";
import { parseManifest } from "../client/manifest.ts";
import { readReleases } from "../client/releases.ts";
import { lastWarning, type NamespaceState, troubleOfPod } from "./pod-trouble.ts";
import {
  readinessOf,
  type WaitedKind,
  type WaitedObject,
  waitedKinds,
  waitedObjects,
  waitedResources,
} from "./workload.ts";

/** An object that a Helm release waits for, with what is live of it. */
export interface Waited {
  readonly kind: WaitedKind;
  readonly name: string;
  /** Undefined when it is not in the cluster. */
  readonly live: KubeObject | undefined;
}

/** More pods than this of one workload say the same again. */
const shownPods = 3;

/**
 * Says which objects of a Helm release are not ready and why: pod conditions, container reasons, the last warning,
 * how long Helm waited, and the command to look further. Never throws: it is called when something has failed already.
 *
 * @returns lines for the user, the object's name at the start of each block; empty when all that exists is ready
 */
export async function explainRelease(
  connection: Connection,
  namespace: string,
  releaseName: string,
): Promise<string[]> {
  try {
    const { releases, damaged } = await readReleases(connection, namespace);
    const record = damaged.find((one) => one.release === releaseName);
    if (record) return [damagedText(record), `  ${damagedRemedy(record)}`];
    const release = releases.get(releaseName);
    const waited = await readWaited(connection, namespace, releaseName, release);
    if (waited.every(isReady)) return [];
    const balancers = waited.filter((one) => one.kind === "Service" && !isReady(one));
    const { pods, around } = await readSurroundings(
      connection,
      namespace,
      balancers.map(({ name }) => name),
    );
    const blocks = waited.flatMap((object) => explainObject(object, pods, around));
    const waitedFor = release ? timeSpent(release, around.now) : "";
    return [`Helm release ${releaseName} in namespace ${namespace} is not ready${waitedFor}:`, ...blocks];
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    return [`cannot read why Helm release ${releaseName} is not ready: ${reason}`];
  }
}

/** How long Helm has waited; nothing for a revision that was deployed before, whose time says nothing of this one. */
function timeSpent({ info }: HelmRelease, now: Date): string {
  const begun = Date.parse(String(info["last_deployed"]));
  if (info.status === "deployed" || Number.isNaN(begun)) return "";
  return ` after ${Math.round((now.getTime() - begun) / 1000)} s`;
}

/**
 * Says why a Service of our own is not ready, above all why its load balancer has no address: the last warning that
 * whoever makes load balancers left on it. Never throws.
 */
export async function explainService(
  connection: Connection,
  namespace: string,
  name: string,
): Promise<string[]> {
  try {
    const live = await get<KubeObject>(connection, pathOf("v1", "services", namespace, name));
    const { pods, around } = await readSurroundings(connection, namespace, [name]);
    const lines = explainObject({ kind: "Service", name, live }, pods, around);
    return lines.length === 0 ? [] : [`Service ${name} in namespace ${namespace} is not ready:`, ...lines];
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    return [`cannot read why Service ${name} is not ready: ${reason}`];
  }
}

/** Pods, claims and warnings of a namespace, read at once; of these Services the ordinary events, too. */
export async function readSurroundings(
  connection: Connection,
  namespace: string,
  services: readonly string[] = [],
): Promise<{ pods: V1Pod[]; around: NamespaceState }> {
  const eventsWhere = (fieldSelector: string) =>
    list<CoreV1Event>(connection, pathOf("v1", "events", namespace), { query: { fieldSelector } });
  const [pods, claims, ...events] = await Promise.all([
    list<V1Pod>(connection, pathOf("v1", "pods", namespace)),
    list<V1PersistentVolumeClaim>(connection, pathOf("v1", "persistentvolumeclaims", namespace)),
    eventsWhere("type=Warning"),
    ...services.map((name) =>
      eventsWhere(`type!=Warning,involvedObject.kind=Service,involvedObject.name=${name}`),
    ),
  ]);
  return { pods, around: { namespace, claims, events: events.flat(), now: new Date() } };
}

async function readWaited(
  connection: Connection,
  namespace: string,
  releaseName: string,
  release: HelmRelease | undefined,
): Promise<Waited[]> {
  const objects = release ? waitedObjects(release) : [];
  const jobs = release ? hookJobs(release) : [];
  if (objects.length + jobs.length === 0) return await readMarked(connection, namespace, releaseName);
  const read = async ({ kind, metadata }: WaitedObject): Promise<Waited> => {
    const { apiVersion, plural } = waitedResources[kind];
    const path = pathOf(apiVersion, plural, metadata.namespace ?? namespace, metadata.name);
    return { kind, name: metadata.name, live: await get<KubeObject>(connection, path) };
  };
  const [own, ofHooks] = await Promise.all([Promise.all(objects.map(read)), Promise.all(jobs.map(read))]);
  // A hook's Job that is absent is no fault: Helm makes it when its turn comes and deletes it when it succeeds.
  return [...own, ...ofHooks.filter(({ live }) => live)];
}

/** Jobs that a release's hooks run: a pre-install hook that hangs is all that exists of a release. */
function hookJobs({ hooks = [] }: HelmRelease): WaitedObject[] {
  return hooks
    .flatMap((hook) => parseManifest(hook.manifest))
    .filter((object): object is WaitedObject => object.kind === "Job");
}

/** What Helm has marked as the release's: for one that left no manifest. Charts label their objects as they like. */
async function readMarked(connection: Connection, namespace: string, releaseName: string): Promise<Waited[]> {
  const query = { labelSelector: "app.kubernetes.io/managed-by=Helm" };
  const isMarked = ({ metadata: { annotations = {} } }: KubeObject): boolean =>
    annotations["meta.helm.sh/release-name"] === releaseName &&
    annotations["meta.helm.sh/release-namespace"] === namespace;
  const found = await Promise.all(
    waitedKinds.map(async (kind) => {
      const { apiVersion, plural } = waitedResources[kind];
      const objects = await list<KubeObject>(connection, pathOf(apiVersion, plural, namespace), { query });
      return objects.filter(isMarked).map((live) => ({ kind, name: live.metadata.name, live }));
    }),
  );
  return found.flat();
}

function isReady({ kind, live }: Waited): boolean {
  return live !== undefined && readinessOf(kind, live).ready;
}

/** Lines about one object: what is not ready of it, and why. Empty when it is ready. */
export function explainObject(object: Waited, pods: readonly V1Pod[], around: NamespaceState): string[] {
  const { kind, name, live } = object;
  const look = `look further: kubectl describe ${kind.toLowerCase()} ${name} -n ${around.namespace}`;
  if (!live) return [`  ${kind} ${name}: does not exist`];
  const { ready, detail } = readinessOf(kind, live);
  if (ready) return [];

  const troubles = podsOf(live, pods)
    .map((pod) => troubleOfPod(pod, around))
    .filter((lines) => lines.length > 0);
  const rest = troubles.length - shownPods;
  const why =
    troubles.length > 0 ? troubles.slice(0, shownPods).flat() : [...ownWarnings(object, around), look];
  const more = rest > 0 ? [`and ${rest} more pods like these`] : [];
  return [`  ${kind} ${name}: ${detail}`, ...[...why, ...more].map((line) => `    ${line}`)];
}

function podsOf(live: KubeObject, pods: readonly V1Pod[]): V1Pod[] {
  const selector = (live as { spec?: { selector?: V1LabelSelector } }).spec?.selector;
  const labels = Object.entries(selector?.matchLabels ?? {});
  if (labels.length === 0) return [];
  return pods.filter((pod) => labels.every(([key, value]) => pod.metadata?.labels?.[key] === value));
}

/** Without pods the reason stands at their maker: quota and admission refusals are reported on a ReplicaSet. */
function ownWarnings({ kind, name }: Waited, around: NamespaceState): string[] {
  const own = lastWarning(around, kind, name);
  if (kind === "Service" && own.length === 0)
    return ["it has no events: nothing in this cluster makes load balancers, or none for its class"];
  if (own.length > 0 || kind !== "Deployment") return own;
  const replicaSets = around.events
    .map((event) => event.involvedObject)
    .filter((made) => made.kind === "ReplicaSet" && made.name?.slice(0, made.name.lastIndexOf("-")) === name);
  const latest = replicaSets.at(-1)?.name;
  return latest ? lastWarning(around, "ReplicaSet", latest) : [];
}
