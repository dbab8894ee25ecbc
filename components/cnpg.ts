/** PostgreSQL: CloudNativePG, the operator, and the cluster that it runs. */
import type { ComponentDescription, ValueLimit } from "./description.ts";
import { image } from "./images.ts";

/** Keys that other charts have at the top, and where the chart of the PostgreSQL cluster has them; null: nowhere. */
const elsewhere: Readonly<Record<string, string | null>> = {
  imagePullSecrets: "cluster.imagePullSecrets",
  image: "cluster.imageName, one text of repository and tag",
  resources: "cluster.resources",
  nodeSelector: "cluster.affinity.nodeSelector",
  tolerations: "cluster.affinity.tolerations",
  affinity: "cluster.affinity, in CloudNativePG's form",
  podAnnotations: null,
  podLabels: null,
  podSecurityContext: null,
  securityContext: null,
};

/** API group of the operator's kinds. Its definitions stay when the release goes: they bear the data. */
export const postgresGroup = "postgresql.cnpg.io";

/** Names the cluster on its pods and volumes. */
export const clusterLabel = "cnpg.io/cluster";

export const cnpg: ComponentDescription = {
  name: "cnpg",
  typeToken: "krateo:platform:Cnpg",
  steps: [
    {
      id: "install-cnpg",
      needs: [],
      chart: {
        name: "cloudnative-pg",
        readAtStart: [],
        clusterScoped: {
          CustomResourceDefinition: [/^\w+\.postgresql\.cnpg\.io$/],
          MutatingWebhookConfiguration: [/^cnpg-mutating-webhook-configuration$/],
          ValidatingWebhookConfiguration: [/^cnpg-validating-webhook-configuration$/],
        },
        instead: {
          ofAnother:
            "a cluster has one CloudNativePG: remove that one, or use it through a database of your own (profile no-cnpg)",
          ofNobody: ", or leave out cnpg (profile no-cnpg)",
        },
        rights: [
          {
            group: "admissionregistration.k8s.io",
            resources: ["mutatingwebhookconfigurations", "validatingwebhookconfigurations"],
            namespaced: false,
          },
        ],
        restricted: "always",
        textValues: [{ map: ["config", "data"], use: "text" }],
        // The pods of the database run it, too, before PostgreSQL starts.
        images: [image("ghcr.io/cloudnative-pg/cloudnative-pg", "0.27.1", { tag: "1.28.1" })],
      },
    },
    {
      id: "install-pg-cluster",
      needs: [
        { on: "install-cnpg", why: "the operator brings the Cluster and Database kinds and admits them" },
        { on: "krateo-db-user", why: "the Cluster takes the password of its database role from it" },
      ],
      gates: [
        {
          // D9: upstream takes the release for the database, and what needs it is killed while it waits for PostgreSQL.
          // Its users need the primary alone, which makes the Database as soon as it runs itself: the operator makes the
          // standbys after that, one after another.
          id: "database",
          why: "Helm's own wait knows nothing of PostgreSQL: the release is deployed long before it answers",
          command: "wait-database",
          during: "installation",
          timeoutSeconds: 900,
        },
        {
          id: "standbys",
          why: "nothing else waits for its standbys: one that never comes would pass for an installation that succeeded",
          command: "wait-database --standbys",
          during: "installation",
          // Long enough for three instances to pull their image and replicate, one after another.
          timeoutSeconds: 900,
        },
      ],
      chart: {
        name: "cluster",
        readAtStart: [],
        rights: [{ group: postgresGroup, resources: ["clusters", "databases"], namespaced: true }],
        restricted: "always",
        volumes: [
          { at: ["cluster", "storage"], storageClass: ["storageClass"] },
          { at: ["cluster", "walStorage"], storageClass: ["storageClass"], optional: true },
        ],
        fixed: { kind: "Cluster", growingVolumes: ["storage", "walStorage"] },
        volumeLabel: clusterLabel,
        textValues: [
          { map: "parameters", use: "text" },
          { map: "storage", key: "size", use: "text" },
          { map: "walStorage", key: "size", use: "text" },
        ],
        images: [
          {
            repository: "ghcr.io/cloudnative-pg/postgresql",
            tag: { at: ["version", "postgresql"], byDefault: "16" },
            keys: { reference: ["cluster", "imageName"] },
            login: { at: ["cluster", "imagePullSecrets"], form: "references" },
            upTo: "0.5.0",
            startedBy: "CloudNativePG, for each instance of PostgreSQL",
          },
        ],
        limits: Object.entries(elsewhere).map(
          ([key, other]): ValueLimit => ({
            upTo: "0.5.0",
            path: [key],
            when: "filled",
            kind: "ignored",
            why: `does not read ${key}`,
            next: other === null ? "it has no such key" : `its key is HERE.${other}`,
          }),
        ),
      },
    },
  ],
};
