/**
 * The result of everything under configuration/: one frozen, plain value that says what is to be
 * installed. Nothing downstream reads configuration, fills in a default or validates again.
 */

/** How the platform's Services are reached from outside the cluster. */
export const releaseTypes = ["nodeport", "loadbalancer", "ingress", "gateway", "routes"] as const;
export type ReleaseType = (typeof releaseTypes)[number];

/** Value of `krateo:version` for a release document in the project's folder. */
export const localVersion = "local";

/** JSON as Helm values and Kubernetes manifests use it. */
export type Json = null | boolean | number | string | Json[] | { [key: string]: Json };
export type JsonObject = { [key: string]: Json };

/** Path of a value below some root: map keys and list indexes. */
export type Path = readonly (string | number)[];

export interface Settings {
  readonly type: ReleaseType;
  readonly openshift: boolean;
  /** Profiles in merge order, the one that `openshift: true` stands for included. */
  readonly profiles: readonly string[];
  readonly namespace: string;
  /** "3.0.0" for the bundled release, another one that was added, "local" for a release document of the user's own. */
  readonly platformVersion: string;
  /** `external`: the three Secrets are somebody else's work and are only checked. */
  readonly secrets: "generated" | "external";
  /** Components whose removal from a live stack the user has agreed to. */
  readonly allowRemoval: readonly string[];
  /** Platform version that may be installed although it is older than the installed one, or skips a minor version. */
  readonly allowVersion?: string;
  /** Whether a migration deletes the storage of a volume that 3.0.0 has no use for, whatever its reclaim policy. */
  readonly purgeVolumes: boolean;
  readonly charts: {
    readonly mirror?: string;
    /** By host, with its port if it has one. */
    readonly logins?: Readonly<Record<string, ChartLogin>>;
  };
  readonly images: ImageSettings;
  readonly cluster: { readonly kubeconfig?: string; readonly context?: string };
  /** Address at which browsers reach a node's ports in the `nodeport` type; undefined: one is read from the cluster. */
  readonly nodeAddress?: string;
  /** Public domain of the types `ingress`, `gateway` and `routes`, e.g. `krateo.example.org`. */
  readonly domain?: string;
  readonly exposure: Exposure;
  /** PostgreSQL of the user's own, when the stack configuration names one. */
  readonly database?: ExternalDatabase;
  /** Components in document order, disabled ones included. */
  readonly components: readonly Component[];
  /** Steps in document order, those of disabled components included. */
  readonly steps: readonly Step[];
  /** What the Installation snapshot stores, with secret values masked. */
  readonly snapshot: Snapshot;
  /** Worth knowing, but no reason to stop. */
  readonly warnings: readonly string[];
}

/** From secret stack configuration: wrap the password before it goes anywhere but to its host. */
export interface ChartLogin {
  readonly username: string;
  readonly password: string;
}

/** Where images come from, as far as the steps' values do not say it. */
export interface ImageSettings {
  /** HOST or HOST/PATH that all images are to come from. */
  readonly registry?: string;
  /** What comes from elsewhere is refused. */
  readonly strict: boolean;
  /** Names of Secrets with logins, which all pods get that can. */
  readonly pullSecrets: readonly string[];
  /** By host: logins of which the program makes one of those Secrets. Left out: it makes none. */
  readonly logins?: Readonly<Record<string, ChartLogin>>;
  /** What stood in place of values that name the registry now. */
  readonly redirected: readonly RedirectedValue[];
}

/** A chart's value that has been replaced. */
export interface RedirectedValue {
  /** Id of the step. */
  readonly step: string;
  readonly path: Path;
  readonly from: string;
}

/** A PostgreSQL that somebody else runs. */
export interface ExternalDatabase {
  readonly host: string;
  readonly port: number;
  readonly name: string;
  readonly sslMode: string;
  /** From secret stack configuration: wrap the password before it goes anywhere. Else the Secret krateo-db must exist. */
  readonly login?: { readonly user: string; readonly password: string };
}

/** How the platform is reached from outside, as far as the steps' values do not say it. */
export interface Exposure {
  /** Names of the Services that are. */
  readonly services: readonly string[];
  /** True when browsers speak https, also when TLS ends in front of the cluster. */
  readonly https: boolean;
  /** Kind of address that a load balancer must have; undefined: an IP, else a host name. */
  readonly loadBalancerAddress?: "ip" | "hostname";
}

export interface Component {
  readonly name: string;
  readonly description?: string;
  readonly enabled: boolean;
  readonly steps: readonly string[];
}

export type Step = ChartStep | VariableStep | ObjectStep;

interface StepBase {
  readonly id: string;
  readonly component: string;
  /** False when it is skipped, or its component is switched off. */
  readonly enabled: boolean;
}

/** One Helm release. */
export interface ChartStep extends StepBase {
  readonly type: "chart";
  readonly release: { readonly name: string; readonly namespace: string };
  readonly chart: ChartSource;
  /** False only where waiting is known to block (finops-notebooks). */
  readonly wait: boolean;
  readonly timeoutSeconds: number;
  /** Helm revisions kept. */
  readonly maxHistory: number;
  /** May hold `${VAR}`; nulls remove a chart's default. */
  readonly values: JsonObject;
  /** Paths below `values` that came from secret stack configuration. */
  readonly secretPaths: readonly Path[];
}

/** Where a chart archive comes from. */
export interface ChartSource {
  /** Name in the repository's index; file name stem of the archive. */
  readonly name: string;
  /** Exact version; empty only for an archive URL that names none. */
  readonly version: string;
  readonly kind: "repository" | "archive" | "oci";
  /** Repository root, archive URL, or `oci://` reference without tag. */
  readonly url: string;
}

/** Sets a variable for `${NAME}` in later steps. */
export interface VariableStep extends StepBase {
  readonly type: "var";
  readonly name: string;
  readonly value?: string;
  readonly valueFrom?: {
    readonly apiVersion: string;
    readonly kind: string;
    readonly name: string;
    readonly namespace: string;
    /** A jq program, run on the live object. */
    readonly selector: string;
  };
}

/** One Kubernetes object; strings in it may hold `${VAR}`. */
export interface ObjectStep extends StepBase {
  readonly type: "object";
  readonly manifest: JsonObject & {
    apiVersion: string;
    kind: string;
    metadata: JsonObject & { name: string; namespace?: string };
  };
  /** Paths below `manifest` that came from secret stack configuration. */
  readonly secretPaths?: readonly Path[];
}

/** Body of the Installation object (spec.spec), in upstream's shape. */
export interface Snapshot {
  readonly componentsDefinition: JsonObject;
  readonly steps: readonly JsonObject[];
  readonly installationVersion: string;
}
