/** Cost data: its database, operators and notebooks; and the policy engine. Removal has to wait between its own steps. */
import type {
  ComponentDescription,
  ImageDescription,
  ImageLogin,
  ValueLimit,
  ValuePath,
} from "./description.ts";
import { krateoImage, krateoRegistry } from "./images.ts";
import { attachment } from "./outside.ts";

/** What none of the three operators' templates can do. */
function noAutoscaling(chart: string, upTo: string): ValueLimit {
  return {
    upTo,
    path: ["autoscaling", "enabled"],
    when: "on",
    kind: "refused",
    why: `cannot render autoscaling: its template asks for a name that it lacks (no template "${chart}.fullname")`,
    next: "set HERE.replicaCount instead",
  };
}

/** An image that an operator puts together from its environment. */
function operatorImage(
  name: string,
  upTo: string,
  tag: string,
  tagKey: string,
  nameKey?: ValuePath,
): ImageDescription {
  return {
    repository: `${krateoRegistry}/${name}`,
    tag,
    keys: { registry: ["env", "REGISTRY"], ...(nameKey && { name: nameKey }), tag: ["env", tagKey] },
    login: { at: ["env", "REGISTRY_CREDENTIALS"], form: "name" },
    upTo,
  };
}

const plainNames: ImageLogin = { at: ["imagePullSecrets"], form: "names" };
const cratedbLogin: ImageLogin = { none: "its pod", ignored: ["imagePullSecrets"] };

export const finops: ComponentDescription = {
  name: "finops",
  typeToken: "krateo:platform:Finops",
  steps: [
    {
      id: "install-finops-cratedb",
      needs: [],
      chart: {
        name: "cratedb",
        readAtStart: [["env"]],
        // It adds SYS_CHROOT to its capabilities.
        restricted: "never",
        volumes: [{ at: ["volumeClaims"], storageClass: ["spec", "storageClassName"] }],
        // D16: the selector holds the versions of chart and program.
        fixed: { kind: "StatefulSet", selectorHoldsVersion: true, values: ["volumeClaims"] },
        images: [
          krateoImage("crate", "0.1.4", { tag: "5.9.6", login: cratedbLogin }),
          {
            repository: "quay.io/openshift/origin-cli",
            tag: "4.16",
            keys: { reference: ["openshift", "preInstallJob", "image"] },
            login: cratedbLogin,
            upTo: "0.1.4",
            onlyWith: { path: ["openshift", "enabled"], byDefault: false },
          },
        ],
        // D16
        needsInternet: "its pod installs packages from the internet each time it starts",
        makesSecrets: [
          {
            name: "cratedb-system-credentials",
            keys: ["username", "password"],
            madeBy: "statefulset/cratedb",
          },
        ],
        // Read in version 0.1.4: templates with helm.sh/hook, its start-up script, and `oc adm policy add-scc-to-user` in its
        // Job, which binds in the namespace, or cluster-wide with an oc that takes none.
        leaves: [
          { kind: "ServiceAccount", name: "{account}", maker: "hook" },
          { kind: "ConfigMap", name: "create-user-sidecar", maker: "hook" },
          { kind: "Role", name: "{fullname}-secret-creator", maker: "hook" },
          { kind: "RoleBinding", name: "{fullname}-secret-creator", maker: "hook" },
          { kind: "ClusterRole", name: "{fullname}", maker: "hook" },
          { kind: "ClusterRoleBinding", name: "{fullname}", maker: "hook" },
          { kind: "ClusterRole", name: "{fullname}-scc", maker: "hook" },
          { kind: "ClusterRoleBinding", name: "{fullname}-scc", maker: "hook" },
          { kind: "Job", name: "{fullname}", maker: "hook" },
          ...["RoleBinding", "ClusterRoleBinding", "ClusterRole"].map((kind) => ({
            kind,
            name: "system:openshift:scc:{fullname}",
            maker: "oc" as const,
            constraints: "{fullname}",
          })),
          {
            // A new pod would make a new password, which the users in the old data do not have.
            kind: "Secret",
            name: "{fullname}-system-credentials",
            maker: "container",
            volume: "data-{fullname}-0",
          },
        ],
        textValues: [{ map: "crate", use: "printed" }],
        limits: [
          {
            upTo: "0.1.4",
            path: ["ingress", "enabled"],
            when: "on",
            kind: "refused",
            why: 'cannot render its Ingress: its template asks for a name that it lacks (no template "authn.labels")',
            next: "an Ingress of your own can lead to Service cratedb, port 4200",
          },
        ],
      },
    },
    {
      id: "install-finops-operator-exporter",
      needs: [],
      chart: {
        name: "finops-operator-exporter",
        readAtStart: [["env"]],
        clusterScoped: {
          CustomResourceDefinition: [/^(databaseconfigs|exporterscraperconfigs)\.finops\.krateo\.io$/],
        },
        images: [
          krateoImage("finops-operator-exporter", "0.5.2"),
          {
            ...operatorImage("finops-prometheus-exporter", "0.5.2", "0.5.1", "EXPORTER_VERSION", [
              "env",
              "EXPORTER_NAME",
            ]),
            startedBy: "finops-operator-exporter, for each ExporterScraperConfig",
          },
        ],
        limits: [noAutoscaling("finops-operator-exporter", "0.5.2")],
      },
    },
    {
      id: "install-finops-operator-focus",
      needs: [],
      chart: {
        name: "finops-operator-focus",
        readAtStart: [["env"]],
        leaves: [
          {
            kind: "CustomResourceDefinition",
            name: "focusconfigs.finops.krateo.io",
            maker: "crds folder",
          },
        ],
        images: [krateoImage("finops-operator-focus", "0.4.3")],
        limits: [noAutoscaling("finops-operator-focus", "0.4.3")],
      },
    },
    {
      id: "install-finops-database-handler",
      needs: [
        { on: "install-finops-operator-exporter", why: "it brings the DatabaseConfig kind" },
        {
          // D4: upstream does not wait for cratedb, whose pod writes the login when it has started.
          on: "install-finops-cratedb",
          why: "the chart looks its login up while it is rendered, and silently leaves the endpoint out without it",
        },
      ],
      chart: {
        name: "finops-database-handler",
        service: {
          role: "internal",
          port: 8088,
          targetPort: 8088,
          nodePort: 30086,
          onNodePort: true,
          hostLabel: "finops-database-handler",
          takesAnnotations: true,
          takesNodePort: true,
        },
        readAtStart: [["env"]],
        madeByLookup: [{ group: "finops.krateo.io", resources: ["databaseconfigs"], namespaced: true }],
        images: [krateoImage("finops-database-handler", "0.5.4")],
      },
    },
    attachment("finops-database-handler"),
    {
      id: "install-finops-database-handler-uploader",
      needs: [{ on: "install-finops-database-handler", why: "it writes to the handler's endpoint" }],
      gates: [
        {
          id: "notebooks-gone",
          why: "it brings the Notebook kind, and clears the notebooks' finalizer on removal",
          command: "wait-notebooks",
          during: "removal",
          // The chart of the notebooks gives its own cleanup as long.
          timeoutSeconds: 300,
        },
      ],
      chart: {
        name: "finops-database-handler-uploader",
        readAtStart: [["env"]],
        clusterScoped: { CustomResourceDefinition: [/^notebooks\.finops\.krateo\.io$/] },
        images: [krateoImage("finops-database-handler-uploader", "0.2.1")],
      },
    },
    {
      id: "install-finops-notebooks",
      needs: [
        {
          on: "notebooks-gone",
          why: "on removal the uploader must outlive the notebooks, whose finalizer it clears",
        },
      ],
      chart: {
        name: "finops-notebooks",
        notWaitedFor: {
          why: "an uninstall that waits stalls: its Secret's finalizer is cleared by a Job that Helm only starts after the wait",
        },
        readAtStart: [],
        rights: [{ group: "finops.krateo.io", resources: ["notebooks"], namespaced: true }],
        // It has no pods while it is installed.
        restricted: "always",
        finalizers: ["finops.krateo.io/notebooks"],
        images: [
          {
            repository: `${krateoRegistry}/kubectl`,
            tag: "1.33.1",
            keys: "fixed",
            login: { none: "the Job that removes its notebooks", ignored: ["imagePullSecrets"] },
            upTo: "0.1.1",
            startedBy: "Helm, when the release is removed",
          },
        ],
      },
    },
    {
      id: "install-finops-operator-scraper",
      needs: [],
      chart: {
        name: "finops-operator-scraper",
        readAtStart: [["env"]],
        leaves: [
          {
            kind: "CustomResourceDefinition",
            name: "scraperconfigs.finops.krateo.io",
            maker: "crds folder",
          },
        ],
        images: [
          krateoImage("finops-operator-scraper", "0.5.1"),
          {
            ...operatorImage("finops-prometheus-scraper-generic", "0.5.1", "0.4.1", "SCRAPER_VERSION"),
            startedBy: "finops-operator-scraper, for each ScraperConfig",
          },
        ],
        limits: [noAutoscaling("finops-operator-scraper", "0.5.1")],
      },
    },
    {
      id: "install-opa",
      needs: [],
      chart: {
        name: "opa-kube-mgmt",
        readAtStart: [],
        // The chart takes nothing for its containers.
        restricted: "never",
        images: [
          krateoImage("opa", "0.2.3", { tag: "1.4.2-static", login: plainNames }),
          krateoImage("kube-mgmt", "0.2.3", {
            tag: "9.0.1",
            below: ["mgmt"],
            login: plainNames,
            onlyWith: { path: ["mgmt", "enabled"], byDefault: true },
          }),
        ],
        limits: [
          {
            upTo: "0.2.3",
            path: ["securityContext", "enabled"],
            when: "on",
            kind: "refused",
            why: "cannot render securityContext: its template writes the pod's securityContext twice",
            next: "set HERE.podSecurityContext instead",
          },
          {
            upTo: "0.2.3",
            path: ["env"],
            when: "no list of maps",
            kind: "refused",
            why: "takes a list in env, as a container has it, where Krateo's other charts take a map",
            allowed: "a list such as [{ name: KEY, value: TEXT }]",
            next: "give it in that form: HERE.env",
          },
        ],
      },
    },
  ],
};
