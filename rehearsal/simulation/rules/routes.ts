import { delaySeconds } from "../delays.ts";
import type { Intent, Rule } from "../intent.ts";
import type { Item } from "../world.ts";

/** Where the simulated router's wildcard certificate would be valid. */
const appsDomain = "apps.rehearsal.example.org";

/** OpenShift's API server gives a Route without a host one of its own when it is made. */
export const nameRoutes: Rule = (world) =>
  living(world.list("routes"))
    .filter(({ spec }) => !spec?.host)
    .map((route): Intent => {
      const { name, namespace, uid } = route.metadata ?? {};
      return {
        key: `name a host for route ${namespace}/${name} ${uid}`,
        afterSeconds: 0,
        run: (api) => api.patch("routes", route, { spec: { host: `${name}-${namespace}.${appsDomain}` } }),
      };
    });

/**
 * Stand-in for OpenShift's router: admits each Route at its host, but for one whose host an older Route of another
 * namespace claims; that one is told so, as the real router does.
 */
export const admitRoutes: Rule = (world, { realistic }) => {
  const routes = living(world.list("routes")).filter(({ spec }) => spec?.host);
  return routes.flatMap((route): Intent[] => {
    const { name, namespace, uid } = route.metadata ?? {};
    const host: string = route["spec"].host;
    const claimant = routes.find((other) => other["spec"].host === host && isOlderElsewhere(other, route));
    const condition = claimant
      ? {
          type: "Admitted",
          status: "False",
          reason: "HostAlreadyClaimed",
          message: `route ${claimant.metadata?.name} already exposes ${host} and is older`,
        }
      : { type: "Admitted", status: "True" };
    const [shown] = route["status"]?.ingress ?? [];
    if (shown?.host === host && shown.conditions?.[0]?.status === condition.status) return [];
    const ingress = {
      host,
      routerName: "default",
      routerCanonicalHostname: `router-default.${appsDomain}`,
      wildcardPolicy: "None",
      conditions: [condition],
    };
    return [
      {
        key: `${claimant ? "refuse" : "admit"} route ${namespace}/${name} at ${host} ${uid}`,
        afterSeconds: delaySeconds("router", realistic),
        run: (api) => api.patchStatus("routes", route, { ingress: [ingress] }),
      },
    ];
  });
};

function living(routes: readonly Item[]): Item[] {
  return routes.filter(({ metadata }) => !metadata?.deletionTimestamp);
}

function isOlderElsewhere(other: Item, route: Item): boolean {
  if (other.metadata?.namespace === route.metadata?.namespace) return false;
  const age = (item: Item): string => String(item.metadata?.creationTimestamp ?? "");
  return age(other) < age(route);
}
