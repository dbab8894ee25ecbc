import type { ClusterScoped, WebhookObject } from "../../../../cluster/checks/preflight/ownership.ts";
import type { ClusterReading } from "../../../../cluster/checks/preflight/reading.ts";
import type { KubeObject } from "../../../../cluster/client/api.ts";
import { object, ofRelease, pod, portHolder, readyCluster } from "../../../support/cluster-reading.ts";
import { chartStep } from "../../../support/settings.ts";
import { cases, found, type Line } from "./findings.ts";

describe("preflight", () => {
  describe("of names that a cluster has once", () => {
    const scoped = (given: Partial<ClusterScoped>) => ({
      clusterScoped: { ...readyCluster().clusterScoped, ...given },
    });
    const steps = [
      chartStep("install-authn"),
      chartStep("install-cnpg", {
        release: { name: "cnpg", namespace: "krateo-system" },
        chart: { name: "cloudnative-pg", version: "0.27.1", kind: "repository", url: "https://c" },
      }),
      chartStep("install-portal"),
    ];
    const users = "users.basic.authn.krateo.io";
    const crds = (...objects: KubeObject[]) => scoped({ CustomResourceDefinition: objects });
    const own: Line[] = [["OK", "cluster-scoped names", "free, or this installation's own"]];
    cases([
      ["takes its own", () => found("ownership", steps, crds(object(users, ofRelease("authn")))), own],
      [
        "does not mind definitions of others",
        () => found("ownership", steps, crds(object("x.example.org"))),
        own,
      ],
      [
        "minds those of an installation elsewhere",
        () => found("ownership", steps, crds(object(users, ofRelease("authn", "old")))),
        [
          [
            "ERROR",
            "step install-authn",
            `CustomResourceDefinition ${users} belongs to Helm release old/authn`,
          ],
        ],
      ],
      [
        "minds those that Helm did not make",
        () => found("ownership", steps, crds(object(users))),
        [["ERROR", "step install-authn", `CustomResourceDefinition ${users} belongs to no Helm release`]],
      ],
      [
        "names many in one line",
        () =>
          found(
            "ownership",
            steps,
            crds(
              ...["clusters", "databases", "backups"].map((name) =>
                object(`${name}.postgresql.cnpg.io`, ofRelease("pg", "cnpg-system")),
              ),
            ),
          ),
        [
          [
            "ERROR",
            "step install-cnpg",
            "CustomResourceDefinition clusters.postgresql.cnpg.io and 2 more belong to Helm release cnpg-system/pg",
          ],
        ],
      ],
      [
        "minds one that is being deleted",
        () =>
          found(
            "ownership",
            steps,
            crds(object(users, { ...ofRelease("authn"), deletionTimestamp: "2026-01-01T00:00:00Z" })),
          ),
        [["ERROR", "step install-authn", `CustomResourceDefinition ${users}: being deleted`]],
      ],
      [
        "minds roles, namespaces and webhooks, too",
        () =>
          found(
            "ownership",
            steps,
            scoped({
              Namespace: [object("demo-system")],
              ValidatingWebhookConfiguration: [object("cnpg-validating-webhook-configuration")],
            }),
          ),
        [
          [
            "ERROR",
            "step install-cnpg",
            "ValidatingWebhookConfiguration cnpg-validating-webhook-configuration belongs to no Helm release",
          ],
          ["ERROR", "step install-portal", "Namespace demo-system belongs to no Helm release"],
        ],
      ],
      [
        "does not mind those of charts that are switched off",
        () =>
          found(
            "ownership",
            steps.map((step) => ({ ...step, enabled: false })),
            crds(object(users)),
          ),
        own,
      ],
    ]);

    describe("and webhooks", () => {
      const hook = (given: object): WebhookObject => ({
        ...object("guard"),
        webhooks: [
          {
            name: "guard.example.org",
            clientConfig: { service: { name: "guard", namespace: "guard" } },
            rules: [{ apiGroups: ["apps"] }],
            ...given,
          },
        ],
      });
      const webhook =
        (
          given: object,
          services: ClusterReading["services"] = readyCluster().services,
          pods: ClusterReading["pods"] | null = [],
        ) =>
        () => {
          const hooks = scoped({ ValidatingWebhookConfiguration: [hook(given)] });
          return found("webhook", [], { ...hooks, services, pods: pods ?? undefined });
        };
      const guarded = {
        metadata: { name: "guard", namespace: "guard" },
        spec: { selector: { app: "guard" } },
      };
      const guard = (app: string, status: string) =>
        pod(
          app,
          {},
          {
            metadata: { name: app, namespace: "guard", labels: { app } },
            status: { phase: "Running", conditions: [{ type: "Ready", status }] },
          },
        );
      cases([
        [
          "warns of one whose Service is gone",
          webhook({}),
          [
            [
              "WARNING",
              "ValidatingWebhookConfiguration guard",
              "its Service guard/guard does not exist, and its failurePolicy is Fail",
            ],
          ],
        ],
        [
          "takes one whose Service is there",
          webhook({}, [portHolder("guard", 1, { namespace: "guard" })]),
          [],
        ],
        [
          "warns of one whose Service has no pod that is ready",
          webhook({}, [guarded], [guard("other", "True"), guard("guard", "False")]),
          [
            [
              "WARNING",
              "ValidatingWebhookConfiguration guard",
              "no pod of its Service guard/guard is ready, and its failurePolicy is Fail",
            ],
          ],
        ],
        ["takes one whose Service has a ready pod", webhook({}, [guarded], [guard("guard", "True")]), []],
        ["looks at the Service only where pods may not be read", webhook({}, [guarded], null), []],
        ["takes one that lets pass what it cannot judge", webhook({ failurePolicy: "Ignore" }), []],
        ["takes one about other kinds", webhook({ rules: [{ apiGroups: ["example.org"] }] }), []],
      ]);
    });
  });
});
