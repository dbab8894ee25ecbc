import { delaySeconds } from "../delays.ts";
import type { Intent, Rule } from "../intent.ts";
import type { Item } from "../world.ts";

const provisioner = "rehearsal.krateo.io/volumes";

/** Stand-in for a storage provisioner: makes the volume that a claim asks for; the control plane binds the two. */
export const bindVolumes: Rule = (world, { realistic }) =>
  world
    .list("claims")
    .filter(
      ({ spec, status, metadata }) =>
        status?.phase === "Pending" && !spec.volumeName && !metadata?.deletionTimestamp,
    )
    .map((claim) => ({
      key: `make volume for ${claim.metadata?.namespace}/${claim.metadata?.name} ${claim.metadata?.uid}`,
      afterSeconds: delaySeconds("volume", realistic),
      run: (api) => api.create(volumeFor(claim)),
    }));

function volumeFor(claim: Item) {
  const { namespace, name, uid } = claim.metadata ?? {};
  return {
    apiVersion: "v1",
    kind: "PersistentVolume",
    metadata: { name: `pvc-${uid}`, annotations: { "pv.kubernetes.io/provisioned-by": provisioner } },
    spec: {
      storageClassName: claim.spec.storageClassName ?? "",
      capacity: { storage: claim.spec.resources?.requests?.storage ?? "1Gi" },
      accessModes: claim.spec.accessModes ?? ["ReadWriteOnce"],
      persistentVolumeReclaimPolicy: "Delete",
      claimRef: { apiVersion: "v1", kind: "PersistentVolumeClaim", namespace, name, uid },
      csi: { driver: "volumes.rehearsal.krateo.io", volumeHandle: `rehearsal-${uid}` },
    },
  };
}

/** Stand-in for a storage provisioner: removes the volumes that no claim holds any more, unless their policy retains them. */
export const releaseVolumes: Rule = (world, { realistic }) =>
  world
    .list("volumes")
    .filter(
      ({ spec, status, metadata }) =>
        status?.phase === "Released" &&
        spec?.persistentVolumeReclaimPolicy !== "Retain" &&
        !metadata?.deletionTimestamp,
    )
    .map((volume) => ({
      key: `remove volume ${volume.metadata?.name}`,
      afterSeconds: delaySeconds("volume", realistic),
      run: (api) => api.delete("volumes", volume),
    }));

/** Addresses given to Services, by UID: promised when one is due, some time before the Service shows it. */
const given = new Map<string, string>();

/** What a Service may ask of the stand-in with this annotation: `ip`, `hostname`, or `none` for a cloud that fails. */
const balancerAnnotation = "rehearsal.krateo.io/load-balancer";

/** What each Service asked for when it was first seen: a cloud heeds many annotations at creation only. */
const asked = new Map<string, string | undefined>();

/** Stand-in for a cloud's load balancers: gives each Service an address of its own. */
export const addressLoadBalancers: Rule = (world, { realistic, loadBalancer }) => {
  const balanced = world.list("services").filter(({ spec }) => spec.type === "LoadBalancer");
  const living = new Set(balanced.map(({ metadata }) => metadata?.uid));
  for (const known of [given, asked]) for (const uid of known.keys()) if (!living.has(uid)) known.delete(uid);
  return balanced
    .filter(({ status, metadata }) => !status?.loadBalancer?.ingress?.length && !metadata?.deletionTimestamp)
    .map((service): Intent => {
      const { namespace, name, uid = "", annotations } = service.metadata ?? {};
      if (!asked.has(uid)) asked.set(uid, annotations?.[balancerAnnotation]);
      const kind = asked.get(uid) ?? loadBalancer;
      if (kind === "none") return failure(service, delaySeconds("loadBalancer", realistic));
      const shown = balanced.map(
        ({ status }) => status?.loadBalancer?.ingress?.[0]?.ip as string | undefined,
      );
      const address = given.get(uid) ?? freeAddress(new Set([...shown, ...given.values()]));
      given.set(uid, address);
      const ingress =
        kind === "hostname" ? { hostname: `${name}.${namespace}.lb.example.com` } : { ip: address };
      return {
        key: `give an address to ${namespace}/${name} ${uid}`,
        afterSeconds: delaySeconds("loadBalancer", realistic),
        run: (api) => api.patchStatus("services", service, { loadBalancer: { ingress: [ingress] } }),
      };
    });
};

/** The event by which a cloud's controller says that it cannot make a load balancer; the same one however often it tries. */
function failure({ metadata }: Item, afterSeconds: number): Intent {
  const { namespace, name, uid } = metadata ?? {};
  return {
    key: `fail to give an address to ${namespace}/${name} ${uid}`,
    afterSeconds,
    run: (api) => {
      const now = new Date().toISOString();
      return api.create({
        apiVersion: "v1",
        kind: "Event",
        metadata: { name: `${name}.${uid}`, namespace },
        involvedObject: { apiVersion: "v1", kind: "Service", namespace, name, uid },
        type: "Warning",
        reason: "SyncLoadBalancerFailed",
        message:
          "Error syncing load balancer: failed to ensure load balancer: quota of public addresses exceeded",
        source: { component: "service-controller" },
        firstTimestamp: now,
        lastTimestamp: now,
        count: 1,
      });
    },
  };
}

/** The first free address of a range that is for documentation only. */
function freeAddress(taken: ReadonlySet<string | undefined>): string {
  for (let last = 10; last < 255; last++) {
    const address = `203.0.113.${last}`;
    if (!taken.has(address)) return address;
  }
  throw new Error("the rehearsal's 245 load balancer addresses are all in use");
}

/**
 * Keeps admission webhooks of charts from being called: their Services have pods that answer nothing, and an unanswered
 * webhook blocks everything that it looks at. What the webhooks would have checked is thus not rehearsed.
 */
export const muteWebhooks: Rule = (world) =>
  (["mutatingWebhooks", "validatingWebhooks"] as const).flatMap((kind) =>
    world
      .list(kind)
      .filter(({ webhooks }) => webhooks?.some(isUnanswered))
      .map((configuration) => ({
        key: `mute webhooks of ${configuration.metadata?.name}`,
        afterSeconds: 0,
        run: (api) =>
          api.patch(kind, configuration, {
            webhooks: configuration.webhooks.map((webhook: Item) => ({
              ...webhook,
              namespaceSelector: nowhere,
            })),
          }),
      })),
  );

const nowhere = { matchLabels: { "rehearsal.krateo.io/webhooks": "none-is-called-here" } };

/** True for a webhook behind a Service; one with a URL is somebody's who answers. */
function isUnanswered({ clientConfig, namespaceSelector }: Item): boolean {
  return clientConfig?.service && !namespaceSelector?.matchLabels?.["rehearsal.krateo.io/webhooks"];
}
