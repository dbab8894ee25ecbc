import type { ManifestObject } from "../../cluster/client/manifest.ts";
import type { JsonObject } from "../../model/settings.ts";

/** An object that is installed as its manifest says and then edited, and what differs. */
export interface DriftCase {
  /** "It differs …". */
  readonly rule: string;
  readonly manifest: ManifestObject;
  /** Made by hand: a strategic merge of a built-in kind, else a JSON merge; a list is a JSON patch. */
  readonly edit?: JsonObject | readonly JsonObject[];
  /** `path: planned -> live` */
  readonly found: readonly string[];
  /** What a user without the right to patch finds, where that is different. */
  readonly visitorFinds?: readonly string[];
}

/** Namespace of the objects. */
export const home = "drift";
const labels = { app: "web" };

const object = (apiVersion: string, kind: string, name: string, body: JsonObject): ManifestObject => ({
  apiVersion,
  kind,
  metadata: { name },
  ...body,
});

const pod = (container: JsonObject, more: JsonObject = {}): JsonObject => ({
  metadata: { labels },
  spec: { containers: [{ name: "web", image: "web:1", ...container }], ...more },
});

export const deployment = (
  name: string,
  container: JsonObject,
  more: JsonObject = {},
  spec: JsonObject = {},
): ManifestObject =>
  object("apps/v1", "Deployment", name, {
    spec: { selector: { matchLabels: labels }, template: pod(container, more), ...spec },
  });

export const job = (name: string, image: string): ManifestObject =>
  object("batch/v1", "Job", name, { spec: { template: pod({ image }, { restartPolicy: "Never" }) } });

export const autoscaler = (name: string, minReplicas: number): ManifestObject =>
  object("autoscaling/v2", "HorizontalPodAutoscaler", name, {
    spec: {
      scaleTargetRef: { apiVersion: "apps/v1", kind: "Deployment", name },
      minReplicas,
      maxReplicas: minReplicas + 1,
    },
  });

const env = (...names: string[]): JsonObject => ({ env: names.map((name) => ({ name, value: name })) });
const containers = (...items: JsonObject[]): JsonObject => ({
  spec: { template: { spec: { containers: items } } },
});
const first = "spec.template.spec.containers[0]";

const defaulted = (type: string, value: string | number): JsonObject => ({ type, default: value });
const properties = (all: JsonObject): JsonObject => ({ type: "object", properties: all });

/** Kind Widget, with defaults. */
export const widgetDefinition = object(
  "apiextensions.k8s.io/v1",
  "CustomResourceDefinition",
  "widgets.drift.example.org",
  {
    spec: {
      group: "drift.example.org",
      scope: "Namespaced",
      names: { kind: "Widget", plural: "widgets" },
      versions: [
        {
          name: "v1",
          served: true,
          storage: true,
          schema: {
            openAPIV3Schema: properties({
              spec: properties({
                size: defaulted("integer", 3),
                parts: {
                  type: "array",
                  items: properties({ name: { type: "string" }, colour: defaulted("string", "red") }),
                },
              }),
            }),
          },
        },
      ],
    },
  },
);

export const widget = (name: string, spec: JsonObject): ManifestObject =>
  object("drift.example.org/v1", "Widget", name, { spec });

export const driftCases: readonly DriftCase[] = [
  {
    rule: "not in how quantities, ports and empty values are written",
    manifest: deployment(
      "written",
      {
        resources: { limits: { cpu: "1000m", memory: "1024Mi" }, requests: { cpu: 0.5 } },
        ports: [{ containerPort: 80 }],
        readinessProbe: { httpGet: { port: 80 }, failureThreshold: 0 },
        imagePullPolicy: "",
        command: [],
        securityContext: null,
      },
      { imagePullSecrets: [], nodeSelector: {}, hostNetwork: false, tolerations: [{ operator: "Exists" }] },
    ),
    found: [],
  },
  {
    rule: "in a quantity that was changed, as the API server writes it",
    manifest: deployment("limited", { resources: { limits: { cpu: "1000m" } } }),
    edit: containers({ name: "web", resources: { limits: { cpu: "2000m" } } }),
    found: [`${first}.resources.limits.cpu: "1" -> "2"`],
    visitorFinds: [`${first}.resources.limits.cpu: "1000m" -> "2"`],
  },
  {
    rule: "not in variables and containers that others add",
    manifest: deployment("added", env("X", "Y")),
    edit: containers({ name: "sidecar", image: "s:1" }, { name: "web", ...env("Z") }),
    found: [],
  },
  {
    rule: "in a variable that was taken away",
    manifest: deployment("taken", env("X", "Y")),
    edit: containers({ name: "web", env: [{ name: "X", $patch: "delete" }] }),
    found: [`${first}.env[0]: {"name":"X","value":"X"} -> undefined`],
  },
  {
    rule: "in an item whatever its place",
    manifest: deployment("moved", env("X")),
    edit: [
      { op: "replace", path: "/spec/template/spec/containers/0/image", value: "web:2" },
      { op: "add", path: "/spec/template/spec/containers/0", value: { name: "first", image: "f:1" } },
    ],
    found: [`${first}.image: "web:1" -> "web:2"`],
  },
  {
    rule: "not in ports of one number and two protocols, which a strategic merge mixes up",
    manifest: deployment("dns", {
      ports: [
        { containerPort: 53, protocol: "UDP" },
        { containerPort: 53, protocol: "TCP" },
      ],
    }),
    found: [],
  },
  {
    rule: "in what excludes it, although no patch brings it back",
    manifest: deployment("volume", {}, { volumes: [{ name: "v", emptyDir: {} }] }),
    edit: [
      { op: "replace", path: "/spec/template/spec/volumes/0", value: { name: "v", hostPath: { path: "/" } } },
    ],
    found: ["spec.template.spec.volumes[0].emptyDir: {} -> undefined"],
    // The API server leaves out some empty maps, and not others.
    visitorFinds: [],
  },
  {
    rule: "not in node ports and addresses that the cluster chose",
    manifest: object("v1", "Service", "chosen", {
      spec: { type: "NodePort", clusterIP: "", ports: [{ port: 80, targetPort: "http", nodePort: 0 }] },
    }),
    found: [],
  },
  {
    rule: "in a Service's port, although its merge is refused and its node port is taken",
    manifest: object("v1", "Service", "edited", {
      spec: { type: "NodePort", ports: [{ name: "http", port: 80, nodePort: 31234 }] },
    }),
    edit: [{ op: "replace", path: "/spec/ports/0/port", value: 81 }],
    found: ['spec.ports[0]: {"name":"http","port":80,"nodePort":31234} -> undefined'],
  },
  {
    rule: "not in a Job that controllers have labelled",
    manifest: job("done", "web:1"),
    found: [],
  },
  {
    rule: "not in a webhook's certificate, which its operator writes",
    manifest: object(
      "admissionregistration.k8s.io/v1",
      "ValidatingWebhookConfiguration",
      "drift.example.org",
      {
        webhooks: [
          {
            name: "a.example.org",
            clientConfig: { url: "https://127.0.0.1/a", caBundle: "Cg==" },
            rules: [
              {
                apiGroups: ["drift.example.org"],
                apiVersions: ["v9"],
                resources: ["x"],
                operations: ["CREATE"],
              },
            ],
            sideEffects: "None",
            admissionReviewVersions: ["v1"],
          },
        ],
      },
    ),
    edit: [{ op: "replace", path: "/webhooks/0/clientConfig/caBundle", value: "Cgo=" }],
    found: [],
  },
  {
    rule: "in somebody who was added to a binding",
    manifest: object("rbac.authorization.k8s.io/v1", "RoleBinding", "bound", {
      roleRef: { apiGroup: "rbac.authorization.k8s.io", kind: "Role", name: "r" },
      subjects: [{ kind: "User", apiGroup: "rbac.authorization.k8s.io", name: "a" }],
    }),
    edit: [
      {
        op: "add",
        path: "/subjects/-",
        value: { kind: "User", apiGroup: "rbac.authorization.k8s.io", name: "b" },
      },
    ],
    found: [
      'subjects: [{"kind":"User","apiGroup":"rbac.authorization.k8s.io","name":"a"}] -> [{"kind":"User","apiGroup":"rbac.authorization.k8s.io","name":"a"},{"kind":"User","apiGroup":"rbac.authorization.k8s.io","name":"b"}]',
    ],
  },
  {
    rule: "in a field that was added to an item of a list which is one value",
    manifest: object("networking.k8s.io/v1", "NetworkPolicy", "closed", {
      spec: { podSelector: {}, ingress: [{ ports: [{ port: 80 }] }] },
    }),
    edit: [{ op: "add", path: "/spec/ingress/0/ports/0/endPort", value: 90 }],
    found: ["spec.ingress[0].ports[0].endPort: undefined -> 90"],
    visitorFinds: [
      "spec.ingress[0].ports[0].endPort: undefined -> 90",
      'spec.ingress[0].ports[0].protocol: undefined -> "TCP"',
    ],
  },
  {
    rule: "in a label that was changed and not in one that was added, nor in a further finalizer",
    manifest: {
      ...object("v1", "ConfigMap", "labelled", {}),
      metadata: { name: "labelled", labels, finalizers: ["a.b/c"] },
    },
    edit: { metadata: { labels: { app: "other", more: "x" }, finalizers: ["d.e/f"] } },
    found: ['metadata.labels.app: "web" -> "other"'],
  },
  {
    rule: "not in how a Secret's text is encoded",
    manifest: object("v1", "Secret", "encoded", { data: { a: "aGVs\nbG8=\n" }, stringData: { b: "hello" } }),
    found: [],
  },
  {
    rule: "in a Secret's text that was changed",
    manifest: object("v1", "Secret", "changed", { stringData: { b: "hello" } }),
    edit: { data: { b: "eA==" } },
    found: ['data.b: "aGVsbG8=" -> "eA=="'],
  },
  {
    rule: "not in defaults of a custom resource, nor in fields that its definition does not have",
    manifest: widget("defaulted", { parts: [{ name: "a" }], typo: 1 }),
    edit: { spec: { size: 4 } },
    found: [],
    visitorFinds: ["spec.typo: 1 -> undefined"],
  },
  {
    rule: "in a list of a custom resource, which is one value to Helm",
    manifest: widget("parts", { size: 1, parts: [{ name: "a", colour: "red" }] }),
    edit: { spec: { parts: [{ name: "b" }] } },
    found: ['spec.parts[0].name: "a" -> "b"'],
  },
  {
    rule: "in an empty list of a custom resource that was filled",
    manifest: widget("empty", { parts: [] }),
    edit: { spec: { parts: [{ name: "a" }] } },
    found: ['spec.parts: [] -> [{"colour":"red","name":"a"}]'],
  },
];
