/** How the operator runs the program: one pod for each Stack, of the image that gitops/image/ makes. */
import type { Json, JsonObject } from "../../model/settings.ts";
import type { SecretKey } from "./fleet-file.ts";

/** Folder of the program in the image. */
const program = "/opt/krateo";

/** A run waits so long for another one on the same installation: the operator gives a Stack up after three failures in a row. */
const longestWait = "30m";

const access: Json = { name: "KUBECONFIG", value: "/etc/krateo/kubeconfig" };

/** A pod without requests is the first to be evicted; an evicted one loses the run. */
const resources: Json = {
  requests: { cpu: "500m", memory: "1Gi", "ephemeral-storage": "1Gi" },
  limits: { memory: "2Gi", "ephemeral-storage": "2Gi" },
};

const temporary: Json = { name: "tmp", emptyDir: {} };

const mounts: Json[] = [
  { name: "tmp", mountPath: "/tmp" },
  { name: "kubeconfig", mountPath: "/etc/krateo", readOnly: true },
];

/** The operator's own profile says the rest; it does not reach containers that a Stack adds. */
const workspaceContainer: Json = {
  name: "pulumi",
  securityContext: { readOnlyRootFilesystem: true },
  volumeMounts: mounts,
};

const restricted: Json = {
  allowPrivilegeEscalation: false,
  capabilities: { drop: ["ALL"] },
  readOnlyRootFilesystem: true,
};

/** What sets one Stack's pod apart from another one's. */
export interface WorkspaceChoice {
  readonly image: string;
  /** Name of Pulumi's stack, and the backend that holds it. */
  readonly stack: string;
  readonly backend: string;
  /** Secret whose keys become environment variables: the logins of backend and secrets provider. */
  readonly credentials: string;
  /** Of the installation. */
  readonly namespace: string;
  readonly kubeconfig: SecretKey;
}

/**
 * `spec.workspaceTemplate` of a Stack. The program stays in the image, whose root is read-only; what a run writes goes to
 * /share, which is the operator's own volume and goes with the pod.
 */
export function workspaceTemplate(choice: WorkspaceChoice): JsonObject {
  const envFrom = [{ secretRef: { name: choice.credentials } }];
  return {
    spec: {
      image: choice.image,
      securityProfile: "restricted",
      local: { dir: program },
      envFrom,
      env: [access, { name: "KRATEO_WAIT", value: longestWait }],
      resources,
      podTemplate: {
        spec: {
          volumes: [
            temporary,
            {
              name: "kubeconfig",
              secret: {
                secretName: choice.kubeconfig.secret,
                items: [{ key: choice.kubeconfig.key, path: "kubeconfig" }],
              },
            },
          ],
          initContainers: [
            {
              name: "prepare",
              image: choice.image,
              command: [`${program}/gitops/image/prepare.sh`, choice.stack, choice.namespace],
              envFrom,
              env: [access, { name: "PULUMI_BACKEND_URL", value: choice.backend }],
              resources,
              securityContext: restricted,
              volumeMounts: [{ name: "share", mountPath: "/share" }, ...mounts],
            },
          ],
          containers: [workspaceContainer],
        },
      },
    },
  };
}
