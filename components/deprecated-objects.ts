/**
 * What the charts of Krateo 2.7.0 hold that 3.0.0 has no place for. Helm's records say it, too, with what a user has made
 * of it; this is for when nobody can read them.
 */

/** A manifest with no more in it than tells which rights its object takes. */
interface Manifest {
  readonly [key: string]: string | Manifest | (string | Manifest)[];
}

const rbac = "rbac.authorization.k8s.io";

/** Objects by Helm release, as 2.7.0's own values make them. */
export function objectsOfLegacy(namespace: string): Readonly<Record<string, Manifest[]>> {
  const parser = "finops-composition-definition-parser";
  const wide = (name: string) => `${name}-${namespace}`;
  const registration = (name: string) => object("eventrouter.krateo.io/v1alpha1", "Registration", wide(name));
  return {
    [parser]: [
      ...workload(parser),
      object("v1", "Service", parser),
      ...role("Role", parser, rule("", "secrets"), rule("finops.krateo.io", "databaseconfigs")),
      ...role("ClusterRole", wide(parser), rule("core.krateo.io", "compositiondefinitions")),
      registration(parser),
    ],
    sweeper: [...workload("sweeper"), object("v1", "Service", "sweeper")],
    eventsse: [
      ...workload("eventsse"),
      object("v1", "Service", "eventsse-internal"),
      object("v1", "Service", "eventsse-external"),
      object("v1", "Secret", "eventsse-internal-endpoint"),
      registration("eventsse"),
    ],
    "eventsse-etcd": [
      object("v1", "Service", "eventsse-etcd"),
      object("apps/v1", "StatefulSet", "eventsse-etcd"),
    ],
    eventrouter: [
      ...workload("eventrouter"),
      ...role(
        "ClusterRole",
        wide("eventrouter"),
        rule("", "events", "get list watch patch"),
        rule("*", "*"),
        {
          nonResourceURLs: ["*"],
          verbs: ["get", "list"],
        },
      ),
      definition("eventrouter.krateo.io", "Registration", "registrations", "Cluster"),
    ],
    installer: [
      ...workload("installer"),
      ...["Role", "ClusterRole"].flatMap((kind) => role(kind, "installer")),
      ...role("ClusterRole", "installer-krateo"),
      object("krateo.io/v1alpha1", "KrateoPlatformOps", "krateo"),
    ],
    "installer-crd": [definition("krateo.io", "KrateoPlatformOps", "krateoplatformops", "Namespaced")],
  };
}

function object(apiVersion: string, kind: string, name: string, more: Manifest = {}): Manifest {
  return { apiVersion, kind, metadata: { name }, ...more };
}

function workload(name: string): Manifest[] {
  return [
    object("v1", "ConfigMap", name),
    object("v1", "ServiceAccount", name),
    object("apps/v1", "Deployment", name),
  ];
}

function rule(group: string, resource: string, verbs = "get list"): Manifest {
  return { apiGroups: [group], resources: [resource], verbs: verbs.split(" ") };
}

/** A role with its binding. The rules matter for one that may be made again: nobody makes an installer's. */
function role(kind: string, name: string, ...rules: Manifest[]): Manifest[] {
  const roleRef = { apiGroup: rbac, kind, name };
  return [
    object(`${rbac}/v1`, kind, name, { rules }),
    object(`${rbac}/v1`, `${kind}Binding`, name, { roleRef }),
  ];
}

function definition(group: string, kind: string, plural: string, scope: string): Manifest {
  const spec = { group, scope, names: { kind, plural } };
  return object("apiextensions.k8s.io/v1", "CustomResourceDefinition", `${plural}.${group}`, { spec });
}
