/** The form in which this program says what it knows about a component: plain data, with reasons, without logic. */

/** One component of Krateo 3.0.0, under the name that the release document gives it. */
export interface ComponentDescription {
  readonly name: string;
  /** Pulumi type token. It is part of the URN of every child, in every state out there: it never changes. */
  readonly typeToken: string;
  readonly steps: readonly StepDescription[];
}

/** One step of the release document. */
export interface StepDescription {
  readonly id: string;
  /** What must be there before it can start. A step with none starts at once. Consumer: plan/plan.ts. */
  readonly needs: readonly Need[];
  /**
   * What it needs to be of any use, without an order: it waits for these by itself.
   * Consumer: configuration/rules/component-needs.ts.
   */
  readonly uses?: readonly Need[];
  /** Waits behind the step that no Helm release does. Consumers: plan/plan.ts, resources/gate.ts. */
  readonly gates?: readonly GateDescription[];
  /** Set for a step that installs a chart. */
  readonly chart?: ChartDescription;
}

/** A prerequisite, with the reason for it. */
export interface Need {
  /** Id of a step, name of a Secret, id of a gate, or a node of the plan such as `namespace`. */
  readonly on: string;
  /** What goes wrong without it. */
  readonly why: string;
  /** Set where it is enough that its first installation has begun: what is needed of it is there before it is ready. */
  readonly begun?: true;
}

/** A wait for something that Helm knows nothing of. */
export interface GateDescription {
  readonly id: string;
  /** Why the step itself is not enough. */
  readonly why: string;
  /** Command of `npx krateo` that waits, with its options. */
  readonly command: string;
  /** When it waits. A gate of a removal does nothing on installation. */
  readonly during: "installation" | "removal";
  readonly timeoutSeconds: number;
}

/** Path of a value below a chart's values. */
export type ValuePath = readonly (string | number)[];

/** What is known of a chart. A field that is left out has the meaning that its comment gives. */
export interface ChartDescription {
  /** Name in its repository. */
  readonly name: string;
  /** Left out: Helm waits until it is ready. Consumer: configuration/typed-step.ts. */
  readonly notWaitedFor?: { readonly why: string };
  /** Left out: nobody outside the cluster reaches it. Consumer: configuration/exposure/exposed-services.ts. */
  readonly service?: ServiceDescription;
  /**
   * Values that it puts into a ConfigMap which its pods read as their environment, so that they see a change only when they
   * start. What stands in the pod template is not in here: Kubernetes starts new pods for that. Nor is what is mounted as a
   * folder: it reaches the running pod. Empty: there are none. Consumer: plan/configuration-hash.ts.
   */
  readonly readAtStart: readonly ValuePath[];
  /**
   * Cluster-scoped objects without a namespace in their name, by kind: Helm refuses one that is not its release's own.
   * Definitions in a crds folder are not in here, because Helm takes those as they are.
   * Consumer: cluster/checks/preflight/ownership.ts.
   */
  readonly clusterScoped?: Readonly<Partial<Record<ClusterScopedKind, readonly RegExp[]>>>;
  /** Whom the cluster may have besides, when those names are taken. Consumer: cluster/checks/preflight/ownership.ts. */
  readonly instead?: { readonly ofAnother: string; readonly ofNobody: string };
  /** What installing it takes beside the rights that every chart takes, where it is not rendered. Consumer: plan/rights/. */
  readonly rights?: readonly RightDescription[];
  /**
   * Objects that it makes only where its template finds something in the cluster: no rendering without the cluster shows
   * them. Consumer: plan/rights/.
   */
  readonly madeByLookup?: readonly RightDescription[];
  /**
   * Whether its pods meet the Pod Security standard `restricted`: whatever its values are, or never. Left out: when its
   * values podSecurityContext and securityContext say so. Consumer: cluster/checks/preflight/pod-security.ts.
   */
  readonly restricted?: "always" | "never";
  /** Its volumes. Consumer: cluster/checks/preflight/storage.ts. */
  readonly volumes?: readonly VolumeDescription[];
  /** What of its objects can never change. Consumer: cluster/checks/upgrades/volume-rules.ts. */
  readonly fixed?: FixedDescription;
  /** Secrets that its templates or its containers make. Consumers: cluster/observation.ts, cluster/checks/verification. */
  readonly makesSecrets?: readonly MadeSecret[];
  /** Objects that Helm does not remove with its release. Consumer: plan/removal/known.ts. */
  readonly leaves?: readonly LeftoverDescription[];
  /** Finalizer that only its own post-delete Job takes away. Consumer: plan/removal/known.ts. */
  readonly finalizers?: readonly string[];
  /** Custom kinds that it makes at run time. Consumer: cluster/removal/survey.ts. */
  readonly generates?: GeneratedKinds;
  /** Label by which an operator marks the volumes of its release. Consumer: plan/removal/known.ts. */
  readonly volumeLabel?: string;
  /** Images that it runs, or that its operator starts later. Left out: none. Consumers: configuration/images/. */
  readonly images?: readonly ImageDescription[];
  /** What its pods need of the internet, whichever registry their images come from. Consumer: commands/bundle.ts. */
  readonly needsInternet?: string;
  /** Values that have to be text, beside those that every chart has. Consumer: configuration/rules/text-values.ts. */
  readonly textValues?: readonly TextValues[];
  /** Values that make it log a secret. Consumer: configuration/rules/logged-secrets.ts. */
  readonly logsSecrets?: readonly SecretLog[];
  /** What it cannot do with its values, although its neighbours can. Consumer: configuration/rules/chart-limits.ts. */
  readonly limits?: readonly ValueLimit[];
}

/** An image, the values that choose it, and the value that names the Secret with its registry's login. */
export interface ImageDescription {
  /** Registry and path that the chart takes without a value. */
  readonly repository: string;
  /** Tag that it takes without a value; left out: the chart's own version. */
  readonly tag?: string | { readonly at: ValuePath; readonly byDefault: string };
  readonly keys: ImageKeys;
  readonly login: ImageLogin;
  /** Last version of the chart that is known to be like that. */
  readonly upTo: string;
  /** Who starts it after the installation, and when. Left out: the release's own pods run it. */
  readonly startedBy?: string;
  /** Set for one that is only there when a value is true. */
  readonly onlyWith?: { readonly path: ValuePath; readonly byDefault: boolean };
}

/** Values that choose an image: in two parts, in one text, in the parts that an operator puts together, or none at all. */
export type ImageKeys =
  | { readonly repository: ValuePath; readonly tag: ValuePath }
  | { readonly reference: ValuePath }
  | { readonly registry: ValuePath; readonly name?: ValuePath; readonly tag: ValuePath }
  | "fixed";

/**
 * The value that names pull Secrets: a list of maps with a name, a list of names, or one name. `none` says whose pods get
 * none; `ignored` is the value that one would expect to do it.
 */
export type ImageLogin =
  | { readonly at: ValuePath; readonly form: "references" | "names" | "name" }
  | { readonly none: string; readonly ignored: ValuePath };

/** The Service of a chart, named as its Helm release, and what the chart lets one say of it. */
export interface ServiceDescription {
  /** The page that users open, what that page calls from the browser, or what only the platform itself calls. */
  readonly role: "page" | "api" | "internal";
  /** Port of the Service, and of the container behind it. */
  readonly port: number;
  readonly targetPort: number;
  /** Where type nodeport puts it unless `krateo:nodePorts` says otherwise. */
  readonly nodePort: number;
  /** True when type nodeport exposes it without being asked. */
  readonly onNodePort: boolean;
  /** First label of its host below `krateo:domain`. */
  readonly hostLabel: string;
  /** False when the chart renders no `service.annotations`: a Service of our own bears them instead. */
  readonly takesAnnotations: boolean;
  /** False when the chart renders no `service.nodePort`: a Service of our own holds the port instead. */
  readonly takesNodePort: boolean;
  /** Answers without a login, as the pod's own readiness probe expects. Left out: nobody asks it from outside. */
  readonly healthPath?: string;
  /** Keys of the frontend's `config` that tell browsers where it is. */
  readonly urlKeys?: readonly string[];
}

export type ClusterScopedKind =
  | "CustomResourceDefinition"
  | "ClusterRole"
  | "Namespace"
  | "ValidatingAdmissionPolicy"
  | "MutatingWebhookConfiguration"
  | "ValidatingWebhookConfiguration";

/** Everything may be done with these resources of one API group. */
export interface RightDescription {
  readonly group: string;
  readonly resources: readonly string[];
  readonly namespaced: boolean;
}

/** A volume, or a list of them, as the values describe it. */
export interface VolumeDescription {
  /** The map of its settings, or the list of claims. Without one, the chart's default counts. */
  readonly at: ValuePath;
  /** Its storage class, below that. */
  readonly storageClass: ValuePath;
  /** True for a volume that is only there when `enabled` says so. */
  readonly optional?: true;
}

/** An object that Kubernetes, or its operator, lets nobody change in some respect. */
export interface FixedDescription {
  readonly kind: "StatefulSet" | "Cluster";
  /** Set when its selector holds the chart's version. */
  readonly selectorHoldsVersion?: true;
  /** Values that are fixed when it is made. */
  readonly values?: readonly string[];
  /** Maps of the values, below `cluster`, whose size must not shrink and whose class only new volumes get. */
  readonly growingVolumes?: readonly string[];
}

export interface MadeSecret {
  readonly name: string;
  readonly keys: readonly string[];
  /** Workload whose logs say why it is missing; left out: applying the release again makes it. */
  readonly madeBy?: string;
}

/**
 * An object that is left. In names, `{fullname}` stands for what the chart calls its objects and `{account}` for the
 * ServiceAccount of its pods, as its values have them.
 */
export interface LeftoverDescription {
  readonly kind: string;
  readonly name: string;
  readonly maker: "hook" | "oc" | "container" | "crds folder";
  /** A volume without which it is useless, and which is useless without it: they stay or go together. */
  readonly volume?: string;
  /** Of a role of oc's: the SecurityContextConstraints that it lets use. */
  readonly constraints?: string;
}

/** Definitions out of users' objects: all of one API group, or those that objects of a kind name. */
export type GeneratedKinds =
  | { readonly group: string }
  | { readonly namedBy: { readonly group: string; readonly kind: string } };

/** Values that Kubernetes takes only as text, or that a template prints. */
export interface TextValues {
  /** Name of the map, wherever it stands in the values, or a path from the top. */
  readonly map: string | ValuePath;
  readonly use: "text" | "printed";
  /** Set when only this key of the map is meant. */
  readonly key?: string;
}

export interface SecretLog {
  readonly path: ValuePath;
  /** What the chart takes without a value. */
  readonly byDefault: boolean;
  readonly logs: string;
}

/** A value that a chart cannot render, takes in a form of its own, or does not read. */
export interface ValueLimit {
  /** First and last version that is known to be like that; without `from`: all until then. */
  readonly from?: string;
  readonly upTo: string;
  readonly path: ValuePath;
  /** The value that it is about: `true`, anything that is not empty, or a list that has not the given form. */
  readonly when: "on" | "filled" | "no list of maps" | "no list of names" | "no list of references";
  /** `refused`: the installation would fail or be wrong; `ignored`: the value has no effect. */
  readonly kind: "refused" | "ignored";
  /** Continues "chart NAME VERSION ". */
  readonly why: string;
  readonly allowed?: string;
  /** `HERE` stands for the path of the step's helmValues. */
  readonly next: string;
}
