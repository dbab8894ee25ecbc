/** What a history has asked for, and what may be expected of the platform by that. No cluster, no Pulumi. */
import type { JsonObject } from "../../model/settings.ts";

/** What a user can change here. */
export interface Wanted {
  /** A value of core-provider's in the overrides; `none`: no override. */
  readonly debug: "none" | "true" | "false";
  /** Profile debug. */
  readonly profile: boolean;
  readonly type: "nodeport" | "loadbalancer";
  /** Type nodeport: the port of Service authn. */
  readonly port: number;
  /** Component operator-generator. */
  readonly generator: boolean;
  /** The platform version: the bundled one, or the one that histories add. */
  readonly version: typeof bundledVersion | typeof newerVersion;
}

export const bundledVersion = "3.0.0";
export const newerVersion = "3.0.1";
/** Version of core-provider's chart in the newer platform version; all else is as in the bundled one. */
export const newerChart = "1.0.1";

export const wantedAtFirst: Wanted = {
  debug: "none",
  profile: false,
  type: "nodeport",
  port: 30082,
  generator: true,
  version: bundledVersion,
};

/** What is known of the platform. */
export class Model {
  wanted = wantedAtFirst;
  /** Some `up` has ended well, and nothing has removed the platform since. */
  installed = false;
  /** A run was disturbed: `repair` comes before the next one. */
  disturbed = false;
  /** Somebody's helm was killed: only `repair --force` may say that its operation has ended. */
  unfinished = false;
  /** Somebody has changed something by hand: `diff` says what puts it back. */
  drifted = false;
  /** A removal was begun, so the Secrets may go. */
  removing = false;
  /** What the last run was asked for, whether it ended well or not; undefined before the first one. */
  planned: Wanted | undefined;
  /** Nothing was done since the invariants were looked at. */
  settled = false;
  /** Contents of the platform's Secrets; they stay until a removal is asked for. */
  secrets: Readonly<Record<string, unknown>> = {};
}

/** Left out, so that one `up` takes seconds. */
const leftOut = [
  "cnpg",
  "db-maintenance",
  "resources-stack",
  "events-stack",
  "finops",
  "frontend",
  "portal-defaults",
];

/** The override document. */
export function overridesOf({ debug, generator }: Wanted): JsonObject {
  const off = Object.fromEntries(leftOut.map((name) => [name, { enabled: false }]));
  const env = { CORE_PROVIDER_DEBUG: debug };
  const stepConfig = { "install-core-provider": { helmValues: { env } } };
  return {
    components: {
      ...off,
      "operator-generator": { enabled: generator },
      ...(debug === "none" ? {} : { "composable-operations": { stepConfig } }),
    },
  };
}

/** Where the stack's own secret value goes. */
export const secretPath = "components.backend.stepConfig.install-authn.helmValues.env.OIDC_SECRET";

/** The stack configuration, keys without their project. @param secret The value of `secretPath`, as Pulumi encrypts it */
export function configOf(wanted: Wanted, secret: JsonObject): JsonObject {
  const { profile, type, port, generator, version } = wanted;
  return {
    type,
    // The older one would be refused otherwise.
    ...(version === bundledVersion ? { allowVersion: version } : { version }),
    ...(profile ? { profiles: ["debug"] } : {}),
    ...(type === "nodeport" ? { nodePorts: { authn: port } } : {}),
    ...(generator ? {} : { allowRemoval: ["operator-generator"] }),
    set: { [secretPath]: secret },
  };
}

/** Names of the Helm releases that have to be there, and no others. */
export function releasesOf({ generator }: Wanted): string[] {
  return ["authn", "core-provider", ...(generator ? ["oasgen-provider"] : []), "snowplow"];
}

/** What core-provider's value has to be; undefined: whatever the chart says. */
export function debugOf({ debug, profile }: Wanted): string | undefined {
  if (debug !== "none") return debug;
  return profile ? "true" : undefined;
}
