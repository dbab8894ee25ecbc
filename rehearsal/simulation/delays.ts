/**
 * How long the rehearsal's stand-ins take, in seconds, by Helm release. The quick ones keep an order without
 * costing time; the realistic ones are what a mid-size cluster shows, images pulled.
 */
interface Delay {
  quick: number;
  realistic: number;
}

const podStarts: Record<string, Delay> = {
  authn: { quick: 0.3, realistic: 12 },
  snowplow: { quick: 0.4, realistic: 15 },
  frontend: { quick: 0.3, realistic: 12 },
  cnpg: { quick: 0.5, realistic: 15 },
  "pg-cluster": { quick: 0.5, realistic: 20 },
  // Their readiness probe starts only after 45 s, however early they could answer.
  deviser: { quick: 0.5, realistic: 45 },
  "resources-ingester": { quick: 0.3, realistic: 45 },
  "resources-presenter": { quick: 0.3, realistic: 45 },
  "events-ingester": { quick: 0.3, realistic: 45 },
  "events-presenter": { quick: 0.3, realistic: 45 },
  "core-provider": { quick: 0.4, realistic: 15 },
  "oasgen-provider": { quick: 0.3, realistic: 12 },
  cratedb: { quick: 0.8, realistic: 40 },
  "finops-operator-exporter": { quick: 0.3, realistic: 12 },
  "finops-operator-focus": { quick: 0.3, realistic: 12 },
  "finops-operator-scraper": { quick: 0.3, realistic: 12 },
  "finops-database-handler": { quick: 0.4, realistic: 15 },
  "finops-database-handler-uploader": { quick: 0.3, realistic: 12 },
  "opa-kube-mgmt": { quick: 0.4, realistic: 20 },
};

const others = {
  /** A pod of no release in the table, such as a user's. */
  pod: { quick: 0.3, realistic: 15 },
  /** A Job's pod: its image is there already. */
  job: { quick: 0.1, realistic: 3 },
  /** The standbys of a PostgreSQL cluster: they copy the primary before they start. */
  standby: { quick: 0.3, realistic: 23 },
  database: { quick: 0.2, realistic: 2 },
  /** From the moment deviser's pod may start until its tables are there: its image, a login and one transaction. */
  tables: { quick: 0.2, realistic: 5 },
  volume: { quick: 0.1, realistic: 2 },
  loadBalancer: { quick: 0.5, realistic: 10 },
  /** A router's consent to a Route, or a controller's to a Gateway or an HTTPRoute. */
  router: { quick: 0.3, realistic: 2 },
  /** An operator's reaction to an object of its own. */
  operator: { quick: 0.1, realistic: 1 },
} satisfies Record<string, Delay>;

export type DelayName = keyof typeof others;

/** Seconds from the moment a pod of this Helm release may start until it is ready. */
export function podStartSeconds(release: string | undefined, realistic: boolean): number {
  return seconds(podStarts[release ?? ""] ?? others.pod, realistic);
}

/** Seconds that something other than a pod's start takes. */
export function delaySeconds(name: DelayName, realistic: boolean): number {
  return seconds(others[name], realistic);
}

/** The releases that have a delay of their own. */
export const releasesWithDelay = Object.keys(podStarts);

function seconds({ quick, realistic: real }: Delay, realistic: boolean): number {
  return realistic ? real : quick;
}
