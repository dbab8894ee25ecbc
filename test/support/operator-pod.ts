/** The pod that the Pulumi Kubernetes Operator makes of a Stack, as its source says; a stand-in for the operator. */
import type { JsonObject } from "../../model/settings.ts";

type Named = JsonObject & { name: string };
interface Template {
  readonly image: string;
  readonly env?: Named[];
  readonly envFrom?: JsonObject[];
  readonly resources: JsonObject;
  readonly local: { dir: string };
  readonly podTemplate: {
    readonly spec: {
      readonly containers: Named[];
      readonly initContainers: Named[];
      readonly volumes: Named[];
      readonly securityContext?: JsonObject;
    };
  };
}

const restricted = {
  allowPrivilegeEscalation: false,
  capabilities: { drop: ["ALL"], add: ["NET_BIND_SERVICE"] },
};
const share = { name: "share", mountPath: "/share" };

/** Its own containers with profile "restricted", and the Stack's merged over them by name, those that it adds last. With the namespace's own account. */
export function operatorPod(stack: JsonObject, namespace: string): JsonObject {
  const { workspaceTemplate } = stack["spec"] as unknown as { workspaceTemplate: { spec: Template } };
  const template = workspaceTemplate.spec;
  const { spec } = template.podTemplate;
  const own = {
    image: "pulumi/pulumi-kubernetes-operator:v2.9.0",
    securityContext: restricted,
    volumeMounts: [share],
  };
  const [patch] = spec.containers as [Named & { securityContext: JsonObject; volumeMounts: Named[] }];
  return {
    apiVersion: "v1",
    kind: "Pod",
    metadata: { name: "pod", namespace },
    spec: {
      securityContext: {
        seccompProfile: { type: "RuntimeDefault" },
        runAsNonRoot: true,
        runAsUser: 1000,
        runAsGroup: 1000,
        ...spec.securityContext,
      },
      terminationGracePeriodSeconds: 600,
      initContainers: [
        { name: "bootstrap", ...own, args: ["cp", "/agent", "/tini", "/share/"] },
        {
          name: "fetch",
          ...own,
          env: [{ name: "LOCAL_DIR", value: template.local.dir }],
          args: ["sh", "-c", 'ln -s "$LOCAL_DIR" /share/workspace'],
        },
        ...spec.initContainers,
      ],
      containers: [
        {
          name: patch.name,
          image: template.image,
          env: template.env ?? [],
          envFrom: template.envFrom ?? [],
          resources: template.resources,
          workingDir: "/share/workspace",
          securityContext: { ...restricted, ...patch.securityContext },
          volumeMounts: [share, ...patch.volumeMounts],
        },
      ],
      volumes: [{ name: "share", emptyDir: {} }, ...spec.volumes],
    },
  } as JsonObject;
}
