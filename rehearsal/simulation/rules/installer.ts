import { delaySeconds } from "../delays.ts";
import type { Intent, Rule } from "../intent.ts";
import type { Item, World } from "../world.ts";
import { deploymentAvailable } from "./deployments.ts";

const platformFinalizer = "finalizer.managedresource.krateo.io";

/** Stand-in for the installer of 2.7.0: holds its object by a finalizer, so that it learns of its deletion. */
export const holdPlatforms: Rule = (world, { realistic }) =>
  atWork(world).flatMap((platform): Intent[] => {
    const { finalizers = [], deletionTimestamp } = platform.metadata ?? {};
    if (finalizers.includes(platformFinalizer) || deletionTimestamp) return [];
    return [
      {
        key: `hold KrateoPlatformOps ${label(platform)}`,
        afterSeconds: delaySeconds("operator", realistic),
        run: (api) =>
          api.patch("platforms", platform, { metadata: { finalizers: [...finalizers, platformFinalizer] } }),
      },
    ];
  });

/** Stand-in for the installer of 2.7.0: says that its object is carried out. */
export const reportPlatforms: Rule = (world, { realistic }) =>
  atWork(world).flatMap((platform): Intent[] => {
    if (platform.status?.conditions || platform.metadata?.deletionTimestamp) return [];
    const lastTransitionTime = new Date().toISOString();
    const conditions = [
      { type: "Synced", status: "True", reason: "ReconcileSuccess", lastTransitionTime },
      { type: "Ready", status: "True", reason: "Available", lastTransitionTime },
    ];
    return [
      {
        key: `report KrateoPlatformOps ${label(platform)}: ready`,
        afterSeconds: delaySeconds("operator", realistic),
        run: (api) => api.patchStatus("platforms", platform, { conditions }),
      },
    ];
  });

/**
 * Stand-in for the installer of 2.7.0, and as dangerous: while it runs, its object's deletion takes down every
 * Helm release that the object lists, before the object itself goes.
 */
export const uninstallPlatforms: Rule = (world, { realistic }) =>
  atWork(world)
    .filter(({ metadata }) => metadata?.deletionTimestamp)
    .flatMap((platform): Intent[] => {
      const afterSeconds = delaySeconds("operator", realistic);
      const victims = victimsOf(world, platform);
      if (victims.length === 0) {
        const { finalizers = [] } = platform.metadata ?? {};
        const others = finalizers.filter((finalizer) => finalizer !== platformFinalizer);
        return [
          {
            key: `let go of KrateoPlatformOps ${label(platform)}`,
            afterSeconds,
            run: (api) => api.patch("platforms", platform, { metadata: { finalizers: others } }),
          },
        ];
      }
      return victims.map(({ kind, item }) => ({
        key: `uninstall ${kind} ${item.metadata?.name} of KrateoPlatformOps ${label(platform)}`,
        afterSeconds,
        run: (api) => api.delete(kind, item),
      }));
    });

function atWork(world: World): Item[] {
  return deploymentAvailable(world, "installer") ? world.list("platforms") : [];
}

/** Deployments, Services and records of the Helm releases that a platform's steps list. */
function victimsOf(world: World, platform: Item) {
  const { namespace } = platform.metadata ?? {};
  const steps: Item[] = platform.spec?.steps ?? [];
  const releases = new Set(
    steps.filter(({ type }) => type === "chart").map((step) => step.with?.releaseName ?? step.with?.name),
  );
  return (["deployments", "services", "secrets"] as const).flatMap((kind) =>
    world
      .list(kind)
      .filter(({ metadata }) => {
        const labels = metadata?.labels ?? {};
        const release = labels["owner"] === "helm" ? labels["name"] : labels["app.kubernetes.io/instance"];
        return metadata?.namespace === namespace && !metadata?.deletionTimestamp && releases.has(release);
      })
      .map((item) => ({ kind, item })),
  );
}

function label(item: Item): string {
  return `${item.metadata?.namespace}/${item.metadata?.name}`;
}
